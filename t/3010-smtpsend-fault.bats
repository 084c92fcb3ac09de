#!/usr/bin/env bats
# smtpsend: what becomes of each recipient when the server says no, breaks
# off, or talks nonsense.  3015 goes through all stages.

# shellcheck disable=SC2154 # run sets stderr, stderr_lines

load lib
load smtpsend

setup() {
	lib_setup
	printf 'Message-ID: <1@here.test>\nSubject: s\n\nHi.\n' >letter
}

# outcome CODE LINE ...: sends to a@x and b@x, and compares status, recipient,
# code and stage of the results.
outcome() {
	local code=$1
	shift
	run -"$code" --separate-stderr smtpsend -T 30 -s "$ADDR" -f me@x \
		-l - a@x b@x <letter
	short <<<"$output" >got
	printf '%s\n' "$@" >want
	diff want got
}

# both CODE STATUS REPLY STAGE: the same outcome for both.
both() {
	outcome "$1" "$2 a@x $3 $4" "$2 b@x $3 $4"
}

# Each test runs with and without PIPELINING: where the commands go in groups
# every reply still counts.
each_way() {
	local caps
	for caps in PIPELINING 'SIZE 1000'; do
		fake -c "$caps" "$@"
		check
	done
}

@test "a recipient refused for good: 67, the other is served" {
	check() {
		outcome 67 'failed a@x 550 rcpt' 'sent b@x 250 dot'
		[ "$(received)" = b@x ]
	}
	each_way 'rcpt:1:550 5.1.1 nobody'
}

@test "a recipient refused for now: 75, the other is served" {
	check() {
		outcome 75 'sent a@x 250 dot' 'deferred b@x 450 rcpt'
		[ "$(received)" = a@x ]
	}
	each_way 'rcpt:2:450 4.2.0 later'
}

@test "one for good and one for now: 75, and no text is sent" {
	check() {
		outcome 75 'failed a@x 550 rcpt' 'deferred b@x 450 rcpt'
		run -1 received
	}
	each_way 'rcpt:1:550 no' 'rcpt:2:450 later' 'data:*:554 no recipients'
}

@test "552 for the only recipient stands for too many: deferred" {
	check() { both 75 deferred 552 rcpt; }
	each_way 'rcpt:*:552 too many recipients'
}

@test "more recipients than a transaction takes: the rest in the next" {
	check() {
		outcome 0 'sent a@x 250 dot' 'sent b@x 250 dot'
		[ "$(received)" = $'a@x\nb@x' ]
		[ "$(grep -c EHLO dialog)" = 1 ]
	}
	each_way 'rcpt:2:452 4.5.3 too many recipients'
	each_way 'rcpt:2:552 too many recipients'
	# the others wait for no place where another transaction has none
	check() {
		outcome 75 'sent a@x 250 dot' 'deferred b@x 452 rcpt'
		[ "$(received)" = a@x ]
	}
	each_way 'rcpt:2-:452 too many recipients'
	[ "$(grep -c MAIL dialog)" = 2 ]
	each_way 'rcpt:2:452 4.2.2 over quota'
	[ "$(grep -c MAIL dialog)" = 1 ]
	check() {
		outcome 80 'unknown a@x - dot' 'sent b@x 250 dot'
		[ "$(received)" = b@x ]
	}
	each_way 'rcpt:2:452 too many recipients' 'dot:1:drop'
}

@test "all refused, and DATA accepted all the same: an empty text" {
	check() {
		outcome 67 'failed a@x 550 rcpt' 'failed b@x 550 rcpt'
		run -1 received
	}
	each_way 'rcpt:*:550 no' 'dot:*:554 no valid recipients'
	fake 'rcpt:*:550 no' 'dot:*:250 as you like'
	check
	[ "$(tail -n 2 dialog)" = $'.\nQUIT' ]
}

