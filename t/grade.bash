# What the tests of protograde share: mutants, judged.

# client FAULT [option ...]: judges a client with the fault, to FAULT.tap; the
# points that failed to FAULT.failed.
client() {
	local status=0
	protograde -o tap "${@:2}" client -- \
		mutant-client "$1" %h %p %f %t %m >"$1.tap" || status=$?
	failed "$1"
	return "$status"
}

# server FAULT [option ...]: the same of a server, which stores in FAULT.d.
server() {
	local status=0
	protograde -o tap -T 5 -d "$1.d" "${@:2}" server -- \
		mutant-server "$1" %p %d >"$1.tap" || status=$?
	failed "$1"
	return "$status"
}

# popclient, popserver FAULT [option ...]: the same of POP3.
popclient() {
	local status=0
	protograde -p pop3 -o tap -T 5 "${@:2}" client -- \
		mutant-pop3client "$1" %h %p %f %t >"$1.tap" || status=$?
	failed "$1"
	return "$status"
}

popserver() {
	local status=0
	protograde -p pop3 -o tap -T 4 -d "$1.d" "${@:2}" server -- \
		mutant-pop3server "$1" %p %d >"$1.tap" || status=$?
	failed "$1"
	return "$status"
}

# failed NAME: the points that failed in NAME.tap, to NAME.failed.
failed() {
	sed -n 's/^not ok [0-9]* - \([a-z0-9-]*\): .*/\1/p' "$1.tap" |
		paste -sd ' ' - >"$1.failed"
}

# find_all KIND <<TABLE: of each line "fault point [option ...]" a program with
# the fault fails that point, and no other.  All run at once.
find_all() {
	local fault point options bad=0
	cat >table
	while read -r fault point options; do
		# shellcheck disable=SC2086 # words
		"$1" "$fault" $options &
	done <table
	wait
	while read -r fault point options; do
		[ "$(cat "$fault.failed")" = "$point" ] || {
			echo "$fault: $(cat "$fault.failed") and not $point"
			cat "$fault.tap"
			bad=1
		}
	done <table
	return "$bad"
}
