# shellcheck shell=sh
# What the demos have in common, which this is read by: a directory of their
# own, $dir, that goes at the end as all servers do; these; and checks.

cd "$(dirname "$0")/.." || exit 1
top=$PWD
PATH=$top/bin:$PATH
unset INCOMING WORK ARC SMTPOPTIONS ORDEROPTIONS FROM SUPPORT RETRY EXPIRE \
	SETTLE JOBS BOUNCES GONE \
	MAILORDERRC LISTEN_FDS SOURCE_DATE_EPOCH
dir=$(mktemp -d "${TMPDIR:-/tmp}/mailorder.XXXXXX")
pids=

finish() {
	status=$?
	trap - EXIT
	# shellcheck disable=SC2086 # a list
	[ -z "$pids" ] || kill $pids 2>/dev/null || :
	wait
	rm -rf "$dir"
	exit "$status"
}
trap finish EXIT
trap 'exit 1' HUP INT TERM

heading() {
	printf '\n=== %s\n\n' "$*"
}

fail() {
	printf 'demo: %s\n' "$*" >&2
	exit 1
}

# start name command ...: a server; $address is where it listens.  Its
# standard output is a pipe called name.out, its standard error name.log.
start() {
	name=$1
	shift
	mkfifo "$name.out" "$name.err"
	"$@" </dev/null >"$name.out" 2>"$name.err" &
	pids="$pids $!"
	exec 3<"$name.out" 4<"$name.err"
	read -r line <&4 || fail "$name did not start"
	printf '%s\n' "$line" | tee "$name.log"
	cat <&4 >>"$name.log" &
	# shellcheck disable=SC2034 # for those who have started it
	address=${line##*listening on }
	exec 4<&-
}

# same what found expected
same() {
	[ "$2" = "$3" ] || fail "$1: '$2' instead of '$3'"
	printf '%s\t%s\t%s\n' "$1" "$(one_line "$3")" "$(one_line "$2")" \
		>>checks
}

one_line() {
	printf '%s' "$1" | tr '\t\n' ' ;'
}

# holds what command ...
holds() {
	what=$1
	shift
	"$@" || fail "not so: $what"
	printf '%s\tyes\tyes\n' "$what" >>checks
}

number() {
	echo $#
}
