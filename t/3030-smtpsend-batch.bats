#!/usr/bin/env bats
# smtpsend -bS: a batch over one connection.

# shellcheck disable=SC2154 # run sets stderr, stderr_lines

load lib
load smtpsend

@test "each message to its recipients, over one connection, as it came" {
	fake
	batch 20 >in
	send 0 <in
	seq -f 'sent r%.0f@x 250 dot' 20 | diff - short
	[ -z "$stderr" ]
	[ "$(grep -c EHLO dialog)" = 1 ]
	[ "$(wc -l <got.log)" = 20 ]
	printf '%s\r\n' 'Message-ID: <r7@x>' 'Subject: s' '' Hi. | cmp - got.7
	cut -f 6 results | diff - <(seq 20)
	[ "$(cut -f 8 results | head -n 1)" = '<r1@x>' ]
}

@test "the next envelope rides behind the final dot" {
	fake
	batch 3 >in
	send 0 -v <in
	printf '%s\n' "${stderr_lines[@]}" >dialogue
	[ "$(grep -A 4 -x 'C: \.' dialogue | head -n 5 | cut -c 1-12)" = \
		$'C: .\nC: MAIL FROM\nC: RCPT TO:<\nC: DATA\nS: 250 2.0.0' ]
}

@test "LF and CRLF, dots, blanks, lower case, NOOP, RSET: a batch like that" {
	fake
	printf '%s\r\n' 'ehlo me' 'noop 2 messages' 'mail from: <me@x> SIZE=5' \
		'rcpt to: <a@x>' data '..' '..b' 'c.' . \
		'MAIL FROM:<gone@x>' 'RCPT TO:<gone@x>' RSET \
		'MAIL FROM:<>' 'RCPT TO:<b@x>' DATA . quit >in
	send 0 <in
	[ "$(cat short)" = $'sent a@x 250 dot\nsent b@x 250 dot' ]
	printf '%s\r\n' . .b c. | cmp - got.1
	[ ! -s got.2 ]
	grep -q '^MAIL FROM:<> ' dialog
	run -1 grep gone@ dialog
}

@test "the content passes through as it is" {
	fake
	TEXT=$'Привіт\r' letter me@x a@x >in
	echo QUIT >>in
	send 0 <in
	grep -q 'BODY=8BITMIME' dialog
	run -1 grep -E '^(Date|From)' got.1
}

@test "one refused of many stops nobody: the worst code" {
	fake -c 'SIZE 100000' 'rcpt:2:550 no' 'mail:4:451 later' \
		'dot:3:554 spam' 'data:4:450 later'
	batch 7 >in
	send 75 <in
	cat >want <<-'END'
	sent r1@x 250 dot
	failed r2@x 550 rcpt
	sent r3@x 250 dot
	deferred r4@x 451 mail
	failed r5@x 554 dot
	deferred r6@x 450 data
	sent r7@x 250 dot
	END
	diff want short
	[ "$(received)" = $'r1@x\nr3@x\nr7@x' ]
}

@test "after a refused one RSET, and the next is a new transaction" {
	fake 'rcpt:1:550 no' 'data:1:554 no valid recipients'
	batch 2 >in
	send 67 <in
	[ "$(cat short)" = $'failed r1@x 550 rcpt\nsent r2@x 250 dot' ]
	grep -A 1 RSET dialog | grep MAIL
	fake 'rcpt:1:550 no' 'data:1:554 no' 'rset:1:500 no'
	send 67 <in
	[ "$(cat short)" = $'failed r1@x 550 rcpt\nsent r2@x 250 dot' ]
}

@test "no RSET where nothing was refused" {
	fake
	batch 3 >in
	send 0 <in
	run -1 grep RSET dialog
}

@test "421 and a dead link in mid-batch: reconnect; nobody lost or repeated" {
	for fault in 'rcpt:3:421 enough' mail:3:drop data:2:rst rcpt:3:garbage \
		'mail:4:354 what'; do
		for caps in PIPELINING 'SIZE 100000'; do
			fake -c "$caps" "$fault"
			batch 5 >in
			send 0 <in
			seq -f 'sent r%.0f@x 250 dot' 5 | diff - short
			[ "$(received)" = "$(seq -f r%.0f@x 5)" ]
			[ "$(grep -c EHLO dialog)" = 2 ]
		done
	done
}

@test "a server that ends each connection after one message" {
	fake 'mail:2:421 one only' 'mail:4:421 one only'
	batch 3 >in
	send 0 <in
	[ "$(wc -l <got.log)" = 3 ]
	[ "$(grep -c EHLO dialog)" = 3 ]
}

