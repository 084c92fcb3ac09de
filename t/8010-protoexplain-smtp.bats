#!/usr/bin/env bats
# protoexplain: each fault of a session of SMTP is seen, and what is right is
# not taken for one.

# shellcheck disable=SC2154 # run sets output

load lib

# Sessions are written as C: and S: lines; GREET to RCPT are how they begin.
GREET='S: 220 pth.ua ESMTP'
EHLO=$'C: EHLO pc\nS: 250-pth.ua\nS: 250-8BITMIME\nS: 250-SIZE 1000\nS: 250 HELP'
MAIL=$'C: MAIL FROM:<a@b>\nS: 250 2.1.0 Ok'
RCPT=$'C: RCPT TO:<c@d>\nS: 250 2.1.5 Ok'
DATA=$'C: DATA\nS: 354 go on'
TEXT=$'C: From: a@b\nC: Date: x\nC: \nC: text'
DOT=$'C: .\nS: 250 2.0.0 Ok'
QUIT=$'C: QUIT\nS: 221 bye'
HEAD="$GREET
$EHLO"
SEND="$HEAD
$MAIL
$RCPT
$DATA"

# faulty LINE SECTION PIECE ...: in the session of these pieces this line, and
# none but this, has a fault, and that of this section.
faulty() {
	local line=$1 section=$2
	shift 2
	printf '%s\n' "$@" >dialogue
	run -65 protoexplain dialogue
	awk '/^[CS]: / { line = $0 } /^! / { print line; print }' \
		<<<"$output" >got
	[ "$(wc -l <got)" = 2 ] && [ "$(sed -n 1p got)" = "$line" ] &&
		grep -qF "($section)" got || { cat got; return 1; }
}

# right PIECE ...: nothing in it is wrong.
right() {
	printf '%s\n' "$@" >dialogue
	run protoexplain dialogue
	[ "$status" = 0 ] || { echo "$output" | grep -B4 '^!'; return 1; }
}

@test "right: one message, HELO, two of them, refusals" {
	right "$SEND" "$TEXT" "$DOT" "$QUIT"
	right "$GREET" $'C: HELO pc\nS: 250 pth.ua' "$MAIL" "$RCPT" "$DATA" \
		"$TEXT" "$DOT" "$MAIL" "$RCPT" "$DATA" "$TEXT" "$DOT" "$QUIT"
	right "$HEAD" "$MAIL" $'C: RCPT TO:<no@d>\nS: 550 5.1.1 no' "$RCPT" \
		"$DATA" "$TEXT" $'C: .\nS: 554 5.7.1 no' "$QUIT"
	right "$HEAD" "$MAIL" $'C: RCPT TO:<no@d>\nS: 550 5.1.1 no' \
		$'C: RSET\nS: 250 Ok' "$MAIL" "$RCPT" "$QUIT"
	right $'S: 554 no' "$QUIT"
	right "$GREET" $'C: EHLO pc\nS: 502 no\nC: HELO pc\nS: 250 ok' "$QUIT"
	right "$HEAD" $'C: EHLO pc\nS: 503 not now' "$MAIL" "$QUIT"
	right "$HEAD" $'C: NOOP\nS: 421 4.3.2 down'
	right "$HEAD" $'C: VRFY a\nS: 252 ok\nC: EXPN l\nS: 250-a\nS: 250 b' \
		$'C: HELP\nS: 214 ask\nC: NOOP x\nS: 250 ok' "$QUIT"
}

