#!/usr/bin/env bats
# smtpsend -bS over several connections: -j, -c, -r, signals, progress.

# shellcheck disable=SC2154 # run sets stderr, stderr_lines

load lib
load smtpsend

export ORDER=sort	# what several processes say mixes

sent() {
	seq -f 'sent r%.0f@x 250 dot' "$@" | sort
}

@test "several connections share the work; each result once" {
	fake
	batch 60 >in
	for options in '-j 4' '-j 4 -l journal' '-j 4 -y -l journal2'; do
		# shellcheck disable=SC2086
		send 0 $options <in
		sent 60 | diff - short
		[ -z "$stderr" ]
		[ "$(wc -l <results)" = 60 ]
	done
	[ "$(wc -l <journal)" = 120 ]
	[ "$(grep -c EHLO dialog)" -le 12 ]
	[ "$(grep -c EHLO dialog)" -gt 3 ]
	[ "$(wc -l <got.log)" = 180 ]
	printf '%s\r\n' 'Message-ID: <r1@x>' 'Subject: s' '' Hi. >want
	n=$(grep 'r1@x' got.log | sed -n 1p | cut -d ' ' -f 1)
	cmp want "got.$n"
}

@test "more connections than messages: no more are opened" {
	fake
	batch 2 >in
	send 0 -j 50 <in
	[ "$(grep -c EHLO dialog)" -le 2 ]
}

@test "few descriptors: fewer connections, and all is sent; or the reason" {
	fake
	batch 20 >in
	for n in 5 6 7 8 10 12 14; do
		rm -f journal
		run launch -n "$n" smtpsend -bS -T 5 -s "$ADDR" -j 4 \
			-l journal <in 2>err
		printf '%s\n' "$output" >results
		case $status in
		0) [ "$(grep -c '^sent' results)" = 20 ] ;;
		75) lacks '^sent' results; grep -qi open results err ;;
		*) false ;;
		esac
		short results | cut -d ' ' -f 1 | uniq >>seen
	done
	grep -q sent seen
	grep -q deferred seen
}

@test "with a journal, a sending line stands before each result" {
	fake
	batch 40 >in
	send 0 -j 4 -l journal <in
	awk -F '\t' '$1 == "sending" { open[$2] = 1; next }
		!open[$2] { print; bad = 1 } END { exit bad }' journal
	run -1 grep sending results
	fake
	send 0 -j 4 -l journal <in
	sent 40 | diff - short
	run -1 received
}

@test "refusals, lost connections: the same outcome as over one" {
	fake -c 'SIZE 100000' 'rcpt:r3@:550 no' 'rcpt:r7@:451 later' \
		'data:12:421 bye'
	batch 20 >in
	send 75 -j 4 <in
	grep -qx 'failed r3@x 550 rcpt' short
	[ "$(grep -c '^sent' short)" = 18 ]
	[ "$(grep -c '^deferred r7@x 451 rcpt' short)" = 1 ]
	[ "$(received | sort | uniq -d)" = '' ]
	[ "$(wc -l <got.log)" = 18 ]
}

@test "a result is told while the next one is waited for" {
	batch 4 >in
	for jobs in 1 2; do
		rm -f out
		fake "dot:$((jobs + 1))-:silent"
		smtpsend -bS -j "$jobs" -T 30 -s "$ADDR" <in >out 3>&- &
		wait_for test -s out
		kill -9 "$!"
		grep -q '^sent' out
	done
}

