#!/usr/bin/env bats
# smtpd-lite: faults on demand, by rules.

# shellcheck disable=SC2154 # run sets stderr

load lib
load smtpd
load dial

# rules LINE ...: a session with these rules and standard input's commands.
rules() {
	printf '%s\n' "$@" >rules
	talk -R rules
}

envelope='HELO x
MAIL FROM:<a@b.test>
RCPT TO:<u@x.test>'

@test "a reply instead of what was asked for, at each place" {
	printf '%s\n' "$envelope" DATA x . 'VRFY u' RSET QUIT >in
	for place in helo mail rcpt vrfy rset quit; do
		rules "at $place reply 450 4.0.0 $place not now" <in || :
		grep -qx "450 4.0.0 $place not now" out
	done
	rules 'at connect reply 220 here' <in
	[ "$(replies)" = '220 250 250 250 354 250 252 250 221 ' ]
	rm -rf mail
	rules 'at dot reply 452 4.3.1 full' <in
	[ "$(replies)" = '220 250 250 250 354 452 252 250 221 ' ]
	nothing_stored
	sed '/^x$/,/^\.$/d' in | rules 'at data reply 451 4.3.0 no data'
	[ "$(replies)" = '220 250 250 250 451 421 ' ]
	printf '%s\n' "$envelope" DATA | rules 'at data reply 451 4.3.0 no data'
	[ "$(tail -n 1 out)" = '451 4.3.0 no data' ]
	sed s/HELO/EHLO/ in | rules 'at ehlo reply 502 5.5.1 HELO please'
	[ "$(sed -n 2p out)" = '502 5.5.1 HELO please' ]
}

@test "a greeting that is none: 503 to all but QUIT" {
	# RFC 5321 3.1
	printf '%s\n' 'EHLO x' 'VRFY u' NOSUCH RSET 'MAIL FROM:<a>' QUIT >in
	for greeting in '554 5.7.1 no' '450 4.3.2 later'; do
		rules "at connect reply $greeting" <in
		[ "$(head -n 1 out)" = "$greeting" ]
		[ "$(replies)" = "${greeting%% *} 503 503 503 503 503 221 " ]
	done
	printf '%s\n' "$envelope" DATA 'Subject: x' . 'BDAT x' QUIT |
		rules 'at connect reply 554 5.7.1 no'
	[ "$(replies)" = '554 503 503 503 503 503 503 503 221 ' ]
}

@test "a recipient that a rule refuses is refused as others are" {
	printf '%s\n' "$envelope" DATA NOOP . "${envelope#*$'\n'}" DATA x . \
		QUIT | rules 'at rcpt nth 1 reply 550 5.1.1 gone'
	[ "$(replies)" = '220 250 250 550 354 554 250 250 354 250 221 ' ]
	[ "$(count mail/u/new)" = 1 ]
}

@test "nth counts the events that match and reach the rule" {
	printf '%s\n' "$envelope" 'RCPT TO:<1@slow.test>' \
		'RCPT TO:<2@slow.test>' 'RCPT TO:<3@slow.test>' \
		'RCPT TO:<4@slow.test>' |
		rules 'at rcpt when rcpt=*@slow.test nth 3 reply 451 4.2.0 try later'
	[ "$(replies)" = '220 250 250 250 250 250 451 250 ' ]
	printf '%s\n' "$envelope" QUIT |
		rules 'at mail when from=*@b.test reply 550 5.7.1 not you'
	[ "$(replies)" = '220 250 550 503 221 ' ]
}

@test "421 as a reply ends the session; drop ends it without a word" {
	printf '%s\n' "$envelope" NOOP | rules 'at rcpt reply 421 4.3.2 bye'
	[ "$(replies)" = '220 250 250 421 ' ]
	printf '%s\n' "$envelope" NOOP | rules 'at rcpt drop'
	[ "$(replies)" = '220 250 250 ' ]
	echo NOOP | rules 'at connect drop'
	[ ! -s raw ]
	printf '%s\n' "$envelope" DATA x . NOOP | rules 'at dot drop'
	[ "$(replies)" = '220 250 250 250 354 ' ]
	nothing_stored
}