@test "lost after the dot: unknown, 80; the others are served" {
	for fault in drop rst garbage; do
		for caps in PIPELINING 'SIZE 100000'; do
			fake -c "$caps" "dot:2:$fault"
			batch 4 >in
			send 80 <in
			printf '%s\n' 'sent r1@x 250 dot' 'unknown r2@x - dot' \
				'sent r3@x 250 dot' 'sent r4@x 250 dot' |
				diff - short
			[ "$(received)" = $'r1@x\nr3@x\nr4@x' ]
		done
	done
}

@test "a connection that is turned away is one of three, and no more" {
	batch 5 >in
	for fault in greeting:1:drop 'greeting:1:421 4.3.2 busy' ehlo:1:drop \
		'ehlo:1:421 4.3.2 busy'; do
		fake "$fault"
		send 0 <in
		seq -f 'sent r%.0f@x 250 dot' 5 | diff - short
		[ "$(received)" = "$(seq -f r%.0f@x 5)" ]
	done
	# on the way back after a lost one
	fake 'rcpt:3:drop' 'greeting:2:421 4.3.2 busy'
	send 0 <in
	[ "$(received)" = "$(seq -f r%.0f@x 5)" ]
	fake 'greeting:1:drop' 'ehlo:1:drop' 'rcpt:1:drop'
	send 75 <in
	[ "$(cut -d ' ' -f 1,4 short | uniq -c | tr -s ' ')" = \
		$' 1 deferred rcpt\n 4 sent dot' ]
}

@test "turned away again and again: a few tries for all, then it rests" {
	fake 'greeting:*:421 4.3.2 busy'
	batch 1000 >in
	SECONDS=0
	send 75 <in
	[ "$SECONDS" -lt 30 ]
	[ "$(cut -d ' ' -f 1,3,4 short | sort | uniq -c | tr -s ' ')" = \
		' 1000 deferred 421 connect' ]
	fake 'greeting:*:drop'
	printf 'Subject: s\n\nx\n' >letter
	run -75 smtpsend -n -s "$ADDR" a@x <letter
	fake 'greeting:1:drop'
	run -0 smtpsend -n -s "$ADDR" a@x <letter
}

@test "a signal ends the wait for a server that hangs up" {
	fake 'ehlo:*:drop' 'helo:*:drop'
	batch 3 >in
	smtpsend -bS -s "$ADDR" <in >out 2>err 3>&- &
	pid=$!
	wait_for test -s dialog
	kill "$pid"
	ended 75 "$pid"
	[ "$(wc -l <out)" -le 1 ]
	[ "$(cat err)" = \
		'smtpsend: stopped; without -l nobody knows who has had it' ]
}

@test "several servers: with -c each connection is to the next" {
	for i in 1 2 3; do
		mkdir "$i"
		cd "$i"
		start -n another fake-smtp
		cd ..
		servers=${servers:+$servers,}$ADDR
	done
	batch 12 >in
	send 0 -s "$servers" -c 2 <in
	[ "$(wc -l 1/got.log 2/got.log 3/got.log | awk '{ print $1 }' |
		tr '\n' ' ')" = '4 4 4 12 ' ]
	# one that is dead is passed over
	send 0 -s "127.0.0.1:1,$servers" -c 2 <in
	[ "$(wc -l 1/got.log 2/got.log 3/got.log | awk '{ print $1 }' |
		tr '\n' ' ')" = '8 8 8 24 ' ]
}

@test "several servers: the next where one is lost" {
	another 'rcpt:2-:drop'
	first=$ADDR
	fake
	batch 3 >in
	send 0 -s "$first,$ADDR" <in
	[ "$(cut -f 5 results | sort | uniq -c | tr -s ' ')" = \
		"$(printf '%s\n' "$first" "$ADDR" "$ADDR" | sort | uniq -c | tr -s ' ')" ]
}

@test "nobody listens: all deferred, and quickly" {
	ADDR=127.0.0.1:1
	batch 1000 >in
	send 75 <in
	[ "$(sort short | uniq -c | wc -l)" = 1000 ]
	[ "$(cut -d ' ' -f 1,3,4 short | sort -u)" = 'deferred - connect' ]
}