@test "the syntax of MAIL and RCPT" {
	faulty 'C: MAIL FROM: <a@b>' 'RFC 5321 3.3' "$HEAD" \
		$'C: MAIL FROM: <a@b>\nS: 250 ok' "$QUIT"
	faulty 'C: RCPT TO: <c@d>' 'RFC 5321 3.3' "$HEAD" "$MAIL" \
		$'C: RCPT TO: <c@d>\nS: 250 ok' "$QUIT"
	faulty 'C: MAIL FROM :<a@b>' 'RFC 5321 3.3' "$HEAD" \
		$'C: MAIL FROM :<a@b>\nS: 501 no' "$QUIT"
	faulty 'C: MAIL FROM:a@b' 'RFC 5321 4.1.2' "$HEAD" \
		$'C: MAIL FROM:a@b\nS: 250 ok' "$QUIT"
	faulty 'C: RCPT TO:c@d' 'RFC 5321 4.1.2' "$HEAD" "$MAIL" \
		$'C: RCPT TO:c@d\nS: 250 ok' "$QUIT"
	faulty 'C: RCPT TO:<c>' 'RFC 5321 4.1.2' "$HEAD" "$MAIL" \
		$'C: RCPT TO:<c>\nS: 250 ok' "$QUIT"
	faulty 'C: RCPT TO:<c d@e>' 'RFC 5321 4.1.2' "$HEAD" "$MAIL" \
		$'C: RCPT TO:<c d@e>\nS: 501 no' "$QUIT"
	faulty 'C: RCPT TO:<>' 'RFC 5321 4.1.1.3' "$HEAD" "$MAIL" \
		$'C: RCPT TO:<>\nS: 501 no' "$QUIT"
	faulty 'C: MAIL <a@b>' 'RFC 5321 4.1.1.2' "$HEAD" \
		$'C: MAIL <a@b>\nS: 501 no' "$QUIT"
	for name in '[1.2.3]' '[192.0.2.256]' '[IPv6:1::2::3]' '[pc]' '[]'; do
		faulty "C: EHLO $name" 'RFC 5321 4.1.1.1' "$GREET" \
			"C: EHLO $name"$'\nS: 250 ok' "$QUIT"
	done
	for name in '[1.2.3]' '[IPv6:12345::]'; do
		faulty "C: MAIL FROM:<a@$name>" 'RFC 5321 4.1.3' "$HEAD" \
			"C: MAIL FROM:<a@$name>"$'\nS: 250 ok' "$QUIT"
	done
	for name in '[192.0.2.001]' '[IPv6:::]' '[ipv6:1:2:3:4:5:6:192.0.2.1]' \
		'[x400:a]' '[IPv6:2001:db8::1]'; do
		right "$GREET" "C: EHLO $name"$'\nS: 250 ok' "$QUIT"
	done
	right "$HEAD" $'C: mail from:<> SIZE=10 BODY=8BITMIME\nS: 250 ok' \
		$'C: rcpt to:<Postmaster>\nS: 250 ok' \
		$'C: RCPT TO:<"a b"@d>\nS: 250 ok' \
		$'C: RCPT TO:<a@[127.0.0.1]>\nS: 250 ok' "$QUIT"
}

@test "parameters that were not offered, or have no such value" {
	faulty 'C: MAIL FROM:<a@b> RET=HDRS' 'RFC 5321 2.2.1' "$HEAD" \
		$'C: MAIL FROM:<a@b> RET=HDRS\nS: 555 no' "$QUIT"
	faulty 'C: MAIL FROM:<a@b> SIZE=10' 'RFC 5321 2.2.1' "$GREET" \
		$'C: HELO pc\nS: 250 pth.ua' \
		$'C: MAIL FROM:<a@b> SIZE=10\nS: 250 ok' "$QUIT"
	faulty 'C: MAIL FROM:<a@b> SIZE=many' 'RFC 1870 6' "$HEAD" \
		$'C: MAIL FROM:<a@b> SIZE=many\nS: 501 no' "$QUIT"
	faulty 'C: MAIL FROM:<a@b> BODY=9' 'RFC 6152 3' "$HEAD" \
		$'C: MAIL FROM:<a@b> BODY=9\nS: 501 no' "$QUIT"
	dsn=$GREET$'\nC: EHLO pc\nS: 250-pth.ua\nS: 250-DSN\nS: 250-X-A\nS: 250 SIZE'
	while read -r word section; do
		faulty "C: RCPT TO:<c@d> $word" "RFC $section" "$dsn" "$MAIL" \
			"C: RCPT TO:<c@d> $word"$'\nS: 555 no' "$QUIT"
	done <<-'END'
	NOTIFY=NEVER,DELAY 3461 4.1
	NOTIFY=ALWAYS 3461 4.1
	ORCPT=c@d 3461 4.2
	SIZE=1 5321 4.1.1.11
	NOTE=1 5321 4.1.1.11
	ORCPT=rfc822;c+d 3461 4.2
	END
	faulty 'C: RCPT TO:<c@d> NOTIFY=DELAY NOTIFY=DELAY' 'RFC 3461 4.1' \
		"$dsn" "$MAIL" $'C: RCPT TO:<c@d> NOTIFY=DELAY NOTIFY=DELAY' \
		'S: 501 no' "$QUIT"
	faulty 'C: MAIL FROM:<a@b> ENVID=a+2b' 'RFC 3461 4.4' "$dsn" \
		$'C: MAIL FROM:<a@b> ENVID=a+2b\nS: 501 no' "$QUIT"
	faulty 'C: MAIL FROM:<a@b> NOTIFY=NEVER' 'RFC 5321 4.1.1.11' "$dsn" \
		$'C: MAIL FROM:<a@b> NOTIFY=NEVER\nS: 555 no' "$QUIT"
	faulty 'C: DATA' 'RFC 3030 3' "$dsn"$'\nC: EHLO pc\nS: 250-pth.ua' \
		$'S: 250-8BITMIME\nS: 250-BINARYMIME\nS: 250 CHUNKING' \
		$'C: MAIL FROM:<a@b> BODY=BINARYMIME\nS: 250 ok' "$RCPT" \
		$'C: DATA\nS: 503 no' "$QUIT"
	right "$dsn" $'C: MAIL FROM:<a@b> RET=FULL ENVID=1+2B XA=1\nS: 250 ok' \
		$'C: RCPT TO:<c@d> NOTIFY=delay,SUCCESS ORCPT=rfc822;c@d' \
		$'S: 250 ok\nC: RCPT TO:<c@d> NOTIFY=NEVER\nS: 250 ok' "$QUIT"
	right "$dsn"$'\nC: EHLO pc\nS: 250-pth.ua' \
		$'S: 250-8BITMIME\nS: 250-SMTPUTF8\nS: 250 DSN' \
		$'C: MAIL FROM:<a@b> SMTPUTF8\nS: 250 ok' \
		$'C: RCPT TO:<ї@d> ORCPT=utf-8;ї@d\nS: 250 ok' "$QUIT"
	faulty 'C: BDAT 4 LAST' 'RFC 5321 2.2.1' "$HEAD" "$MAIL" "$RCPT" \
		$'C: BDAT 4 LAST\nC: a:\nS: 500 no' "$QUIT"
	faulty 'C: STARTTLS' 'RFC 5321 2.2.1' "$HEAD" \
		$'C: STARTTLS\nS: 502 no' "$QUIT"
}

