#!/usr/bin/env bats
# What every program does with -h, -V and a wrong option.

load lib

setup_file() {
	PROGRAMS=$(cd "${BATS_TEST_DIRNAME}/../src" && ls -- *.c)
	export PROGRAMS=${PROGRAMS//.c/}
}

# each FUNCTION: calls it with each program, and says which ones failed.
each() (
	bad=0
	[ -n "$PROGRAMS" ]
	for prog in $PROGRAMS; do
		"$1" "$prog" </dev/null || { echo "$prog: not so" >&2; bad=1; }
	done
	exit "$bad"
)

# A program runs with its output in out and err; the status is returned.
program() {
	"$@" >out 2>err
}

helps() {
	program "$1" -h || return
	[ ! -s err ] || return
	grep -q "^usage: $1" out || return
	mv out h
	program "$1" --help || return
	[ ! -s err ] && cmp h out || return
	program "$1" -v --help || return
	[ ! -s err ] && cmp h out
}

@test "-h and --help: usage on standard output, 0" {
	each helps
}

tells_version() {
	program "$1" -V || return
	[ ! -s err ] || return
	grep -Eqx "$1 \(mailorder\) [0-9]+\.[0-9]+(\.[0-9]+)?" out || return
	[ "$(wc -l <out)" = 1 ] || return
	mv out V
	program "$1" --version || return
	[ ! -s err ] && cmp V out
}

@test "-V and --version: one line on standard output, 0" {
	each tells_version
}

@test "what stands where a value does is one, also --help and --version" {
	mkmail -f a@b -s --help -H 'X-A: 1' </dev/null >out
	grep -Fx 'Subject: --help' out
	run -0 orderparse order --help
	[[ $output = 'usage: orderparse '* ]]
	echo x >--version
	run -0 archive-stamp -d --help -f S -- --version
	[ "$output" = --help/--version-S ]
}

refuses() {
	local status=0
	program "$1" "${2:--%}" || status=$?
	[ "$status" = 64 ] && [ ! -s out ] && grep -q "^usage: $1" err &&
		[ "$(head -n 1 err)" = "$1: ${2:--%}: no such option" ]
}

refuses_long() {
	refuses "$1" --no-such-option
}

@test "a wrong option: told, and usage, on standard error alone, 64" {
	each refuses
	each refuses_long
	for word in -q -vZ -v- -ю; do
		run -64 --separate-stderr suppress "$word"
		[[ ${stderr_lines[0]} = "suppress: -"*": no such option" ]]
	done
	run -64 --separate-stderr "$(command -v suppress)" -vn
	[ "${stderr_lines[0]}" = 'suppress: -n: an argument is missing' ]
}

@test "a command without a word: 64" {
	local line
	for line in 'smtpsend -a u -P' 'smtpsend -C' 'ftpsend -u u -P' \
		'prototap -C' 'protoreplay -C' 'protoreplay -a u -P' \
		'protograde -a u -P'; do
		# shellcheck disable=SC2086 # words
		run -64 --separate-stderr $line ' ' x@y </dev/null
		[ "$output" = '' ]
		[ "$stderr" = "${line%% *}: ${line##* }: no command" ]
	done
}

@test "a number out of its bounds: 64, and the bounds are told" {
	while read -r low high program options; do
		# shellcheck disable=SC2086
		for number in $((low - 1)) $((high + 1)); do
			run -64 --separate-stderr "$program" $options "$number"
			[[ ${stderr_lines[0]} = "$program: -"*"$number: not "* ]] ||
				{ echo "$program $options $number"; return 1; }
		done
	done <<-'END'
	2 3600 protograde -T
	480 10000 protoladder -w
	60 10000 protoladder -o text -w
	320 10000 resultplot -w
	1 1000 suppress -n
	1 255 withlock -E
	1 86400 smtpd-lite -T
	1 64 smtpd-lite -w
	1 1000000 orderrecv -c
	1 1000 smtpsend -j
	0 1000 smtpsend -p
	1 100000 orderparse -g
	0 1000 ordersend -r
	1 86400 ftpsend -T
	1 86400 protoreplay -T
	END
}

has_verbose() {
	grep -Eq '\[-[A-Za-z0-9]*v' <<<"$("$1" -h)"
}

# says TEXT CODE command ...: under -v that stands on standard error, and what
# is on standard output is the same with and without.
says() {
	local text=$1 code=$2
	shift 2
	run -"$code" --separate-stderr "$@" -v <in
	[ "$stderr" = "$text" ] || { echo "$*: $stderr"; return 1; }
	"$@" <in | diff - <([ -z "$output" ] || echo "$output")
}

@test "-v: more talk, of every program" {
	each has_verbose
	printf '%s\t%s\t550\trcpt\t-\t1\t2026-11-21T23:46:12Z\t<1@x>\t%s\n' \
		failed a@x '5.1.1 no' sent b@x ok odd c@x - >in
	says 'resultcount: results: 2, lines passed over: 1' 0 resultcount
	says 'suppress: lines of the list: 1, before: 0' 0 suppress
	tail -n 2 in >results
	sed 's/a@x/b@x/' in >bounces
	run -0 --separate-stderr bouncematch -v bounces results
	[ "$stderr" = 'bouncematch: results: bounces: 1' ]
	printf 'To: a@x, b@x\n\nHi.\n' >in
	export SOURCE_DATE_EPOCH=1
	says 'mkbatch: stdin:1: recipients: 2' 0 mkbatch -f c@x
	printf secret-of-the-list >key
	chmod 600 key
	printf '[Recipients:]\na@x\n[Subject:] a@x [token]\n[Body:]\n' |
		orderparse -f c@x -k key -m a@x >in
	says 'unsub: a@x: left, by message' 0 unsub -k key
}

# What was meant as an option is missed before anything is done.
misplaced() {
	local status=0
	echo x >file
	program "$@" file -d nowhere </dev/null || status=$?
	[ "$status" = 64 ] && [ ! -s out ] && [ -s file ] &&
		[ "$(head -n 1 err)" = "$1: -d: options come first" ] ||
		{ echo "$*: $status"; cat out err; return 1; }
}

@test "an option behind an operand: told before anything is done, 64" {
	local name
	for name in archive-stamp bouncematch bounceparse mkbatch orderdone \
		orderparse ordersend ordertake protoexplain protoladder protoreplay \
		resultcount resultplot retrydue settled suppress mkmail mxlookup \
		smtpsend; do
		misplaced "$name"
	done
	misplaced unsub -k file
	misplaced ftpsend ftp://localhost:1/
	echo x >-d
	run -0 archive-stamp file -d
	run -66 --separate-stderr mkbatch -- -x
	[ "$stderr" = 'mkbatch: -x: No such file or directory' ]
	# An address may begin so, too.
	mkmail -f a@x -- -b@x </dev/null | grep -Fx 'To: -b@x'
	smtpsend -n -f a@x -- -b@x </dev/null | grep -Fx 'to <-b@x>'
	run -68 --separate-stderr mxlookup -- -x
	[ "$stderr" = 'mxlookup: -x: not a domain name' ]
}

fails_when_full() {
	local status=0 opt
	for opt in -h --help -V --version; do
		status=0
		"$1" "$opt" >/dev/full 2>err || status=$?
		[ "$status" = 74 ] && [ -s err ] || return
	done
}

@test "usage and version on a full device: 74" {
	[ -c /dev/full ] || skip "no /dev/full"
	each fails_when_full
}

fails_when_closed() {
	local status=0
	"$1" -h >&- 2>err || status=$?
	[ "$status" = 74 ] && grep -q "^$1: " err
}

@test "usage on a closed standard output: 74" {
	each fails_when_closed
}

names_all_options() {
	local letter usage
	usage=$("$1" -h) || return
	for letter in $(sed -n '/^\.Sh DESCRIPTION/,/^\.Sh [^D]/s/^\.It Fl \([^ ,]\)\( .*\)*$/\1/p' \
		"$TOP/man/$1.1"); do
		[[ $letter = [hV] || $usage =~ -[A-Za-z0-9]*$letter ]] ||
			{ echo "$1: -$letter not in the usage"; return 1; }
	done
}

@test "the usage names each option of the page" {
	each names_all_options
}

# The options that may be given several times.
repeats_as_in_page() {
	"$1" -h | tr '\n' ' ' | grep -o '\[-[^]]*\] *\.\.\.' |
		sed 's/^.-\(.\).*/\1/' | sort >out
	sed -n '/^\.Sh SYN/,/^\.Sh DESC/s/^\.Oo Fl \(.\) .* Oc Ar \.\.\.$/\1/p' \
		"$TOP/man/$1.1" | sort | diff out -
}

@test "usage and page agree on what may be given several times" {
	each repeats_as_in_page
}

has_workers() {
	[ "$(workers | wc -l)" -eq "$1" ]
}

@test "smtpd-lite starts as many workers as usage and page say" {
	n=$(smtpd-lite -h | sed -n 's/^  -w .*(\([0-9]*\) for maildir and .*/\1/p')
	[ "$n" -gt 1 ]
	grep -q "^The default is $n where each message is a file" \
		"$TOP/man/smtpd-lite.1"
	start smtpd-lite -l :0 -d mail
	has_workers "$n"
	stop
	start smtpd-lite -l :0 -d mbox -o mbox
	has_workers 1
}

@test "t/run and t/fuzz/run: what is no file, number or target: 64" {
	for words in -h abc 0 007 1s '1 nobody' '1 reply -h' ''; do
		# shellcheck disable=SC2086 # words
		[ -n "$words" ] || set -- ''
		run -64 --separate-stderr "$TOP/t/fuzz/run" ${words:-"$@"}
		[ -z "$output" ]
		[ "${stderr_lines[1]}" = 'usage: t/fuzz/run [seconds [name ...]]' ]
	done
	for file in -h -f no.bats; do
		run -64 --separate-stderr "$TOP/t/run" t/0002-usage.bats "$file"
		[ -z "$output" ]
		[ "${stderr_lines[0]}" = "t/run: $file: no such file" ]
	done
}

@test "t/run without bats: the one command to type" {
	mkdir -p tree/t tools
	cp "$TOP/t/run" tree/t
	for tool in dirname id sh; do
		ln -s "$(command -v "$tool")" tools
	done
	run -1 --separate-stderr env PATH="$PWD/tools" tree/t/run
	[ -z "$output" ]
	[ "$stderr" = 't/run: bats is missing; type: sudo apt-get install bats' ]
}

@test "t/run: no test knows what the caller has set for programs, git or cd" {
	# Some any test may have, of whatever value, and those of CGI alone.
	sed -n 's/^\.It Ev //p' "$TOP"/man/*.[157] | tr -s ', ' '\n' | sort -u |
		grep -Evx 'HOME|LOGNAME|TMPDIR|(REQUEST|QUERY|CONTENT)_.*' >names
	printf '%s\n' CDPATH LANGUAGE GIT_DIR GIT_INDEX_FILE >>names
	mapfile -t names <names
	mkdir tmp
	printf '%s\n' "load $TOP/t/lib" '@test "as always" {' \
		'env | lacks "=theirs\$" -' '}' >clean.bats
	run -0 env -i "${names[@]/%/=theirs}" PATH="${PATH//"$BATS_LIBEXEC:"/}" \
		TMPDIR="$PWD/tmp" "$TOP/t/run" "$PWD/clean.bats"
	[ "$output" = $'1..1\nok 1 as always' ]
}

# hanging NAME COMMANDS: a file of tests, of which the second never ends.
hanging() {
	printf '%s\n' "load $TOP/t/lib" '@test "is over" { :; }' \
		"@test \"$1: hangs\" {" 'start smtpd-lite -l :0 -d mail' \
		"echo \"\$PID\" >$PWD/pids/$1" "$2" '}' >"$1.bats"
}

# begins: until all three hang, a test has just begun in the watchdogs' eyes.
begins() {
	until [ "$(ls pids | wc -l)" = 3 ]; do
		find tmp -name test -exec touch -c {} + 2>/dev/null || :
		nap
	done
}

@test "t/run: a test that hangs is red, and nothing of its file is left" {
	mkdir pids tmp
	hanging alone 'sleep 1000'
	hanging deaf "trap '' INT; sh -c 'sleep 1000'"
	hanging loops 'until [ -e x ]; do :; done'
	set -- env -i PATH="${PATH//"$BATS_LIBEXEC:"/}" TMPDIR="$PWD/tmp" \
		BATS_TEST_TIMEOUT=2 "$TOP/t/run"
	begins 3>&- &
	"$@" "$PWD/alone.bats" >one 3>&- &
	run ! "$@" "$PWD/deaf.bats" "$PWD/loops.bats"
	code=0
	wait "$!" || code=$?
	[ "$code" != 0 ]
	sed -n 's/^\(not ok .*: hangs\).*/\1/p' one - <<<"$output" |
		diff - <(printf 'not ok %s: hangs\n' '2 alone' '2 deaf' '4 loops')
	for name in alone deaf loops; do
		cat one - <<<"$output" |
			grep -F "# Test 2 $name: hangs ($name.bats): not over"
		ended_in_time "$(cat "pids/$name")" 10
	done
	[ -z "$(ls tmp)" ]
}

@test "t/run: a test that fails is told by its line, whatever fails in it" {
	printf '%s\n' "load $TOP/t/lib" 'f() { true; false; true; }' >red.bats
	for command in '[ 1 = 2 ]' '[[ 1 = 2 ]]' '((1 == 2))' f 'true | f'; do
		printf '%s\n' "@test \"$command\" {" true "$command" true '}'
	done >>red.bats
	run -1 env -i PATH="${PATH//"$BATS_LIBEXEC:"/}" "$TOP/t/run" \
		"$PWD/red.bats"
	sed -n 's/.*in test file .*red.bats, line \([0-9]*\)).*/\1/p' \
		<<<"$output" >got
	printf '%s\n' 5 10 15 20 25 | diff - got
}
