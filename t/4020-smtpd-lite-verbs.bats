#!/usr/bin/env bats
# smtpd-lite as the server of a course: dialogues word by word, every verb,
# aliases, and messages in chunks.

# shellcheck disable=SC2154 # run sets stderr

load lib
load smtpd

@test "the small teaching server" {
	printf 'JohnDoe\nBABYDOE\n' >logins
	talk -o mbox -u logins <<-'END'
	mail from: johndoe
	helo
	helo x
	mail from: johndoe
	MAIL FROM: johndoe
	What?
	RCPT TO: nobody@example
	RCPT TO: johnDoe@example
	rcpt to: babydoe@example.example
	data
	Subject: first

	one
	.
	mail from: babydoe
	rcpt to: JOHNDOE
	data
	two
	.
	quit
	END
	cat >want <<-'END'
	220 NAME ESMTP smtpd-lite
	503 5.5.1 Error: send HELO/EHLO first
	501 5.5.4 Syntax: HELO hostname
	250 NAME
	250 2.1.0 Ok
	503 5.5.1 Error: nested MAIL command
	500 5.5.2 Error: command not recognized
	550 5.1.1 No such user here
	250 2.1.5 Ok
	250 2.1.5 Ok
	354 End data with <CR><LF>.<CR><LF>
	250 2.0.0 Ok: queued as ID
	250 2.1.0 Ok
	250 2.1.5 Ok
	354 End data with <CR><LF>.<CR><LF>
	250 2.0.0 Ok: queued as ID
	221 2.0.0 Bye
	END
	cmp want out
	[ "$(cd mail && ls)" = $'babydoe.txt\njohndoe.txt' ]
	[ "$(grep -c '^From ' mail/johndoe.txt)" = 2 ]
	[ "$(grep -c '^From ' mail/babydoe.txt)" = 1 ]
	echo quit | talk -o mbox -u logins
	[ "$(replies)" = '220 221 ' ]
}

@test "the course server" {
	printf '%s\n' 'RCPT TO:<u>' 'HELO x' 'RCPT TO:<u>' DATA 'MAIL <a>' \
		'MAIL FROM:<a@>' 'MAIL FROM:<a>' 'MAIL FROM:<b>' \
		'RCPT TO:<u@-x>' 'HELO again' 'RCPT TO:<u>' 'MAIL FROM:<a>' \
		RSET NOOP 'VRFY u' 'VRFY a/b' QUIT >in
	talk -o sink <in
	sed 1d out >got
	cat >want <<-END
	503 5.5.1 Error: send HELO/EHLO first
	250 NAME
	503 5.5.1 Error: need MAIL command
	503 5.5.1 Error: need RCPT command
	421 4.5.0 Error: this looks like the text of a message
	END
	cmp want got
	grep -v DATA in | talk -o sink
	sed 1,4d out >got
	cat >want <<-END
	501 5.5.4 Syntax: MAIL FROM:<address>
	501 5.1.7 Bad sender address syntax
	250 2.1.0 Ok
	503 5.5.1 Error: nested MAIL command
	501 5.1.3 Bad recipient address syntax
	250 NAME
	503 5.5.1 Error: need MAIL command
	250 2.1.0 Ok
	250 2.0.0 Ok
	250 2.0.0 Ok
	252 2.1.5 Mail will be taken for <u>
	550 5.1.1 No such user here
	221 2.0.0 Bye
	END
	cmp want got
	printf '%s\n' 'HELO x' 'MAIL FROM:<a>' DATA | talk -o sink
	[ "$(tail -n 1 out)" = '554 5.5.1 Error: no valid recipients' ]
}

@test "a mailbox has up to 64 octets, a domain up to 255" {
	local=$(printf 'l%.0s' {1..64})
	label=$(printf 'd%.0s' {1..63})
	domain=$label.$label.$label.$label
	printf '%s\n' 'HELO x' 'MAIL FROM:<a>' "RCPT TO:<$local@$domain>" \
		"RCPT TO:<l$local@$domain>" "RCPT TO:<$local@d$domain>" \
		"RCPT TO:<$local@d.$domain>" QUIT | talk -o sink
	[ "$(replies)" = '220 250 250 250 501 501 501 221 ' ]
}

