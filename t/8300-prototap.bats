#!/usr/bin/env bats
# prototap: what goes through it, what it records, and what rules make of it.

# shellcheck disable=SC2154 # run sets output, stderr

load lib
load dial
load dialogue

# tap [option ...]: a server behind prototap, which has these options; a client
# finds it at ADDR.
tap() {
	start smtpd-lite -l 127.0.0.1:0 -d mail
	SERVER=$ADDR
	start prototap -l 127.0.0.1:0 "$@" "$SERVER"
}

# A message that waits for joe, his password, and a session that fetches it.
mailbox() {
	printf 'joe:pencil\n' >passwd
	chmod 600 passwd
	mkdir -p mail/joe/new mail/joe/cur mail/joe/tmp
	printf 'a: b\n\n.x\n' >mail/joe/new/1.x
	printf 'USER joe\r\nPASS pencil\r\nRETR 1\r\nQUIT\r\n' >in
}

# by_rules RULE ...: standard input goes through these rules to a server; the
# replies without CR are in out, the dialogue in err, NAME being the host's.
by_rules() {
	printf '%s\n' "$@" >rules
	tr -d '\r' | crlf | reads_all prototap -i -u -T 10 -R rules \
		-C 'smtpd-lite -i -d mail' >raw 2>err || return
	tr -d '\r' <raw | sed -E 's/queued as .*/queued as ID/' >out
}

# fields N,N <dialogue: of each event.
fields() {
	sed '/^dialogue /d' | cut -f "$1"
}

codes() {
	sed -n 's/^\([0-9]*\) .*/\1/p' out | paste -sd ' ' -
}

envelope='EHLO x
MAIL FROM:<a@b.test>
RCPT TO:<u@x.test>'

@test "a message goes through, and the dialogue is printed when it is over" {
	tap
	# Nothing is left to add, which has the host's name, of any length.
	printf '%s\n' 'From: a@b' 'Date: x' 'Message-ID: <x@b>' 'Subject: x' \
		'' hello .dot >letter
	smtpsend -s "$ADDR" -H me.test -f a@b u@x <letter
	grep -q '^\.dot' mail/u/new/*
	wait_for grep -q '	close$' prototap.out
	head -n 1 prototap.out | grep -Ex \
		"dialogue 1 smtp 127\.0\.0\.1 $SERVER 20[0-9-]{8}T[0-9:]{8}Z"
	fields 2,4,5 <prototap.out | grep -v '^S	' | sed '/^C	text/d' >got
	diff - got <<-'END'
	-	-	open
	C	-	EHLO me.test
	C	-	MAIL FROM:<a@b> SIZE=66
	C	-	RCPT TO:<u@x>
	C	-	BDAT 66 LAST
	C	-	QUIT
	-	-	close
	END
	stop
}

@test "what is recorded is byte for byte what was said" {
	tap -u -o dialogues
	{
		printf 'EHLO x\r\nNOOP\tx\xff\\\x01\r\n\nMAIL FROM:<a>\n'
		printf 'RCPT TO:<u>\r\nBDAT 6\r\n\r\n.\rx\nBDAT 0 LAST\r\nVRFY \r\n'
		yes 'a long line, again and again' | head -c 100000 | tr -d '\n'
		printf '\r\nXYZZY \xc3\xa9\r\r\nQUIT'
	} >in
	wire "$ADDR" <in >out
	wait_for grep -q '	close$' dialogues/*
	spoken C <"$(echo dialogues/*)" >got
	cmp in got
	spoken S <"$(echo dialogues/*)" >got
	cmp out got
	[ "$(facts mode dialogues/*)" = 600 ]
	# The same without prototap, but for what is each session's own.
	wire "$SERVER" <in | sed 's/queued as.*//' >direct
	sed 's/queued as.*//' out | cmp - direct
}

@test "passwords are masked, unless they are asked for" {
	printf 'joe:pencil\n' >passwd
	chmod 600 passwd
	printf '%s\r\n' 'EHLO x' 'AUTH LOGIN' am9l cGVuY2ls QUIT >in
	for u in '' -u; do
		# shellcheck disable=SC2086 # none or one
		prototap -i $u -C 'smtpd-lite -i -o sink -a passwd' <in \
			>out 2>"dialogue$u"
		grep -q '^235' out
	done
	fields 2,4,5 <dialogue | grep '^C' >got
	printf 'C\t%s\n' 'early	EHLO x' 'early	AUTH LOGIN' \
		'early,masked	****' 'early,masked	****' 'early	QUIT' |
		diff - got
	lacks -e am9l -e cGVuY2ls dialogue
	[ "$(spoken C <dialogue-u | cat)" = "$(cat in)" ]
}

