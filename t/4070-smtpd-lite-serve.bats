#!/usr/bin/env bats
# What smtpd-lite has in common with the other servers: workers, who may come
# in, sockets from elsewhere, and another user.

# shellcheck disable=SC2154 # run sets stderr

load lib
load dial

messages() {
	find mail -path '*/new/*' | wc -l
}

# worker NAME: sets WORKER to the worker that the session is with; it is in the
# identifiers of messages.
worker() {
	local id
	mail "$1" u text
	id=${LINE##* }
	id=${id#*.}
	WORKER=$((16#${id%%.*}))
}

# gone PID
gone() {
	local state
	read -r _ _ state _ 2>/dev/null <"/proc/$1/stat" || return 0
	[ "$state" = Z ]
}

@test "several workers share the sessions evenly; sink and rules have one" {
	start smtpd-lite -l :0
	hello first{1..20}
	for c in first{1..20}; do
		worker "$c"
		echo "$WORKER"
	done | sort | uniq -c | sed 's/^ *\([0-9]*\) .*/\1/' >shares
	[ "$(tr '\n' ' ' <shares)" = '2 2 2 2 2 2 2 2 2 2 ' ]
	# Those who come and go change nothing.
	hello keep{1..4}
	for _ in {1..20}; do
		hello c
		quit c
	done
	for c in keep{1..4}; do
		worker "$c"
		echo "$WORKER"
	done | sort -u >shares
	[ "$(wc -l <shares)" = 4 ]
	hang_up first{1..20} keep{1..4}
	stop
	[ "$(messages)" = 24 ]
	echo 'at rset drop' >rules
	for options in '-o sink' '-R rules' '-w 1'; do
		# shellcheck disable=SC2086 # words
		start smtpd-lite -l :0 $options
		hello a b c
		for name in a b c; do
			worker "$name"
			[ "$WORKER" = "$(workers)" ]
		done
		hang_up a b c
		stop
	done
}

@test "-c holds for all workers together, and each address has its share" {
	full() {
		dial x
		hear x '421 4.3.2 Error: too many sessions, try again later'
		ended x
		hang_up x
	}
	start smtpd-lite -l :0 -c 3 -w 2
	for _ in 1 2 3; do
		hello a b c
		full
		full
		quit a b c
	done
	stop
	local_one() {
		dial_by "$1" ./sock
		hear "$1" 220
		say "$1" 'HELO x' 250
	}
	# crowded [wire option ...]: one more is refused.
	crowded() {
		dial_by x "$@" "127.0.0.1:$PORT"
		hear x '421 4.3.2 Error: too many connections from your address'
		ended x
		hang_up x
	}
	for workers in 1 2; do
		start smtpd-lite -l ./sock -l :0 -c 5/2 -w "$workers"
		for _ in 1 2; do
			hello a b
			crowded
			for c in c d e; do
				local_one "$c"
			done
			dial_by x ./sock
			hear x '421 4.3.2 Error: too many sessions'
			hang_up x
			quit c d e
			# Not every system has all of 127.
			others=()
			for c in c d; do
				dial_by "$c" -b 127.0.0.2 "127.0.0.1:$PORT"
				hear "$c" 2>/dev/null || break
				say "$c" 'HELO x' 250
				others+=("$c")
			done
			[ ${#others[@]} = 0 ] || crowded -b 127.0.0.2
			crowded
			quit a b "${others[@]}"
		done
		stop
	done
}

@test "workers with few descriptors: whoever is too many is told so" {
	start -n smtpd-lite launch -n 24 smtpd-lite -l :0 -w 2 -o sink
	dial c{1..40}
	for c in c{1..40}; do
		hear "$c"
		echo "${LINE%% *}"
	done | uniq -c | tr -s ' ' >said
	printf ' %s\n' '24 220' '16 421' | diff - said
}

@test "another host has half of all sessions, this one as many as there are" {
	own=$(awk '/32 host LOCAL/ && address !~ /^127\./ { print address; exit }
		{ address = $NF }' /proc/net/fib_trie 2>/dev/null) || :
	[ -n "$own" ] || skip "no address but loopback's"
	own() {
		dial_by "$1" "$own:$PORT"
		hear "$1" "$2"
	}
	start smtpd-lite -l '*:0' -c 5 -o sink
	own a 220
	own b 220
	own c 220
	own x '421 4.3.2 Error: too many connections from '
	hello d e
	dial x
	hear x '421 4.3.2 Error: too many sessions'
	quit a b c d e
	hello a b c d e
}

# with_another NAME: a session, which is with neither dead nor other.
with_another() {
	admitted "$1"
	worker "$1"
	[ "$WORKER" != "$dead" ] && [ "$WORKER" != "$other" ] && return
	quit "$1"
	return 1
}

@test "a worker that is killed is replaced, and its seats are free again" {
	[ -r /proc/self/stat ] || skip "no /proc"
	start smtpd-lite -l :0 -c 4 -w 2
	hello a b c d
	worker a
	dead=$WORKER
	worker b
	other=$WORKER
	[ "$other" != "$dead" ]
	worker c
	[ "$WORKER" = "$dead" ]
	envelope c v
	kill -9 "$dead"
	wait_for gone "$dead"
	# Whether by a reset or not, nothing more comes of them.
	for name in a c; do
		run ! hear "$name" 2>/dev/null
	done
	say b NOOP 250
	wait_for has_line "worker $dead: killed by signal 9" smtpd-lite.err
	wait_for with_another x
	third=$WORKER
	hello y
	worker y
	[ "$WORKER" = "$third" ]
	dial z
	hear z 421
	hang_up "${!FROM[@]}"
	stop
}

@test "kill -9: the port is free at once, half a message is gone" {
	[ -r /proc/self/stat ] || skip "no /proc"
	start smtpd-lite -l :0 -w 2
	hello a b c d
	pids=()
	for name in a b c d; do
		worker "$name"
		pids+=("$WORKER")
	done
	awk 'BEGIN { for (i = 0; i < 10000; i++) printf "half a message\r\n" }' \
		>half
	for name in a b c d; do
		envelope "$name" v
		cat half >&"${TO[$name]}"
	done
	killed=$PID
	kill -9 "$killed"
	wait_for gone "$killed"
	start smtpd-lite -l ":$PORT" -o sink
	for pid in "${pids[@]}"; do
		wait_for gone "$pid"
	done
	status=0
	stop "$killed" || status=$?
	[ "$status" = 137 ]
	[ "$(messages)" = 4 ]
	[ "$(find mail -type f ! -name .lock | wc -l)" = 4 ]
}

@test "a worker that cannot use the directory ends them all" {
	mkdir -p mail
	mkdir mail/.lock
	run -73 --separate-stderr smtpd-lite -l :0 -w 3
	[[ $stderr = *'smtpd-lite: mail: '* ]]
}

@test "-1 -p: the path of one message, no other is taken, and 0" {
	start smtpd-lite -1 -p -l :0
	hello a b
	envelope a u
	envelope b w
	say a $'text\r\n.' '250 2.0.0 Ok: queued as '
	say b $'text\r\n.' 421
	ended b
	quit a
	wait "$PID"
	[ "$(messages)" = 1 ]
	tail -n 1 "$(cat smtpd-lite.out)" | grep -x $'text'
	# What is not stored is not the one; a sink ends, too.
	start smtpd-lite -1 -o sink -m 10 -l :0
	hello a
	envelope a u
	say a $'long text\r\n.' 552
	mail a u text
	say a 'MAIL FROM:<a>' 250
	quit a
	wait "$PID"
}

# batches N: as many clients at once, three messages each, for two boxes.
batches() {
	printf '%s\r\n' 'HELO x' >in
	for _ in 1 2 3; do
		printf '%s\r\n' 'MAIL FROM:<a@b.test>' 'RCPT TO:<u@pth.ua>' \
			'RCPT TO:<v@pth.ua>' 'RCPT TO:<x@a.test>' DATA text .
	done >>in
	printf '%s\r\n' QUIT >>in
	rm -f replies*
	for ((i = 0; i < $1; i++)); do
		wire "$ADDR" <in >"replies$i" 3>&- &
		pids[i]=$!
	done
	wait "${pids[@]}"
	[ "$(cat replies* | grep -c queued)" = "$((3 * $1))" ]
}

@test "-p: a line for each file, whole from many workers, none under -i" {
	start smtpd-lite -p -w 4 -l :0
	batches 8
	stop
	find mail -path '*/new/*' | sort >have
	[ "$(wc -l <have)" = 72 ]
	sort smtpd-lite.out | cmp - have
	start smtpd-lite -p -o mbox -d box -D pth.ua -q relay -l :0
	batches 1
	stop
	printf 'box/u.txt\nbox/v.txt\n%s\n' relay/*.bsmtp | sort -u |
		cmp - <(sort -u smtpd-lite.out)
	[ "$(wc -l <smtpd-lite.out)" = 9 ]
	smtpd-lite -1 -p -i <in >out
	[ "$(grep -vc '^[0-9]' out)" = 0 ]
	# One that nobody can be told of ends the server.
	smtpd-lite -p -l :0 >/dev/full 2>err 3>&- &
	pid=$!
	wait_for grep -q listening err
	wire "$(sed -n 's/.*listening on //p' err)" <in >out || :
	run -1 grep queued out
	status=0
	wait "$pid" || status=$?
	[ "$status" = 74 ]
	grep -qx 'smtpd-lite: stdout: No space left on device' err
}

@test "LISTEN_FDS: the sockets are systemd's" {
	# Who listens says so once.
	for workers in 1 3; do
		start -n smtpd-lite launch -l port smtpd-lite -l :0 \
			-w "$workers"
		[ "$(grep -c listening smtpd-lite.err)" = 1 ]
		[ "$PORT" = "$(cat port)" ]
		hello c
		mail c u text
		hang_up c
		stop
	done
	# Meant for another process: it has its own socket.
	LISTEN_PID=1 start -n smtpd-lite launch -l port smtpd-lite -l :0
	[ "$PORT" != "$(cat port)" ]
	hello c
	mail c u text
	hang_up c
	stop
	[ "$(messages)" = 3 ]
	# What is no listening socket is refused at once.
	LISTEN_FDS=1 run -78 --separate-stderr launch -t 5 \
		bash -c 'exec smtpd-lite -l :0 3>file'
	[ "$stderr" = "smtpd-lite: LISTEN_FDS: descriptor 3: not a listening socket" ]
	[ -z "$output" ]
}

@test "-U: another user, without root's groups, and for good" {
	[ "$(id -u)" = 0 ] || skip "not root"
	[ -r /proc/self/status ] || skip "no /proc"
	id nobody >/dev/null || skip "no nobody"
	chmod 711 .
	mkdir top
	chown nobody top
	for workers in 1 2; do
		start smtpd-lite -l :0 -U nobody -d top/mail -w "$workers"
		hello c
		worker c
		grep -E '^(Uid|Gid|Groups|CapPrm|CapEff):' "/proc/$WORKER/status" |
			tr '\t' ' ' | sed 's/ *$//' >status
		uid=$(id -u nobody) gid=$(id -g nobody)
		grep -qx "Uid: $uid $uid $uid $uid" status
		grep -qx "Gid: $gid $gid $gid $gid" status
		grep -Eqx "Groups:( $gid)?" status
		[ "$(grep -Ec '^Cap(Prm|Eff): 0*$' status)" = 2 ]
		hang_up c
		stop
	done
	[ "$(find top/mail -path '*/new/*' -user nobody | wc -l)" = 2 ]
	# Root's files are out of reach, which is said once and at once.
	mkdir -m 700 closed
	mkdir -m 777 open
	touch open/.lock
	chmod 600 open/.lock
	printf 'joe:pencil\n' >passwd
	chmod 600 passwd
	for args in 'smtpd-lite -d closed/mail' 'smtpd-lite -d closed' \
	    'smtpd-lite -d open' 'smtpd-lite -o sink -q closed' \
	    'smtpd-lite -i -d closed' 'orderrecv -w 2 -d closed' \
	    'ftpd-lite -w 2 -d closed' 'pop3d-lite -u passwd -w 2 -d closed'; do
		# shellcheck disable=SC2086 # a list of words
		run -73 --separate-stderr launch -t 9 $args -l :0 -U nobody
		[ "$stderr" = "${args%% *}: ${args##* }: Permission denied" ]
		[ -z "$output" ]
	done
	mkdir closed/.seen
	for prog in orderrecv ftpd-lite; do
		run -73 --separate-stderr launch -t 9 $prog -d closed -l :0 \
			-w 2 -U nobody
		[ "$stderr" = "$prog: closed: Permission denied" ]
	done
	run -78 --separate-stderr smtpd-lite -l :0 -U no-such-user
	[ "${stderr##*$'\n'}" = 'smtpd-lite: -U: no-such-user: no such user' ]
}

@test "-U without being root: 77" {
	[ "$(id -u)" != 0 ] || skip "root"
	run -77 --separate-stderr smtpd-lite -l :0 -U nobody
	[[ $stderr = *'only root can become another' ]]
}

@test "-i: input that cannot be read is said" {
	for server in 'smtpd-lite' 'orderrecv' 'pop3d-lite -u passwd' ftpd-lite; do
		echo u:secret >passwd
		chmod 600 passwd
		# shellcheck disable=SC2086 # words
		TCPREMOTEIP=127.0.0.1 run -74 --separate-stderr \
			$server -i -d dir <.
		# shellcheck disable=SC2154 # run sets it
		[ "$stderr" = "${server%% *}: stdin: Is a directory" ]
	done
}
