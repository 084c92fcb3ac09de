#!/usr/bin/env bats
# The loop of smtpd-lite(1) that sends on what was spooled, as it stands there:
# nobody gets a message twice, and nobody is forgotten.

# shellcheck disable=SC2154 # run sets stderr, stderr_lines

load lib
load smtpd
load smtpsend

# Servers are those of 127.0.0.1, at the port of fake, in place of 25.
setup() {
	lib_setup
	mkdir shim
	cat >shim/smtpsend <<-'END'
	#!/bin/sh
	exec "$BINDIR/smtpsend" -T 5 -s ":${ADDR##*:}" "$@"
	END
	chmod +x shim/smtpsend
	export ADDR
	sed -n '/^for f in relay/,/^\.Ed/p' "$TOP/man/smtpd-lite.1" |
		sed '/^\.Ed/d' >loop
	grep -q smtpsend loop
	export TCPREMOTEIP=127.0.0.1
}

# spool NAME ...: a message to these, by smtpd-lite itself.
spool() {
	{
		printf '%s\r\n' 'EHLO x' 'MAIL FROM:<me@here.test>'
		printf 'RCPT TO:<%s@[127.0.0.1]>\r\n' "$@"
		printf '%s\r\n' DATA 'Subject: s' '' Hi. . QUIT
	} | talk -D here.test -q relay
}

round() {
	PATH=$PWD/shim:$PATH sh loop
}

# got: who got it, one a line, as often as it was got.
got() {
	[ ! -e got.log ] || cut -d ' ' -f 3- got.log | tr ' ' '\n' |
		sed 's/@.*//' | LC_ALL=C sort
}

got_is() {
	printf '%s\n' "$@" >want
	got | diff want -
}

kept() {
	find relay -name '*.bsmtp' | wc -l
}

@test "the refused and the served are done with, the deferred go again" {
	fake 'rcpt:<no@[127.0.0.1]>:550 5.1.1 nobody' \
		'rcpt:3:450 4.2.0 later'
	spool yes no later
	run -0 --separate-stderr round
	[ -z "$stderr$output" ]
	got_is yes
	[ "$(kept)" = 1 ]
	round
	got_is later yes
	[ "$(kept)" = 0 ]
	run -0 --separate-stderr round
	[ -z "$stderr$output" ]
	got_is later yes
	cut -f 1,2 relay/*.results | sed 's/@.*//' | grep -x $'failed\tno'
}

@test "perhaps sent, and deferred beside it: the one not again, the other" {
	fake 'rcpt:<later@[127.0.0.1]>:450 4.2.0 later' 'dot:1:drop'
	spool maybe later
	round
	[ "$(kept)" = 1 ]
	fake
	round
	got_is later
	[ "$(kept)" = 0 ]
	grep -q '^unknown	maybe@' relay/*.results
}

@test "no server, none for now, one that knows nobody" {
	spool a
	ADDR=127.0.0.1:1
	round
	[ "$(kept)" = 1 ]
	fake 'greeting:*:421 busy'
	round
	[ "$(kept)" = 1 ]
	fake 'rcpt:*:550 5.1.1 nobody'
	round
	[ "$(kept)" = 0 ]
	[ ! -e got.log ]
}

@test "a failure of our own, and a message that is not whole, are kept" {
	fake
	spool a
	cp relay/*.bsmtp whole
	(PATH=/nowhere:/usr/bin:/bin sh loop) || :
	[ "$(kept)" = 1 ]
	sed '$d' whole >"$(echo relay/*.bsmtp)"
	round
	got_is a
	[ "$(kept)" = 1 ]
	cat whole >"$(echo relay/*.bsmtp)"
	round
	got_is a
	[ "$(kept)" = 0 ]
}

@test "killed at any moment: nobody twice, and nobody forgotten" {
	local pid i
	fake 'dot:*:lag'
	for i in 1 2 3 4 5 6; do
		spool "a$i" "b$i"
	done
	for i in $(seq 1 12); do
		PATH=$PWD/shim:$PATH launch -s sh loop 3>&- &
		pid=$!
		sleep "0.0$((i * 7 % 10))"
		kill -9 -- "-$pid" || :
		wait "$pid" || :
	done 2>/dev/null
	round
	[ "$(kept)" = 0 ]
	# Once each, or in hand when its loop was killed.
	[ -z "$(got | uniq -d)" ]
	for i in 1 2 3 4 5 6; do
		for who in "a$i" "b$i"; do
			got | grep -x "$who" ||
				grep -q "^unknown	$who@" relay/*.results
		done
	done
}

@test "two loops at once" {
	local i pids=()
	fake
	for i in 1 2 3 4 5 6 7 8 9; do
		spool "a$i"
	done
	for i in 1 2 3; do
		round 2>/dev/null 3>&- &
		pids+=($!)
	done
	wait "${pids[@]}" || :
	round
	got_is a1 a2 a3 a4 a5 a6 a7 a8 a9
	[ "$(kept)" = 0 ]
}