@test "POP3, FTP and orders" {
	mailbox
	prototap -i -p pop3 -C 'pop3d-lite -i -d mail -u passwd' <in \
		>out 2>dialogue
	grep -q '^\.\.x' out
	grep -q '	masked	PASS \*\*\*\*$' dialogue ||
		grep -q 'masked	PASS \*\*\*\*$' dialogue
	spoken S <dialogue | cmp - out
	echo x >file
	start ftpd-lite -l 127.0.0.1:0
	start -n ftp prototap -p ftp -l 127.0.0.1:0 "$ADDR"
	ftpsend "$ADDR" file
	cmp file incoming/file
	wait_for grep -q '	close$' ftp.out
	grep -q '	STOR ' ftp.out
	start orderrecv -l 127.0.0.1:0
	start -n order prototap -p order -l 127.0.0.1:0 "$ADDR"
	ordersend -q -s "$ADDR" -n order.txt file
	cmp file incoming/order.txt
	wait_for grep -q '	close$' order.out
	fields 4,5 <order.out | grep -x 'text	x'
}

@test "half of a raw order is no order: a reset, or silence, is passed on" {
	start orderrecv -l 127.0.0.1:0
	start prototap -T 1 -p order -l 127.0.0.1:0 "$ADDR"
	dial_by reset -r "$ADDR"
	dial silent
	heard_by 220 reset silent
	for name in reset silent; do
		echo 'half of a raw order' >&"${TO[$name]}"
	done
	hang_up reset
	ended silent
	wait_for eval '[ "$(grep -cE "	(close|reset)$" prototap.out)" = 2 ]'
	echo next | wire "$ADDR" >out
	[ "$(wc -l <orderrecv.out)" = 1 ]
	grep -qx next incoming/*
}

@test "what follows a reply waits for it, and comes to nothing with it" {
	mailbox
	# fetch ACTION: what the client gets behind the greeting.
	fetch() {
		echo "at retr $1" >rules
		prototap -i -p pop3 -R rules <in 2>dialogue \
			-C 'pop3d-lite -i -d mail -u passwd' | sed 1d
	}
	fetch 'nth 9 drop' >want
	grep -q '^\.\.x' want
	fetch 'delay 20ms' | cmp want -
	fetch 'bytewise 1ms' | cmp want -
	{
		sed -n 1,2p want
		printf '+OK 12 '
	} >half
	fetch truncate | cmp half -
}

@test "a server that cannot be reached" {
	run -75 --separate-stderr prototap -i 127.0.0.1:1
	[ "$output" = '' ]
	[ "${stderr_lines[0]}" = 'prototap: 127.0.0.1:1: Connection refused' ]
	run -75 --separate-stderr prototap -i host.invalid
	[[ $stderr == 'prototap: host.invalid: '* ]]
	[[ $stderr != *'without a word'* ]]
	start prototap -l 127.0.0.1:0 127.0.0.1:1
	wire "$ADDR" </dev/null >out
	[ ! -s out ]
	run -75 --separate-stderr prototap -i -C ./missing
}

@test "rules in front of any server: replies that are not its own" {
	printf '%s\n' "$envelope" NOOP 'VRFY u' XYZZY HELP DATA x . QUIT |
		by_rules 'at noop reply 250 one\ntwo' 'at vrfy twice' \
		'at unknown reply 354 yes' 'at help unended' \
		'at mail also 550 5.0.0 x' 'at data reply 354 go\non' \
		'at dot reply 451 4.0.0 again'
	sed '1,/^250 HELP/d' out >got
	diff - got <<-'END'
	250 2.1.0 Ok
	550 5.0.0 x
	250 2.1.5 Ok
	250-one
	250 two
	252 2.1.5 Mail will be taken for <u>
	252 2.1.5 Mail will be taken for <u>
	354 yes
	214 2.0.0 Commands: HELO EHLO MAIL SEND SOML SAML RCPT DATA BDAT RSET NOOP VRFY EXPN HELP AUTH ETRN TURN QUIT354-go
	354 on
	451 4.0.0 again
	221 2.0.0 Bye
	END
	spoken S <err | cmp - raw
}

@test "rules in front of any server: what a server does not hear of" {
	printf '%s\n' "$envelope" 'RCPT TO:<v@x.test>' DATA x . QUIT |
		by_rules 'at rcpt when rcpt=u@* reply 550 5.1.1 no'
	[ "$(codes)" = '220 250 250 550 250 354 250 221' ]
	[ "$(ls mail)" = v ]
	rm -r mail
	printf '%s\n' "$envelope" DATA x . QUIT | by_rules 'at dot drop'
	[ "$(codes)" = '220 250 250 250 354' ]
	[ -z "$(find mail -path '*/new/*')" ]
	printf '%s\r\n' "$envelope" 'BDAT 3' 'x' 'BDAT 3 LAST' y QUIT |
		tr -s '\r' | by_rules 'at data reply 451 4.3.0 no'
	[ "$(codes)" = '220 250 250 250 451 451 221' ]
	printf '%s\n' "$envelope" 'BDAT 3 LAST' x QUIT |
		by_rules 'at dot reset' || :
	[ -z "$(find mail -path '*/new/*')" ]
	printf '%s\n' NOOP QUIT | by_rules 'at connect reply 554 5.7.1 no'
	[ "$(codes)" = '554 503 221' ]
	printf '%s\n' NOOP QUIT | by_rules 'at connect reply 220 here'
	[ "$(codes)" = '220 250 221' ]
	[ "$(head -n 1 out)" = '220 here' ]
	printf '%s\n' NOOP QUIT | by_rules 'at noop silence'
	[ "$(codes)" = 220 ]
	printf '%s\n' NOOP QUIT | { by_rules 'at noop truncate' || :; }
	[ "$(sed 1d out)" = '250 2.0' ]
}

@test "what EHLO offers, and a command that was injected" {
	printf '%s\n' 'EHLO x' QUIT | by_rules 'at ehlo hide PIPELINING HELP' \
		'at ehlo offer STARTTLS' 'at ehlo hide 8bitmime'
	sed '1,2d' out | sed 's/SIZE.*/SIZE/' >got
	printf '250-%s\n' SIZE SMTPUTF8 ENHANCEDSTATUSCODES CHUNKING VRFY EXPN |
		diff - <(sed '/^250-/!d' got)
	grep -qx '250 STARTTLS' got
	printf '%s\n' "$envelope" NOOP QUIT |
		by_rules 'at noop inject RSET\r\nRCPT TO:<b>'
	sed '1,/^250 2.1.5/d' out | cut -c 1-9 | diff - <(printf '%s\n' \
		'250 2.0.0' '250 2.0.0' '503 5.5.1' '221 2.0.0')
}

