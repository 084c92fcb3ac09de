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
	ln -s nowhere/lock link
	for file in link ''; do
		run -73 --separate-stderr launch -t 20 withlock -p "$file" true
		[ "$stderr" = "withlock: $file: No such file or directory" ]
	done
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

@test "too few operands, or too many: 64" {
	run -64 withlock
	run -64 withlock lock
	run -64 withlock -n lock
	run -64 withlock -o
	run -64 withlock -o lock true
	[ ! -e lock ]
}

@test "SIGPIPE ends the command as it would without withlock" {
	run -0 bash -c 'withlock lock awk "BEGIN { for (;;) print 1 }" |
		head -n 1; echo "${PIPESTATUS[0]}"'
	[ "$output" = $'1\n141' ]
}

# lend: withlock -o in the background, whose answer is in code; the lock is
# held as long as descriptor 4 is open, if that is 0.
lend() {
	[ -p pipe ] || mkfifo pipe
	withlock -o "$@" >pipe 3>&- 2>err &
	holder=$!
	exec 4<pipe
	read -r code <&4
}

@test "-o: the lock is held as long as somebody reads the output" {
	lend -p dir/lock
	[ "$code" = 0 ]
	run -75 withlock -n dir/lock true
	sh -c 'echo >begun; read -r _' <&4 3>&- 4<&- &
	reader=$!
	exec 4<&-
	wait_for test -e begun
	run -75 withlock -n dir/lock true
	kill -9 "$reader"
	wait "$holder"
	run -0 withlock -n dir/lock true
	[ ! -s err ]
}

@test "-o: a signal that readers may outlive does not end it" {
	lend lock
	for signal in HUP INT TERM; do
		kill -s $signal "$holder"
	done
	run -75 withlock -n lock true
	exec 4<&-
	wait "$holder"
	run -0 withlock -n lock true
}

@test "-o: whoever does not get the lock is told the exit code" {
	lend lock
	for want in '75 -n' '4 -E 4'; do
		read -ra words <<<"$want"
		run -0 --separate-stderr bash -c \
			'withlock "$@" -o lock | cat; echo "${PIPESTATUS[0]}"' \
			- "${words[@]:1}" 4<&-
		[ "$output" = "${words[0]}"$'\n'"${words[0]}" ]
	done
	exec 4<&-
	wait "$holder"
	lend no/such
	[ "$code" = 73 ]
	exec 4<&-
	status=0
	wait "$holder" || status=$?
	[ "$status" = 73 ]
	[ "$(cat err)" = 'withlock: no/such: No such file or directory' ]
}

@test "-o: a program that ends without reading is no failure of the lock" {
	run -0 --separate-stderr bash -c 'withlock -o lock | :; echo'
	run -0 withlock -n lock true
}

@test "-o: standard output that is not a pipe: 64" {
	run -64 bash -c 'withlock -o lock >plain'
	[ "$output" = 'withlock: -o: standard output is not a pipe' ]
	[ ! -e lock ]
	[ ! -s plain ]
}
