#!/usr/bin/env bats
# protoladder: a dialogue as arrows, or as ways between states.

# shellcheck disable=SC2154 # run sets output, stderr, lines

load lib
load dialogue

letter() {
	said smtp '- open' 'S 220 mail.test' 'C EHLO pc' 'S 250-mail.test' \
		'S 250 PIPELINING' 'C MAIL FROM:<a@x>' 'C RCPT TO:<b@x>' \
		'C RCPT TO:<c@x>' 'C DATA' 'S 250 Ok' 'S 250 Ok' \
		'S 550 5.1.1 nobody' 'S 354 go on' 'C. Subject: s' 'C. ' \
		'C. one' 'C. two' 'C. three' 'C .' 'S 250 Ok' 'C QUIT' \
		'S 221 Bye' '- close'
}

# is_xml FILE ...: where there is a program that can tell.
is_xml() {
	! command -v xmllint >/dev/null || xmllint --noout "$@"
}

@test "a ladder as text: phases, times, groups, numbers, errors, folded text" {
	letter >d
	cat >want <<'END'
smtp 127.0.0.1:40312 → mail.test:25 2026-11-21T23:46:12Z
                      client                              server
greeting     0.001000   |                (open)                |
             0.002000   |<- 220 mail.test ---------------------|
hello        0.003000   |-- EHLO pc -------------------------->|
             0.004000   |<- 250-mail.test ---------------------|
             0.005000   |<- 250 PIPELINING --------------------|
envelope     0.006000  /|-- MAIL FROM:<a@x> -------------- 2 ->|
             0.007000  ||-- RCPT TO:<b@x> ---------------- 3 ->|
             0.008000  ||-- RCPT TO:<c@x> ---------------- 4 ->|
             0.009000  \|-- DATA ------------------------- 5 ->|
             0.010000   |<- 250 Ok ----------------------- 2 --|
             0.011000   |<- 250 Ok ----------------------- 3 --|
             0.012000 ! |<- 550 5.1.1 nobody ------------- 4 --|
message      0.013000   |<- 354 go on -------------------- 5 --|
             0.014000   |-- Subject: s ----------------------->|
             0.015000   |--  --------------------------------->|
             0.016000   |-- … 17 octets, 3 lines ------------->|
             0.019000   |-- . -------------------------------->|
             0.020000   |<- 250 Ok ----------------------------|
leave        0.021000   |-- QUIT ----------------------------->|
             0.022000   |<- 221 Bye ---------------------------|
             0.023000   |               (close)                |
END
	protoladder -o text -w 64 d >got
	diff want got
	protoladder -o text -w 64 <d | cmp - want
}