@test "MAIL refused decides for all, whatever RCPT and DATA say" {
	check() { both 65 failed 550 mail; run -1 received; }
	each_way 'mail:*:550 5.1.8 not you'
	check() { both 75 deferred 451 mail; run -1 received; }
	each_way 'mail:*:451 4.3.0 later'
	check() { both 65 failed 550 mail; run -1 received; }
	each_way 'mail:*:550 no' 'rcpt:*:503 no' 'data:*:503 no'
}

@test "log in first, STARTTLS first: about us, so all are deferred, 77" {
	check() { both 77 deferred "$code" "$stage"; run -1 received; }
	for code in 530 538; do
		for stage in mail rcpt data dot; do
			each_way "$stage:*:$code 5.7.0 not without a log-in"
		done
	done
	code=530 stage=mail
	fake -c PIPELINING,CHUNKING 'mail:*:530 5.7.0 Must issue STARTTLS'
	check
	# of another recipient it says nothing
	check() { outcome 77 'deferred a@x 530 rcpt' 'sent b@x 250 dot'; }
	each_way 'rcpt:1:530 5.7.1 Authentication required'
	# nor does a refusal for reasons of policy ask for a log-in
	check() { outcome 67 'failed a@x 550 rcpt' 'sent b@x 250 dot'; }
	each_way 'rcpt:1:550 5.7.1 no relaying'
}

@test "DATA refused" {
	check() { both 65 failed 554 data; run -1 received; }
	each_way 'data:*:554 no'
	check() { both 75 deferred 451 data; run -1 received; }
	each_way 'data:*:451 later'
}

@test "DATA refused does not touch who was refused before" {
	check() { outcome 75 'failed a@x 550 rcpt' 'deferred b@x 451 data'; }
	each_way 'rcpt:1:550 no' 'data:*:451 later'
}

@test "a server that refuses to talk: the next one" {
	another 'greeting:*:554 no service'
	first=$ADDR
	another 'ehlo:*:550 no' 'helo:*:550 no'
	second=$ADDR
	fake
	run -0 smtpsend -s "$first,$second,127.0.0.1:1,$ADDR" -l - a@x <letter
	[ "$(cut -f 1,5 <<<"$output")" = $'sent\t'"$ADDR" ]
}

@test "a server that hangs up at EHLO gets HELO" {
	fake 'ehlo:*:drop'
	both 0 sent 250 dot
	[ "$(cut -c 1-4 dialog | head -n 3 | tr '\n' ' ')" = 'EHLO EHLO HELO ' ]
	# not where the log-in, or TLS, would be lost
	printf '%s\n' '#!/bin/sh' 'echo x' >secret
	chmod +x secret
	fake 'ehlo:*:drop'
	for options in '-a joe -P ./secret' -Z; do
		# shellcheck disable=SC2086
		run -75 smtpsend $options -s "$ADDR" -f me@x a@x <letter
	done
	lacks HELO dialog
	# once is chance
	fake ehlo:1:drop
	both 0 sent 250 dot
	lacks HELO dialog
}

@test "turned away: three connections, then deferred; or the next server" {
	fake 'greeting:*:421 4.3.2 busy'
	both 75 deferred 421 connect
	fake 'ehlo:*:drop' 'helo:*:drop'
	both 75 deferred - helo
	[ "$(grep -c EHLO dialog)" = 3 ]
	another 'greeting:1-:drop'
	first=$ADDR
	fake
	run -0 smtpsend -s "$first,$ADDR" -l - a@x <letter
	[ "$(cut -f 1,5 <<<"$output")" = $'sent\t'"$ADDR" ]
}

@test "nobody listens: deferred at connect, 75" {
	ADDR=127.0.0.1:1
	both 75 deferred - connect
	[ "${#stderr_lines[@]}" = 2 ]
}