@test "more recipients than a transaction takes, and a journal" {
	fake 'rcpt:2:452 4.5.3 too many'
	{ letter me@x a@x b@x c@x; echo QUIT; } >in
	run -0 --separate-stderr smtpsend -bS -j 2 -s "$ADDR" -l journal <in
	[ "$(short <<<"$output" | sort)" = "$(printf 'sent %s 250 dot\n' \
		a@x b@x c@x)" ]
	[ "$(received)" = $'a@x c@x\nb@x' ]
	[ "$(cut -f 1,2 journal | tr '\t' ' ')" = "sending a@x
sending c@x
sent a@x
sent c@x
sending b@x
sent b@x" ]
	run -0 smtpsend -bS -j 2 -s 127.0.0.1:1 -l journal <in
	[ "${#lines[@]}" = 3 ]
}

@test "malformed addresses beside good ones" {
	fake
	{ letter me@x a@x 'b@@x' c@x; letter me@x 'd@@x'; batch 3; } >in
	send 67 -j 3 <in
	printf '%s\n' 'failed b@@x - rcpt' 'failed d@@x - rcpt' 'sent a@x 250 dot' \
		'sent c@x 250 dot' >want
	sent 3 >>want
	sort want | diff - short
}

@test "a large message among small ones" {
	fake -c 'PIPELINING,SIZE 100000000'
	{ TEXT=$(seq 200000) letter me@x big@x; batch 10; } >in
	send 0 -j 3 <in
	[ "$(wc -l <short)" = 11 ]
	n=$(grep big got.log | cut -d ' ' -f 1)
	[ "$(tail -n +4 "got.$n" | tr -d '\r' | cksum)" = "$(seq 200000 | cksum)" ]
}

@test "-c: no more messages over one connection" {
	fake
	batch 7 >in
	send 0 -c 2 <in
	sent 7 | diff - short
	[ "$(grep -c EHLO dialog)" = 4 ]
	[ "$(grep -c QUIT dialog)" = 4 ]
	fake -c PIPELINING,CHUNKING
	send 0 -c 3 <in
	[ "$(grep -c EHLO dialog)" = 3 ]
	[ "$(wc -l <got.log)" = 7 ]
}

@test "-r: the rate holds over all connections" {
	fake
	batch 11 >in
	for jobs in 1 3; do
		start=$(date +%s%N)
		send 0 -r 20/s -j "$jobs" <in
		took=$((($(date +%s%N) - start) / 1000000))
		[ "$took" -ge 490 ]
	done
	for rate in 0/s 5 /s 5/d s -1/s 5/; do
		run -64 --separate-stderr smtpsend -bS -r "$rate" </dev/null
		[ "$stderr" = "smtpsend: -r: $rate: not a rate" ]
	done
}

@test "several servers: the load is spread" {
	another
	first=$ADDR
	fake
	batch 40 >in
	send 0 -j 2 -s "$first,$ADDR" <in
	[ "$(wc -l <short)" = 40 ]
	[ -s got.log ]
	[ -s another/got.log ]
	[ "$(cat got.log another/got.log | cut -d ' ' -f 3 | sort -u | wc -l)" = 40 ]
}

@test "several servers: a dead one is left out" {
	fake
	batch 40 >in
	send 0 -j 4 -s "127.0.0.1:1,$ADDR" <in
	sent 40 | diff - short
	[ "$(cut -f 5 results | sort -u)" = "$ADDR" ]
}

@test "a server with room for fewer: the others' messages go the same way" {
	batch 400 >in
	start smtpd-lite -l :0 -o sink -D x -c 2
	for options in '-j 4' '-j 8' '-j 4 -l journal'; do
		# shellcheck disable=SC2086
		send 0 $options <in
		sent 400 | diff - short
		[ "$(wc -l <results)" = 400 ]
	done
	[ "$(wc -l <journal)" = 800 ]
}

@test "turned away, all of them: three tries each, or rest" {
	fake greeting:1:drop 'greeting:2:421 busy' greeting:3:drop \
		'greeting:4:421 busy'
	batch 40 >in
	send 0 -j 4 <in
	sent 40 | diff - short
	fake 'greeting:*:421 4.3.2 busy'
	SECONDS=0
	send 75 -j 4 <in
	[ "$SECONDS" -lt 20 ]
	[ "$(cut -d ' ' -f 1,3,4 short | sort | uniq -c | tr -s ' ')" = \
		' 40 deferred 421 connect' ]
}

@test "a lost connection, and no other to be had: two results, once each" {
	# of three recipients one is refused before the connection is lost
	fake -c 'SIZE 1000' 'rcpt:no@:550 no' data:1:drop greeting:2:drop
	{ letter me@x a@x no@x b@x; echo QUIT; } >in
	send 67 -j 2 <in
	printf '%s\n' 'failed no@x 550 rcpt' 'sent a@x 250 dot' \
		'sent b@x 250 dot' | diff - short
	[ "$(received)" = 'a@x b@x' ]
}

@test "SIGTERM while no server will talk: no results for what was not begun" {
	fake 'ehlo:*:drop' 'helo:*:drop'
	batch 100 >in
	smtpsend -bS -j 3 -s "$ADDR" -l journal <in >out 2>err 3>&- &
	pid=$!
	wait_for test -s dialog
	kill "$pid"
	ended 75 "$pid"
	[ "$(cat err)" = \
		'smtpsend: stopped; the same command with the same -l goes on' ]
	[ "$(wc -l <out)" -le 6 ]
	[ "$(grep -vc '^deferred' journal)" = 0 ]
}

@test "its processes are told to end: nobody is unknown who was not begun" {
	echo 'at dot every 1 delay 50ms' >rules
	start smtpd-lite -l :0 -o sink -R rules
	batch 200 >in
	smtpsend -bS -j 2 -s "$ADDR" <in >out 3>&- &
	pid=$!
	wait_for eval '[ "$(children | wc -l)" = 2 ]'
	children | xargs kill
	ended 75 "$pid"
	[ "$(cut -f 1 out | sort -u | tr '\n' ' ')" = 'deferred sent ' ] ||
		[ "$(cut -f 1 out | sort -u)" = deferred ]
	[ "$(wc -l <out)" = 200 ]
}

@test "all its processes are killed: what is left is deferred, and it ends" {
	fake dot:1-:silent
	batch 50 >in
	smtpsend -bS -j 2 -s "$ADDR" -l journal <in >out 3>&- &
	pid=$!
	wait_for eval '[ "$(grep -c sending journal)" = 2 ]'
	children | xargs kill -9
	ended 80 "$pid"
	[ "$(cut -f 1 out | sort | uniq -c | tr -s ' ')" = \
		$' 48 deferred\n 2 unknown' ]
}

@test "its processes are killed, and the commands that they run live on" {
	cat >server <<-'END'
		echo 220 here
		while read -r verb rest; do
			case $verb in
			DATA*) echo $$ >>servers; exec sleep 60 ;;
			*) echo 250 fine ;;
			esac
		done
	END
	batch 10 >in
	for options in '' '-l journal'; do
		rm -f servers
		# shellcheck disable=SC2086
		smtpsend -bS -j 2 -C 'sh ./server' $options <in >out 3>&- &
		pid=$!
		wait_for eval '[ "$(cat servers 2>/dev/null | wc -l)" = 2 ]'
		children | xargs kill -9
		wait_for eval '! kill -0 "$pid" 2>/dev/null'
		xargs kill <servers
		[ "$(wc -l <out)" = 10 ]
	done
	ended 75 "$pid"
	[ "$(cut -f 1 out | sort -u)" = deferred ]
}