@test "silence: nothing is done, and nothing is said any more" {
	printf '%s\n' "$envelope" DATA x . NOOP QUIT |
		rules 'at data silence'
	[ "$(replies)" = '220 250 250 250 ' ]
	nothing_stored
	printf 'at rcpt silence\n' >rules
	start smtpd-lite -l :0 -T 1 -R rules
	wire "$ADDR" <<<"$envelope"$'\nNOOP' >raw
	[ "$(grep -c . raw)" = 3 ]
}

@test "half a reply" {
	printf '%s\n' "$envelope" NOOP | { rules 'at rcpt truncate' || :; }
	tail -c 7 raw >got
	printf '250 2.1' | cmp - got
	printf '%s\n' "$envelope" DATA x . NOOP | { rules 'at dot truncate' || :; }
	[[ "$(tail -n 1 raw)" = '250 2.0.0 Ok: '* ]]
	[ "$(count mail/u/new)" = 1 ]
}

@test "hidden extensions" {
	printf 'EHLO x\nQUIT\n' | rules 'at ehlo hide PIPELINING HELP size'
	sed '1,2d' out >got
	cat >want <<-'END'
	250-8BITMIME
	250-SMTPUTF8
	250-ENHANCEDSTATUSCODES
	250-CHUNKING
	250-VRFY
	250 EXPN
	221 2.0.0 Bye
	END
	cmp want got
}

@test "a delay: it is done, and the reply comes later" {
	printf 'at dot every 2 delay 700ms\nat connect nth 3 delay 300ms\n' >rules
	start smtpd-lite -l :0 -R rules
	# after MS: so long ago, or longer, was the start.
	after() {
		(($(date +%s%N) - start > $1 * 1000000))
	}
	stored() {
		[ "$(find mail/u/new -type f 2>/dev/null | wc -l)" = "$1" ]
	}
	dial one two
	hear one 220
	hear two 220
	say one 'HELO x' 250
	# Time may be lost on the way, but not each time.
	for i in 1 2 3 4 5; do
		mail one u x
		start=$(date +%s%N)
		envelope one u
		tell one x .
		say two 'HELO x' 250
		wait_for stored $((2 * i))
		late=yes
		nothing one || late=
		hear one '250 2.0.0 Ok: queued'
		after 600
		[ -z "$late" ] || break
	done
	[ -n "$late" ]
	start=$(date +%s%N)
	dial three
	hear three 220
	after 250
}

@test "replies of several lines, twice, with one more, without an end" {
	printf '%s\n' 'EHLO x' NOOP 'HELP data' XYZZY 'MAIL FROM:<a@b>' RSET \
		QUIT >in
	rules 'at noop reply 250 one\ntwo\x41\nthree' \
		'at help when arg=data twice' 'at mail also 550 5.0.0 early' \
		'at unknown reply 354 yes' 'at rset unended' <in || :
	sed '1,/^250 HELP/d' raw | tr -d '\r' >got
	diff - got <<-'END'
	250-one
	250-twoA
	250 three
	214 2.0.0 Syntax: DATA
	214 2.0.0 Syntax: DATA
	354 yes
	250 2.1.0 Ok
	550 5.0.0 early
	250 2.0.0 Ok221 2.0.0 Bye
	END
}

@test "a reply of one's own to DATA that lets the text follow" {
	printf '%s\n' "$envelope" DATA x . QUIT |
		rules 'at data reply 354 go\non' 'at noop drop'
	sed 1,4d out | diff - <(printf '%s\n' '354-go' '354 on' \
		'250 2.0.0 Ok: queued as ID' '221 2.0.0 Bye')
	[ "$(count mail/u/new)" = 1 ]
}

