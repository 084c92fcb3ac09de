#!/usr/bin/env bats
# withlock: a command under a kernel lock.

load lib

@test "the command's words, output and exit code go through" {
	run -0 --separate-stderr withlock lock printf '<%s>' 'a b' -n --help -- ''
	[ "$output" = '<a b><-n><--help><--><>' ]
	[ -z "$stderr" ]
	run -7 withlock -n -- lock sh -c 'exit 7'
	run -75 withlock lock sh -c 'exit 75'
}

@test "-n: 75 while another holds the lock, and the command does not run" {
	run -0 --separate-stderr withlock lock sh -c \
		'withlock -n lock touch ran; echo $?'
	[ "$output" = 75 ]
	[ "$stderr" = "withlock: lock: held by another process" ]
	[ ! -e ran ]
	run -0 withlock -n lock true
}

@test "-E: a code of one's own, and silence, while another holds the lock" {
	run -0 --separate-stderr withlock lock sh -c \
		'withlock -E 3 lock touch ran; echo $?; withlock -v -E 4 lock true
		echo $?'
	[ "$output" = $'3\n4' ]
	[ -z "$stderr" ]
	[ ! -e ran ]
	run -0 withlock -E 3 lock true
	run -64 withlock -E 0 lock true
	run -64 withlock -E 256 lock true
}

@test "-p: the directory is made, also when the last holder removed it" {
	run -73 withlock dir/lock true
	umask 0
	run -0 withlock -p dir/lock true
	[ -f dir/lock ]
	[ "$(ls -ld dir | cut -c1-10)" = drwx------ ]
	for _ in 1 2 3 4 5 6 7 8 9 10 11 12; do
		withlock -p dir/lock sh -c 'rm -r dir 2>/dev/null; :' 2>>err 3>&- &
	done
	wait
	[ ! -e dir ]
	[ ! -s err ]
	: >plain
	run -73 --separate-stderr withlock -p plain/lock true
	[ "$stderr" = 'withlock: plain/lock: Not a directory' ]
	run -73 withlock -p no/such/lock true
}

@test "the command that was killed holds nothing" {
	run -137 withlock lock sh -c 'kill -9 $$'
	run -0 withlock -n lock true
}

@test "without -n it waits, and none is inside with another" {
	echo 0 >n
	for _ in 1 2 3 4 5 6 7 8; do
		withlock lock sh -c 'n=$(cat n); sleep 0.01; echo $((n + 1)) >n' \
			3>&- &
	done
	wait
	[ "$(cat n)" = 8 ]
}

@test "-v says that it waits, and nothing when it need not" {
	run -0 --separate-stderr withlock -v lock echo run
	[ "$output" = run ]
	[ -z "$stderr" ]
	mkfifo go
	withlock lock sh -c 'echo >held; read -r _ <go' 3>&- &
	wait_for test -e held
	withlock -v lock echo run >out 2>err 3>&- &
	waiter=$!
	wait_for grep -qx 'withlock: lock: held by another process: waiting' err
	echo >go
	wait "$waiter"
	[ "$(cat out)" = run ]
}

@test "a holder may remove the lock file" {
	echo 0 >n
	for _ in 1 2 3 4 5 6 7 8; do
		withlock lock sh -c \
			'n=$(cat n); sleep 0.01; echo $((n + 1)) >n; rm lock' 3>&- &
	done
	wait
	[ "$(cat n)" = 8 ]
	[ ! -e lock ]
}

@test "the lock file is made, empty, and for the owner alone" {
	umask 0
	run -0 withlock lock true
	[ ! -s lock ]
	[ "$(ls -l lock | cut -c1-10)" = -rw------- ]
}

@test "what cannot be run: 127 not found, 126 otherwise" {
	run -127 --separate-stderr withlock lock ./missing
	[ -z "$output" ]
	[ "$stderr" = "withlock: ./missing: No such file or directory" ]
	touch plain
	run -126 withlock lock ./plain
}

@test "a lock file that cannot be: 73" {
	run -73 --separate-stderr withlock missing/lock touch ran
	[ -z "$output" ]
	[ "$stderr" = "withlock: missing/lock: No such file or directory" ]
	run -73 withlock . touch ran
	[ ! -e ran ]
}

@test "too few operands: 64" {
	run -64 withlock
	run -64 withlock lock
	run -64 withlock -n lock
	[ ! -e lock ]
}

@test "SIGPIPE ends the command as it would without withlock" {
	run -0 bash -c 'withlock lock awk "BEGIN { for (;;) print 1 }" |
		head -n 1; echo "${PIPESTATUS[0]}"'
	[ "$output" = $'1\n141' ]
}
