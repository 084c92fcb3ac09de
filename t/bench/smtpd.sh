#!/bin/bash
# What smtpd-lite costs, in us, against smtp-sink where nothing is kept, beside
# what a bare loop with fixed answers costs; against Postfix's local delivery
# and against threads that write, fsync and link where each message is safe in a
# Maildir before its 250; and what idle sessions cost, in time and memory.
# Servers have core 0, clients core 1; where the disk is what is waited for
# nothing is pinned.  Medians, taken in turns.
#
#	t/bench/smtpd.sh [-r rounds] [-m messages] [-i idle] [part ...]
#
# The parts are sink, idle and maildir; all of them where none is named.  Five
# rounds, of 20000 messages (a tenth of them to disk) and 5000 idle sessions,
# take some minutes on a quiet machine.  Needs taskset, smtp-sink and
# smtp-source; and for its part Postfix, and the rights of root.
set -eu

rounds=5 messages=20000 idle=5000
while getopts r:m:i: o; do
	case $o in
	r) rounds=$OPTARG ;;
	m) messages=$OPTARG ;;
	i) idle=$OPTARG ;;
	*) exit 64 ;;
	esac
done
shift $((OPTIND - 1))
[ $# -gt 0 ] || set -- sink idle maildir
parts=" $* "

# shellcheck source=SCRIPTDIR/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=SCRIPTDIR/../postfix.sh
. "$BENCH/../postfix.sh"
ulimit -n "$(ulimit -H -n)"

build blast
build bare -pthread
build fixed

# start_ours option ...: sets pid and port.
start_ours() {
	: >ours.err	# not the last one's
	taskset -c "$core" smtpd-lite -l 127.0.0.1:0 -c 10000 "$@" 2>ours.err &
	pid=$!
	pids="$pids $pid"
	await ours.err listening
	port=$(sed -n 's/.*://p' ours.err)
}

start_fixed() {
	: >fixed.err
	taskset -c 0 ./fixed 2>fixed.err &
	pid=$!
	pids="$pids $pid"
	await fixed.err listening
	port=$(sed -n 's/.*://p' fixed.err)
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

# whole FILE: those files of pid and its workers, in /proc.
whole() {
	ps -A -o pid= -o ppid= | awk -v pid="$pid" -v file="$1" \
		'$1 == pid || $2 == pid { print "/proc/" $1 "/" file }' |
		xargs cat
}

# cpu: of pid and its workers so far, in ticks; memory: of them, in KB.
cpu() {
	whole stat | awk '{ n += $14 + $15 } END { print n }'
}

memory() {
	whole status | awk '/^VmRSS/ { n += $2 } END { print n }'
}

# driven NAME option ...: what it costs to be driven by smtp-source.
driven() {
	driven_name=$1
	shift
	driven_cpu=$(cpu)
	taskset -c 1 smtp-source "$@" -s 10 -m "$messages" -l 1024 \
		"127.0.0.1:$port"
	note "$driven_name" $(($(cpu) - driven_cpu))
}

# taken NAME: from a client that pipelines, and from smtp-source, by a
# connection a message and by ten that are kept.
taken() {
	note "$1" "$(taskset -c 1 ./blast -n "$messages" -c 10 127.0.0.1 "$port")"
	driven "$1-cpu"
	driven "$1-kept" -d
}

# held NAME: a new session's time while many are held, and their memory.
held() {
	idle_before=$(memory)
	rm -f hold took
	mkfifo hold
	timeout 120 taskset -c 1 ./blast -i "$idle" -q 2000 127.0.0.1 "$port" \
		<hold >took &
	exec 9>hold
	idle_i=0
	until [ -s took ] || [ $((idle_i += 1)) -gt 1200 ]; do
		sleep 0.1
	done
	if [ -s took ]; then
		note "$1" $(($(cat took) / 2000))
		note "$1-memory" \
			$((($(memory) - idle_before) * 1024 / idle))
	fi
	exec 9>&-
	wait $! || :
}

# Postfix, an instance of its own that puts all mail into one Maildir.
start_local() {
	post=$dir/local
	mkdir -p "$post/mail"
	chmod 711 "$dir"
	chmod 1777 "$post/mail"
	port=$((30000 + $$ % 20000))
	start_postfix "$post" "myhostname = bench.test
	mydestination = bench.test
	recipient_canonical_maps = static:nobody@bench.test
	local_recipient_maps =
	alias_maps =
	mail_spool_directory = $post/mail/
	default_process_limit = 200
	smtpd_client_connection_count_limit = 0
	local_destination_concurrency_limit = 20" \
		"127.0.0.1:$port inet n - n - 200 smtpd
	local unix - n n - - local" >postfix.err ||
		{ cat postfix.err >&2; exit 1; }
	trap 'postfix -c "$post/postfix" abort >/dev/null 2>&1 || :
		kill $pids 2>/dev/null || :; rm -rf "$dir"' EXIT
}

# delivered CONNS N: through Postfix, until the last one is in the Maildir.
delivered() {
	rm -rf "$post/mail/nobody"
	delivered_start=$(now)
	./blast -c "$1" -n "$2" 127.0.0.1 "$port" >/dev/null
	# shellcheck disable=SC2012 # only their number counts
	until [ "$(ls "$post/mail/nobody/new" 2>/dev/null | wc -l)" -ge "$2" ]; do
		sleep 0.01
	done
	note "postfix-$1" $((($(now) - delivered_start) / 1000))
}

# Each part, once.
part_sink() {
	core=0
	start_ours -o sink
	taken ours
	end
	start_fixed
	taken fixed
	end
	start_sink
	taken sink
	end
}

part_idle() {
	core=0
	start_ours -o sink
	held ours-idle
	end
	[ -n "$sink" ] || return 0
	start_sink
	held sink-idle
	end
}

part_maildir() {
	core=0,1
	for conns in 1 10 100; do
		files=$((messages / 10))
		[ "$conns" != 1 ] || files=$((files / 4))
		mkdir -p "bare$round.$conns/tmp" "bare$round.$conns/new"
		note "bare-$conns" "$(./bare "$conns" "$files" 1200 \
			"bare$round.$conns")"
		start_ours -d "mail$round.$conns"
		note "maildir-$conns" "$(./blast -c "$conns" -n "$files" \
			127.0.0.1 "$port")"
		end
		[ -z "$local" ] || (port=$postfix_port && delivered "$conns" "$files")
	done
}

sink=
if command -v smtp-sink >/dev/null && command -v smtp-source >/dev/null; then
	sink=1
fi
local=
case $parts in
*' maildir '*)
	if [ "$(id -u)" = 0 ] && command -v postfix >/dev/null; then
		local=1
		start_local
		postfix_port=$port
	fi
	;;
esac
round=0
while [ $((round += 1)) -le "$rounds" ]; do
	for part in $parts; do
		[ "$part$sink" = sink ] || "part_$part"
	done
done

printf '%-40s %10s %10s %6s %6s\n' name ours peer ratio wanted
for part in $parts; do
	case $part in
	sink)
		report 'sink, 10 pipelining connections' ours sink 2
		report '  a bare loop' fixed sink -
		report 'sink, CPU under smtp-source' ours-cpu sink-cpu 1.34
		report '  a bare loop' fixed-cpu sink-cpu -
		report 'the same, connections kept' ours-kept sink-kept 1.34
		report '  a bare loop' fixed-kept sink-kept -
		;;
	idle)
		report "a session beside $idle idle ones" ours-idle sink-idle 2
		report 'bytes of an idle session' ours-idle-memory \
			sink-idle-memory -
		;;
	maildir)
		set -- 1.5 3.5 5
		for conns in 1 10 100; do
			report "Maildir, $conns connections, bare" \
				"maildir-$conns" "bare-$conns" 0.8
			report "Maildir, $conns connections, Postfix" \
				"maildir-$conns" "postfix-$conns" "$1"
			shift
		done
		;;
	esac
done