@test "a stream without QUIT is cut off: what came whole is sent, 75" {
	fake
	batch 3 | head -n -3 >in
	send 75 <in
	[ "$(cat short)" = $'sent r1@x 250 dot\nsent r2@x 250 dot' ]
	[ "$stderr" = 'smtpsend: stdin:23: cut off: no QUIT at the end' ]
	send 75 </dev/null
	[ "$stderr" = 'smtpsend: stdin:1: cut off: no QUIT at the end' ]
	[ "$(wc -l <got.log)" = 2 ]
	# the dot without its line ending may be the start of another line
	batch 1 | head -n -1 | head -c -1 >in
	fake
	send 75 <in
	[ ! -s short ]
	run -1 received
	send 75 </dev/null
	[ ! -s short ]
}

@test "QUIT ends it; without a line ending too" {
	fake
	{ batch 1; letter me@x more@x; } >in
	send 0 <in
	[ "$(cat short)" = 'sent r1@x 250 dot' ]
	batch 1 | head -c -1 >in
	send 0 <in
}

@test "a line that is no command: 65 with its number; the others are sent" {
	fake
	{
		letter me@x a@x
		echo 'RCTP TO:<b@x>'
		letter me@x c@x
		echo 'RCPT TO:<d@x>'
		echo DATA
		echo 'MAIL FROM:<evil@x>'
		echo .
		head -c 70000 /dev/zero | tr '\0' x
		echo
		letter me@x e@x
		echo QUIT
	} >in
	send 65 <in
	printf 'sent %s@x 250 dot\n' a c e | diff - short
	printf 'smtpsend: stdin:%s\n' '9: not a command of a batch' \
		'18: RCPT before MAIL' '19: DATA before MAIL and RCPT' \
		'22: command too long' >want
	diff want <(printf '%s\n' "${stderr_lines[@]}")
	run -1 grep evil@ dialog
}

@test "MAIL inside a transaction spoils it: nobody gets another's letter" {
	fake
	{ printf '%s\n' 'MAIL FROM:<me@x>' 'RCPT TO:<a@x>'
		letter me@x b@x
		letter me@x c@x; echo QUIT; } >in
	send 65 <in
	printf '%s\n' 'failed a@x - mail' 'failed b@x - mail' \
		'sent c@x 250 dot' | diff - short
	[ "$(cut -f 6 results | tr '\n' ' ')" = '1 1 2 ' ]
	[ "$(received)" = c@x ]
}

@test "the number is the place in the batch, whatever is before" {
	fake
	{ printf '%s\n' DATA x . 'MAIL FROM:<me@x>' DATA x .
		letter me@x a@x; echo QUIT; } >in
	send 65 <in
	[ "$(cut -f 2,6 results)" = $'a@x\t3' ]
}

@test "malformed addresses fail, and stop nobody" {
	fake
	{ printf '%s\n' 'MAIL FROM:<me@x>' 'RCPT TO:<a@@x>' 'RCPT TO:<b@x>' \
		'RCPT TO:' DATA x .
		letter 'me@@x' c@x; letter me@x d@x; echo QUIT; } >in
	send 67 <in
	printf '%s\n' 'failed a@@x - rcpt' 'sent b@x 250 dot' \
		'failed - - rcpt' 'failed c@x - mail' 'sent d@x 250 dot' |
		diff - short
}

@test "a CR that ends no line fails its message alone" {
	fake
	{ TEXT=$'a\rb' letter me@x a@x; letter me@x b@x; echo QUIT; } >in
	send 65 <in
	[ "$(cat short)" = $'failed a@x - data\nsent b@x 250 dot' ]
}

@test "a message no server is asked to take fails, and its text with it" {
	fake
	{ printf '%s\n' 'MAIL FROM:<me@x>' 'RCPT TO:<a@x>' DATA
		yes "$(printf '%075d' 0)" | head -c 140000000
		printf '\n%s\n' . ; letter me@x b@x; echo QUIT; } |
		send 65
	[ "$(cat short)" = $'failed a@x - data\nsent b@x 250 dot' ]
}

@test "DSN parameters pass where they are offered" {
	fake -c DSN,PIPELINING
	printf '%s\n' 'MAIL FROM:<me@x> RET=HDRS SIZE=7 ENVID=q1 AUTH=<>' \
		'RCPT TO:<a@x> NOTIFY=NEVER X=y' DATA x . QUIT >in
	send 0 <in
	grep -qx 'MAIL FROM:<me@x> RET=HDRS ENVID=q1' dialog
	grep -qx 'RCPT TO:<a@x> NOTIFY=NEVER' dialog
	# What a server might take for the end of a line does not pass.
	printf 'MAIL FROM:<me@x> RET=HDRS\rRSET ENVID=q\0z\nRCPT TO:<b@x> %s\n' \
		$'NOTIFY=NEVER\rRSET ORCPT=rfc822;\x80' >evil
	printf '%s\n' DATA x . QUIT >>evil
	send 0 <evil
	grep -qx 'MAIL FROM:<me@x>' dialog
	grep -qx 'RCPT TO:<b@x>' dialog
	fake -c PIPELINING
	send 0 <in
	grep -qx 'RCPT TO:<a@x>' dialog
}