@test "the enterprise server" {
	printf '%s\n' 'petrov Ivan Petrov' ivanov 'sidorov  Ivan Sidorov' >users
	printf 'Petrov:secret\n' >passwd
	chmod 600 passwd
	{
		printf '%s\r\n' 'EHLO me' 'VRFY Petrov' 'SEND FROM:<a@b.test>' \
			NOOP 'RCPT TO:<Petrov@pth.ua>' HELP \
			'RCPT TO:<nobody@pth.ua>' 'VRFY nobody' \
			'RCPT TO:<Ivanov@pth.ua>' 'EXPN sidorov' \
			'ETRN far.test' TURN DATA text .
		for verb in MAIL SOML SAML; do
			printf '%s\r\n' "$verb" "$verb FROM:<a@b.test>" RSET
		done
		printf '%s\r\n' 'EXPN nobody' 'EXPN' QUIT
	} | talk -u users -a passwd -q relay -D pth.ua
	sed 1d out >got
	cat >want <<-'END'
	250-NAME
	250-PIPELINING
	250-SIZE 104857600
	250-AUTH SCRAM-SHA-256 CRAM-MD5 PLAIN LOGIN
	250-ETRN
	250-8BITMIME
	250-SMTPUTF8
	250-ENHANCEDSTATUSCODES
	250-CHUNKING
	250-VRFY
	250-EXPN
	250 HELP
	250 2.1.5 Ivan Petrov <petrov@pth.ua>
	250 2.1.0 Ok
	250 2.0.0 Ok
	250 2.1.5 Ok
	214 2.0.0 Commands: HELO EHLO MAIL SEND SOML SAML RCPT DATA BDAT RSET NOOP VRFY EXPN HELP AUTH ETRN TURN QUIT
	550 5.1.1 No such user here
	550 5.1.1 No such user here
	250 2.1.5 Ok
	250 2.1.5 Ivan Sidorov <sidorov@pth.ua>
	251 2.0.0 Ok: no mail for far.test
	502 5.5.1 Error: TURN is not supported
	354 End data with <CR><LF>.<CR><LF>
	250 2.0.0 Ok: queued as ID
	501 5.5.4 Syntax: MAIL FROM:<address>
	250 2.1.0 Ok
	250 2.0.0 Ok
	501 5.5.4 Syntax: SOML FROM:<address>
	250 2.1.0 Ok
	250 2.0.0 Ok
	501 5.5.4 Syntax: SAML FROM:<address>
	250 2.1.0 Ok
	250 2.0.0 Ok
	550 5.1.1 No such user here
	501 5.5.4 Syntax: EXPN list
	221 2.0.0 Bye
	END
	cmp want got
	[ "$(echo mail/*)" = 'mail/ivanov mail/petrov' ]
	printf 'text\n' >text
	letter ivanov | cmp text -
}