@test "POP3 and FTP have their own places" {
	printf 'joe:pencil\n' >passwd
	chmod 600 passwd
	mkdir -p mail/joe/new mail/joe/cur mail/joe/tmp
	printf 'a: b\n\nx\n' >mail/joe/new/1.x
	printf '%s\n' 'at retr when arg=1 reply -ERR [SYS/TEMP] later' \
		'at capa hide UIDL' 'at capa offer X-LIE' 'at stat twice' >rules
	printf '%s\r\n' CAPA 'USER joe' 'PASS pencil' STAT 'RETR 1' QUIT |
		prototap -i -R rules -p pop3 \
		-C 'pop3d-lite -i -d mail -u passwd' 2>err | tr -d '\r' >out
	lacks -x UIDL out
	[ "$(sed '/^\.$/q' out | tail -n 2 | head -n 1)" = X-LIE ]
	[ "$(grep -c '^+OK 1 ' out)" -ge 2 ]
	grep -qx -e '-ERR \[SYS/TEMP\] later' out
	printf 'at stor reply 552 no room\nat noop delay 10ms\n' >rules
	start ftpd-lite -l 127.0.0.1:0
	start -n ftp prototap -p ftp -R rules -l 127.0.0.1:0 "$ADDR"
	echo x >file
	run -65 --separate-stderr ftpsend "$ADDR" file || [ "$status" -gt 0 ]
	[[ $stderr == *'no room'* ]]
	[ ! -e incoming/file ]
}