@test "a bare name gets the name of -H as its domain" {
	fake
	{ letter me user1; echo QUIT; } >in
	send 0 -H h.test <in
	[ "$(cat got.log)" = '1 me@h.test user1@h.test' ]
}

@test "a result comes as soon as it is final, before the next message" {
	fake
	mkfifo in out
	smtpsend -bS -T 5 -s "$ADDR" <in >out 3>&- &
	STARTED+=("$!")
	exec 8>in 9<out
	letter me@x a@x >&8
	read -r -t 10 -u 9 line
	[[ $line == sent*a@x* ]]
	letter me@x b@x >&8
	read -r -t 10 -u 9 line
	[[ $line == sent*b@x* ]]
	echo QUIT >&8
	wait "$!"
	exec 8>&- 9<&-
	[ "$(grep -c EHLO dialog)" = 1 ]
}

@test "an endless batch in constant memory" {
	[ -e /proc/self/status ] || skip "no /proc"
	start smtpd-lite -o sink -D x -d . -l 127.0.0.1:0
	batch 1000 >in
	{ for _ in {1..9}; do sed '$d' in; done; cat in; } >long
	small=$(peak 1000 <in)
	large=$(peak 10000 <long)
	echo "$small, then $large"
	[ "$small" -gt 500 ]
	[ "$((large - small))" -lt 500 ]
}

# peak COUNT: the peak of memory in kB of a batch of so many on standard
# input, when all are sent.  A build with sanitizers is not to keep what has
# been given back.
peak() {
	local pid
	export ASAN_OPTIONS=quarantine_size_mb=0:thread_local_quarantine_size_kb=0
	mkfifo pipe
	smtpsend -bS -s "$ADDR" <pipe >out 3>&- &
	pid=$!
	exec 8>pipe
	sed '$d' >&8
	wait_for eval "[ \$(wc -l <out) = $1 ]"
	awk '$1 == "VmHWM:" { print $2 }' "/proc/$pid/status"
	echo QUIT >&8
	exec 8>&-
	wait "$pid"
	rm pipe
}

@test "stdout that nobody reads stops the work; 74" {
	fake
	batch 500 >in
	run -74 --separate-stderr bash -c \
		'{ smtpsend -bS -s "$1" <in; echo $? >code; } | head -n 1 >one; exit "$(cat code)"' - "$ADDR"
	[ "$(wc -l <one)" = 1 ]
	[ "$(wc -l <got.log)" -lt 500 ]
}

# example PAGE: the first literal text among its examples.
example() {
	sed -n '/^\.Sh EXAMPLES/,/^\.Sh SEE/p' "$TOP/man/$1" |
		awk '/^\.Ed/ { text = 0 } text { sub(/^\\&/, ""); print }
			/^\.Bd/ { text = ++n == 1 }'
}

@test "the examples of bsmtp(5) and results(5)" {
	example bsmtp.5 >in
	fake
	send 0 <in
	tail -n 2 got.1 | cmp - <(printf '%s\r\n' 'Hello user1!' \
		'.and this line begins with one dot.')
	# another message, to user2, whom the server does not know
	{ sed '$d' in; sed '1,2d; s/user1/user2/; s/<1@/<2@/' in; } >two
	fake 'dot:1:250 2.0.0 Ok' 'rcpt:2:550 5.1.1 No such user here'
	send 67 <two
	example results.5 >example
	for file in example results; do
		sed -E 's/(localhost|127.0.0.1):[0-9]+/SERVER/
			s/\t[0-9]{4}(-[0-9]{2}){2}T([0-9]{2}:){2}[0-9]{2}Z/\tTIME/' \
			"$file" >"$file.same"
	done
	grep -q $'\tSERVER\t2\tTIME\t' example.same
	diff example.same results.same
	cp example results
	run -0 sh -c "$(sed -n 's/^\.Dl \(cut .*\)/\1/p' "$TOP/man/results.5")"
	[ "$(sed 's/^ *//' <<<"$output")" = $'1 failed\n1 sent' ]
}