@test "the order of commands" {
	faulty 'C: MAIL FROM:<a@b>' 'RFC 5321 4.1.4' "$GREET" \
		$'C: MAIL FROM:<a@b>\nS: 503 no' "$QUIT"
	faulty 'C: RCPT TO:<c@d>' 'RFC 5321 4.1.4' "$HEAD" \
		$'C: RCPT TO:<c@d>\nS: 503 no' "$QUIT"
	faulty 'C: DATA' 'RFC 5321 4.1.4' "$HEAD" "$MAIL" \
		$'C: DATA\nS: 503 no' "$QUIT"
	faulty 'C: DATA' 'RFC 5321 4.1.4' "$HEAD" "$MAIL" \
		$'C: RCPT TO:<c@d>\nS: 550 no\nC: DATA\nS: 554 no' "$QUIT"
	faulty 'C: MAIL FROM:<a@b>' 'RFC 5321 4.1.4' "$HEAD" \
		$'C: MAIL FROM:<a@c>\nS: 250 ok' "$MAIL" "$QUIT"
	faulty 'C: HELLO pc' 'RFC 5321 4.1.1' "$GREET" \
		$'C: HELLO pc\nS: 500 what' "$QUIT"
	faulty 'C: EHLO' 'RFC 5321 4.1.1.1' "$GREET" $'C: EHLO\nS: 501 no' \
		"$QUIT"
	faulty 'C: EHLO a b' 'RFC 5321 4.1.1.1' "$GREET" \
		$'C: EHLO a b\nS: 501 no' "$QUIT"
	right "$GREET" $'C: EHLO [127.0.0.1]\nS: 250 a' "$QUIT"
	faulty 'C: DATA now' 'RFC 5321 4.1.1.4' "$HEAD" "$MAIL" "$RCPT" \
		$'C: DATA now\nS: 501 no' "$QUIT"
	faulty 'S: 250 2.0.0 Ok' 'RFC 5321 4.1.1.10' "$SEND" "$TEXT" "$DOT"
}

