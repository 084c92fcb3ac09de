# What every test file loads.  Tests run in a directory of their own, with
# the programs just built first on PATH; BINDIR names another build.

bats_require_minimum_version 1.5.0

# A pipe fails where any of its commands does, not the last one alone.
set -o pipefail

# The top of the source tree, and where the programs are: those under test,
# and those of t/tools.
TOP=$PWD
unset CDPATH
cd "${BASH_SOURCE[0]%/*}/.." || return
cd "$TOP" && TOP=$OLDPWD || return
BINDIR=${BINDIR:-$TOP/bin}
PATH=$BINDIR:$TOP/t/bin:$PATH
export TOP BINDIR PATH

# Nothing of the caller's settings may change what is tested.
umask 022
export LC_ALL=C.UTF-8 TZ=UTC0
export MAILORDERRC='' RETRY=0 no_proxy='*'
unset SMTPSERVER SMTPOPTIONS ORDEROPTIONS EMAIL NETRC SOURCE_DATE_EPOCH \
	LISTEN_FDS LISTEN_PID TCPREMOTEIP INCOMING WORK ARC FROM SUPPORT \
	REPORT EXPIRE SETTLE JOBS WATCH BOUNCES GONE MAKEFLAGS MFLAGS \
	MAKELEVEL MAKE NO_COLOR GATEWAY_INTERFACE PROTOEXPLAIN_PASSWORD \
	LANGUAGE
# A hook of git's names the repository there: no test may commit to that.
unset "${!GIT_@}"

# The system's Python, whose modules the system's packages bring, before any
# other.
PYTHON=/usr/bin/python3
[ -x "$PYTHON" ] || PYTHON=python3

# Of all tests of a file, see nap.
PAUSE=${BATS_RUN_TMPDIR:-.}/pause

# The pids of the servers that start began, each with a session of its own.
STARTED=()
TAPS=0

# What bats asks before each test, and makes for each run --separate-stderr:
# without a process.
get_mills_since_epoch() {
	local now=${EPOCHREALTIME:-$(date +%s).000000}
	echo $((${now/[.,]/} / 1000))
}

mktemp() {
	if [ "$*" = "$BATS_TEST_TMPDIR/separate-stderr-XXXXXX" ]; then
		echo "${1%XXXXXX}$BASHPID"
	else
		command mktemp "$@"
	fi
}

# A file with a setup or teardown of its own calls these from there.
lib_setup() {
	local note
	# Bats notes of each command where it stands, for its report of one
	# that fails, which costs many times what most commands do.  Of what
	# functions do it is enough to know which line of the test called them,
	# of what a subshell notes nobody hears, and what comes after a failure
	# is not its place.  A line alone, or bats counts those of the trap.
	note='[ -n "$BATS_ERROR_STATUS" ] || bats_debug_trap "$BASH_SOURCE"'
	# shellcheck disable=SC2064 # the text as it is now
	! declare -F bats_debug_trap >/dev/null || trap "$note" DEBUG
	set +T
	exec </dev/null
	watch
	# What bats itself runs beside the test.
	BESIDE=()
	in_background
	BESIDE=("${BACKGROUND[@]}")
	cd "$BATS_TEST_TMPDIR" || return
}

# What t/tools/watchdog is to know, and how the test ends when it is asked to,
# also in the midst of a loop.
watch() {
	! declare -F bats_interrupt_trap >/dev/null ||
		trap 'bats_interrupt_trap; exit 130' INT
	[ -n "${WATCHED:-}" ] || return 0
	printf '%s %s (%s)\n' "$BATS_TEST_NUMBER" "$BATS_TEST_DESCRIPTION" \
		"${BATS_TEST_FILENAME##*/}" >"$WATCHED/test"
	: >"$WATCHED/servers"
}

