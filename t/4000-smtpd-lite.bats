#!/usr/bin/env bats
# smtpd-lite, one session on standard input and output.

# shellcheck disable=SC2154 # run sets stderr

load lib
load smtpd

@test "a session by hand: any case, bare names, LF throughout" {
	talk <<-'END'
	helo x
	mail from: johndoe
	RCPT TO: johnDoe@example
	rcpt to: babydoe@example.example
	data
	Subject: hi

	..
	 . 
	.
	mail from: johndoe
	rcpt to: BABYDOE
	data
	again
	.
	quit
	END
	cat >want <<-'END'
	220 NAME ESMTP smtpd-lite
	250 NAME
	250 2.1.0 Ok
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
	[ ! -s err ]
	printf 'Subject: hi\n\n.\n . \n' >text
	letter johndoe | cmp text -
	[ "$(count mail/babydoe/new)" = 2 ]
	[ "$(count mail)" = 4 ]		# the lock and three messages
}

@test "a session by program: EHLO, pipelined, CRLF" {
	printf '%s\r\n' 'EHLO me' 'NOOP 2 messages' \
		'MAIL FROM:<a@b.test> BODY=8BITMIME SIZE=100' \
		'RCPT TO:<user1@pth.ua>' DATA 'Subject: one' '' '..' . \
		'MAIL FROM:<>' 'RCPT TO:<user2@pth.ua>' DATA two . QUIT |
		talk -m 1k
	cat >want <<-'END'
	220 NAME ESMTP smtpd-lite
	250-NAME
	250-PIPELINING
	250-SIZE 1024
	250-8BITMIME
	250-SMTPUTF8
	250-ENHANCEDSTATUSCODES
	250-CHUNKING
	250-VRFY
	250-EXPN
	250 HELP
	250 2.0.0 Ok
	250 2.1.0 Ok
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
	printf 'Subject: one\n\n.\n' >text
	letter user1 | cmp text -
	printf 'two\n' >text
	letter user2 | cmp text -
}