@test "what did not wait" {
	faulty 'C: RCPT TO:<c@d>' 'RFC 5321 4.3.1' "$HEAD" \
		$'C: MAIL FROM:<a@b>\nC: RCPT TO:<c@d>\nS: 250 a\nS: 250 b' \
		"$QUIT"
	faulty 'C: QUIT' 'RFC 5321 4.3.1' "$HEAD" \
		$'C: NOOP\nC: QUIT\nS: 250 ok\nS: 221 bye'
	faulty 'C: From: a@b' 'RFC 5321 4.1.1.4' "$HEAD" "$MAIL" "$RCPT" \
		'C: DATA' "$TEXT" 'S: 354 go on' "$DOT" "$QUIT"
	faulty 'C: EHLO pc' 'RFC 5321 4.3.1' 'C: EHLO pc' "$GREET" \
		'S: 250 pth.ua' "$QUIT"
	PIPE=$'C: EHLO pc\nS: 250-pth.ua\nS: 250 PIPELINING'
	right "$GREET" "$PIPE" \
		$'C: MAIL FROM:<a@b>\nC: RCPT TO:<c@d>\nC: DATA' \
		$'S: 250 a\nS: 250 b\nS: 354 c' "$TEXT" "$DOT" "$QUIT"
	right "$GREET" "$PIPE" \
		$'C: MAIL FROM:<a@b>\nC: RCPT TO:<c@d>\nC: DATA' \
		$'S: 250 a\nS: 550 b\nS: 554 c\nC: RSET\nS: 250 d' "$QUIT"
	faulty 'C: MAIL FROM:<a@b>' 'RFC 2920 3.1' "$GREET" "$PIPE" \
		$'C: NOOP\nC: MAIL FROM:<a@b>\nS: 250 a\nS: 250 b' "$QUIT"
}

@test "dots" {
	faulty 'C: .one' 'RFC 5321 4.5.2' "$SEND" "$TEXT" 'C: .one' "$DOT" \
		"$QUIT"
	right "$SEND" "$TEXT" $'C: ..one\nC: ..' "$DOT" "$QUIT"
	faulty 'C: two' 'RFC 5321 4.5.2' "$SEND" "$TEXT" "$DOT" \
		$'C: two\nS: 500 what' "$QUIT"
	faulty 'C: From: a@b' 'RFC 5321 3.3' "$HEAD" "$MAIL" "$RCPT" \
		$'C: DATA\nS: 451 later\nC: From: a@b\nS: 500 what' "$QUIT"
	printf '%s\n' "$SEND" "$TEXT" >dialogue
	run -65 protoexplain dialogue
	[[ $output == *'! The text has no end'*'(RFC 5321 4.1.1.4)' ]]
}

@test "the header, and octets over 127" {
	faulty 'C: hello' 'RFC 5322 2.1' "$SEND" $'C: Subject: x\nC: hello' \
		"$DOT" "$QUIT"
	faulty 'C: hello' 'RFC 5322 2.1' "$SEND" $'C: hello' "$DOT" "$QUIT"
	right "$SEND" $'C: Subject: x\nC:  more\nC: From: a@b' "$DOT" "$QUIT"
	right "$SEND" $'C: \nC: hello' "$DOT" "$QUIT"
	right "$SEND" "$DOT" "$QUIT"
	faulty 'C: subject: y' 'RFC 5322 3.6' "$SEND" \
		$'C: Subject: x\nC: subject: y' "$DOT" "$QUIT"
	faulty 'C: Привіт' 'RFC 5321 2.4' "$SEND" "$TEXT" 'C: Привіт' \
		'C: Привіт' "$DOT" "$QUIT"
	right "$HEAD" $'C: MAIL FROM:<a@b> BODY=8BITMIME\nS: 250 ok' "$RCPT" \
		"$DATA" "$TEXT" 'C: Привіт' "$DOT" "$QUIT"
	faulty 'C: Subject: Привіт' 'RFC 5322 2.2' "$HEAD" \
		$'C: MAIL FROM:<a@b> BODY=8BITMIME\nS: 250 ok' "$RCPT" \
		"$DATA" 'C: Subject: Привіт' "$DOT" "$QUIT"
	UTF8=$'C: EHLO pc\nS: 250-pth.ua\nS: 250-8BITMIME\nS: 250 SMTPUTF8'
	right "$GREET" "$UTF8" \
		$'C: MAIL FROM:<я@b> BODY=8BITMIME SMTPUTF8\nS: 250 ok' \
		$'C: RCPT TO:<ти@d>\nS: 250 ok' "$DATA" 'C: Subject: Привіт' \
		"$DOT" "$QUIT"
	faulty 'C: RCPT TO:<ти@d>' 'RFC 5321 2.4' "$HEAD" "$MAIL" \
		$'C: RCPT TO:<ти@d>\nS: 501 no' "$QUIT"
}