# Nothing that a test has started is left.
lib_teardown() {
	local pid GRACE=3
	! declare -F hang_up >/dev/null || hang_up "${!FROM[@]}"
	for pid in "${STARTED[@]}"; do
		stop "$pid" || :
		kill -9 -- "-$pid" 2>/dev/null || :
	done
	in_background
	for pid in "${BACKGROUND[@]}"; do
		kill "$pid" 2>/dev/null || :
	done
	for pid in "${BACKGROUND[@]}"; do
		ended_in_time "$pid" 2 || kill -9 "$pid" 2>/dev/null || :
	done
}

# in_background: sets BACKGROUND to the pids of what the test runs beside
# itself.  Only in this shell does jobs know of them.
in_background() {
	local pid list=$BATS_TEST_TMPDIR.$BASHPID.jobs
	BACKGROUND=()
	jobs -p >"$list"
	while read -r pid; do
		[[ " ${BESIDE[*]} " = *" $pid "* ]] || BACKGROUND+=("$pid")
	done <"$list"
}

# nap: a fiftieth of a second, without a process: nothing ever comes from PAUSE.
nap() {
	[ -p "$PAUSE" ] || mkfifo "$PAUSE"
	read -rt 0.02 <>"$PAUSE" || :
}

# ended_in_time PID SECONDS: it is gone by then.
ended_in_time() {
	local i
	for ((i = 0; i < $2 * 50; i++)); do
		kill -0 "$1" 2>/dev/null || return 0
		nap
	done
	return 1
}