@test "extensions that are not there" {
	printf 'EHLO x\nSTARTTLS\nQUIT\n' | rules 'at ehlo hide HELP' \
		'at ehlo offer STARTTLS' 'at ehlo offer AUTH PLAIN LOGIN'
	sed '1,/EXPN/d' out | diff - <(printf '%s\n' 250-STARTTLS \
		'250 AUTH PLAIN LOGIN' '502 5.5.1 Error: TLS is not available here' \
		'221 2.0.0 Bye')
}

@test "a reply octet by octet" {
	printf 'at noop bytewise 30ms\n' >rules
	start smtpd-lite -l :0 -o sink -R rules
	dial one
	hear one 220
	say one 'HELO x' 250
	start=$(date +%s%N)
	say one NOOP '250 2.0.0 Ok'
	(($(date +%s%N) - start > 400 * 1000000))
	say one 'HELO x' 250
}

@test "what prototap alone can do is a mistake" {
	echo 'at noop inject NOOP' >rules
	run -78 --separate-stderr smtpd-lite -i -o sink -R rules
	[ "${stderr_lines[0]}" = \
		'smtpd-lite: rules:1:9: inject is for prototap only' ]
}

@test "reset: the connection ends by RST, drop by FIN" {
	printf 'at mail reset\nat rcpt drop\nat helo when helo=r reset\n' >rules
	start smtpd-lite -l :0 -o sink -R rules
	# answer LINE: what comes after it, and what wire says of the end.
	answer() {
		dial_by c "$ADDR"
		hear c 220
		say c 'HELO x' 250
		tell c "$1"
		no_more c
		cat <&"${FROM[c]}" >answer
		hang_up c
		wait_for grep -q . answer wire.c.err
		cat answer wire.c.err
	}
	answer 'MAIL FROM:<a>' | grep 'reset by peer'
	answer 'HELO r' | grep 'reset by peer'
	[ "$(answer QUIT)" = $'221 2.0.0 Bye\r' ]
}

@test "BDAT: the first chunk is the event data, the last one dot" {
	printf '%s\r\n' 'EHLO x' 'MAIL FROM:<a>' 'RCPT TO:<u>' >top
	{
		cat top
		printf 'BDAT 6\r\nQUIT\r\nBDAT 6 LAST\r\nQUIT\r\nNOOP\r\nQUIT\r\n'
	} >in
	rules 'at data reply 451 4.3.0 no' <in
	[ "$(replies)" = '220 250 250 250 451 451 250 221 ' ]
	rules 'at data reply 421 4.3.0 no' <in
	[ "$(replies)" = '220 250 250 250 421 ' ]
	rules 'at dot reply 451 4.3.0 no' <in
	[ "$(replies)" = '220 250 250 250 250 451 250 221 ' ]
	rules 'at data silence' <in
	[ "$(replies)" = '220 250 250 250 ' ]
	rules 'at data delay 10ms' 'at dot delay 10ms' <in
	[ "$(replies)" = '220 250 250 250 250 250 250 221 ' ]
	# The reply that it is about comes behind the octets.
	rules 'at data also 251 2.0.0 x' 'at dot twice' <in
	[ "$(replies)" = '220 250 250 250 250 251 250 250 250 221 ' ]
	{
		cat top
		printf 'BDAT 0 LAST\r\nQUIT\r\n'
	} >in
	rules 'at data drop' <in
	[ "$(replies)" = '220 250 250 250 ' ]
	rules 'at data delay 10ms' <in
	[ "$(replies)" = '220 250 250 250 250 221 ' ]
	rules 'at data twice' <in
	[ "$(replies)" = '220 250 250 250 250 250 221 ' ]
	[ "$(count mail/u/new)" = 4 ]
}

