#!/usr/bin/env bats
# protoreplay: one side of a dialogue, said again.

# shellcheck disable=SC2154 # run sets output, stderr, lines

load lib
load dialogue

# server LINE ...: a program that says these lines, and "<" for a line that it
# reads, "<." for all up to a dot.
server() {
	{
		echo '#!/bin/sh'
		# shellcheck disable=SC2016
		printf '%s\n' 'read_line() { IFS= read -r line || exit 0' \
			'	printf "%s\n" "$line" >>heard; }'
		for line; do
			case $line in
			'<') echo read_line ;;
			'<.') printf '%s\n' 'line=' \
				"until [ \"\$line\" = \"\$(printf '.\r')\" ]" \
				'do read_line; done' ;;
			*) printf "printf '%%s\\\\r\\\\n' '%s'\n" "$line" ;;
			esac
		done
	} >server
	chmod +x server
	rm -f heard
}

# What the client of these lines has said, without its CRs.
was_heard() {
	tr -d '\r' <heard | paste -sd , -
}

mail() {
	start smtpd-lite -l 127.0.0.1:0 -d mail "$@"
}

@test "a client's side, to smtpd-lite: all is as it was, and no difference" {
	mail
	printf 'Subject: s\n\n.dot\n' >letter
	smtpsend -v -s "$ADDR" -f a@x b@y c@z <letter 2>plain
	protoreplay plain "$ADDR" >one
	protoreplay one "$ADDR" >two
	heard C one >said
	sed -n 's/^C: //p' plain | diff - <(sed 's/^crlf,text //' said)
	heard C two | cmp - said
	grep -qx 'crlf,text .dot' said
	head -n 1 one | grep -Ex "dialogue 1 smtp 127.0.0.1 $ADDR 20[-0-9T:]*Z"
	[ "$(tail -n 1 one | cut -f 2-)" = $'-\t-\t-\tclose' ]
	for old in plain one; do
		run -0 --separate-stderr protoreplay -d "$old" "$ADDR"
		[ -z "$output$stderr" ]
	done
	[ "$(find mail -path '*/new/*' | wc -l)" = 10 ]
}