# wait [pid ...]: as the shell's; without pids for what the test has started,
# and not for what bats runs beside it.
wait() {
	if [ $# -gt 0 ]; then
		builtin wait "$@"
		return
	fi
	in_background
	[ ${#BACKGROUND[@]} = 0 ] || builtin wait "${BACKGROUND[@]}" || :
}

setup() {
	lib_setup
}

teardown() {
	lib_teardown
}

# start [-n name] command [arg ...]
# Runs a server, which may be a Python script, in the background until the end
# of the test: standard output to name.out, standard error to name.err, name
# being the command's where none is given.  Returns when it has said "listening
# on ADDR", and sets ADDR, PORT (what follows the last colon) and PID.
# shellcheck disable=SC2034
start() {
	local name=${1##*/} i
	if [ "$1" = -n ]; then
		name=$2
		shift 2
	fi
	case $1 in
	*.py) set -- "$PYTHON" "$@" ;;
	esac
	: >"$name.err"
	launch -s "$@" </dev/null >"$name.out" 2>"$name.err" 3>&- &
	PID=$!
	STARTED+=("$PID")
	[ -z "${WATCHED:-}" ] || echo "$PID" >>"$WATCHED/servers"
	for ((i = 0; i < 500; i++)); do
		if listening "$name.err"; then
			PORT=${ADDR##*:}
			through_tap "$1"
			return
		fi
		kill -0 "$PID" 2>/dev/null || break
		nap
	done
	echo "$name does not listen:" >&2
	cat "$name.err" >&2
	return 1
}

# listening FILE: a server says there what it listens on; sets ADDR, to the last
# where there are several.
listening() {
	local line
	ADDR=
	while IFS= read -r line; do
		[[ $line != *'listening on '* ]] ||
			ADDR=${line##*listening on }
	done <"$1"
	[ -n "$ADDR" ]
}

# through_tap SERVER: with TAP=1 clients find prototap in front of it.
through_tap() {
	case $1 in
	smtpd-lite | fake-smtp | *.py) tap_before smtp "$ADDR" ;;
	pop3d-lite) tap_before pop3 "$ADDR" ;;
	ftpd-lite | fake-ftp) tap_before ftp "$ADDR" ;;
	orderrecv) tap_before order "$ADDR" ;;
	esac
}

# tap_before PROTOCOL ADDR: the same of a server that start has not begun; sets
# ADDR and PORT to where clients find it.
# shellcheck disable=SC2034
tap_before() {
	local i said=tap.$BASHPID.$((++TAPS)).err
	ADDR=$2 PORT=${2##*:}
	[ -n "${TAP:-}" ] || return 0
	: >"$said"
	launch -s prototap -p "$1" -l 127.0.0.1:0 -o tapped "$2" \
		</dev/null 2>"$said" >/dev/null 3>&- &
	STARTED+=("$!")
	for ((i = 0; i < 500; i++)); do
		if listening "$said"; then
			PORT=${ADDR##*:}
			return
		fi
		nap
	done
	return 1
}

# stop [pid]
# Ends a server that start began (the last one), waits for it, and returns
# its exit code; one that is gone already gives the code it ended with, one
# that does not end is killed.
stop() {
	local pid=${1:-$PID} i left=() status=0
	for i in "${STARTED[@]}"; do
		[ "$i" = "$pid" ] || left+=("$i")
	done
	# No other process than the test's own is ever killed.
	if [ ${#left[@]} -lt ${#STARTED[@]} ]; then
		STARTED=("${left[@]}")
		kill "$pid" 2>/dev/null || :
		ended_in_time "$pid" "${GRACE:-30}" ||
			kill -9 -- "-$pid" 2>/dev/null || :
	fi
	wait "$pid" || status=$?
	return "$status"
}

# workers [pid]: the pids of a server's workers (of the last one's).
workers() {
	ps -A -o pid= -o ppid= | awk -v parent="${1:-$PID}" \
		'$2 == parent { print $1 }'
}

# crash: kills the server that start began last, workers and all, by SIGKILL.
crash() {
	kill -9 -- "-$PID"
	wait "$PID" || :
}

has_line() {
	grep -q "$1" "$2"
}

# lacks [option ...] PATTERN FILE ...: the files are there, and grep finds
# nothing; what it finds is shown.
lacks() {
	local status=0
	grep "$@" || status=$?
	[ "$status" = 1 ]
}

# wait_for command [arg ...]
# Until the command succeeds, for at most ten seconds.
wait_for() {
	local i
	for ((i = 0; i < 500; i++)); do
		if "$@"; then
			return 0
		fi
		nap
	done
	echo "in vain: $*" >&2
	return 1
}

# dice: all that is random in the test goes as SEED says.  A test that fails
# shows the one it had.
dice() {
	SEED=${SEED:-$(od -An -N2 -tu2 /dev/urandom | tr -d ' ')}
	echo "SEED=$SEED"
	RANDOM=$SEED
}

# need program ...
# Skips the test where a program is missing; under CI_NO_SKIP=1 it fails.
need() {
	local prog
	for prog; do
		command -v "$prog" >/dev/null && continue
		if [ "${CI_NO_SKIP:-0}" = 1 ]; then
			echo "$prog is missing" >&2
			return 1
		fi
		skip "no $prog"
	done
}

# seq [-f format] [first] last: numbers, as where there is such a program.
seq() {
	local format=
	if [ "$1" = -f ]; then
		format=$2
		shift 2
	fi
	awk -v format="$format\n" -v first="${1:-}" -v last="${!#}" 'BEGIN {
		for (n = ARGC > 2 ? first + 0 : 1; n <= last + 0; n++)
			if (format == "\n")
				print n
			else
				printf format, n
	}' "$@"
}

# yes TEXT: that line until nobody reads it, as where there is such a program.
yes() {
	awk 'BEGIN {
		for (s = ARGV[1] "\n"; length(s) < 8192; s = s s)
			;
		for (;;)
			printf "%s", s
	}' "$1" || :
}

# aged SECONDS FILE ...: they were written to so long ago; in so long where it
# is negative.
aged() {
	local now
	printf -v now '%(%s)T' -1
	touch -t "$(printf '%(%Y%m%d%H%M.%S)T' $((now - $1)))" "${@:2}"
}

# reads_all command [arg ...]: reads what the command leaves of its standard
# input, so that whoever still writes there does not fail.
reads_all() {
	local status=0
	"$@" || status=$?
	! IFS= read -r -n 1 _ || cat >/dev/null
	return "$status"
}

# crlf: standard input with CRLF line endings.
crlf() {
	sed 's/$/\r/'
}

python() {
	"$PYTHON" "$@"
}