@test "auth, peer, helo, size" {
	printf 'joe:pencil\n' >passwd
	chmod 600 passwd
	printf 'at auth reply 454 4.7.0 not now\n' >rules
	printf 'EHLO x\nAUTH PLAIN AGpvZQBwZW5jaWw=\nQUIT\n' |
		talk -R rules -a passwd -o sink
	[ "$(replies)" = '220 250 454 221 ' ]
	printf '%s\n' 'at helo when helo=bad* reply 550 5.7.1 helo' \
		'at mail when size>1k reply 552 5.3.4 size' \
		'at any when peer=192.0.2.* reply 550 5.7.1 peer' >rules
	printf '%s\n' 'HELO BADguy' 'HELO x' 'MAIL FROM:<a> SIZE=1025' \
		'MAIL FROM:<a> SIZE=1024' QUIT >in
	talk -R rules -o sink <in
	[ "$(replies)" = '220 550 250 552 250 221 ' ]
	TCPREMOTEIP=192.0.2.9 talk -R rules -o sink <in
	[ "$(replies)" = '550 503 503 503 503 550 ' ]
	{
		printf '%s\n' "$envelope" DATA
		seq 1000
		printf '%s\n' . QUIT
	} | rules 'at dot when size>3k reply 552 5.3.4 too much'
	[ "$(tail -n 2 out | head -n 1)" = '552 5.3.4 too much' ]
}

@test "the same seed gives the same failures" {
	{
		echo 'HELO x'
		seq -f 'VRFY u%.0f' 200
	} >in
	for i in 1 2 3; do
		rules "seed $((i / 2))" 'at vrfy odds 30% reply 451 4.0.0 odds' <in
		cp out "out$i"
	done
	cmp out2 out3
	run -1 cmp -s out1 out2
	[ "$(grep -c odds out2)" -gt 30 ]
	[ "$(grep -c odds out2)" -lt 90 ]
}

@test "rules that are none: 78, all of them named" {
	printf 'at noon drop\nat mail\nseed x\n' >rules
	run -78 --separate-stderr smtpd-lite -i -o sink -R rules
	[ -z "$output" ]
	[ "$(grep -c '^smtpd-lite: rules:[123]:[0-9]*: ' <<<"$stderr")" = 3 ]
	run -78 --separate-stderr smtpd-lite -i -o sink -R missing
	[ -z "$output" ]
	# An editor's byte order mark is no mistake.
	echo QUIT | rules $'\xef\xbb\xbfat quit reply 221 so long'
	[ "$(tail -n 1 out)" = '221 so long' ]
}

@test "events are counted over all sessions, whatever -w says" {
	printf 'at helo nth 7 reply 550 5.0.0 seventh\n' >rules
	start smtpd-lite -l :0 -w 4 -o sink -R rules
	dial c{1..20}
	for c in c{1..20}; do
		hear "$c" 220
		tell "$c" 'HELO x'
		hear "$c"
		echo "${LINE%% *}"
	done >got
	[ "$(grep -c 550 got)" = 1 ]
	[ "$(sed -n 7p got)" = 550 ]
}

@test "every example of smtpd-rules(5) is taken" {
	# One file for each display; those that are no rules are in .Dl.
	awk '/^\.Ed/ { on = 0 }
	    on { gsub(/\\e/, "\\"); gsub(/\\&/, ""); print >("rules." n) }
	    /^\.Bd -literal/ { on = 1; n++ }' "$TOP/man/smtpd-rules.5"
	[ "$(cat rules.* | grep -c '^at ')" -ge 25 ]
	for f in rules.*; do
		echo QUIT | talk -o sink -R "$f" || { cat "$f" err; return 1; }
	done
	# All places, conditions, counts and actions have one.
	for word in connect helo ehlo auth mail rcpt data dot quit rset vrfy \
	    noop unknown help any arg= rcpt= from= 'size>' helo= peer= nth every first after odds \
	    reply drop reset delay bytewise twice also unended hide \
	    offer truncate silence seed; do
		grep -q -e "\\<$word" rules.* ||
			{ echo "$word"; return 1; }
	done
}