@test "Return-Path, Delivered-To and Received come first" {
	printf '%s\n' 'EHLO me(x' 'MAIL FROM:<a@b.test>' 'RCPT TO:<U@pth.ua>' \
		DATA text . | TCPREMOTEIP=192.0.2.1 talk
	id=$(sed -n 's/.*queued as \(.*\)\r/\1/p' raw)
	printf '%s\n' 'Return-Path: <a@b.test>' 'Delivered-To: u@pth.ua' \
		'Received: from me?x (192.0.2.1)' \
		"	by $(cat name) with ESMTP id $id;" >want
	head -n 4 mail/u/new/* | cmp want -
	sed -n 5p mail/u/new/* | grep -E \
		'^	(Mon|Tue|Wed|Thu|Fri|Sat|Sun), [0-9]{2} [A-Z][a-z]{2} 20[0-9]{2} [0-9:]{8} \+0000$'
}

@test "what comes out of sequence is told so, and the session goes on" {
	printf '%s\n' helo 'mail from:<a@b>' 'ehlo me' 'rcpt to:<a@b>' \
		'mail from:' 'mail from:<a b>' 'mail from:<a@b>' \
		'mail from:<a@b>' 'rcpt to:' 'rcpt to:<>' foo rset quit |
		talk -o sink
	grep '^50' out >got
	cat >want <<-'END'
	501 5.5.4 Syntax: HELO hostname
	503 5.5.1 Error: send HELO/EHLO first
	503 5.5.1 Error: need MAIL command
	501 5.5.4 Syntax: MAIL FROM:<address>
	501 5.1.7 Bad sender address syntax
	503 5.5.1 Error: nested MAIL command
	501 5.5.4 Syntax: RCPT TO:<address>
	501 5.1.3 Bad recipient address syntax
	500 5.5.2 Error: command not recognized
	END
	cmp want got
	tail -n 2 out >got
	printf '%s\n' '250 2.0.0 Ok' '221 2.0.0 Bye' | cmp - got
}

@test "a typing mistake behind a DATA that was refused is one" {
	coproc typed { smtpd-lite -i -o sink; }
	# bash closes its own descriptor as soon as the session is over.
	exec {heard}<&"${typed[0]}"
	say() {
		printf '%s\n' "$2" >&"${typed[1]}"
		read -r line <&"$heard"
		[ "${line%% *}" = "$1" ]
	}
	read -r line <&"$heard"
	say 250 'helo me'
	say 503 data
	say 500 'mial from: joe'
	say 250 'mail from: joe'
	say 554 data
	say 500 rctp
	say 250 'rcpt to: ann'
	say 501 'bdat x'
	say 500 dtaa
	say 354 data
	say 250 .
	say 221 quit
}

@test "users: the part before the @ decides, case is nothing" {
	printf '\xef\xbb\xbf User1 \r\n\n# ours\nUSER2\n' >users
	printf '%s\n' 'HELO x' 'VRFY User1' 'VRFY nobody' 'MAIL FROM:<a>' \
		'RCPT TO:<nobody@pth.ua>' 'RCPT TO:<USER1@pth.ua>' \
		'RCPT TO:<user2@elsewhere.test>' \
		'RCPT TO:<PostMaster@pth.ua>' 'RCPT TO:<postmaster>' \
		DATA x . QUIT | talk -u users
	[ "$(replies)" = '220 250 250 550 250 550 250 250 250 250 354 250 221 ' ]
	grep -qx '250 2.1.5 <user1@NAME>' out
	[ "$(grep -cx '550 5.1.1 No such user here' out)" = 2 ]
	[ "$(echo mail/*)" = 'mail/postmaster mail/user1 mail/user2' ]
	grep -qx 'Delivered-To: postmaster@pth.ua' mail/postmaster/new/*
}

@test "login+tag is login where the longer name is nobody's" {
	printf '%s\n' 'u Ivan' u+own 'list: u+own' >users
	printf '%s\n' 'HELO x' 'VRFY u+x' 'EXPN list+y' 'MAIL FROM:<a>' \
		'RCPT TO:<U+Tag+b@x>' 'RCPT TO:<u@x>' DATA x . 'VRFY none+u' \
		'VRFY u+own+z' 'MAIL FROM:<a>' 'RCPT TO:<u+own@x>' \
		'RCPT TO:<+u@x>' DATA x . | talk -u users
	[ "$(replies)" = \
		'220 250 250 250 250 250 250 354 250 550 250 250 250 550 354 250 ' ]
	[ "$(grep -c '<u+own@NAME>' out)" = 2 ]
	[ "$(ls mail)" = $'u\nu+own' ]
	grep -qx 'Delivered-To: U+Tag+b@x' mail/u/new/*
	printf '%s\n' 'HELO x' 'MAIL FROM:<a>' 'RCPT TO:<v+a+b>' \
		'RCPT TO:<+w>' DATA x . | talk
	[ "$(ls mail)" = $'+w\nu\nu+own\nv' ]
	# What is sent on keeps its tag.
	printf '%s\n' 'HELO x' 'MAIL FROM:<a>' 'RCPT TO:<u+t@x>' DATA x . |
		talk -o bsmtp
	grep -q '^RCPT TO:<u+t@x>' mail/*.bsmtp
}

@test "without users every name that can be a file has a mailbox" {
	printf '%s\n' 'HELO x' 'VRFY Any' 'MAIL FROM:<a>' 'RCPT TO:<Any>' \
		'RCPT TO:<"john doe"@x>' 'RCPT TO:<"../../x"@x>' \
		'RCPT TO:<a/b@x>' 'RCPT TO:<".x"@x>' DATA x . | talk
	[ "$(replies)" = '220 250 252 250 250 250 550 550 550 354 250 ' ]
	[ "$(cd mail && ls)" = $'any\njohn doe' ]
	[ "$(ls)" = $'err\nmail\nname\nout\nraw' ]
}

@test "foreign domains are refused when ours are named" {
	printf '%s\n' 'HELO x' 'MAIL FROM:<a>' 'RCPT TO:<u@elsewhere.test>' \
		'RCPT TO:<u%elsewhere.test@pth.ua>' \
		'RCPT TO:<@pth.ua:u@elsewhere.test>' 'RCPT TO:<u@[192.0.2.1]>' \
		'RCPT TO:<u@PTH.UA>' 'RCPT TO:<v@second.test>' 'RCPT TO:<w>' \
		DATA x . | talk -D pth.ua -D second.test
	[ "$(replies)" = '220 250 250 550 550 550 550 250 250 250 354 250 ' ]
	[ "$(grep -cx '550 5.7.1 Relay access denied' out)" = 4 ]
	[ "$(echo mail/*)" = 'mail/u mail/v mail/w' ]
}

@test "a domain of ours in UTF-8 is that with A-labels" {
	local ours
	printf '%s\n' 'HELO x' 'MAIL FROM:<a>' 'RCPT TO:<u@пошта.укр>' \
		'RCPT TO:<u@Пошта.УКР>' 'RCPT TO:<u@xn--80a1acn3a.xn--j1amh>' \
		'RCPT TO:<u@XN--80A1ACN3A.xn--j1amh>' 'RCPT TO:<u@почта.укр>' \
		'RCPT TO:<u@xn--80a1acn3.xn--j1amh>' >in
	for ours in пошта.укр ПОШТА.укр xn--80a1acn3a.xn--j1amh; do
		talk -D pth.ua -D "$ours" <in
		[ "$(replies)" = '220 250 250 250 250 250 250 550 550 ' ]
	done
}

@test "a message of several recipients is a file in each box" {
	printf '%s\n' 'HELO x' 'MAIL FROM:<a@b.test>' 'RCPT TO:<u1@x.test>' \
		'RCPT TO:<none@x.test>' 'RCPT TO:<u2@x.test>' \
		'RCPT TO:<U1@y.test>' DATA x . >in
	printf 'u1\nu2\n' >users
	talk -u users <in
	[ "$(replies)" = '220 250 250 250 550 250 250 354 250 ' ]
	printf 'x\n' >text
	letter u1 | cmp text -
	letter u2 | cmp text -
	grep -qx 'Delivered-To: u1@x.test' mail/u1/new/*
	grep -qx 'Delivered-To: u2@x.test' mail/u2/new/*
	run -1 grep -qi u1@ mail/u2/new/*
}

@test "after refused recipients alone the text is read and dropped" {
	printf '%s\n' 'EHLO x' 'MAIL FROM:<a>' 'RCPT TO:<none>' DATA QUIT \
		'RCPT TO:<u>' . 'MAIL FROM:<a>' 'RCPT TO:<u>' DATA x . QUIT |
		crlf >in
	echo u >users
	talk -u users <in
	[ "$(replies)" = '220 250 250 550 354 554 250 250 354 250 221 ' ]
	grep -qx '554 5.5.1 Error: no valid recipients' out
	printf 'x\n' >text
	letter u | cmp text -
}

@test "DATA without RCPT, and more behind it: the session ends" {
	printf '%s\n' 'HELO x' 'MAIL FROM:<a>' DATA 'RCPT TO:<u>' DATA x . |
		talk
	[ "$(replies)" = '220 250 250 554 421 ' ]
	printf '%s\n' 'HELO x' DATA 'MAIL FROM:<a>' 'RCPT TO:<u>' DATA x . |
		talk
	[ "$(replies)" = '220 250 503 421 ' ]
	nothing_stored
}

@test "an end of input at any place stores nothing that is not whole" {
	printf '%s\n' 'EHLO me' 'MAIL FROM:<a@b.test>' 'RCPT TO:<u@x>' DATA \
		'x: y' '' z . | crlf >in
	n=$(wc -c <in)
	for ((i = 0; i < n; i += 5)); do
		head -c "$i" in | talk
		nothing_stored
	done
	head -c $((n - 1)) in | talk
	nothing_stored
	talk <in
	printf 'x: y\n\nz\n' >text
	letter u | cmp text -
}

# message TEXT: a CRLF session with TEXT in it (printf's escapes).
message() {
	rm -rf mail
	{
		printf '%s\r\n' 'HELO x' 'MAIL FROM:<a>' 'RCPT TO:<u>' DATA
		printf "$1"
		printf '\r\n.\r\nQUIT\r\n'
	} | talk
}

@test "a bare LF or CR in a CRLF session: read to its end, refused" {
	for end in '\n.\n' '\n.\r\n' '\r\n.\n' '\r.\r' '\r.\r\n' '\r\n.\r' \
		'\n.\r' '\r.\n' '\r\r\n.\r\r\n' '\n\n.\n\n' '\0\n.\r\n' \
		'\r\n.\0\n' '\n\0.\r\n'; do
		message "x$end"'MAIL FROM:<evil>\r\nRCPT TO:<evil>\r\nDATA\r\nx'
		[ "$(replies)" = '220 250 250 250 354 550 221 ' ]
		grep -qx '550 5.5.2 Error: bare <CR> or <LF> in the message' out
		nothing_stored
	done
}

@test "NUL is text and ends nothing" {
	for end in '\r\n\0.\r\n' '\r\n.\0\r\n' '\0'; do
		message "x$end"'MAIL FROM:<evil>\r\nQUIT'
		[ "$(replies)" = '220 250 250 250 354 250 221 ' ]
		printf "x$end"'MAIL FROM:<evil>\r\nQUIT\r\n' | tr -d '\r' |
			sed 's/^\.//' >text
		letter u | cmp text -
	done
}

@test "in an LF session only LF, dot, LF ends a message" {
	{
		printf '%s\n' 'HELO x' 'MAIL FROM:<a>' 'RCPT TO:<u>' DATA
		printf 'x\r\n.\r\ny\r\n\n.\nQUIT\n'
	} | talk
	[ "$(replies)" = '220 250 250 250 354 250 221 ' ]
	printf 'x\n\ny\n\n' >text
	letter u | cmp text -
}

@test "too large a message: by SIZE at once, else read to its end" {
	{
		printf '%s\n' 'EHLO x' 'MAIL FROM:<a> SIZE=1025' \
			'MAIL FROM:<a> SIZE=1024' 'RCPT TO:<u>' DATA
		yes 'MAIL FROM:<a>' | head -n 100000
		printf '%s\n' . 'MAIL FROM:<a>' 'RCPT TO:<u>' DATA x . QUIT
	} | crlf | talk -m 1k
	[ "$(replies)" = '220 250 552 250 250 354 552 250 250 354 250 221 ' ]
	[ "$(grep -cx '552 5.3.4 Message size exceeds fixed limit' out)" = 2 ]
	printf 'x\n' >text
	letter u | cmp text -
}

@test "a message larger than what is kept in memory" {
	seq 200000 >text
	{
		printf '%s\n' 'HELO x' 'MAIL FROM:<a>' 'RCPT TO:<u1>' \
			'RCPT TO:<u2>' DATA
		cat text
		printf '%s\n' . QUIT
	} | crlf >in
	talk <in
	letter u1 | cmp text -
	letter u2 | cmp text -
	[ "$(head -n 2 mail/u2/new/* | tail -n 1)" = 'Delivered-To: u2' ]
	talk -o mbox <in
	sed '1,/^$/d; $d' mail/u2.txt | cmp - text
}

@test "a line of a megabyte in a message arrives" {
	head -c 1000000 /dev/zero | tr '\0' x >text
	echo >>text
	{
		printf '%s\n' 'HELO x' 'MAIL FROM:<a>' 'RCPT TO:<u>' DATA
		cat text
		echo .
	} | crlf | talk
	letter u | cmp text -
}

@test "a command line too long" {
	{
		head -c 1000000 /dev/zero | tr '\0' x
		printf '\r\nHELO x\r\nQUIT\r\n'
	} | talk
	[ "$(replies)" = '220 500 250 221 ' ]
	grep -qx '500 5.5.2 Error: line too long' out
}

@test "more than a thousand recipients: 452, the others are taken" {
	{
		printf '%s\n' 'HELO x' 'MAIL FROM:<a>'
		seq -f 'RCPT TO:<u%.0f>' 1001
		printf '%s\n' DATA x . QUIT
	} | crlf | talk -o sink
	[ "$(grep -cx '250 2.1.5 Ok' out)" = 1000 ]
	[ "$(grep -cx '452 4.5.3 Error: too many recipients' out)" = 1 ]
	[ "$(grep -c '^250 2.0.0 Ok: queued' out)" = 1 ]
}

@test "endless mistakes end the session" {
	yes foo | head -n 100000 >in
	talk <in
	[ "$(grep -c '^500 ' out)" = 21 ]
	[ "$(tail -n 1 out)" = '421 4.7.0 Error: too many errors' ]
}

@test "a batch with many unknown recipients is no mistake" {
	{
		echo 'EHLO x'
		for i in $(seq 100); do
			printf '%s\n' 'MAIL FROM:<a>' 'RCPT TO:<none>' DATA x .
		done
		printf '%s\n' 'MAIL FROM:<a>' 'RCPT TO:<u>' DATA x . QUIT
	} >in
	echo u >users
	talk -u users <in
	[ "$(grep -c '^554 ' out)" = 100 ]
	printf 'x\n' >text
	letter u | cmp text -
}

@test "a web browser is turned away" {
	for line in 'GET / HTTP/1.1' 'POST /x HTTP/1.0'; do
		printf '%s\r\n' "$line" 'HELO x' 'MAIL FROM:<a>' \
			'RCPT TO:<u>' DATA x . | talk
		[ "$(replies)" = '220 221 ' ]
	done
	nothing_stored
}

@test "-v tells the dialogue on standard error, without the text" {
	printf '%s\n' 'HELO x' 'MAIL FROM:<a>' 'RCPT TO:<u>' DATA secret . QUIT |
		talk -v
	sed 's/^smtpd-lite: local: //; s/queued as .*/queued as ID/' err |
		grep -v '^S: 2[25]0 [^ ]*\( ESMTP.*\)*$' >got
	cat >want <<-'END'
	C: HELO x
	C: MAIL FROM:<a>
	S: 250 2.1.0 Ok
	C: RCPT TO:<u>
	S: 250 2.1.5 Ok
	C: DATA
	S: 354 End data with <CR><LF>.<CR><LF>
	C: QUIT
	S: 250 2.0.0 Ok: queued as ID
	S: 221 2.0.0 Bye
	END
	cmp want got
}