@test "421 before the dot: three connections, then deferred" {
	for stage in mail rcpt data; do
		check() {
			both 75 deferred 421 "$stage"
			[ "$(grep -c EHLO dialog)" = 3 ]
		}
		each_way "$stage:*:421 4.3.2 going down"
	done
}

@test "421 once: the next connection serves" {
	for stage in mail rcpt data; do
		check() {
			both 0 sent 250 dot
			[ "$(received)" = 'a@x b@x' ]
			[ "$(grep -c EHLO dialog)" = 2 ]
		}
		each_way "$stage:1:421 4.3.2 going down"
	done
}

@test "421 after the dot is a no: deferred, and not tried again" {
	check() {
		both 75 deferred 421 dot
		[ "$(grep -c EHLO dialog)" = 1 ]
	}
	each_way 'dot:*:421 later'
}

@test "connection lost before the dot: three times, then deferred" {
	for fault in drop rst; do
		for stage in mail rcpt data; do
			fake "$stage:*:$fault"
			both 75 deferred - "$stage"
			[ "$(grep -c EHLO dialog)" = 3 ]
		done
	done
}

@test "connection lost once before the dot: served by the next" {
	fake 'rcpt:2:drop' 'data:1:drop'
	run -0 smtpsend -s "$ADDR" -l - a@x b@x <letter
	[ "$(received)" = 'a@x b@x' ]
	[ "$(grep -c EHLO dialog)" = 3 ]
}

@test "a server that is gone behind its answer to STARTTLS: nobody in between" {
	fake -c STARTTLS 'starttls:*:leave'
	run -75 --separate-stderr smtpsend -Z -s "$ADDR" a@x <letter
	[[ $stderr == *': deferred at '* && $stderr != *between* ]]
}

@test "a lost connection goes to the next server" {
	another 'rcpt:*:drop'
	first=$ADDR
	fake
	run -0 smtpsend -s "$first,$ADDR" -l - a@x <letter
	[ "$(cut -f 1,5 <<<"$output")" = $'sent\t'"$ADDR" ]
}

@test "connection lost after the dot: unknown, 80, and not sent again" {
	for fault in drop rst; do
		check() {
			both 80 unknown - dot
			[ "$(grep -c EHLO dialog)" = 1 ]
		}
		each_way "dot:*:$fault"
	done
}

@test "unknown for one, refused for the other: 80" {
	fake 'rcpt:1:550 no' 'dot:*:drop'
	outcome 80 'failed a@x 550 rcpt' 'unknown b@x - dot'
}

@test "no answer in time once: the next connection serves" {
	fake 'rcpt:2:silent'
	run -0 smtpsend -T 1 -s "$ADDR" a@x b@x <letter
}

@test "a reply of the wrong kind is no reply" {
	fake 'mail:*:354 what'
	both 75 deferred - mail
	fake 'data:*:250 ok'
	both 75 deferred - data
	fake 'dot:*:354 more'
	both 80 unknown - dot
}

@test "one reply too many is taken for no command's" {
	fake 'greeting:1:220 fake|220 again'
	outcome 0 'sent a@x 250 dot' 'sent b@x 250 dot'
	fake -c CHUNKING,PIPELINING 'ehlo:1:250-a|250-CHUNKING|250 PIPELINING|250 b' \
		'dot:1:550 no'
	both 65 failed 550 dot
	fake -c 'SIZE 1000' 'rcpt:a@x:250 a|250 a' 'rcpt:b@x:550 no'
	both 75 deferred - rcpt
	fake -c CHUNKING,PIPELINING 'dot:1:250 a|550 b'
	both 80 unknown - dot
	# who was refused in its stead is asked again, or not known to be
	fake -c PIPELINING 'mail:1:250 a|250 b' 'rcpt:a@x:550 no'
	outcome 67 'failed a@x 550 rcpt' 'sent b@x 250 dot'
	fake -c CHUNKING,PIPELINING 'mail:1:250 a|250 b' 'rcpt:a@x:550 no'
	both 80 unknown - dot
	# where it is a 421, what was said before it holds
	fake -c 'SIZE 1000' 'rcpt:b@x:550 no|421 bye'
	outcome 67 'sent a@x 250 dot' 'failed b@x 550 rcpt'
}

