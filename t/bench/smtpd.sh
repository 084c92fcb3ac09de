#!/bin/bash
# What smtpd-lite costs, in us, against smtp-sink where nothing is kept, and
# against threads that write, fsync and link where each message is safe in a
# Maildir before its 250; and what 5,000 idle sessions cost, in time and
# memory.  Servers have core 0, clients core 1; where the disk is what is
# waited for nothing is pinned.  Medians of five, taken in turns.
#
#	t/bench/smtpd.sh [rounds [messages [idle sessions]]]
#
# Needs taskset, and smtp-sink and smtp-source.  Postfix's local delivery is not
# measured: that takes an instance of its own, with the rights of root.
set -eu

ROUNDS=${1:-5} MESSAGES=${2:-20000} IDLE=${3:-5000}
# shellcheck source=SCRIPTDIR/lib.sh
. "$(dirname "$0")/lib.sh"
ulimit -n "$(ulimit -H -n)"

build blast
build bare -pthread

# start_ours option ...: sets pid and port.
start_ours() {
	taskset -c "$core" smtpd-lite -l 127.0.0.1:0 -c 10000 "$@" 2>ours.err &
	pid=$!
	pids="$pids $pid"
	await ours.err listening
	port=$(sed -n 's/.*://p' ours.err)
}

# It cannot have a port again that it has just had.
start_sink() {
	port=$((20000 + ($$ + round * 7) % 10000))
	set -- -m 10000 "127.0.0.1:$port" 1000
	[ "$(id -u)" != 0 ] || set -- -u nobody "$@"
	taskset -c 0 smtp-sink "$@" 2>sink.err &
	pid=$!
	pids="$pids $pid"
	sleep 0.3
}

end() {
	kill "$pid"
	wait "$pid" || :
}

# cpu: of pid so far, in ticks; memory: of pid, in KB.
cpu() {
	awk '{ print $14 + $15 }' "/proc/$pid/stat"
}

memory() {
	awk '/^VmRSS/ { print $2 }' "/proc/$pid/status"
}

# taken NAME: from a client that pipelines, and what smtp-source costs.
taken() {
	note "$1" "$(taskset -c 1 ./blast -n "$MESSAGES" -c 10 127.0.0.1 "$port")"
	taken_cpu=$(cpu)
	taskset -c 1 smtp-source -d -s 10 -m "$MESSAGES" -l 1024 "127.0.0.1:$port"
	note "$1-cpu" $(($(cpu) - taken_cpu))
}

# idle NAME: a new session's time while many are held, and their memory.
idle() {
	idle_before=$(memory)
	rm -f hold took
	mkfifo hold
	timeout 120 taskset -c 1 ./blast -i "$IDLE" -q 200 127.0.0.1 "$port" \
		<hold >took &
	exec 9>hold
	idle_i=0
	until [ -s took ] || [ $((idle_i += 1)) -gt 1200 ]; do
		sleep 0.1
	done
	if [ -s took ]; then
		note "$1" $(($(cat took) / 200))
		note "$1-memory" \
			$((($(memory) - idle_before) * 1024 / IDLE))
	fi
	exec 9>&-
	wait $! || :
}

sink=
if command -v smtp-sink >/dev/null && command -v smtp-source >/dev/null; then
	sink=1
fi
round=0
while [ $((round += 1)) -le "$ROUNDS" ]; do
	core=0
	start_ours -o sink
	[ -z "$sink" ] || taken ours
	idle ours-idle
	end
	if [ -n "$sink" ]; then
		start_sink
		taken sink
		idle sink-idle
		end
	fi
	core=0,1
	for conns in 1 10 100; do
		files=$((MESSAGES / 10))
		[ "$conns" != 1 ] || files=$((files / 4))
		mkdir -p "bare$round.$conns/tmp" "bare$round.$conns/new"
		note "bare-$conns" "$(./bare "$conns" "$files" 1200 \
			"bare$round.$conns")"
		start_ours -d "mail$round.$conns"
		note "maildir-$conns" "$(./blast -c "$conns" -n "$files" \
			127.0.0.1 "$port")"
		end
	done
done

printf '%-40s %10s %10s %6s %6s\n' name ours peer ratio wanted
report 'sink, 10 pipelining connections' ours sink 2
report 'sink, CPU under smtp-source' ours-cpu sink-cpu 1.34
report "a session beside $IDLE idle ones" ours-idle sink-idle 2
report 'bytes of an idle session' ours-idle-memory sink-idle-memory -
for conns in 1 10 100; do
	report "Maildir, $conns connections, bare" "maildir-$conns" \
		"bare-$conns" 0.8
done