@test "-o sink keeps nothing and makes nothing" {
	printf '%s\n' 'HELO x' 'MAIL FROM:<a>' 'RCPT TO:<u>' DATA x . QUIT |
		talk -o sink
	[ "$(replies)" = '220 250 250 250 354 250 221 ' ]
	[ ! -e mail ]
}

@test "a batch from orderparse fills the mailboxes" {
	orderparse -S "$TOP/examples/session.txt" >stream
	talk <stream
	for u in user1 user2 user3; do
		letter "$u" | grep -x "Hello $u!"
	done
	rm -rf mail
	tr -d '\r' <stream | talk
	[ "$(echo mail/*)" = 'mail/user1 mail/user2 mail/user3' ]
}

@test "standard output full: 74" {
	printf 'QUIT\n' >in
	run -74 --separate-stderr sh -c 'smtpd-lite -i -o sink <in >/dev/full'
	[ "$stderr" = 'smtpd-lite: stdout: No space left on device' ]
}

@test "a peer on standard output that reads no answers: 74 after a while" {
	yes HELP | head -n 2000 >in
	mkfifo full
	exec 7<>full
	run -74 --separate-stderr launch -t 20 \
		sh -c 'smtpd-lite -i -o sink -T 1 <in >full'
	exec 7>&-
	[ "$stderr" = 'smtpd-lite: stdout: Connection timed out' ]
}