@test "a word from the server in mid-text decides" {
	# more than the sockets hold, so that it is still sending
	{ cat letter; yes "$(printf '%070d' 0)" | head -c 20000000; } >big
	fake -c PIPELINING 'text:1:552 5.3.4 too big'
	run -65 --separate-stderr smtpsend -T 5 -s "$ADDR" -l - a@x <big
	[ "$(short <<<"$output")" = 'failed a@x 552 data' ]
	fake -c PIPELINING 'text:*:drop'
	run -75 --separate-stderr smtpsend -T 5 -s "$ADDR" -l - a@x <big
	[ "$(short <<<"$output")" = 'deferred a@x - data' ]
}

@test "more than the server's SIZE: refused here, 65" {
	fake -c 'SIZE 20'
	both 65 failed - mail
	run -1 grep MAIL dialog
	fake -c 'SIZE 0,PIPELINING'
	both 0 sent 250 dot
	# As large as the server takes, and smaller by an octet than that.
	size=$(sed -n '/MAIL FROM:/{s/.* SIZE=\([0-9]*\).*/\1/p;q;}' dialog)
	fake -c "SIZE $size"
	both 0 sent 250 dot
	fake -c "SIZE $((size - 1))"
	both 65 failed - mail
}

@test "more recipients than a window: every reply finds its own" {
	fake -c PIPELINING 'rcpt:7:550 no' 'rcpt:64:450 later' \
		'rcpt:65:550 no' 'rcpt:200:550 no'
	seq -f 'r%.0f@x' 200 >rcpts
	# shellcheck disable=SC2046
	run -75 --separate-stderr smtpsend -s "$ADDR" -l - $(cat rcpts) <letter
	cut -f 1,2 <<<"$output" | grep -v sent | tr '\t' ' ' >got
	printf '%s\n' 'failed r7@x' 'deferred r64@x' 'failed r65@x' \
		'failed r200@x' >want
	diff want got
	[ "$(received | wc -w)" = 196 ]
}

@test "a hostile reply cannot forge a line of results" {
	fake $'rcpt:1:550-no\tsent\x1b[31m|550 x'
	run -67 --separate-stderr smtpsend -s "$ADDR" -l - a@x <letter
	[ "${#lines[@]}" = 1 ]
	[ "$(awk -F '\t' '{ print NF }' <<<"$output")" = 9 ]
	[ "$(cut -f 9 <<<"$output")" = 'no sent [31m x' ]
	run -1 grep -q $'\x1b' <<<"$stderr"
	# nor is what it says other than text
	fake $'rcpt:1:550 \xd0\xbd\xd0\xb5\xd1\x82 \xff\xd0'
	run -67 smtpsend -bS -s "$ADDR" < <(letter me@x a@x; echo QUIT)
	[ "$(cut -f 9 <<<"$output")" = 'нет ??' ]
}

@test "a reply whose lines never end is waited for as long as any other" {
	fake 'greeting:*:creep'
	SECONDS=0
	run -75 smtpsend -T 1 -s "$ADDR" a@x <<<'Subject: s'
	[[ $output = *'no answer in time' ]]
	run -75 ordersend -r 0 -T 1 -s "$ADDR" - <<<'x'
	run -75 ftpsend -r 0 -T 1 "$ADDR" - <<<'x'
	[ "$SECONDS" -lt 30 ]
	SECONDS=0
	waits=$(printf '120 wait|%.0s' {1..12})
	fake "greeting:*:${waits%|}"
	run -75 ftpsend -r 0 -T 60 "$ADDR" - <<<'x'
	[[ $output = *'out of step'* ]]
	[ "$SECONDS" -lt 30 ]
}
