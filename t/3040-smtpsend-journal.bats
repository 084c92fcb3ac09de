#!/usr/bin/env bats
# smtpsend -l: the journal, over runs and crashes.

# shellcheck disable=SC2154 # run sets stderr, stderr_lines

load lib
load smtpsend

send() {
	local code=$1
	shift
	run -"$code" --separate-stderr smtpsend -bS -T 30 -s "$ADDR" \
		-l journal "$@" || return
	printf '%s' "${output:+$output
}" >results
	short results >short
}

# line STATUS RCPT CODE STAGE NUMBER ID TEXT: a line of results(5).
line() {
	printf '%s\t%s\t%s\t%s\tserver:25\t%s\t2026-11-21T23:46:12Z\t%s\t%s\n' "$@"
}

@test "a sending line before the dot, the result after the reply" {
	fake 'rcpt:2:550 no'
	{ letter me@x a@x b@x c@x; letter me@x d@x; echo QUIT; } >in
	send 67 <in
	[ "$(short journal | cut -d ' ' -f 1,2)" = "$(printf '%s\n' \
		'sending a@x' 'sending c@x' 'sent a@x' 'failed b@x' 'sent c@x' \
		'sending d@x' 'sent d@x')" ]
	[ "$(short journal | head -n 1)" = 'sending a@x - dot' ]
	run -1 grep sending results
}

@test "the sending line is in the file before the dot is on the wire" {
	fake dot:1:silent
	{ letter me@x a@x; echo QUIT; } >in
	smtpsend -bS -s "$ADDR" -l journal <in >out 3>&- &
	pid=$!
	wait_for grep -qx '\.' dialog
	[ "$(cut -f 1,2 journal)" = $'sending\ta@x' ]
	kill -9 "$pid"
}

@test "another run repeats the lines and sends only what is not settled" {
	fake -c 'SIZE 100000' 'rcpt:2:550 no' 'rcpt:3:450 later' 'dot:3:drop'
	batch 5 >in
	send 80 <in
	cp results first
	[ "$(cut -d ' ' -f 1 short | tr '\n' ' ')" = 'sent failed deferred sent unknown ' ]
	fake
	send 80 <in
	diff <(grep -v r3@x first) <(grep -v r3@x results)
	[ "$(received)" = r3@x ]
	fake
	send 80 <in
	run -1 received
	[ "$(cut -d ' ' -f 1 short | tr '\n' ' ')" = 'sent failed sent sent unknown ' ]
	[ ! -e dialog ]
}

@test "a sending line without a result becomes unknown, once" {
	fake
	line sending r1@x - dot 1 '<r1@x>' '' >journal
	batch 2 >in
	send 80 <in
	printf '%s\n' 'unknown r1@x - dot' 'sent r2@x 250 dot' | diff - short
	[ "$(received)" = r2@x ]
	[ "$(cut -f 1 journal | tr '\n' ' ')" = 'sending unknown sending sent ' ]
	send 80 <in
	[ "$(wc -l <journal)" = 4 ]
}

@test "-A sends unknown ones again" {
	fake
	{ line sending r1@x - dot 1 '<r1@x>' ''
		line unknown r2@x - dot 2 '<r2@x>' lost; } >journal
	batch 3 >in
	send 0 -A <in
	[ "$(wc -l <got.log)" = 3 ]
	fake
	send 0 <in
	run -1 received
}

@test "what was sent stays sent, whatever stands behind it" {
	fake
	{ line sent r1@x 250 dot 1 '<r1@x>' ok
		line deferred r1@x 450 rcpt 1 '<r1@x>' later
		line deferred r2@x 450 rcpt 2 '<r2@x>' later
		line left r2@x - leave 2 '<r2@x>' ''; } >journal
	batch 2 >in
	send 0 <in
	[ "$(received)" = r2@x ]
}