@test "wrong options and configuration" {
	run -64 --separate-stderr smtpd-lite -p -o sink </dev/null
	[ "$stderr" = 'smtpd-lite: -p: sink keeps nothing: use -o with another form' ]
	run -64 smtpd-lite -1 -w 2 </dev/null
	run -64 --separate-stderr smtpd-lite -i -o pigeon
	[ -z "$output" ]
	[ "$stderr" = "smtpd-lite: -o: pigeon: neither maildir nor mbox nor bsmtp nor sink" ]
	run -64 --separate-stderr smtpd-lite -i -D 'a b'
	[ "$stderr" = "smtpd-lite: -D: a b: not a domain" ]
	run -64 smtpd-lite -i operand
	run -78 --separate-stderr smtpd-lite -i -u missing
	[ -z "$output" ]
	[[ $stderr = *'smtpd-lite: missing: '* ]]
	run -78 --separate-stderr smtpd-lite -i -u missing -a gone -R lost
	[[ $stderr = *missing:*gone:*lost:* ]]
	printf 'ok Mr Good\n.dot\na/b\nu@pth.ua\nlist: ok, a b\nx \x1b[1m\n' >users
	run -78 --separate-stderr smtpd-lite -i -u users
	[ -z "$output" ]
	[[ $stderr = *'smtpd-lite: users:2: not a login'* ]]
	[ "$(grep -c ': not a login' <<<"$stderr")" = 5 ]
	[[ $stderr = *'users:5: not a login, or not a list of them'* ]]
	# One mistake hides no other.
	printf 'ok\nlist: ok, a b, nobody\n.dot\nlist: ok\nall: list\n' >users
	run -78 --separate-stderr smtpd-lite -i -u users
	diff - <(echo "$stderr") <<-'END'
		smtpd-lite: users:2: not a login, or not a list of them
		smtpd-lite: users:3: not a login and a name
		smtpd-lite: users:2: nobody: no such login
		smtpd-lite: users:4: list: named twice
		smtpd-lite: users: cannot be used
	END
	: >file
	run -73 --separate-stderr smtpd-lite -i -d file
	[ "$stderr" = "smtpd-lite: file: Not a directory" ]
	run -73 --separate-stderr smtpd-lite -i -d missing/mail
	[ -z "$output" ]
}

