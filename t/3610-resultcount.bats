#!/usr/bin/env bats
# resultcount: how many were sent a letter, and whether these are all.

# shellcheck disable=SC2154 # run sets stderr

load lib

# lines STATUS ...: a line for each.
lines() {
	local status
	for status; do
		printf '%s\ta@x\t-\trcpt\t-\t1\t%s\t-\t\n' "$status" \
			2026-11-21T23:46:12Z
	done
}

setup() {
	lib_setup
	lines sent failed sent >one
	lines unknown deferred sent odd-status >two
	printf '%s\n' 7 'good 6' 'bad 1' 'duplicates 4' 'rows 9' 'left out 1' \
		'field duplicates 5' 'size 99' '' 'left out 3' >counts
}

@test "how many of each, of all files" {
	run -0 --separate-stderr resultcount one two
	[ "$output" = $'sent: 3\nfailed: 1\ndeferred: 1\nunknown: 1' ]
	[ -z "$stderr" ]
	resultcount <one | diff - <(resultcount - <one)
	lines complained sending left | resultcount - two | tail -n 3 >got
	printf '%s\n' 'sending: 1' 'complained: 1' 'left: 1' | diff - got
	run -0 resultcount /dev/null
	[ "${lines[0]}" = 'sent: 0' ]
}

@test "-n: the order's numbers, and whether the sum is the same" {
	lines failed >bad
	sed '1s/7/6/' counts >six
	run -0 --separate-stderr resultcount -n six one two
	[ "$output" = 'recipients: 7
sent: 3
failed: 1
deferred: 1
unknown: 1
dropped duplicates: 4
left out: 1' ]
	for files in 'one two' 'one two bad bad'; do
		# shellcheck disable=SC2086
		run -65 --separate-stderr resultcount -n counts $files
		[ -z "$output" ]
		[[ $stderr == 'resultcount: counts: 8 recipients, but 3 sent, '* ]]
	done
	run -0 resultcount -n counts one two bad
	echo 3 >plain
	run -0 resultcount -n plain one
	[ "$output" = 'recipients: 3
sent: 2
failed: 1
deferred: 0
unknown: 0' ]
}

@test "what is wrong is told, and nothing printed: 65, 66, 74" {
	echo nonsense >>two
	lines sent >line
	head -c 20 line >torn
	run -65 --separate-stderr resultcount one two torn
	[ -z "$output" ]
	[ "$stderr" = 'resultcount: two:5: not a line of results(5)
resultcount: torn:1: not a line of results(5)' ]
	for text in '' none 3x; do
		echo "$text" >counts
		run -65 --separate-stderr resultcount -n counts one
		[ "$stderr" = \
			'resultcount: counts: not what orderparse -n has printed' ]
	done
	run -66 resultcount -n missing one
	run -66 resultcount missing
	if [ -w /dev/full ]; then
		run -74 bash -c 'resultcount one >/dev/full'
	fi
}
