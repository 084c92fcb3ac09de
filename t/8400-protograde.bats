#!/usr/bin/env bats
# protograde: clients with one fault each and the points that find it; options,
# reports, and what becomes of programs.
# Slow.

# shellcheck disable=SC2154 # run sets output, stderr, lines

load lib
load grade

@test "a client: each usual fault fails its point, and no other" {
	echo wait-replies >replies
	echo text-end >end
	find_all client <<-'END'
	port-25 connect
	no-greeting wait-greeting
	no-hello hello
	lf crlf
	no-line-end crlf
	blank mail-blank
	no-brackets mail
	wrong-rcpt recipient
	parameter parameters
	starttls unoffered
	no-wait wait-replies
	sleeps wait-replies -n replies
	no-wait-354 wait-data
	no-wait-end wait-end
	dot-lf text-end
	no-dot text-end -T 3 -n end
	lf-text text-crlf
	no-header-end header-end
	extra-line no-extra-line
	no-stuffing dots
	file-buffer dots-edges
	crlf-buffer dots-edges
	strips blanks
	strips-ends blanks
	no-last-end last-line -T 5
	cuts-long long-line
	first-part large
	END
}

@test "a client: the same of replies and of its end" {
	echo ends >ends
	echo shut-down >shut-down
	echo dropped >dropped
	export TMPDIR=$PWD
	find_all client <<-'END'
	one-read split-replies
	first-line lines
	short-buffer long-reply
	only-250 code-251
	looks-in-text reply-text
	ignores-5xx refused-rcpt
	ignores-mail refused-mail
	ignores-4xx temporary
	ignores-greeting refused-greeting
	ignores-end refused-text
	exits-0 exit-refused
	no-quit quit
	no-quit-refused quit-refused
	hangs-on-421 shut-down -T 5 -n shut-down
	spins dropped -T 5 -n dropped
	crash ends
	never-ends ends -T 3 -n ends
	loops ends -T 7 -n ends
	writes ends -n ends
	writes-on ends -n ends
	END
	grep -q '^# it crashed: segmentation fault (SIGSEGV)$' crash.tap
	grep -q '^# it did not end in time$' never-ends.tap
	# On a busy machine there may not have been as much CPU time.
	grep -Eq '^# it (looped: |did not end in time$)' loops.tap
	grep -q '^# it wrote without end ' writes.tap
	grep -q '^# it wrote without end ' writes-on.tap
	run -1 pgrep_mutants
}

# The mutants of this test that are left: their letters are in TMPDIR.
pgrep_mutants() {
	ps -A -o args= | grep -F "$TMPDIR" | grep '^mutant-client'
}

@test "good clients have all points: 0; and so has smtpsend" {
	client good &
	good=$!
	client helo &
	helo=$!
	protograde client -- smtpsend -s %h:%p -f %f %t >own
	builtin wait "$good"
	builtin wait "$helo"
	tail -n 1 own | grep -Ex '([0-9]+) of \1; failed: 0, not tried: 0'
	[ "$(grep -c '^ok ' good.tap)" -ge 30 ]
	lacks SKIP good.tap
}