@test "a ladder as a picture: one arrow a line, with its time" {
	letter >d
	protoladder d >one
	is_xml one
	head -n 1 one | grep '^<svg xmlns="http://www.w3.org/2000/svg" version="1.1" width="800" height="[0-9]*" '
	[ "$(tail -n 1 one)" = '</svg>' ]
	# 18 arrows, of which three lines of text are one; 6 of 10 from the client.
	[ "$(grep -c '^<path d="M756 [0-9]*L747 ' one)" = 10 ]
	[ "$(grep -c '^<path d="M200 [0-9]*L209 ' one)" = 9 ]
	for time in 0.002000 0.012000 0.016000 0.022000; do
		grep -q "text-anchor=\"end\".*>$time</text>" one
	done
	for phase in greeting hello envelope message leave; do
		grep -q "font-weight=\"bold\">$phase</text>" one
	done
	[ "$(grep -c '^<rect y=' one)" = 5 ]
	grep -q '>MAIL FROM:&lt;a@x&gt;</text>' one
	grep -q '>… 17 octets, 3 lines</text>' one
	# One error: its text, mark, line and point.
	[ "$(grep -c '#cc0000' one)" = 4 ]
	grep -q 'font-weight="bold" fill="#cc0000">550 5.1.1 nobody</text>' one
	grep -q 'stroke="#cc0000" stroke-width="2" stroke-dasharray=' one
	# One bracket; four numbers at each side.
	[ "$(grep -c '^<path d="M192 [0-9]*H182V' one)" = 1 ]
	[ "$(grep -c 'font-size="10" text-anchor="middle">[2-5]<' one)" = 8 ]
	protoladder d | cmp - one
	protoladder -w 1200 d >wide
	grep -q '^<svg .* width="1200" ' wide
	lacks -Ei '<(s(cript|tyle)|font|image|foreignobject|use|a)[ >]|href|url\(|on[a-z]+=' one wide
}

@test "what is wrong: early, stray, no reply, reset, time-out, -ERR" {
	said smtp 'S 220 x' 'C! EHLO a' 'S 250 x' 'C MAIL FROM:<>' \
		'C NOOP' 'S 250 Ok' 'S 250 Ok' 'S 250 again' 'S what?' \
		'- reset' >d
	protoladder -o text d | grep ' ! *[/|\\]' | cut -c 14- >got
	[ "$(cut -c 13-23 got | paste -sd , -)" = \
		'-- EHLO a -,-- NOOP ---,<- 250 agai,<- what? --,           ' ]
	protoladder -o text d | grep '! | *(reset) *|$'
	printf '%s\n' 'S: +OK' 'C: USER x' 'S: -ERR no' >d
	protoladder -o text d | grep '! |<- -ERR no -'
	said pop3 'S +OK' '- timeout' >d
	protoladder -o text d | grep '! | *[(]timeout[)] *|$'
}

@test "several dialogues, of all protocols, stand below each other" {
	{
		letter
		printf '%s\n' 'S: +OK ready' 'C: USER u' 'S: +OK' 'C: PASS ***' \
			'S: +OK' 'C: LIST' 'S: +OK' 'S: 1 20' 'S: 2 20' 'S: .' \
			'C: QUIT' 'S: +OK' 'S: 220 FTP' 'C: USER u' 'S: 331 pw' \
			'C: PASS ***' 'S: 230 Ok' 'C: EPSV' 'S: 229 (|||5|)' \
			'C: STOR x' 'S: 150 go' 'S: 226 done' 'C: QUIT' 'S: 221 Bye'
		said order 'S 220 h orderrecv 1 -' 'C ORDER 3 aa x -' 'C. a' \
			'S 250 stored' 'C QUIT' 'S 221 bye'
	} >d
	protoladder -o text d >got
	grep -v '^ ' got | sed '/^$/d; s/ .*//' | paste -sd , - >phases
	[ "$(cat phases)" = smtp,greeting,hello,envelope,message,leave,pop3,greeting,log-in,mailbox,leave,ftp,greeting,log-in,transfer,leave,order,greeting,order,leave ]
	protoladder d >svg
	is_xml svg
	[ "$(grep -c '>client</text>' svg)" = 4 ]
	# The second one begins below the first.
	grep '>client</text>' svg | sed 's/.* y="\([0-9]*\)".*/\1/' >tops
	sort -n -u tops | cmp - tops
}

@test "no secret, though the dialogue has it" {
	said smtp 'S 220 x' 'C EHLO a' 'S 250 AUTH PLAIN LOGIN' \
		'C AUTH PLAIN AGEAc2VjcmV0' 'S 235 Ok' 'C AUTH LOGIN' \
		'S 334 VXNlcm5hbWU6' 'C dXNlcg==' 'S 334 UGFzc3dvcmQ6' \
		'C c2VjcmV0' 'S 235 Ok' >d
	for form in svg text; do
		protoladder -o $form d >got
		lacks -E 'c2VjcmV0|dXNlcg' got
		[ "$(grep -c '[*][*][*][*]' got)" = 3 ]
	done
	protoladder -o text d | grep -e '-- AUTH PLAIN [*][*][*][*] -'
}

@test "nothing acts on a terminal, or on a reader of XML" {
	said smtp 'S 220 <x> & "y"' 'C \x1B[2J\xC2\x9B\xFF\x00\xE2\x80\xAE' \
		'S 500 \xEF\xBF\xBE ї' >d
	sed 's,127.0.0.1:40312,<a\&b>\\x1B,' d >e
	for form in svg text; do
		protoladder -o $form e >got
		LC_ALL=C tr -d '\n\40-\176' <got | LC_ALL=C sed 's/→//g; s/ї//g' >odd
		# U+FFFE is a character to a terminal, and none to XML.
		[ "$form" = text ] || [ ! -s odd ]
		LC_ALL=C lacks -e $'\e' -e $'\xc2\x9b' -e $'\xe2\x80\xae' got
		grep -Fq '\x1B[2J\xC2\x9B\xFF\x00\xE2\x80\xAE' got
	done
	protoladder e >got
	is_xml got
	grep -Fq '220 &lt;x&gt; &amp; "y"' got
	grep -Fq '&lt;a&amp;b&gt;\x1B' got
}

@test "names and times that have no room are cut" {
	said smtp 'S 220 x' 'C QUIT' | sed "2s/^[^	]*/100000.000001/
		s,mail.test:25,$(yes 語 | head -n 99 | tr -d '\n')," >d
	protoladder -o text -w 60 d >got
	sed -n 1p got | grep -Fx \
		'smtp 127.0.0.1:40312 → 語語語語語語語… 2026-11-21T23:46:12Z'
	sed -n 3p got | grep '^greeting 100000.00000   |<-.*|$'
	[ "$(awk 'NR > 1 { print length($0) }' got | sort -u)" = 60 ]
	protoladder -w 480 d >svg
	grep -F '>smtp 127.0.0.1:4… → 語語語語語… 2026-11-21T23:46:12Z<' svg
}

@test "a line that is too long is cut, whatever it is made of" {
	for piece in x '<' 'ї' '語' '\x00'; do
		said smtp 'S 220 x' "C $(yes "$piece" | head -n 300 | tr -d '\n')" >d
		protoladder -o text d >got
		awk -v n="$piece" '/… [0-9]+ octets/ { found = 1 }
			END { exit !found }' got
		protoladder d >svg
		is_xml svg
		[ "$(awk '{ print (length($0) > 900) }' svg | sort -u)" = 0 ]
	done
	grep -q '… 300 octets' svg
	said smtp 'S 220 x' "C $(yes x | head -n 46 | tr -d '\n')" >d
	protoladder -o text -w 80 d | grep -e '-- x\{46\} --->|$'
	said smtp 'S 220 x' "C $(yes x | head -n 47 | tr -d '\n')" >d
	protoladder -o text -w 80 d | grep -e '-- x\{35\}… 47 octets --->|$'
}

@test "red on a terminal, but not under NO_COLOR, nor in a pipe" {
	letter >d
	terminal sh -c 'protoladder -o text d >&2' >on
	grep -q $'\e\\[31m<- 550' on
	NO_COLOR=1 terminal sh -c 'protoladder -o text d >&2' >off
	lacks $'\e' off
	protoladder -o text d >pipe
	lacks $'\e' pipe
}

@test "texts and lists of more than four lines are folded, but not CAPA" {
	said pop3 'S +OK' 'C CAPA' 'S +OK' 'S TOP' 'S USER' 'S UIDL' 'S STLS' \
		'S SASL PLAIN' 'S .' 'C LIST' 'S +OK' 'S 1 1' 'S 2 1' 'S 3 1' \
		'S 4 1' 'S .' 'C LIST' 'S +OK' 'S 1 1' 'S 2 1' 'S 3 1' \
		'S 4 1' 'S 5 1' 'S .' >d
	protoladder -o text d >got
	grep -q -e '<- SASL PLAIN --' got
	[ "$(grep -c -e '<- 4 1 --' got)" = 1 ]
	grep -q -e '<- … 15 octets, 3 lines --' got
}

# gone FILE: the ways that were gone, "from>to n".
gone() {
	protoladder -s -o text "$@" | sed -n \
		's/^\* \(.*[^ ]\) *-> \([^ ]*\) .* \([0-9]*\)$/\1>\2 \3/p'
}

@test "the states, and the ways that were gone" {
	letter >d
	gone d >got
	[ "$(paste -sd , got)" = 'connected>greeted 1,greeted>ready 1,ready>sender 1,ready>over 1,sender>recipients 1,recipients>text 1,text>ready 1' ]
	cat d d | gone >got
	grep -qx 'ready>sender 2' got
	protoladder -s d >svg
	is_xml svg
	[ "$(grep -c 'stroke-width="4"' svg)" = 7 ]
	[ "$(grep -c 'fill="none" stroke="#999999" stroke-width="1"' svg)" -gt 10 ]
	grep -q 'font-weight="bold">DATA 354</text>' svg
	grep -q '>STARTTLS</text>' svg
	protoladder -s d | cmp - svg
	printf '%s\n' 'S: +OK ready' 'C: USER u' 'S: +OK' 'C: PASS ***' 'S: -ERR' \
		'C: USER u' 'S: +OK' 'C: PASS ***' 'S: +OK' 'C: NOOP' 'S: +OK' \
		'C: QUIT' 'S: +OK' >p
	gone p >got
	[ "$(paste -sd , got)" = 'connected>authorization 1,authorization>log-in 2,log-in>authorization 1,log-in>transaction 1,transaction>transaction 1,transaction>update, 1' ]
	printf '%s\n' 'S: 220 FTP' 'C: USER u' 'S: 331 pw' 'C: PASS ***' \
		'S: 230 Ok' 'C: EPSV' 'S: 229 (|||5|)' 'C: STOR x' 'S: 150 go' \
		'S: 226 done' 'C: QUIT' 'S: 221 Bye' >f
	gone f >got
	[ "$(paste -sd , got | tr -d ' ')" = 'connected>greeted1,greeted>log-in1,log-in>logged1,loggedin>logged1,loggedin>transfer1,loggedin>over1,transfer>logged1' ]
	said order 'S 220 h orderrecv 1 -' 'C ORDER 3 aa x -' 'C. a' \
		'S 250 stored' 'C QUIT' 'S 221 bye' >o
	gone o >got
	[ "$(paste -sd , got)" = 'connected>ready 1,ready>ready 1,ready>over 1' ]
	cat d p f o | protoladder -s >svg
	is_xml svg
	[ "$(grep -c '^<g transform' svg)" = 4 ]
}

@test "ten lines, with HELO: a ladder, and ways that say so" {
	said smtp 'S 220 x' 'C HELO pc' 'S 250 x' 'C MAIL FROM:<a@x>' \
		'S 250 Ok' 'C RCPT TO:<b@x>' 'S 550 no' 'C HELO pc' 'S 250 x' \
		'C QUIT' >d
	protoladder d >svg
	[ "$(grep -c '^<path d="M[0-9]* [0-9]*L' svg)" = 10 ]
	protoladder -s -o text d >got
	grep -Eqx '[*] greeted +-> ready +EHLO HELO +1' got
	grep -Eqx '[*] sender +-> ready +RSET HELO +1' got
	protoladder -s d >svg
	is_xml svg
	[ "$(grep -Ec 'bold">(EHLO|RSET) HELO</text>' svg)" = 2 ]
}

@test "ways that the protocol does not have are told" {
	said smtp 'S 220 x' 'C MAIL FROM:<a@x>' 'S 250 Ok' 'C RCPT TO:<b@x>' \
		'S 250 Ok' '- reset' >d
	protoladder -s -o text d >got
	grep -qx '! not in the protocol: greeted -> sender, 1' got
	grep -qx '! without a last word: recipients, 1' got
	protoladder -s d >svg
	is_xml svg
	[ "$(grep -c 'fill="#cc0000"' svg)" = 2 ]
}

@test "2000 lines, and 40000" {
	for n in 200 4000; do
		{
			said smtp 'S 220 x' 'C EHLO a' 'S 250 PIPELINING'
			awk -v n=$n 'BEGIN {
				for (; n > 0; n--) {
					for (i = 0; i < 5; i++)
						print "1.0\tC\tcrlf\t-\tNOOP"
					for (i = 0; i < 5; i++)
						print "1.1\tS\tcrlf\t-\t250 Ok"
				}
			}'
		} >d
		protoladder d >svg
		[ "$(grep -c '^<path d="M[0-9]* [0-9]*L' svg)" = $((n * 10 + 3)) ]
		is_xml svg
		[ "$(protoladder -o text d | wc -l)" = $((n * 10 + 5)) ]
		[ "$(protoladder -o text d | awk '{ print length($0) }' |
			sort -u | wc -l)" -le 3 ]
	done
}

@test "a narrow text with a long one in it, and -v" {
	{
		said smtp 'S 220 x' 'C EHLO a' 'S 250 x' 'C MAIL FROM:<a>' \
			'S 250 k' 'C RCPT TO:<b>' 'S 250 k' 'C DATA' 'S 354 d'
		awk 'BEGIN {
			for (i = 0; i < 12000; i++)
				printf "0.1\tC\tcrlf\ttext\t%080d\n", i
		}'
		said smtp 'C .' 'S 450 k' | sed 1d
	} >d
	run -0 --separate-stderr protoladder -v -o text -w 60 d
	[ "$(printf '%s\n' "${lines[@]}" | sed 1,2d |
		awk '{ sub(/…/, "."); print length($0) }' | sort -u)" = 60 ]
	[[ "$output" = *'-- … 983836 octets --'* ]]
	[ "$stderr" = 'protoladder: d:2: lines: 12011, wrong or refused: 1' ]
	run -0 --separate-stderr protoladder -v -s d
	[ "$stderr" = 'protoladder: d:2: lines: 12011, wrong or refused: 1' ]
}

@test "malformed: each line is told, 65, and nothing is drawn" {
	printf '%s\n' 'dialogue 1 smtp - - 2026-11-21T23:46:12Z' \
		$'0.1\tX\tcrlf\t-\ta' $'0.1\tC\tcrlf\t-\tNOOP' \
		$'0.1\tC\tcrlf\t-\ta\\q' >d
	for options in '' -s '-o text'; do
		# shellcheck disable=SC2086 # words
		run -65 --separate-stderr protoladder $options d
		[ -z "$output" ]
		[ "$stderr" = 'protoladder: d:2: not a side: C, S or -
protoladder: d:4: a backslash that begins no escape
protoladder: d: not drawn' ]
	done
	run -65 --separate-stderr protoladder </dev/null
	[ -z "$output" ]
	[ "$stderr" = 'protoladder: stdin: there is no dialogue in it' ]
	run -66 --separate-stderr protoladder missing
	[ -z "$output" ]
	run -66 --separate-stderr protoladder .
	[ -z "$output" ]
}

@test "a full device: 74" {
	[ -c /dev/full ] || skip 'no /dev/full'
	letter >d
	for options in '' -s '-o text'; do
		# shellcheck disable=SC2086 # words
		run -74 sh -c "protoladder $options d >/dev/full"
	done
}

@test "wrong usage: 64" {
	letter >d
	run -64 protoladder d d
	run -64 protoladder -o html d
	run -64 protoladder -w 479 d
	run -64 protoladder -w 10001 d
	run -64 protoladder -w 59 -o text d
	run -0 protoladder -w 60 -o text d
	run -0 protoladder -w 480 d
}
