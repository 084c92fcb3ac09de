#!/usr/bin/env bats
# The servers short of descriptors, memory or a worker: they say that they are
# busy, lose no more than the sessions of a worker, and live.
# Slow.

load lib
load dial

setup() {
	lib_setup
	printf 'joe:secret\n' >passwd
	chmod 600 passwd
	printf secret >key
	chmod 600 key
}

# short N server [arg ...]: starts it with so many descriptors.
short() {
	start -n "$2" launch -n "$1" "${@:2}" -l 127.0.0.1:0
}

# meet NAME LINE ...: it is greeted, and says these, or told that it is busy.
meet() {
	hear "$1"
	case $LINE in
	220*|+OK*) tell "$@" ;;
	421*|'-ERR [SYS/TEMP]'*) ;;
	*) return 1 ;;
	esac
}

# held SERVER LINE ...: more sessions than it has descriptors for, each of
# which is in the middle of something, are greeted or told that it is busy;
# when they are gone the next one is served.
held() {
	local server=$1 i
	shift
	for i in {1..3}; do
		dial "c$i"
		meet "c$i" "$@"
	done
	# Without descriptors a server takes all who are there, and pauses.
	dial c{4..38}
	for i in {4..38}; do
		meet "c$i" "$@"
	done
	dial c39 c40
	meet c39 "$@"
	meet c40 "$@"
	hang_up c{1..40}
	kill -0 "$PID"
	wait_for is_served
	lacks -E 'worker|urandom' "$server.err"
	stop
}

is_served() {
	dial x
	hear x
	hang_up x
	[[ $LINE = 220* || $LINE = +OK* ]]
}

@test "few descriptors: busy for some, and no server ends" {
	for n in 16 24; do
		short "$n" orderrecv
		held orderrecv
		short "$n" orderrecv -k key
		held orderrecv 'ORDER 10 00'
		short "$n" pop3d-lite -u passwd
		held pop3d-lite 'AUTH SCRAM-SHA-256 biwsbj1qb2Uscj1hYmM='
		short "$n" ftpd-lite
		held ftpd-lite 'USER ftp' 'PASS x' EPSV STOU
		short "$n" smtpd-lite -w 1 -a passwd
		held smtpd-lite 'EHLO x' 'AUTH CRAM-MD5'
	done
}

@test "few descriptors: a session without its transcript is none" {
	short 20 smtpd-lite -w 1 -t talk
	for i in {1..12}; do
		dial "c$i"
		hear "c$i"
		echo "$LINE"
	done | cut -c 1-50 | sort -u >said
	grep -q '^220 ' said
	grep -qx '421 4.3.2 Error: short of resources, try again lat' said
	[ "$(wc -l <said)" = 2 ]
}

@test "few descriptors: letters, lists and files are not there for a while" {
	mkdir -p mail/joe/new mail/joe/cur mail/joe/tmp
	printf 'a: b\n\nx\n' >mail/joe/new/1.x
	short 20 pop3d-lite -u passwd
	dial p
	hear p +OK
	say p 'USER joe' +OK
	say p 'PASS secret' '+OK 1'
	fill 220 +OK
	say p 'RETR 1' '-ERR [SYS/TEMP] cannot read the message'
	has_line 'mail/joe/new/1.x: ' pop3d-lite.err
	mv mail/joe/new/1.x mail/joe/cur/1.x:2,S
	say p 'RETR 1' '-ERR [SYS/TEMP] cannot read the message'
	hang_up held{1..12}
	wait_for retrieved
	hang_up p
	stop
	short 20 ftpd-lite
	dial p
	hear p 220
	say p 'USER ftp' 331
	say p 'PASS x' 230
	say p EPSV 229
	fill 220 +OK
	say p NLST 451
	hang_up p held{1..12}
	stop
}

# fill WORD ...: connections until one is told that the server is busy, which
# means that there is no descriptor left but the one in reserve.
fill() {
	local i
	for i in {1..12}; do
		dial "held$i"
		hear "held$i"
	done
	[[ $LINE = 421* || $LINE = '-ERR [SYS/TEMP]'* ]]
}

retrieved() {
	tell p 'RETR 1'
	hear p
	[[ $LINE = '+OK 11 octets' ]]
}

@test "a worker that is killed costs its sessions, no more" {
	for server in orderrecv 'pop3d-lite -u passwd' ftpd-lite \
	    'smtpd-lite -w 1' 'smtpd-lite -w 2 -o sink'; do
		# shellcheck disable=SC2086 # words
		start $server -l 127.0.0.1:0 -c 2
		dial a b
		hear a
		hear b
		pid=$(workers | sed -n 1p)
		kill -9 "$pid"
		wait_for has_line "worker $pid: killed by signal 9" \
			"${server%% *}.err"
		wait_for is_served
		hang_up a b
		[ "$(grep -c worker "${server%% *}.err")" = 1 ]
		stop
	done
}

@test "workers that die at once come again after longer and longer pauses" {
	start smtpd-lite -l :0 -w 1 -o sink
	# no_worker: the one there is is killed, and meanwhile it is busy.
	no_worker() {
		workers | xargs kill -9
		dial x
		hear x
		hang_up x
		[[ $LINE = '421 4.3.2 Error: short of resources, try again later' ]]
	}
	wait_for no_worker
	wait_for is_served
	stop
}

@test "without memory: the worker's end, and its sessions'" {
	[ "${UNIT:-t}" = t ] || skip "sanitizers take all the memory there is"
	(ulimit -v 12000) 2>/dev/null || skip "no limit on memory"
	awk 'BEGIN {
		printf "HELO x\r\nMAIL FROM:<a@b.c>\r\nRCPT TO:<u>\r\nDATA\r\n"
		for (i = 0; i < 880; i++)
			printf "%070d\r\n", i
	}' >text
	text=$(<text)
	for workers in 1 2; do
		start -n smtpd-lite bash -c 'ulimit -v 12000; exec "$@"' bash \
			smtpd-lite -l :0 -w "$workers" -d mail
		for i in {1..800}; do
			dial "c$i"
			# Not by this shell, whose end a SIGPIPE would be.
			(printf '%s\n' "$text" >&"${TO[c$i]}") 2>/dev/null || :
			((i % 10)) ||
				! has_line 'ended with exit code 75' smtpd-lite.err ||
				break
		done
		has_line 'out of memory' smtpd-lite.err
		has_line 'ended with exit code 75' smtpd-lite.err
		hang_up "${!FROM[@]}"
		wait_for is_served
		stop
	done
}

@test "kill -9 of the server ends its workers" {
	for server in orderrecv 'smtpd-lite -w 2 -o sink'; do
		# shellcheck disable=SC2086 # words
		start $server -l 127.0.0.1:0
		dial a
		hear a 220
		kill -9 "$PID"
		hear a 421
		ended a
		hang_up a
		stop || [ "$?" = 137 ]
	done
}