@test "a client: the evidence, the hint, and what is not tried for it" {
	printf '%s\n' dots dots-edges >points
	run -1 protograde -n points client -- \
		mutant-client no-stuffing %h %p %f %t %m
	[[ $output == *$'\nFAILED  dots: '*' (RFC 5321 4.5.2)
        the file has `.one`, what arrived has `one`
        Hint: '* ]]
	[[ $output == *$'\n-       dots-edges: '*'
        not tried: needs dots
'* ]]
	[ "${lines[0]}" = 'SMTP client: mutant-client no-stuffing %h %p %f %t %m' ]
	[[ $output == *$'\n0 of 2; failed: 1, not tried: 1' ]]
}

@test "weights, a choice, and faults of the choice: 65" {
	printf '%s\n' '# some' '' 'crlf 3' 'hello	0' 'connect' >points
	run -1 protograde client -n points -- mutant-client lf %h %p %f %t %m
	[ "${lines[-1]}" = '1 of 4; failed: 1, not tried: 0' ]
	echo crlf >points
	run -1 --separate-stderr protograde -v -n points client -- \
		mutant-client lf %h %p %f %t %m
	[ "$(grep -c '^protograde: point ' <<<"$stderr")" = 1 ]
	printf '%s\n' 'crlf' '* 2' 'dots 0' >points
	run -1 protograde -o tsv -n points client -- false
	[ "$(cut -f 3 <<<"$output" | sort | uniq -c | tr -s ' ' |
		paste -sd , -)" = " 1 1, $((${#lines[@]} - 2)) 2, 1 weight" ]
	printf '%s\n' 'nosuch' 'crlf x' 'crlf 1 2' 'crlf' 'crlf' >points
	run -65 --separate-stderr protograde client -n points -- true
	[ -z "$output" ]
	[ "$stderr" = 'protograde: points:1: no such point
protograde: points:2: not a weight
protograde: points:3: more than a name and a weight
protograde: points:5: named already
protograde: points: nothing was tried' ]
	run -66 protograde -n none client -- true
}

@test "TSV and HTML: no character of a program's becomes markup" {
	echo connect >points
	run -1 protograde -n points -o html client -- false '<b>&"'
	[[ $output == *'<h1>SMTP client: false &lt;b&gt;&amp;&quot;</h1>'* ]]
	[[ $output == *'no connection came; it ended with exit status 1'* ]]
	run -1 protograde -n points -o tsv client -- false
	[ "${lines[1]}" = $'connect\tfailed\t1\tRFC 5321 3.1\tno connection came; it ended with exit status 1\tWhich host and which port does your program dial?  Print both.' ]
}

@test "a command that cannot be run is said to be that" {
	echo hello >points
	run -1 protograde -n points client -- ./none
	[[ $output == *'-       hello: '*'not tried: needs connect'* ]]
	echo connect >points
	run -1 protograde -n points client -- $'./\e[2Jnone'
	[ "${lines[0]}" = 'SMTP client: ./?[2Jnone' ]
	[[ $output == *'the command cannot be run: No such file'* ]]
}

@test "a class: a table, a row for each name" {
	printf '%s\n' crlf recipient >points
	printf '%s\n' '# name command' '' \
		'anna mutant-client good %h %p %f %t %m' \
		$'ben\tmutant-client lf  %h %p %f %t %m' \
		'<c> ./none' >list
	run -1 protograde client -c list -n points
	[ "$output" = $'name\tgot\tof\tcrlf\trecipient
anna\t2\t2\t1\t1
ben\t1\t2\t0\t1
<c>\t0\t2\t-\t-' ]
	run -1 protograde -o html client -c list -n points
	[[ $output == *'<table class="class">'*'<thead>'* ]]
	[[ $output == *'<tr><td>&lt;c&gt;</td><td>0</td><td>2</td>'* ]]
	[[ $output == *'title="crlf: `EHLO pc` ended in LF">0</td>'* ]]
	printf '%s\n' 'anna' >list
	run -65 --separate-stderr protograde client -c list
	[ "${stderr_lines[0]}" = 'protograde: list:1: no command' ]
	run -64 protograde -o tap client -c list
	run -64 protograde client -c list -- true
	run -64 protograde client
	run -64 protograde nobody -- true
}

# page_names WHOSE: the names that the page has for them, to names.
page_names() {
	sed -n '/^The points of '"$1"':/,/^\.El/p' "$TOP/man/protograde.1" |
		sed -n 's/^\.Cm \(.*\) :/\1/p' | sed 's/ ,//g' | tr ' ' '\n' |
		LC_ALL=C sort >names
}

# has_points OPTION ...: the page names all that there are, and no others.
has_points() {
	protograde -o tsv "$@" -- false | sed 1d | cut -f 1 |
		LC_ALL=C sort >got || :
	comm -23 got names >missing
	[ -s got ] && [ ! -s missing ] || { cat missing; return 1; }
	run -1 protograde -n names "$@" -- false
}

@test "the page names all points" {
	page_names 'SMTP clients'
	has_points client
	page_names 'SMTP servers'
	has_points -T 2 server
	page_names 'POP3 clients'
	has_points -p pop3 client
	page_names 'POP3 servers'
	has_points -p pop3 -T 2 server
}

# The commands of the processes that have TOKEN in them.
left_over() {
	ps -A -o args= | grep -v grep | grep -F "$TOKEN" || :
}

@test "what a program leaves behind is killed with it" {
	TOKEN=left.$$.$RANDOM
	mkfifo "$TOKEN"
	printf '%s\n' '#!/bin/sh' "cat $TOKEN &" "(cat $TOKEN; :) &" \
		'exec "$@"' >wrapper
	chmod +x wrapper
	echo quit >points
	run -0 protograde -n points client -- \
		./wrapper mutant-client good %h %p %f %t %m
	wait_for eval '[ -z "$(left_over)" ]'
	run -0 protograde -n points server -- \
		./wrapper mutant-server good %p stored
	wait_for eval '[ -z "$(left_over)" ]'
}

@test "the clients of a class are judged side by side" {
	cat >wait-for <<-'END'
	#!/bin/sh
	: >"$1"
	until [ -e "$2" ]; do sleep 0.05; done
	shift 2
	exec mutant-client good "$@"
	END
	chmod +x wait-for
	echo hello >points
	printf '%s\n' 'anna ./wait-for a b %h %p %f %t %m' \
		'ben ./wait-for b a %h %p %f %t %m' >list
	run -0 protograde -T 10 -n points client -c list
	[ "$output" = $'name\tgot\tof\thello\nanna\t1\t1\t1\nben\t1\t1\t1' ]
}

# stopped FILE argument ...: stopped when the file is there, it leaves nothing.
stopped() {
	local file=$1 pid status=0
	mkdir -p tmp
	TMPDIR=$PWD/tmp protograde client "${@:2}" >out 2>err &
	pid=$!
	wait_for eval "[ -e tmp/*/$file ]"
	kill "$pid"
	builtin wait "$pid" || status=$?
	[ "$status" = 75 ]
	grep -q '^protograde: stopped before the end$' err
	[ -z "$(ls tmp)" ]
}

@test "stopped: what it runs is killed, its directory removed, 75" {
	stopped message -- mutant-client never-ends %h %p %f %t %m
	echo 'anna mutant-client never-ends %h %p %f %t %m' >list
	stopped 1/message -c list
}