@test "lines that are too long" {
	long=$(seq -f %09.0f 1 110 | tr -d '\n')
	right "$SEND" "$TEXT" "C: ${long}12345678" "$DOT" "$QUIT"
	right "$SEND" "$TEXT" "C: ..${long}1234567" "$DOT" "$QUIT"
	faulty "C: ${long}123456789" 'RFC 5321 4.5.3.1.6' "$SEND" "$TEXT" \
		"C: ${long}123456789" "$DOT" "$QUIT"
	faulty "C: NOOP ${long:0:506}" 'RFC 5321 4.5.3.1.4' "$HEAD" \
		"C: NOOP ${long:0:506}" 'S: 250 ok' "$QUIT"
	right "$HEAD" "C: NOOP ${long:0:505}" 'S: 250 ok' "$QUIT"
	faulty "S: 250 ${long:0:507}" 'RFC 5321 4.5.3.1.5' "$HEAD" 'C: NOOP' \
		"S: 250 ${long:0:507}" "$QUIT"
	right "$HEAD" 'C: NOOP' "S: 250 ${long:0:506}" "$QUIT"
}

@test "replies out of step" {
	faulty 'S: 250 more' 'RFC 5321 4.2' "$HEAD" 'S: 250 more' "$QUIT"
	faulty 'S: 250 b' 'RFC 5321 4.2.1' "$HEAD" \
		$'C: NOOP\nS: 251-a\nS: 250 b' "$QUIT"
	faulty 'S: 354 go on' 'RFC 5321 4.3.2' "$HEAD" "$MAIL" \
		$'C: RCPT TO:<c@d>\nS: 354 go on' "$QUIT"
	faulty 'S: 250 ok' 'RFC 5321 4.3.2' "$HEAD" "$MAIL" "$RCPT" \
		$'C: DATA\nS: 250 ok' "$QUIT"
	faulty 'S: 220 what' 'RFC 5321 4.3.2' "$GREET" \
		$'C: EHLO pc\nS: 220 what' "$QUIT"
	faulty 'S: 250 hello' 'RFC 5321 4.3.2' 'S: 250 hello' "$EHLO" "$QUIT"
	faulty 'S: hello' 'RFC 5321 4.2' "$HEAD" \
		$'C: NOOP\nS: hello\nS: 250 ok' "$QUIT"
	# What is not a reply was taken for one: all else is in step.
	faulty 'S: hello' 'RFC 5321 4.2' 'S: hello' "$EHLO" "$QUIT"
	faulty 'S: ok' 'RFC 5321 4.2' "$HEAD" $'C: NOOP\nS: ok' "$MAIL" "$QUIT"
	faulty 'S: go on' 'RFC 5321 4.2' "$HEAD" "$MAIL" "$RCPT" \
		$'C: DATA\nS: go on' "$TEXT" "$DOT" "$QUIT"
	faulty 'S: 280 ok' 'RFC 5321 4.2.1' "$HEAD" $'C: NOOP\nS: 280 ok' \
		"$QUIT"
	faulty 'S: 250 5.1.1 no' 'RFC 2034 4' "$HEAD" \
		$'C: NOOP\nS: 250 5.1.1 no' "$QUIT"
}

# events: a dialogue(5) of "SIDE END TEXT" lines.
events() {
	echo 'dialogue 1 smtp - - 2026-11-21T23:46:12Z'
	awk '{
		side = $1
		end = $2
		sub(/^[^ ]* [^ ]* ?/, "")
		print "0.000000\t" side "\t" end "\t-\t" $0
	}'
}