@test "a text without a header gets an empty line before it" {
	printf '%s\n' 'HELO x' 'MAIL FROM:<a>' 'RCPT TO:<u>' DATA \
		'  Dear Bob,' 'the exam moves.' . \
		'MAIL FROM:<a>' 'RCPT TO:<v>' DATA \
		'From a@b.test Sat Nov 21' 'Subject: x' '' text . QUIT | talk
	[ "$(replies)" = '220 250 250 250 354 250 250 250 354 250 221 ' ]
	printf '%s\n' '' '  Dear Bob,' 'the exam moves.' >text
	sed '1,/^	.*[+-][0-9]*$/d' mail/u/new/* | cmp text -
	printf '%s\n' 'X-Mailbox-Line: From a@b.test Sat Nov 21' 'Subject: x' \
		'' text >text
	sed '1,/^	.*[+-][0-9]*$/d' mail/v/new/* | cmp text -
}

# hops N: so many Received fields.
hops() {
	seq "$1" | sed 's/.*/Received: from a by b/'
}

@test "a message that goes round is refused, by DATA and by BDAT" {
	{
		printf '%s\n' 'EHLO x' 'MAIL FROM:<a>' 'RCPT TO:<u>' DATA
		hops 101
		printf '%s\n' '' . 'MAIL FROM:<a>' 'RCPT TO:<u>' DATA
		hops 100
		printf '%s\n' ' Received: folded' '' 'Received: text' . \
			'MAIL FROM:<a>' 'RCPT TO:<u>'
		echo "BDAT $(hops 101 | wc -c) LAST"
		hops 101
		echo QUIT
	} | talk
	[ "$(replies)" = '220 250 250 250 354 554 250 250 354 250 250 250 554 221 ' ]
	[ "$(grep -c '^554 5.4.6 Error: too many hops$' out)" = 2 ]
	[ "$(find mail -path '*/new/*' | wc -l)" = 1 ]
}