@test "nobody listens: all deferred" {
	ADDR=127.0.0.1:1
	batch 200 >in
	send 75 -j 5 <in
	[ "$(cut -d ' ' -f 1,3,4 short | sort | uniq -c | tr -s ' ')" = \
		' 200 deferred - connect' ]
}

@test "a cut stream: what came whole is sent, 75" {
	fake
	batch 5 | head -n -3 >in
	send 75 -j 3 <in
	sent 4 | diff - short
}

@test "SIGTERM and SIGINT: what is in hand is finished, a true journal, 75" {
	for options in '-j 1' '-j 3'; do
		for signal in TERM INT; do
			fake
			rm -f journal
			batch 500 >in
			# a shell's background commands ignore SIGINT
			# shellcheck disable=SC2086
			env --default-signal=INT smtpsend -bS -r 50/s -s "$ADDR" \
				$options -l journal <in >results 2>err 3>&- &
			pid=$!
			wait_for test -s got.1
			kill -"$signal" "$pid"
			ended 75 "$pid"
			n=$(wc -l <results)
			[ "$n" -gt 0 ]
			[ "$n" -lt 500 ]
			[ "$(grep -c '^sent' results)" = "$n" ]
			[ "$(wc -l <journal)" = $((2 * n)) ]
			[ "$(wc -l <got.log)" = "$n" ]
		done
	done
}