@test "bare LF, bare CR, BDAT, octets that are missing, a second QUIT" {
	open="S crlf 220 pth.ua
C crlf EHLO pc
S crlf 250-pth.ua
S crlf 250 CHUNKING
C crlf MAIL FROM:<a@b>
S crlf 250 ok
C crlf RCPT TO:<c@d>
S crlf 250 ok"
	quit="C crlf QUIT
S crlf 221 bye
- - close"
	wrong() {
		printf '%s\n' "$open" "${@:3}" "$quit" | events >dialogue
		run -65 protoexplain dialogue
		[ "$(grep -c '^!' <<<"$output")" = "$1" ]
		[ "$(grep -cF "($2)" <<<"$(grep '^!' <<<"$output")")" = "$1" ]
	}
	printf '%s\n' "$open" 'C crlf BDAT 14' 'C crlf From: a@b' \
		'C crlf ' 'C none x' 'S crlf 250 ok' 'C crlf BDAT 6 LAST' \
		'C lf .' 'C none \x00' 'C none \xFFxx' 'S crlf 250 ok' \
		"$quit" | events >dialogue
	run -0 protoexplain dialogue
	wrong 1 'RFC 5321 2.3.8' 'C lf NOOP' 'S crlf 250 ok'
	wrong 1 'RFC 5321 2.3.8' 'C crlf NOOP' 'S lf 250 ok'
	wrong 2 'RFC 5321 2.3.8' 'C crlf DATA' 'S crlf 354 go' \
		'C lf From: a@b' 'C crlf ' 'C crlf a\rb' 'C crlf .' \
		'S crlf 250 ok'
	wrong 1 'RFC 3030 2' 'C crlf BDAT 14 LAST' 'C crlf From: a@b' \
		'C crlf ' 'C none x' 'C crlf yz' 'S crlf 250 ok' \
		'S crlf 500 what'
	wrong 1 'RFC 3030 2' 'C crlf BDAT x' 'S crlf 501 no'
	wrong 1 'RFC 5321 4.1.1.10' 'C crlf QUIT' 'S crlf 221 bye'
	wrong 1 'RFC 3030 2' 'C crlf BDAT 2' 'C crlf ' 'S crlf 250 ok' \
		'C crlf DATA' 'S crlf 503 no'
	printf '%s\n' "$open" 'C crlf BDAT 100 LAST' 'C crlf From: a@b' \
		"$quit" | events | grep -v 221 >dialogue
	run -65 protoexplain dialogue
	grep -qx '! 83 octets are missing .*(RFC 3030 2)' <<<"$output"
}

@test "AUTH: before TLS a remark; twice, in a transaction, not offered: wrong" {
	login=$'C: EHLO pc\nS: 250-pth.ua\nS: 250 AUTH PLAIN CRAM-MD5'
	plain=$'C: AUTH PLAIN AGEAYg==\nS: 235 ok'
	right "$GREET" "$login" "$plain" "$QUIT"
	grep -q '^  \* .*password' <<<"$output"
	[[ $output != *AGEAYg* ]]
	right "$GREET" "$login" $'C: AUTH CRAM-MD5\nS: 334 PDFAYj4=' \
		'C: YSAwMTIzNDU2Nzg5YWJjZGVmMDEyMzQ1Njc4OWFiY2RlZg==' 'S: 535 no' "$plain" "$QUIT"
	[[ $output != *YSAwMTIzNDU2* ]]
	long=$(printf %012300d 0)
	faulty "S: 334 $long" 'RFC 4954 4' "$GREET" "$login" \
		'C: AUTH CRAM-MD5' "S: 334 $long" $'C: *\nS: 501 no' "$QUIT"
	faulty 'C: AUTH PLAIN ****' 'RFC 4954 4' "$GREET" "$login" "$plain" \
		$'C: AUTH PLAIN AGEAYg==\nS: 503 no' "$QUIT"
}

@test "lines and replies without an end" {
	{
		events <<<'S crlf 220 a'
		printf '0.0\t%s\tnone\t-\t%s\n' C QUI
	} >dialogue
	run -65 protoexplain dialogue
	grep -q "^! The client's last line .*(RFC 5321 2.3.8)$" <<<"$output"
	{
		events <<<$'S crlf 220 a\nC crlf EHLO b\nS none 250 a'
	} >dialogue
	run -65 protoexplain dialogue
	[ "$(grep -c '^!' <<<"$output")" = 1 ]
	grep -q "^! The server's last line .*(RFC 5321 2.3.8)$" <<<"$output"
	printf '%s\n' "$GREET" 'C: EHLO pc' 'S: 250-a' 'S: 250-SIZE' >dialogue
	run -65 protoexplain dialogue
	grep -q '^! The last reply .*(RFC 5321 4.2.1)$' <<<"$output"
	faulty 'S: 250 Привіт' 'RFC 5321 4.2' "$HEAD" 'C: NOOP' \
		'S: 250 Привіт' "$QUIT"
}

