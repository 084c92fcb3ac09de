#!/usr/bin/env bats
# smtpd-lite: mail kept as batches, and mail for other domains.

# shellcheck disable=SC2154 # run sets stderr

load lib
load smtpd

# batch DIR: the one batch in it, without Received and CR.
batch() {
	[ "$(count "$1" | tr -d ' ')" = 2 ] || return	# it and the lock
	tr -d '\r' <"$(echo "$1"/*.bsmtp)" | sed "s/^EHLO .*/EHLO NAME/
		/^Received:/,/^	.*+0000\$/d"
}

setup() {
	lib_setup
	printf 'joe:pencil\n' >passwd
	chmod 600 passwd
}

login() {
	printf '%s\r\n' 'EHLO x' "AUTH PLAIN $(printf '\0joe\0pencil' | b64)"
}

@test "-o bsmtp: one batch a message" {
	printf '%s\r\n' 'HELO x' 'MAIL FROM:<a@b.test>' 'RCPT TO:<U@x.test>' \
		'RCPT TO:<v@x.test>' DATA 'Subject: dots' '' .. ... '..x' . \
		QUIT | talk -o bsmtp
	cat >want <<-'END'
	EHLO NAME
	MAIL FROM:<a@b.test>
	RCPT TO:<U@x.test>
	RCPT TO:<v@x.test>
	DATA
	Subject: dots

	..
	...
	..x
	.
	QUIT
	END
	batch mail | cmp want -
	run -1 grep -vq $'\r$' mail/*.bsmtp
	grep -q '^Received: from x' mail/*.bsmtp
}

@test "-o bsmtp: each address as it was given, and once" {
	printf '%s\n' 'Joe' '(x)' 'staff: joe, (x)' >users
	printf '%s\r\n' 'HELO x' 'MAIL FROM:<a@b.test>' \
		'RCPT TO:<Ann@one.test>' 'RCPT TO:<ann@two.test>' \
		'RCPT TO:<Ann@one.test>' 'RCPT TO:<"a b"@x.test>' \
		'RCPT TO:<@r.test:w%far.test@x.test>' 'RCPT TO:<bare>' \
		'RCPT TO:<u%-@x.test>' 'RCPT TO:<u.%x.test@x.test>' \
		DATA x . QUIT | talk -o bsmtp
	[ "$(replies)" = '220 250 250 250 250 250 250 250 250 550 550 354 250 221 ' ]
	printf 'RCPT TO:<%s>\n' Ann@one.test ann@two.test '"a b"@x.test' \
		w@far.test bare >want
	batch mail | grep ^RCPT | cmp want -
	# smtpsend takes them all.
	smtpsend -bS -C 'smtpd-lite -i -d second' <"$(echo mail/*.bsmtp)" \
		>results
	[ "$(grep -c ^sent results)" = 5 ]
	rm -r mail
	# An alias is expanded all the same.
	printf '%s\r\n' 'HELO x' 'MAIL FROM:<a@b.test>' \
		'RCPT TO:<JOE@x.test>' 'RCPT TO:<Staff@x.test>' DATA x . QUIT |
		talk -o bsmtp -u users
	printf 'RCPT TO:<%s>\n' JOE@x.test joe@x.test '"(x)"@x.test' >want
	batch mail | grep ^RCPT | cmp want -
}

@test "-o bsmtp: BDAT, no sender, UTF-8, a long message" {
	printf '%s\n' 'EHLO x' 'MAIL FROM:<>' 'RCPT TO:<u>' 'BDAT 3' '.x' \
		'BDAT 2 LAST' '' .QUIT | talk -o bsmtp
	grep -q $'^MAIL FROM:<>\r$' mail/*.bsmtp
	tail -n 5 mail/*.bsmtp | tr -d '\r' >got
	printf '%s\n' '..x' '' '..' . QUIT | cmp - got
	rm -r mail
	seq 100000 | sed 's/^/./' >text
	{
		printf '%s\r\n' 'EHLO x' 'MAIL FROM:<ї@b.test> SMTPUTF8' \
			'RCPT TO:<u>' DATA
		sed 's/^/./' text | crlf
		printf '%s\r\n' . QUIT
	} | talk -o bsmtp
	grep -q $'^MAIL FROM:<ї@b.test> SMTPUTF8\r$' mail/*.bsmtp
	tr -d '\r' <"$(echo mail/*.bsmtp)" |
		sed -n '/^\.\.1$/,/^\.$/p' | sed '$d; s/^\.//' | cmp text -
}

@test "a batch that is kept goes on with smtpsend to a second server" {
	start -n second smtpd-lite -l :0 -d second
	printf '%s\r\n' 'HELO x' 'MAIL FROM:<a@b.test>' 'RCPT TO:<u@x.test>' \
		DATA 'Subject: dots' '' .. ... '..x' 'Привіт' . QUIT |
		talk -o bsmtp
	smtpsend -bS -s "127.0.0.1:$PORT" <"$(echo mail/*.bsmtp)" >results
	grep -q '^sent	u@x.test	250	' results
	grep -qx 'Return-Path: <a@b.test>' second/u/new/*
	[ "$(grep -c '^Received: ' second/u/new/*)" = 2 ]
	printf '%s\n' '' . .. .x Привіт >want
	sed '1,/^Subject/d' second/u/new/* | cmp want -
}

@test "who may relay: loopback without -a, else whoever has logged in" {
	printf '%s\n' 'EHLO x' 'MAIL FROM:<a@b.test>' 'RCPT TO:<u@far.test>' \
		'RCPT TO:<u@ours.test>' QUIT >in
	talk -D ours.test -q relay <in
	[ "$(replies)" = '220 250 250 550 250 221 ' ]
	grep -qx '550 5.7.1 Relay access denied' out
	TCPREMOTEIP=192.0.2.1 talk -D ours.test -q relay <in
	[ "$(replies)" = '220 250 250 550 250 221 ' ]
	TCPREMOTEIP=127.0.0.1 talk -D ours.test -q relay <in
	[ "$(replies)" = '220 250 250 250 250 221 ' ]
	login >login
	TCPREMOTEIP=127.0.0.1 talk -D ours.test -q relay -a passwd <in
	[ "$(replies)" = '220 250 250 550 250 221 ' ]
	TCPREMOTEIP=127.0.0.1 talk -D ours.test <in
	[ "$(replies)" = '220 250 250 550 250 221 ' ]
	{
		cat login
		crlf <in | sed 1d
	} | talk -D ours.test -q relay -a passwd
	[ "$(replies)" = '220 250 235 250 250 250 221 ' ]
	# Loopback is what is an address of it, and nothing else.
	TCPREMOTEIP=::ffff:127.0.0.1 talk -D ours.test -q relay <in
	[ "$(replies)" = '220 250 250 250 250 221 ' ]
	for ip in 127.evil.test $'127.0.0.1\r\nX: y'; do
		TCPREMOTEIP=$ip talk -D ours.test -q relay <in
		[ "$(replies)" = '220 250 250 550 250 221 ' ]
	done
}

@test "the relay's batch: foreign recipients once, ours in their boxes" {
	{
		login
		printf '%s\r\n' 'MAIL FROM:<a@b.test>' 'RCPT TO:<u@far.test>' \
			'RCPT TO:<v@ours.test>' 'RCPT TO:<w%other.test@ours.test>' \
			'RCPT TO:<u@far.test>' 'RCPT TO:<x%-@ours.test>' \
			DATA text . QUIT
	} | talk -D ours.test -q relay -a passwd
	[ "$(replies)" = '220 250 235 250 250 250 250 250 550 354 250 221 ' ]
	cat >want <<-'END'
	EHLO NAME
	MAIL FROM:<a@b.test>
	RCPT TO:<u@far.test>
	RCPT TO:<w@other.test>
	DATA

	text
	.
	QUIT
	END
	batch relay | cmp want -
	echo text >text
	letter v | cmp text -
	run -1 grep @far.test mail/v/new/*
	grep -q 'with ESMTPA id' relay/*.bsmtp
}

@test "ETRN says whether something is spooled for a domain" {
	export TCPREMOTEIP=::1
	printf '%s\n' 'EHLO x' 'ETRN far.test' 'MAIL FROM:<far.test@b>' \
		'RCPT TO:<u@far.test>' 'RCPT TO:<v@sub.deep.test>' DATA \
		'RCPT TO:<w@text.test>' . | talk -D ours.test -q relay
	grep -x '251 2.0.0 Ok: no mail for far.test' out
	printf '%s\n' 'EHLO x' 'ETRN FAR.test' 'ETRN text.test' \
		'ETRN deep.test' 'ETRN @deep.test' 'ETRN @ep.test' \
		'ETRN #far.test' QUIT | talk -D ours.test -q relay
	grep -e '^25[01] 2.0.0 Ok: [tn]' -e ^458 out >got
	cat >want <<-'END'
	250 2.0.0 Ok: there is mail for FAR.test
	251 2.0.0 Ok: no mail for text.test
	251 2.0.0 Ok: no mail for deep.test
	250 2.0.0 Ok: there is mail for deep.test
	251 2.0.0 Ok: no mail for ep.test
	458 4.3.0 Error: cannot queue mail for #far.test
	END
	cmp want got
	grep -q '^250-ETRN$' out
	# A file that cannot be read may have some.
	ln -s x.bsmtp relay/x.bsmtp
	printf '%s\n' 'EHLO x' 'ETRN none.test' QUIT |
		talk -D ours.test -q relay
	grep -qx '458 4.3.0 Error: cannot queue mail for none.test' out
}

@test "ETRN waits for the messages before it" {
	printf '%s\r\n' 'EHLO x' 'MAIL FROM:<a@b.test>' 'RCPT TO:<u@far.test>' \
		DATA x . 'ETRN far.test' 'ETRN @test' 'ETRN none.test' QUIT >in
	TCPREMOTEIP=::1 talk -v -D ours.test -q relay <in
	tail -n 5 out >got
	cat >want <<-'END'
	250 2.0.0 Ok: queued as ID
	250 2.0.0 Ok: there is mail for far.test
	250 2.0.0 Ok: there is mail for test
	251 2.0.0 Ok: no mail for none.test
	221 2.0.0 Bye
	END
	cmp want got
	[ "$(grep -c 'C: ETRN' err)" = 3 ]
}

@test "mail for us and for others is stored in both places or in none" {
	{
		login
		printf '%s\r\n' 'MAIL FROM:<a@b.test>' 'RCPT TO:<v@ours.test>' \
			'RCPT TO:<u@far.test>' DATA text . QUIT
	} >in
	talk -D ours.test -q relay -a passwd <in
	[ "$(count mail/v/new)" = 1 ]
	rm -r mail/v
	: >mail/v
	rm relay/*.bsmtp
	talk -D ours.test -q relay -a passwd <in
	grep -q '^451 ' out
	[ "$(ls -A relay)" = .lock ]
	rm -r mail relay
	{
		sed '/^text/,$d' in
		head -c 100000 /dev/zero | tr '\0' x
		printf '\r\n.\r\nQUIT\r\n'
	} >large
	(
		ulimit -f 64
		trap '' XFSZ
		talk -D ours.test -q relay -a passwd <large
	)
	grep -q '^452 ' out
	[ -z "$(find mail relay -type f ! -name .lock)" ]
}

@test "an end of input in a relayed message leaves nothing" {
	{
		login
		printf '%s\r\n' 'MAIL FROM:<a@b.test>' 'RCPT TO:<u@far.test>' \
			DATA
		seq 30000
	} | talk -D ours.test -q relay -a passwd
	[ "$(ls -A relay)" = .lock ]
}

@test "a relay directory that cannot be made: 73" {
	: >file
	run -73 --separate-stderr smtpd-lite -i -o sink -q file
	[ "$stderr" = "smtpd-lite: file: Not a directory" ]
}