@test "what differs is told with the command that it answers: 1" {
	mail
	said smtp 'S 220 x ESMTP smtpd-lite' 'C HELO pc' 'S 250 x' \
		'C MAIL FROM:<a@x>' 'S 250 2.1.0 Ok' 'C RCPT TO:<b@y>' \
		'S 550 5.1.1 No such user here' 'C RSET' 'S 250 2.0.0 Ok' \
		'C QUIT' 'S 221 2.0.0 Bye' '- close' >old
	run -1 --separate-stderr protoreplay -d old "$ADDR"
	[ "$output" = "--- old:2
+++ $ADDR
 C: RCPT TO:<b@y>
-S: 550 5.1.1 No such user here
+S: 250 2.1.5 Ok" ]
	[ -z "$stderr" ]
	sed 's/550 5.1.1 No such user here/250 2.1.5 Ok/' old >new
	run -0 protoreplay -d new "$ADDR"
	[ -z "$output" ]
	sed '/C	crlf	-	RSET/d' new >less
	run -1 protoreplay -d less "$ADDR"
}

@test "line endings, split lines, none: as they were" {
	server '220 x' '<' '250 x' '<' '250 k' '<' '221 x'
	said smtp 'S 220 x' 'Cl HELO a' 'S 250 x' 'C/ NOOP \xFF\x00' 'S 250 k' \
		'Cl/ QUIT' 'S 221 x' >old
	protoreplay -C ./server old >new
	[ "$(heard C new | paste -sd , -)" = \
		'lf,- HELO a,crlf,split NOOP \xFF\x00,lf,split QUIT' ]
	od -An -tx1 heard | tr -d ' \n' >got
	# sh cannot keep a NUL.
	[ "$(cat got)" = 48454c4f20610a4e4f4f5020ff0d0a515549540a ]
	server '220 x' '<' '221 x'
	said smtp 'S 220 x' 'Cn QU' 'C IT' 'S 221 x' >old
	protoreplay -C ./server old >new
	[ "$(was_heard)" = QUIT ]
	[ "$(heard C new)" = 'crlf,split QUIT' ]
}

@test "it waits for the replies that were waited for, and no others" {
	# The server reads all before it answers: what waits would wait for ever.
	server '220 x' '<' '250-x' '250 PIPELINING' '<' '<' '<' '250 m' '250 r' \
		'354 d' '<.' '250 k' '<' '221 b'
	said smtp 'S 220 x' 'C EHLO a' 'S 250 x' 'C MAIL FROM:<a>' \
		'C RCPT TO:<b>' 'C DATA' 'S 250 m' 'S 250 r' 'S 354 d' 'C. t' \
		'C .' 'S 250 k' 'C QUIT' 'S 221 b' >old
	run -0 protoreplay -T 5 -C ./server old
	[ "$(was_heard)" = 'EHLO a,MAIL FROM:<a>,RCPT TO:<b>,DATA,t,.,QUIT' ]
	# Early lines are so again.
	server '220 x' '<' '<' '250 x' '250 n' '<' '221 b'
	said smtp 'S 220 x' 'C EHLO a' 'C! NOOP' 'S 250 x' 'S 250 n' 'C QUIT' \
		'S 221 b' >old
	run -0 protoreplay -T 5 -C ./server old
	[[ "$output" = *$'\tC\tcrlf\tearly\tNOOP'* ]]
	# What was not early waits, though the server would not: here for good.
	server '220 x' '<' '<' '250 x' '250 n'
	said smtp 'S 220 x' 'C EHLO a' 'S 250 x' 'C NOOP' 'S 250 n' >old
	run -75 protoreplay -T 1 -C ./server old
}

@test "more or fewer lines, and other replies, put nothing out of step" {
	server '220-x' '220-y' '220 z' '<' '502 no' '<' '250-a' '250 b' '<' \
		'221 b'
	said smtp 'S 220 x' 'C EHLO a' 'S 250-x' 'S 250 HELP' 'C NOOP' \
		'S 250 k' 'C QUIT' 'S 221 b' >old
	run -0 protoreplay -T 5 -C ./server old
	[ "$(was_heard)" = 'EHLO a,NOOP,QUIT' ]
}

@test "DATA that is refused now: its text is not sent" {
	server '220 x' '<' '250 x' '<' '250 m' '<' '550 r' '<' '503 d' '<' \
		'221 b' '<'
	said smtp 'S 220 x' 'C HELO a' 'S 250 x' 'C MAIL FROM:<a>' 'S 250 m' \
		'C RCPT TO:<b>' 'S 250 r' 'C DATA' 'S 354 d' 'C. Subject: s' \
		'C. QUIT' 'C .' 'S 250 k' 'C QUIT' 'S 221 b' >old
	run -0 --separate-stderr protoreplay -T 5 -C ./server old
	[ "$(was_heard)" = 'HELO a,MAIL FROM:<a>,RCPT TO:<b>,DATA,QUIT' ]
	[ "$stderr" = 'protoreplay: old: lines that were not asked for this time, and not sent: 3' ]
	run -1 --separate-stderr protoreplay -d -T 5 -C ./server old
	[ "$output" = '--- old:2
+++ -C
 C: RCPT TO:<b>
-S: 250 r
+S: 550 r
 C: DATA
-S: 354 d
+S: 503 d
 C: .
-S: 250 k' ]
}

@test "a server that asks for a text, or a response, that was not recorded" {
	server '220 x' '<' '250 x' '<' '354 d' '<'
	said smtp 'S 220 x' 'C HELO a' 'S 250 x' 'C DATA' 'S 503 d' 'C QUIT' \
		'S 221 b' >old
	run -75 --separate-stderr protoreplay -T 5 -C ./server old
	[ "$(was_heard)" = 'HELO a,DATA' ]
	[ "$stderr" = 'protoreplay: old:7: the server waits for a text that was not recorded; lines not sent: 1' ]
	server '220 x' '<' '250 x' '<' '334 VXNlcm5hbWU6' '<'
	said smtp 'S 220 x' 'C HELO a' 'S 250 x' 'C AUTH LOGIN' 'S 504 d' \
		'C QUIT' 'S 221 b' >old
	run -75 --separate-stderr protoreplay -T 5 -C ./server old
	[ "$(was_heard)" = 'HELO a,AUTH LOGIN' ]
	[ "$stderr" = 'protoreplay: old:7: the server waits for a response that was not recorded; lines not sent: 1' ]
}

@test "a server that is silent, closes, or is not there: 75, and named" {
	said smtp 'S 220 x' 'C HELO a' 'S 250 x' 'C QUIT' 'S 221 b' '- close' >old
	server '220 x' '<' '<'
	run -75 --separate-stderr protoreplay -T 1 -C ./server old
	[ "$stderr" = 'protoreplay: old:5: nothing more came from the peer in time; lines not sent: 1' ]
	printf '%s\n' "${lines[@]}" | cut -f 2,5 | tail -n 2 >got
	[ "$(paste -sd , got)" = $'-\ttimeout,-\tclose' ]
	server '220 x' '<'
	run -75 --separate-stderr protoreplay -T 5 -C ./server old
	[ "$stderr" = 'protoreplay: old:5: the peer has closed the connection; lines not sent: 1' ]
	run -1 --separate-stderr protoreplay -d -T 5 -C ./server old
	[ "$output" = '--- old:2
+++ -C
 C: HELO a
-S: 250 x
 C: QUIT
-S: 221 b' ]
	run -75 --separate-stderr protoreplay -T 5 old 127.0.0.1:1
	[ -z "$output" ]
	run -78 --separate-stderr protoreplay -C ./missing old
}

@test "a peer that says more, or does not stop" {
	server '220 x' '<' '250 x' '<' '221 b' '250 again' what
	said smtp 'S 220 x' 'C HELO a' 'S 250 x' 'C QUIT' 'S 221 b' >old
	run -0 --separate-stderr protoreplay -T 5 -C ./server old
	[ "$stderr" = 'protoreplay: old: lines of the server that nothing has asked for: 2' ]
	run -1 protoreplay -d -T 5 -C ./server old
	[[ "$output" = *$'\n+S: 250 again\n+S: what' ]]
	printf '%s\n' '#!/bin/sh' \
		"while echo 220-$(printf %0500d 0); do :; done 2>&-" >server
	run -75 --separate-stderr protoreplay -T 60 -C ./server old
	[ "$stderr" = 'protoreplay: old:3: the peer says far more than before; lines not sent: 2' ]
}

@test "a fault that is there again is no difference" {
	# Silence, an end in mid-session, a reply without its ending.
	said smtp 'S 220 x' 'C HELO a' '- timeout' '- close' >old
	server '220 x' '<' '<'
	run -0 protoreplay -d -T 1 -C ./server old
	[ -z "$output" ]
	server '220 x' '<' '250 x'
	run -1 protoreplay -d -T 1 -C ./server old
	[[ "$output" = *'+S: 250 x'*-timeout* ]]
	said smtp 'S 220 x' 'C HELO a' '- close' >old
	server '220 x' '<'
	run -0 protoreplay -d -T 5 -C ./server old
	said smtp 'S 220 x' 'C HELO a' 'Sn 250 x' 'C QUIT' 'S 221 b' '- close' >old
	server '220 x' '<' '250 x' '<' '221 b'
	sed -i "s/'250 x'/250\\\\ x/; s/%s.r.n' 250/%s' 250/" server
	run -0 protoreplay -d -T 5 -C ./server old
	[ -z "$output" ]
}

@test "secrets that were masked: -a and -P, or .netrc" {
	printf 'bob:secret\n' >passwd
	chmod 600 passwd
	mail -a passwd
	said smtp 'S 220 x' 'C EHLO a' 'S 250 AUTH PLAIN' 'C* AUTH PLAIN ****' \
		'S 235 k' 'C QUIT' 'S 221 b' >plain
	said smtp 'S 220 x' 'C EHLO a' 'S 250 AUTH LOGIN' 'C AUTH LOGIN' \
		'S 334 VXNlcm5hbWU6' 'C* ****' 'S 334 UGFzc3dvcmQ6' 'C* ****' \
		'S 235 k' 'C QUIT' 'S 221 b' >login
	for how in plain:5 login:7; do
		line=${how#*:} how=${how%:*}
		protoreplay -a bob -P 'echo secret' $how "$ADDR" >new
		grep -q '	235 2.7.0 ' new
		heard C new >said
		lacks -e c2VjcmV0 -e Ym9i -e AGJvYg -e secret said
		grep -q '	masked	.*[*][*][*][*]$' new
		protoreplay -a bob -P 'echo wrong' $how "$ADDR" >new
		grep -q '	535 5.7.8 ' new
		run -77 --separate-stderr protoreplay $how "$ADDR"
		[ -z "$output" ]
		[ "$stderr" = "protoreplay: $how:$line: a log-in was masked: -a names its user, and -P or ~/.netrc has the secret" ]
		run -77 --separate-stderr env HOME="$PWD" \
			protoreplay -a bob $how "$ADDR"
		[[ "$stderr" = "protoreplay: $how:$line: a secret was masked: $PWD/.netrc: "* ]]
	done
	printf 'machine 127.0.0.1 login bob password secret\n' >.netrc
	chmod 600 .netrc
	HOME=$PWD protoreplay -a bob plain "$ADDR" >new
	grep -q '	235 2.7.0 ' new
	# As the server's side there is nothing to be said for them.
	server 'EHLO a' '<' '<'
	run -1 --separate-stderr protoreplay -d -S -T 2 -C ./server plain
	[[ "$stderr" != *masked* ]]
}

@test "what answers a challenge, or is under TLS, is not replayed: 65" {
	said smtp 'S 220 x' 'C EHLO a' 'S 250 AUTH CRAM-MD5' 'C AUTH CRAM-MD5' \
		'S 334 PDFAYj4=' 'C* ****' 'S 235 k' >cram
	said smtp 'S 220 x' 'C EHLO a' 'S 250 x' 'C* AUTH SCRAM-SHA-256 ****' \
		'S 334 cj0=' 'C* ****' 'S 334 dj0=' 'C* ****' 'S 235 k' >scram
	said pop3 'S +OK <1.2@x>' 'C* APOP bob ****' 'S +OK' >apop
	said order 'S 220 x orderrecv 1 abc' 'C* ORDER 1 aa x - ****' 'C. x' \
		'S 250 k' >order
	said smtp 'S 220 x' 'C EHLO a' 'S 250 STARTTLS' 'C STARTTLS' 'S 220 go' \
		'- tls' 'C EHLO a' 'S 250 k' >tls
	said smtp 'S 220 x' 'C* WHAT ****' 'S 500 k' >other
	printf '%s\n' 'S: 220 x orderrecv 1 -' 'C: ORDER 100 aa x -' 'S: 250 k' >left
	server '220 x' '<' '<'
	for old in cram:7 scram:5 apop:3 order:3 tls:8 other:3 left:2; do
		run -65 --separate-stderr protoreplay -a bob -P 'echo x' \
			-C ./server "${old%:*}"
		[ -z "$output" ]
		[[ "$stderr" = "protoreplay: $old: "*[a-z]* ]]
		[ ! -e heard ]
	done
	# A mechanism that was refused was not answered.
	said smtp 'S 220 x' 'C EHLO a' 'S 250 x' 'C AUTH CRAM-MD5' 'S 504 no' >refused
	server '220 x' '<' '250 x' '<' '504 no'
	run -0 protoreplay -C ./server refused
}

@test "a server's side, to smtpsend: what it hears is the same" {
	mail
	printf 'Subject: s\n\nHi.\n' >letter
	smtpsend -v -s "$ADDR" -f a@x b@y <letter 2>old
	start -n replay protoreplay -S -d old 127.0.0.1:0
	smtpsend -s "$ADDR" -f a@x b@y <letter
	wait "$PID"
	[ ! -s replay.out ]
	start -n replay protoreplay -S old 127.0.0.1:0
	smtpsend -s "$ADDR" -f a@x b@y <letter
	wait "$PID"
	heard S replay.out >got
	sed -n 's/^S: //p' old | diff - got
	grep -Eqx "dialogue 1 smtp 127.0.0.1 $ADDR 20[-0-9T:]*Z" replay.out
	start -n replay protoreplay -S -d old 127.0.0.1:0
	smtpsend -s "$ADDR" -f other@x b@y <letter
	status=0
	wait "$PID" || status=$?
	[ "$status" = 1 ]
	grep -q '^-C: MAIL FROM:<a@x>' replay.out
	grep -q '^+C: MAIL FROM:<other@x>' replay.out
}

@test "a server's side: as many commands, whatever they are; then it ends" {
	said smtp 'S 220 x' 'C HELO a' 'S 250 x' 'C MAIL FROM:<a>' 'S 250 m' \
		'C DATA' 'S 354 d' 'C. one' 'C. two' 'C .' 'S 250 k' 'C QUIT' \
		'S 221 b' '- close' >old
	server 'EHLO b' '<' 'NOOP' '<' '<' 'DATA' '<' a b c d . '<' QUIT '<'
	run -0 --separate-stderr protoreplay -S -T 5 -C ./server old
	[ "$(was_heard)" = '220 x,250 x,250 m,354 d,250 k,221 b' ]
	# A client that leaves, and one that says nothing.
	server 'EHLO b' '<' '<'
	run -75 --separate-stderr protoreplay -S -T 5 -C ./server old
	[[ "$stderr" = 'protoreplay: old:6: the peer has closed the connection; lines not sent: 4' ]]
	server '<' '<'
	run -75 --separate-stderr protoreplay -S -T 1 -C ./server old
	[[ "$stderr" = 'protoreplay: old:4: nothing more came from the peer in time; lines not sent: 5' ]]
	run -75 --separate-stderr protoreplay -S -T 1 old 127.0.0.1:0
	[[ "${stderr_lines[1]}" = 'protoreplay: 127.0.0.1:'*': no client has come in time' ]]
}

@test "POP3, FTP and orderproto" {
	printf 'bob:secret\n' >passwd
	chmod 600 passwd
	mkdir -p mail/bob/tmp mail/bob/new mail/bob/cur
	printf 'Subject: s\n\nHi.\n.dot\n' >mail/bob/new/1.x
	start pop3d-lite -l 127.0.0.1:0 -u passwd -d mail
	said pop3 'S +OK' 'C USER bob' 'S +OK' 'C* PASS ****' 'S +OK' 'C LIST' \
		'S +OK' 'S 1 20' 'S .' 'C RETR 1' 'S +OK' 'S .' 'C QUIT' \
		'S +OK' '- close' >old
	protoreplay -P 'echo secret' old "$ADDR" >new
	[ "$(heard S new | tail -n 6 | paste -sd , -)" = \
		'Subject: s,,Hi.,..dot,.,+OK bye' ]
	run -0 protoreplay -d -P 'echo secret' new "$ADDR"

	start ftpd-lite -l 127.0.0.1:0 -d up
	echo x >f.txt
	ftpsend -v "$ADDR" f.txt >ftp.out 2>old
	protoreplay -T 5 old "$ADDR" >new
	grep -q '	226 ' new
	grep -q '	RNTO f.txt' new
	[ -e up/f-2.txt ]
	[ ! -s up/f-2.txt ]

	start orderrecv -l 127.0.0.1:0 -d incoming
	said order 'S 220 x orderrecv 1 -' \
		'C ORDER 4 b5bb9d8014a0f9b1d61e21e796d78dccdf1352f23cd32812f4850b878ae4944c o.txt -' \
		'Cl. foo' 'C QUIT' 'S 250 stored' 'S 221 bye' >old
	protoreplay -T 5 old "$ADDR" >new
	[ -e incoming/o.txt ] || { cat new; false; }
}

@test "several dialogues: a connection each; the highest code" {
	mail
	said smtp 'S 220 x ESMTP smtpd-lite' 'C HELO a' 'S 250 x' 'C QUIT' \
		'S 221 2.0.0 Bye' '- close' >old
	cat old old >two
	protoreplay two "$ADDR" >new
	[ "$(grep -c '^dialogue 1 smtp ' new)" = 2 ]
	[ "$(heard C new | paste -sd , -)" = 'HELO a,QUIT,HELO a,QUIT' ]
	protoreplay new "$ADDR" >newer
	[ "$(grep -c '^dialogue 1 smtp ' newer)" = 2 ]
	sed 's/Bye/Gone/' old | cat - old | protoreplay -d - "$ADDR" >told ||
		[ $? = 1 ]
	[ "$(grep -c '^---' told)" = 1 ]
	protoladder -o text new | grep -e '-- HELO a -'
}

@test "long lines and many: what is sent is what was recorded" {
	mail
	awk 'BEGIN {
		print "dialogue 1 smtp - - 2026-11-21T23:46:12Z"
		print "0.1\tS\tcrlf\t-\t220 x ESMTP smtpd-lite"
		print "0.1\tC\tcrlf\t-\tEHLO a\n0.1\tS\tcrlf\t-\t250 PIPELINING"
		for (i = 0; i < 3000; i++)
			print "0.2\tC\tcrlf\t-\tRSET"
		for (i = 0; i < 3000; i++)
			print "0.3\tS\tcrlf\t-\t250 2.0.0 Ok"
		print "0.4\tC\tcrlf\t-\tQUIT\n0.5\tS\tcrlf\t-\t221 2.0.0 Bye"
	}' >old
	protoreplay -T 20 old "$ADDR" >new
	[ "$(heard C new | grep -cx RSET)" = 3000 ]
	[ "$(heard S new | grep -cx '250 2.0.0 Ok')" = 3000 ]
	head -c 200000 /dev/zero | tr '\0' x >long
	said smtp 'S 220 x' 'C HELO a' 'S 250 x' 'C MAIL FROM:<a@x>' 'S 250 k' \
		'C RCPT TO:<b@y>' 'S 250 k' 'C DATA' 'S 354 k' >old
	for i in 1 2 3; do
		printf '0.%d\tC\tnone\ttext\t%s\n' "$i" "$(head -c 65536 long)"
	done >>old
	said smtp 'C. end' 'C .' 'S 250 k' 'C QUIT' 'S 221 k' | sed 1d >>old
	protoreplay -T 20 old "$ADDR" >new
	[ "$(awk '/^x+end$/ { print length($0) }' mail/b/new/*)" = 196611 ]
}

@test "malformed: each line is told, 65, and nothing is sent" {
	server '220 x' '<'
	printf '%s\n' 'dialogue 1 smtp - - 2026-11-21T23:46:12Z' \
		$'0.1\tX\tcrlf\t-\ta' $'0.1\tC\tcrlf\t-\tNOOP' >old
	run -65 --separate-stderr protoreplay -C ./server old
	[ -z "$output" ]
	[ "$stderr" = 'protoreplay: old:2: not a side: C, S or -
protoreplay: old: not played' ]
	run -65 protoreplay -C ./server - </dev/null
	run -66 protoreplay -C ./server missing
	[ ! -e heard ]
}

@test "-v shows what is said, without secrets" {
	server '220 x' '<' '250 AUTH PLAIN' '<' '235 k'
	said smtp 'S 220 x' 'C EHLO a' 'S 250 x' 'C* AUTH PLAIN ****' 'S 235 k' >old
	run -1 --separate-stderr protoreplay -v -d -a bob -P 'echo secret' \
		-C ./server old
	[ "$stderr" = 'S: 220 x
C: EHLO a
S: 250 AUTH PLAIN
C: AUTH PLAIN ****
S: 235 k' ]
	terminal protoreplay -v -a bob -P 'echo x' -C ./server old >out
	grep -qF $'\e[1mS: 220 x\e[0m' out
}

@test "a full device: 74" {
	[ -c /dev/full ] || skip 'no /dev/full'
	server '220 x' '<' '221 b'
	said smtp 'S 220 x' 'C QUIT' 'S 221 b' >old
	run -74 sh -c 'protoreplay -C ./server old >/dev/full'
}

@test "wrong usage: 64" {
	said smtp 'S 220 x' 'C QUIT' 'S 221 b' >old
	run -64 protoreplay
	run -64 protoreplay old a b
	run -64 protoreplay -T 0 old
	run -64 protoreplay -C '' old
	run -64 protoreplay old 2525
	run -64 protoreplay -a $'a\nb' old
}