@test "killed with its workers: nobody twice, at most one unknown each" {
	fake
	batch 200 >in
	: >journal
	kills=0
	for lines in 1 50 120 200 280; do
		! killed "$lines" smtpsend -bS -j 4 -r 200/s -s "$ADDR" \
			-l journal || kills=$((kills + 1))
	done
	[ "$kills" -gt 0 ]
	run smtpsend -bS -j 4 -s "$ADDR" -l journal <in
	printf '%s\n' "$output" >results
	[ "$status" = 0 ] || [ "$status" = 80 ]
	[ "$(cut -f 2 results | sort -u | wc -l)" = 200 ]
	[ "$(grep -cv '^sent\|^unknown' results)" = 0 ]
	[ "$(grep -c '^unknown' results)" -le "$((4 * kills))" ]
	[ "$(cut -d ' ' -f 3 got.log | sort | uniq -d)" = '' ]
	grep '^sent' results | cut -f 2 | sort >sent
	cut -d ' ' -f 3 got.log | sort >got
	[ "$(comm -23 sent got)" = '' ]
}

@test "the journal cannot be written: 74, and nothing of it is sent" {
	[ -c /dev/full ] || skip "no /dev/full"
	fake
	batch 20 >in
	run -74 --separate-stderr smtpsend -bS -j 3 -s "$ADDR" -l /dev/full <in
	[ -z "$output" ]
	[ "$stderr" = 'smtpsend: /dev/full: No space left on device' ]
	run -1 received
}

@test "progress on a terminal, and nowhere else" {
	fake
	{ echo 'NOOP 30 messages'; batch 30; } >in
	terminal sh -c 'exec smtpsend -bS -j 2 -r 50/s -s "$1" <in >results' \
		sh "$ADDR" >shown
	tr '\r' '\n' <shown >lines
	grep -q '^30 of 30 done, 0 not served, ' lines
	grep -q '^[0-9]* of 30 done, 0 not served, [0-9]*/s, 0:0[0-9] left' lines
}

@test "a process that is stopped goes on, and so does what it has in hand" {
	echo 'at dot every 1 delay 20ms' >rules
	start smtpd-lite -l :0 -o sink -R rules
	batch 60 >in
	mkfifo pipe
	for options in '' '-l journal'; do
		# shellcheck disable=SC2086
		smtpsend -bS -j 3 -s "$ADDR" $options <pipe >out 3>&- &
		pid=$!
		# Three messages, so that it cannot end before they are stopped.
		exec 7>pipe
		sed -n 1,25p in >&7
		wait_for eval '[ "$(children | wc -l)" = 3 ]'
		children | sed -n 1,2p | xargs kill -STOP
		sed 1,25d in >&7
		exec 7>&-
		wait_for eval '! kill -0 "$pid" 2>/dev/null'
		ended 0 "$pid"
		[ "$(cut -f 1 out | sort | uniq -c | tr -s ' ')" = ' 60 sent' ]
	done
}

@test "SIGTERM ends one whose processes are stopped, and SIGKILL leaves none" {
	fake 'dot:*:silent'
	batch 20 >in
	smtpsend -bS -j 2 -T 2 -s "$ADDR" -l journal <in >out 3>&- &
	pid=$!
	wait_for eval '[ "$(grep -c sending journal)" -ge 2 ]'
	children | xargs kill -STOP
	kill "$pid"
	wait_for eval '! kill -0 "$pid" 2>/dev/null'
	[ "$(wc -l <out)" -ge 2 ]
	[ "$(wc -l <out)" -lt 20 ]
	fake 'dot:*:silent'
	rm journal
	smtpsend -bS -j 2 -T 2 -s "$ADDR" -l journal <in >out 3>&- &
	pid=$!
	wait_for eval '[ "$(grep -c sending journal)" -ge 2 ]'
	left=$(children)
	kill -9 "$pid"
	for child in $left; do
		ended_in_time "$child" 8
	done
}