@test "a web page gets no further" {
	tap -o dialogues
	printf 'POST / HTTP/1.1\r\nHost: x\r\n\r\nEHLO x\r\n' |
		wire "$ADDR" >out
	lacks '^250' out
	printf 'EH' >part
	printf 'LO x\r\nQUIT\r\n' | cat part - | wire "$ADDR" | grep ^221
}

@test "orders by rules: its octets do not go on alone" {
	printf 'at order when arg=*two* reply 452 no room\n' >rules
	start orderrecv -l 127.0.0.1:0
	start -n order prototap -p order -R rules -l 127.0.0.1:0 "$ADDR"
	echo QUIT >file
	ordersend -q -s "$ADDR" -n one.txt file
	run -75 ordersend -q -r 0 -s "$ADDR" -n two.txt file
	ordersend -q -s "$ADDR" -n three.txt file
	[ "$(cd incoming && ls)" = $'one.txt\nthree.txt' ]
}

@test "a reply that waits for octets: they go on under a rule about it" {
	for action in 'delay 10ms' 'bytewise 1ms' 'also 250 2.0.0 x'; do
		printf '%s\n' "$envelope" 'BDAT 3' x 'BDAT 3 LAST' y QUIT |
			by_rules "at data $action" 'at dot delay 10ms'
		codes
	done >got
	printf '220 250 250 250 %s 250 221\n' 250 250 '250 250' | diff - got
	echo 'at order delay 10ms' >rules
	start orderrecv -l 127.0.0.1:0
	start -n order prototap -p order -R rules -l 127.0.0.1:0 "$ADDR"
	echo QUIT >file
	ordersend -q -r 0 -s "$ADDR" -n one.txt file
	cmp file incoming/one.txt
}

@test "a server whose replies are not any: rules do not wait for others" {
	cat >server <<-'END'
	#!/bin/sh
	echo hello
	while read -r line; do
		echo "ok: ${line%% *}"
	done
	END
	chmod +x server
	echo 'at mail twice' >rules
	printf '%s\r\n' 'EHLO x' 'MAIL FROM:<a@b>' NOOP |
		reads_all prototap -i -T 10 -R rules -C ./server 2>err >out
	tr -d '\r' <out | paste -sd ' ' - >got
	echo 'hello ok: EHLO ok: MAIL ok: MAIL ok: NOOP' | diff - got
}

@test "octet by octet, and delays, do not hold others up" {
	printf '%s\n' 'at noop bytewise 20ms' 'at vrfy delay 400ms' >rules
	tap -R rules
	dial one two
	hear one 220
	hear two 220
	start=$(date +%s%N)
	tell one NOOP 'VRFY u'
	say two 'HELO x' 250
	hear one '250 2.0.0 Ok'
	hear one 252
	(($(date +%s%N) - start > 600 * 1000000))
}

@test "rules count over all sessions" {
	printf 'at helo nth 3 reply 550 5.0.0 third\n' >rules
	tap -R rules -w 4 -o dialogues
	dial c{1..4}
	for c in c{1..4}; do
		hear "$c" 220
		tell "$c" 'HELO x'
		hear "$c"
		echo "${LINE%% *}"
	done | paste -sd ' ' - >got
	[ "$(cat got)" = '250 250 550 250' ]
}

@test "a client and a server that go on and off" {
	tap -T 1
	dial one
	hear one 220
	ended one
	wait_for grep -q '	timeout$' prototap.out
	dial two
	hear two 220
	stop
	[ "$(grep -c '	open$' prototap.out)" = "$(grep -c '	close$' prototap.out)" ]
	run -74 sh -c "prototap -i -C 'smtpd-lite -i -o sink' \
		</dev/null 2>/dev/full"
}

@test "wrong usage, and rules that are none" {
	run -64 prototap
	run -64 prototap a b
	run -64 prototap -C x y
	run -64 prototap -p imap x
	run -64 prototap :nosuchport
	echo 'at retr drop' >rules
	run -78 --separate-stderr prototap -R rules :2525
	[ "${stderr_lines[1]}" = 'prototap: rules: cannot be used' ]
	: >file
	run -73 --separate-stderr prototap -i -o file -C 'smtpd-lite -i'
	[ "$stderr" = 'prototap: file: Not a directory' ]
}
