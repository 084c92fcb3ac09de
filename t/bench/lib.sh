# shellcheck shell=sh
# What the benches share.  Figures of one run stand beside each other: they are
# taken in turns, the median of each is compared, and the ratio is what counts.
# A file system that has just been told to forget thousands of files makes new
# ones slowly: every round has a directory of its own, removed at the end.

BINDIR=${BINDIR:-$(cd "$(dirname "$0")/../../bin" && pwd)}
BENCH=$(cd "$(dirname "$0")" && pwd)
PATH=$BINDIR:$PATH:/usr/sbin
pids=
dir=$(mktemp -d "${TMPDIR:-/var/tmp}/bench.XXXXXX")
# shellcheck disable=SC2086 # pids is a list
trap 'kill $pids 2>/dev/null || :; rm -rf "$dir"' EXIT
trap 'exit 1' HUP INT TERM
cd "$dir" || exit 1
# shellcheck source=SCRIPTDIR/../vsftpd.sh
. "$BENCH/../vsftpd.sh"

now() {
	date +%s%N
}

# note NAME FIGURE: one more of its figures; median NAME.
note() {
	echo "$2" >>"$1.figures"
}

median() {
	sort -n "$1.figures" |
		awk '{ a[NR] = $1 } END { print a[int((NR + 1) / 2)] }'
}

# clock NAME command ...: notes how many ms it took.
clock() {
	clock_name=$1
	shift
	sync
	clock_start=$(now)
	"$@"
	note "$clock_name" $((($(now) - clock_start) / 1000000))
}

# await FILE PATTERN: until a server has said so.
await() {
	await_i=0
	until grep -qs "$2" "$1"; do
		[ $((await_i += 1)) -lt 200 ] || { cat "$1" >&2; exit 1; }
		sleep 0.05
	done
}

# report NAME OURS PEER WANTED: a line "name ours peer ratio wanted".  The
# ratio is peer to ours, figures being times or sizes: as many times as good.
report() {
	if [ ! -f "$3.figures" ]; then
		echo "$1: $3 left out, a program is missing"
		return
	fi
	awk -v n="$1" -v a="$(median "$2")" -v b="$(median "$3")" -v w="$4" \
		'BEGIN { printf "%-40s %10d %10d %6.2f %6s\n", n, a, b, b / a, w }'
}

# build NAME [option ...]: a program of t/bench into the bench's directory.
build() {
	build_name=$1
	shift
	${CC:-cc} -std=c99 -D_POSIX_C_SOURCE=200809L -O2 -o "$build_name" \
		"$BENCH/$build_name.c" "$@"
}

# For servers that must be told a number: nobody who takes any is given it.
free_port() {
	python3 -c 'import random, socket
while True:
    try:
        port = random.randrange(20000, 30000)
        socket.socket().bind(("127.0.0.1", port))
        break
    except OSError:
        pass
print(port)'
}

# start_vsftpd: anybody may upload into ftp/up, and curl knows it as
# ftp://127.0.0.1:$vsftpd_port/up/.  It must be started by root.
start_vsftpd() {
	mkdir -p ftp/up empty
	chown daemon ftp/up
	chmod 755 . ftp
	vsftpd_port=$(free_port)
	vsftpd_conf "$vsftpd_port" "$dir/ftp" "$dir/empty" >vsftpd.conf
	vsftpd vsftpd.conf &
	vsftpd_pid=$!
	pids="$pids $vsftpd_pid"
	until curl -s "ftp://127.0.0.1:$vsftpd_port/" >list; do
		kill -0 "$vsftpd_pid" || exit 1
		sleep 0.05
	done
}