@test "the key is Message-ID and recipient; number where there is none" {
	fake
	{ line sent a@x 250 dot 9 '<1@x>' ok
		line sent b@x 250 dot 2 - ok; } >journal
	printf '%s\n' 'MAIL FROM:<me@x>' 'RCPT TO:<a@x>' 'RCPT TO:<b@x>' DATA \
		'Message-ID: <1@x>' '' x . \
		'MAIL FROM:<me@x>' 'RCPT TO:<a@x>' 'RCPT TO:<b@x>' DATA x . \
		QUIT >in
	send 0 <in
	[ "$(received)" = $'b@x\na@x' ]
	fake
	send 0 <in
	run -1 received
	[ "$(wc -l <results)" = 4 ]
}

@test "a line cut off by a crash is ended, and no other is lost" {
	fake
	line sent r1@x 250 dot 1 '<r1@x>' ok >journal
	printf %.20s "$(line sending r2@x - dot 2 '<r2@x>' '')" >>journal
	batch 2 >in
	send 0 <in
	[ "$(received)" = r2@x ]
	[ "$(sed -n 3p journal | cut -f 1,2)" = $'sending\tr2@x' ]
	fake
	send 0 <in
	run -1 received
}

@test "a line without its end: what was sent is, what was not begun is not" {
	fake
	printf 'sent\tr1@x\t250\tdot\tmx:25\t1\t2026-11-21T23:46:12Z\t<r1@x>\to' \
		>journal
	batch 1 >in
	send 0 <in
	run -1 received
	fake
	printf 'sending\tr1@x\t-\tdot\tmx:25\t1\t2026-11-21T23:46:12Z\t<r1@x>\t' \
		>journal
	run -75 smtpsend -bS -s ./nobody -l journal <in
	send 0 <in
	[ "$(received)" = r1@x ]
}

@test "a journal in use by another run: 75, nothing sent" {
	fake dot:1:silent
	batch 1 >in
	smtpsend -bS -s "$ADDR" -l journal <in >out 3>&- &
	pid=$!
	wait_for test -s journal
	run -75 --separate-stderr smtpsend -bS -s "$ADDR" -l journal <in
	[ -z "$output" ]
	[ "$stderr" = 'smtpsend: journal: in use by another run' ]
	kill -9 "$pid"
}

@test "a journal that cannot be made: 73; or written: 74 before the dot" {
	fake
	batch 2 >in
	run -73 --separate-stderr smtpsend -bS -s "$ADDR" -l no/journal <in
	[ -z "$output" ]
	[ -c /dev/full ] || skip "no /dev/full"
	run -74 --separate-stderr smtpsend -bS -s "$ADDR" -l /dev/full <in
	[ -z "$output" ]
	[ "$stderr" = 'smtpsend: /dev/full: No space left on device' ]
	run -1 received
	run -1 grep -qx '\.' dialog
}

@test "a journal that grows to its limit in mid-batch: 74, and true" {
	fake
	batch 100 >in
	run -74 bash -c 'ulimit -f 4; trap "" XFSZ
		exec smtpsend -bS -s "$1" -l journal <in >results' - "$ADDR"
	[ "$(wc -c <journal)" -le 4096 ]
	before=$(wc -l <got.log)
	[ "$before" -lt 100 ]
	cp got.log got.before
	send 80 <in || send 0 <in
	# nobody twice
	[ "$(cut -d ' ' -f 3 got.log | sort | uniq -d)" = '' ]
	[ "$(grep -c . results)" = 100 ]
	[ "$(grep -c '^unknown' results)" -le 1 ]
}

@test "-y, -Y, and a path with a directory" {
	fake
	mkdir dir
	batch 2 >in
	for options in -y -Y '-Y -y'; do
		rm -f dir/journal
		# shellcheck disable=SC2086 # two words
		run -0 smtpsend -bS $options -s "$ADDR" -l dir/journal <in
		[ "$(wc -l <dir/journal)" = 4 ]
	done
}