@test "aliases: RCPT and EXPN expand them, VRFY knows them" {
	cat >users <<-'END'
	a
	b
	c
	All : a, B ,team
	team: c, a, all
	c: c, b
	loop: pool
	pool: loop
	postmaster: a
	END
	printf '%s\n' 'HELO x' 'EXPN all@pth.ua' 'EXPN c' 'EXPN a' \
		'VRFY team' 'EXPN loop' 'MAIL FROM:<s>' 'RCPT TO:<loop>' \
		'RCPT TO:<ALL@pth.ua>' 'RCPT TO:<a>' DATA x . \
		'MAIL FROM:<s>' 'RCPT TO:<Postmaster>' DATA y . QUIT |
		talk -u users
	sed '1,2d' out >got
	cat >want <<-'END'
	250-2.1.5 <a@pth.ua>
	250-2.1.5 <b@pth.ua>
	250 2.1.5 <c@pth.ua>
	250-2.1.5 <c@NAME>
	250 2.1.5 <b@NAME>
	250 2.1.5 <a@NAME>
	250 2.1.5 <team>
	550 5.1.1 No such user here
	250 2.1.0 Ok
	550 5.1.1 No such user here
	250 2.1.5 Ok
	250 2.1.5 Ok
	354 End data with <CR><LF>.<CR><LF>
	250 2.0.0 Ok: queued as ID
	250 2.1.0 Ok
	250 2.1.5 Ok
	354 End data with <CR><LF>.<CR><LF>
	250 2.0.0 Ok: queued as ID
	221 2.0.0 Bye
	END
	cmp want got
	[ "$(count mail/a/new)" = 2 ]
	[ "$(count mail/b/new)" = 1 ]
	[ "$(count mail/c/new)" = 1 ]
	[ ! -e mail/postmaster ]
	grep -qx 'Delivered-To: b@pth.ua' mail/b/new/*
}

@test "VRFY by login, address, full name or a word of it" {
	printf '%s\n' 'petrov Ivan Petrov' 'anna Анна Коваль' 'ivan Ivan Kozak' \
		kozak >users
	printf '%s\n' 'HELO x' 'VRFY PETROV' 'VRFY <petrov@pth.ua>' \
		'VRFY ivan petrov' 'VRFY Ivan' 'VRFY Kozak' 'VRFY Анна' \
		'VRFY Анна SMTPUTF8' 'VRFY Ivan Kovalenko' 'VRFY petrov@far.test' |
		talk -u users -D pth.ua
	sed '1,2d' out >got
	cat >want <<-'END'
	250 2.1.5 Ivan Petrov <petrov@pth.ua>
	250 2.1.5 Ivan Petrov <petrov@pth.ua>
	250 2.1.5 Ivan Petrov <petrov@pth.ua>
	250 2.1.5 Ivan Kozak <ivan@pth.ua>
	250 2.1.5 <kozak@pth.ua>
	250 2.1.5 <anna@pth.ua>
	250 2.1.5 Анна Коваль <anna@pth.ua>
	501 5.1.3 Bad address syntax
	550 5.7.1 Relay access denied
	END
	diff want got
	printf '%s\n' 'p1 Ivan Petrov' 'p2 Anna Petrov' >users
	printf '%s\n' 'HELO x' 'VRFY Petrov' 'EXPN Petrov' | talk -u users
	sed '1,2d' out >got
	cat >want <<-'END'
	553-5.1.4 Ambiguous: Ivan Petrov <p1@NAME>
	553 5.1.4 Ambiguous: Anna Petrov <p2@NAME>
	550 5.1.1 No such user here
	END
	diff want got
}

@test "a chain of aliases as long as you like" {
	awk 'BEGIN {
		print "end"
		for (i = 1; i <= 2000; i++)
			print "a" i ": a" i + 1
		print "a2001: end"
	}' >users
	printf '%s\n' 'HELO x' 'EXPN a1' | talk -u users
	[ "$(tail -n 1 out)" = '250 2.1.5 <end@NAME>' ]
}

# chunks SIZE: standard input as BDAT commands with SIZE octets each.
chunks() {
	local LC_ALL=C text piece last='' i
	IFS= read -r -d '' text || :
	for ((i = 0; i < ${#text}; i += $1)); do
		piece=${text:i:$1}
		((i + $1 < ${#text})) || last=' LAST'
		printf 'BDAT %d%s\r\n%s' "${#piece}" "$last" "$piece"
	done
}

envelope() {
	printf '%s\r\n' 'EHLO me' 'MAIL FROM:<a@b.test>' 'RCPT TO:<u>'
}

@test "BDAT: chunks of any size" {
	{
		printf 'Subject: x\n\n.\n..\n. x\n'
		seq 200
	} >text
	for n in 1 2 3 7 100 100000; do
		rm -rf mail
		{
			envelope
			crlf <text | chunks "$n"
			printf 'QUIT\r\n'
		} | talk
		letter u | cmp text -
		[ "$(tail -n 2 out)" = \
			$'250 2.0.0 Ok: queued as ID\n221 2.0.0 Bye' ]
		[ "$(grep -c '^250 2.0.0 Ok: [0-9]* octets$' out)" = \
			$((($(crlf <text | wc -c) + n - 1) / n - 1)) ]
	done
}

@test "BDAT 0 LAST ends a message, and what it lacks is its last line's end" {
	{
		envelope
		printf 'BDAT 0\r\nBDAT 3\r\nx\r\nBDAT 1\r\nyBDAT 0 LAST\r\n'
		printf '%s\r\n' 'MAIL FROM:<>' 'RCPT TO:<v>' 'bdat 0 last' QUIT
	} | talk
	grep '^250 2.0.0' out >got
	printf '250 2.0.0 Ok: %s\n' '0 octets' '3 octets' '1 octets' \
		'queued as ID' 'queued as ID' >want
	cmp want got
	printf 'x\ny\n' >text
	letter u | cmp text -
	: >text
	letter v | cmp text -
	grep -q '^	by .* with ESMTP id ' mail/u/new/*
}

@test "BDAT and DATA do not mix" {
	{
		envelope
		printf 'BDAT 3\r\nx\r\n'
		printf '%s\r\n' 'MAIL FROM:<b>' 'RCPT TO:<v>' NOOP 'VRFY v'
		printf 'BDAT 0 LAST\r\nQUIT\r\n'
	} | talk
	[ "$(sed '1,11d' out | cut -c 1-9 | tr '\n' '|')" = \
		'250 2.1.0|250 2.1.5|250 2.0.0|503 5.5.1|503 5.5.1|250 2.0.0|252 2.1.5|250 2.0.0|221 2.0.0|' ]
	grep -qx '503 5.5.1 Error: BDAT in progress' out
	{
		envelope
		printf 'BDAT 3\r\nx\r\nDATA\r\nQUIT\r\n'
	} >in
	talk <in
	[ "$(tail -n 2 out)" = "503 5.5.1 Error: BDAT in progress
421 4.5.0 Error: this looks like the text of a message" ]
	[ "$(count mail/u/new)" = 1 ]
	{
		envelope
		printf 'BDAT 3\r\nx\r\nRSET\r\n'
		envelope
		printf 'BDAT 3 LAST\r\ny\r\nQUIT\r\n'
	} | talk -d box
	tail -qn 1 box/u/new/* | grep -x y
}

@test "BDAT that is refused: the chunk is read and dropped" {
	echo u >users
	printf '%s\r\n' 'BDAT 6' QUIT 'HELO x' 'BDAT 6' QUIT 'MAIL FROM:<a>' \
		'BDAT 6' QUIT 'RCPT TO:<nobody>' 'BDAT 6' QUIT \
		'RCPT TO:<u>' 'BDAT 6 LAST' QUIT 'MAIL FROM:<a>' \
		'RCPT TO:<u>' 'BDAT 6 LAST' QUIT QUIT | talk -u users
	sed 1d out >got
	cat >want <<-'END'
	503 5.5.1 Error: send HELO/EHLO first
	250 NAME
	503 5.5.1 Error: need RCPT command
	250 2.1.0 Ok
	554 5.5.1 Error: no valid recipients
	550 5.1.1 No such user here
	554 5.5.1 Error: no valid recipients
	503 5.5.1 Error: BDAT in progress
	554 5.5.1 Error: no valid recipients
	250 2.1.0 Ok
	250 2.1.5 Ok
	250 2.0.0 Ok: queued as ID
	221 2.0.0 Bye
	END
	cmp want got
	echo QUIT >text
	letter u | cmp text -
}

@test "BDAT: malformed, too large, bare line endings, cut short" {
	for bad in '' x -1 '1 FIRST' '1 LAST x' 99999999999999999999 \
	    9999999999999999999; do
		# In a file: what stands behind the command counts.
		{
			envelope
			printf 'BDAT %s\r\nRSET\r\n' "$bad"
		} >in
		talk <in
		[ "$(tail -n 2 out | cut -c 1-22 | tr '\n' '|')" = \
			'501 5.5.4 Syntax: BDAT|421 4.5.0 Error: this |' ]
	done
	{
		envelope
		printf 'BDAT 1025\r\n'
		head -c 1025 /dev/zero
		printf 'BDAT 0 LAST\r\n'
		envelope
		printf 'BDAT 100000000 LAST\r\n'
		head -c 100000000 /dev/zero
		printf 'QUIT\r\n'
	} | talk -m 1k
	[ "$(grep -cx '552 5.3.4 Message size exceeds fixed limit' out)" = 3 ]
	for text in 'x\n' '\rx' '\r' '\r\r\n' 'x\n.\nx'; do
		{
			envelope
			printf "$text" >text
			printf 'BDAT %d LAST\r\n' "$(wc -c <text)"
			cat text
			printf 'QUIT\r\n'
		} | talk
		[ "$(tail -n 2 out)" = \
			"550 5.5.2 Error: bare <CR> or <LF> in the message
221 2.0.0 Bye" ]
	done
	for cut in 'BDAT 5 LAST\r\nx\r\ny' 'BDAT 5\r\nx\r\nyy' 'BDAT 1 LAST'; do
		{
			envelope
			printf "$cut"
		} | talk
	done
	nothing_stored
}

@test "BDAT typed with LF" {
	printf '%s\n' 'EHLO x' 'MAIL FROM:<a>' 'RCPT TO:<u>' 'BDAT 4 LAST' \
		'y
.' QUIT | talk
	printf 'y\n.\n' >text
	letter u | cmp text -
}

@test "source routes are ignored, and a percent sign is no way around" {
	printf '%s\n' 'HELO x' 'MAIL FROM:<@a,@b:s@c.test>' \
		'RCPT TO:<@a.test,@b.test:u@pth.ua>' \
		'RCPT TO:<@pth.ua:u@far.test>' 'RCPT TO:<u%far.test@pth.ua>' \
		'RCPT TO:<u%pth.ua@far.test>' 'RCPT TO:<u%far.test%pth.ua@pth.ua>' \
		'RCPT TO:<v%pth.ua@pth.ua>' DATA x . | talk -D pth.ua
	[ "$(replies)" = '220 250 250 250 550 550 550 550 250 354 250 ' ]
	[ "$(echo mail/*)" = 'mail/u mail/v' ]
	grep -qx 'Return-Path: <s@c.test>' mail/u/new/*
}

@test "ETRN and TURN without a relay; HELP for one verb" {
	printf '%s\n' 'ETRN a.test' 'EHLO x' 'ETRN a.test' 'ETRN @a.test' \
		'ETRN #queue' 'ETRN a b' 'ETRN @' ETRN 'TURN' 'HELP bdat' \
		'AUTH PLAIN' QUIT | talk -o sink
	sed '1d; /^250/d' out >got
	cat >want <<-'END'
	503 5.5.1 Error: send HELO/EHLO first
	458 4.3.0 Error: cannot queue mail for a.test
	458 4.3.0 Error: cannot queue mail for a.test
	458 4.3.0 Error: cannot queue mail for #queue
	501 5.5.4 Syntax: ETRN domain
	501 5.5.4 Syntax: ETRN domain
	501 5.5.4 Syntax: ETRN domain
	502 5.5.1 Error: TURN is not supported
	214 2.0.0 Syntax: BDAT octets [LAST]
	502 5.5.1 Error: authentication not enabled
	221 2.0.0 Bye
	END
	cmp want got
}