@test "what a peer has said acts on no terminal" {
	printf '%s\n' 'S: 220 '$'\e''[2Jhello'$'\xc2\x9b''2J' \
		'C: EHLO pc'$'\e''[31m' 'S: 501 no'$'\a' "$QUIT" >dialogue
	run -65 protoexplain dialogue
	[[ $output == *'S: 220 \x1B[2Jhello\xC2\x9B2J'* ]]
	lacks -q "$(printf '[\001-\010\013-\037\177]')" - <<<"$output"
	printf '%s\n' 'S: 220 <b>&"' "$QUIT" >dialogue
	run -0 protoexplain -o html dialogue
	[[ $output == *'220 &lt;b&gt;&amp;&quot;'* ]]
}

@test "a plain dialogue may leave out the text of a message" {
	right "$SEND" 'S: 250 queued' "$MAIL" "$RCPT" "$DATA" 'S: 554 no' \
		"$QUIT"
	PIPE=$'C: EHLO pc\nS: 250-pth.ua\nS: 250 PIPELINING'
	right "$GREET" "$PIPE" "$MAIL" "$RCPT" "$DATA" \
		$'C: MAIL FROM:<a@b>\nS: 250 queued\nS: 250 Ok' "$QUIT"
	right "$GREET" "$PIPE" "$MAIL" "$RCPT" "$DATA" \
		$'C: QUIT\nS: 250 queued\nS: 221 bye'
}

@test "STARTTLS: what follows is not heard, or begins with EHLO" {
	tls=$'C: EHLO pc\nS: 250-pth.ua\nS: 250-STARTTLS\nS: 250 SIZE'
	right "$GREET" "$tls" $'C: STARTTLS\nS: 220 go'
	right "$GREET" "$tls" $'C: STARTTLS\nS: 220 go' "$EHLO" "$MAIL" "$QUIT"
	right "$GREET" "$tls" $'C: STARTTLS\nS: 454 later' "$MAIL" "$QUIT"
	faulty 'C: MAIL FROM:<a@b>' 'RFC 5321 4.1.4' "$GREET" "$tls" \
		$'C: STARTTLS\nS: 220 go' "$MAIL" "$QUIT"
	faulty 'C: STARTTLS' 'RFC 5321 4.1.4' "$GREET" "$tls" "$MAIL" \
		$'C: STARTTLS\nS: 503 no' "$QUIT"
}

@test "what else is wrong: arguments, places, lines" {
	faulty 'C: RCPT TO:' 'RFC 5321 4.1.2' "$HEAD" "$MAIL" \
		$'C: RCPT TO:\nS: 501 no' "$QUIT"
	faulty 'C: RCPT TO <c@d>' 'RFC 5321 4.1.2' "$HEAD" "$MAIL" \
		$'C: RCPT TO <c@d>\nS: 501 no' "$QUIT"
	faulty 'C: RCPT TO:<c@d>,<e@f>' 'RFC 5321 4.1.2' "$HEAD" "$MAIL" \
		$'C: RCPT TO:<c@d>,<e@f>\nS: 501 no' "$QUIT"
	name=$(seq -f a%09.0f 1 7 | tr -d '\n')
	faulty "C: MAIL FROM:<$name@b>" 'RFC 5321 4.1.2' "$HEAD" \
		"C: MAIL FROM:<$name@b>" 'S: 501 no' "$QUIT"
	faulty 'C: MAIL FROM:<a@b> BODY=BINARYMIME' 'RFC 3030 3' "$HEAD" \
		$'C: MAIL FROM:<a@b> BODY=BINARYMIME\nS: 555 no' "$QUIT"
	faulty 'C: RCPT TO:<c@d>' 'RFC 5321 4.1.4' "$HEAD" \
		$'C: MAIL FROM:<a@b>\nS: 550 no' $'C: RCPT TO:<c@d>\nS: 503 no' \
		"$QUIT"
	faulty 'C: ' 'RFC 5321 4.1.1' "$HEAD" $'C: \nS: 500 no' "$QUIT"
	faulty 'S: 354 go' 'RFC 5321 4.3.2' "$HEAD" \
		$'C: XYZ\nS: 354 go' "$QUIT"
	faulty 'S: 354 more' 'RFC 5321 4.3.2' "$SEND" "$TEXT" \
		$'C: .\nS: 354 more' "$QUIT"
	right "$HEAD" $'C: XYZ\nS: 500 no' "$QUIT"
	faulty 'C: VRFY' 'RFC 5321 4.1.1.6' "$HEAD" $'C: VRFY\nS: 501 no' \
		"$QUIT"
}