@test "one message has a journal too" {
	fake
	for _ in 1 2; do
		printf 'Subject: x\n\nx\n' |
			run -0 smtpsend -s "$ADDR" -l journal a@x b@x
	done
	[ "$(wc -l <got.log)" = 1 ]
	printf 'Subject: x\n\nanother\n' |
		run -0 smtpsend -s "$ADDR" -l journal a@x b@x
	[ "$(wc -l <got.log)" = 2 ]
	run -80 --separate-stderr smtpsend -s "$ADDR" -l journal c@x < <(
		printf 'Message-ID: <c@x>\n\nx\n'
		line sending c@x - dot 1 '<c@x>' '' >>journal)
	[ "$stderr" = 'smtpsend: c@x: unknown at dot: the run that sent it was cut off' ]
}

@test "-l - is no journal: another Message-ID each time, and no waits" {
	fake -c PIPELINING,CHUNKING
	for _ in 1 2; do
		printf 'Subject: x\n\nx\n' | run -0 smtpsend -s "$ADDR" -l - a@x
	done
	[ "$(cat got.1 got.2 | grep -c Message-ID)" = 2 ]
	[ "$(cat got.1 got.2 | grep Message-ID | sort -u | wc -l)" = 2 ]
	batch 10 >in
	run -0 --separate-stderr smtpsend -bS -v -s "$ADDR" -l - <in
	[ "${#lines[@]}" = 10 ]
	[ ! -e ./- ]
	printf '%s\n' "${stderr_lines[@]}" >dialogue
	[ "$(grep -n 'C: BDAT' dialogue | sed -n '10s/:.*//p')" -lt \
		"$(grep -n 'S: 250 2.0.0' dialogue | sed -n '1s/:.*//p')" ]
}

@test "killed at any moment: in the end each is sent once or unknown" {
	fake
	batch 300 >in
	: >journal
	kills=0
	for lines in 1 2 60 120 180 240 300 360 420 480; do
		! killed "$lines" smtpsend -bS -r 200/s -s "$ADDR" -l journal ||
			kills=$((kills + 1))
	done
	[ "$kills" -gt 0 ]
	run smtpsend -bS -s "$ADDR" -l journal <in
	printf '%s\n' "$output" >results
	[ "$status" = 0 ] || [ "$status" = 80 ]
	[ "$(cut -f 2 results | sort -u | wc -l)" = 300 ]
	[ "$(wc -l <results)" = 300 ]
	[ "$(grep -cv '^sent\|^unknown' results)" = 0 ]
	[ "$(grep -c '^unknown' results)" -le "$kills" ]
	# nobody twice, and who is "sent" has it
	[ "$(cut -d ' ' -f 3 got.log | sort | uniq -d)" = '' ]
	grep '^sent' results | cut -f 2 | sort >sent
	cut -d ' ' -f 3 got.log | sort >got
	[ "$(comm -23 sent got)" = '' ]
}

@test "killed before the dot: not sent, and not unknown" {
	fake data:1:silent
	{ letter me@x a@x; echo QUIT; } >in
	smtpsend -bS -s "$ADDR" -l journal <in >out 3>&- &
	pid=$!
	wait_for grep -q DATA dialog
	kill -9 "$pid"
	fake
	send 0 <in
	[ "$(received)" = a@x ]
}

@test "a journal with controls in a key, and one with a line without end" {
	fake
	printf 'MAIL FROM:<me@x>\nRCPT TO:<a@x>\nDATA\nMessage-ID: <1\u202e@x>\n\nHi.\n.\nQUIT\n' >in
	printf 'sending\ta@x\t-\tdot\tmx:25\t1\t2026-11-21T23:46:12Z\t<1\u202e@x>\t\n' \
		>journal
	for _ in 1 2; do
		send 80 -l journal <in
		[ "$(cat short)" = 'unknown a@x - dot' ]
	done
	[ "$(wc -l <journal)" = 2 ]
	run -1 received
	# What ends a line that is too long is no line.
	{
		printf '%16384s' ''
		printf 'sent\ta@x\t250\tdot\tmx:25\t1\t2026-11-21T23:46:12Z\t<1 @x>\t\n'
	} >journal
	send 0 -l journal <in
	[ "$(received)" = a@x ]
}
