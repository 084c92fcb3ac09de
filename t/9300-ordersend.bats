#!/usr/bin/env bats
# ordersend: to orderrecv, and to servers that behave badly.

load lib

HELLO=2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824

# serve CODE ...: a server of one connection at a time; each CODE is what it does
# with one, in bash.  say sends a line; order reads one, to WORDS, and the
# content behind it; stored, or stored duplicate, is the answer to the oldest
# without one; note adds a line to noted.
serve() {
	cat >talk.bash <<-'END'
	say() {
		printf '%s\r\n' "$1"
	}
	order() {
		local line content
		IFS= read -r line
		read -r -a WORDS <<<"${line%$'\r'}"
		[ "${WORDS[0]}" != ORDER ] ||
			IFS= read -r -N "${WORDS[1]}" content
		ASKED+=("${WORDS[3]} ${WORDS[1]} ${WORDS[2]}")
	}
	stored() {
		say "250 ${1:-stored} ${ASKED[0]}"
		ASKED=("${ASKED[@]:1}")
	}
	note() {
		echo "$1" >>noted
	}
	END
	rm -f noted
	start handout "${@/#/. ./talk.bash; }"
}

hello() {
	printf hello >hello.txt
}

GREET='say "220 here orderrecv 1 nonce";'

@test "files in one connection; the answers on standard output" {
	start orderrecv -l 127.0.0.1:0 -v
	hello
	printf 'other' >'o ther'
	run -0 --separate-stderr ordersend -s "$ADDR" hello.txt './o ther'
	[ "${lines[0]}" = "stored hello.txt 5 $HELLO" ]
	[[ ${lines[1]} == 'stored o%20ther 5 '* ]]
	[ "${#lines[@]}" = 2 ]
	[ -z "$stderr" ]
	cmp hello.txt incoming/hello.txt
	cmp 'o ther' 'incoming/o ther'
	[ "$(grep -c ': connected' orderrecv.err)" = 1 ]
	# Once more: nothing new, and all is well.
	run -0 ordersend -s "$ADDR" hello.txt
	[ "$output" = "duplicate hello.txt 5 $HELLO" ]
	[ "$(ls incoming | wc -l)" = 2 ]
}

@test "-F sends it anew, -q says nothing, -n names it" {
	start orderrecv -l 127.0.0.1:0
	hello
	run -0 ordersend -q -s "$ADDR" hello.txt
	[ -z "$output" ]
	run -0 ordersend -F -s "$ADDR" hello.txt
	[ "$output" = "stored hello-2.txt 5 $HELLO" ]
	run -0 ordersend -F -s "$ADDR" hello.txt
	[ "$output" = "stored hello-3.txt 5 $HELLO" ]
	run -0 ordersend -n 'сесія.txt' -s "$ADDR" hello.txt
	cmp hello.txt incoming/сесія.txt
}

@test "standard input: order.txt, or -n; - is one too, and so is a FIFO" {
	start orderrecv -l 127.0.0.1:0
	printf hello | ordersend -s "$ADDR" >out
	printf hello | ordersend -n x.txt -s "$ADDR" >>out
	hello
	printf other | ordersend -q -s "$ADDR" hello.txt - >>out
	printf '%s\n' "stored order.txt 5 $HELLO" "stored x.txt 5 $HELLO" |
		cmp - out
	[ "$(ls incoming | tr '\n' ' ')" = \
		'hello.txt order-2.txt order.txt x.txt ' ]
	run -0 ordersend -n pipe.txt -s "$ADDR" <(printf hello)
	cmp hello.txt incoming/pipe.txt
	# What was copied on the way leaves nothing behind.
	mkdir tmp
	head -c 100000 /dev/zero | TMPDIR=$PWD/tmp ordersend -q -s "$ADDR"
	[ -z "$(ls -A tmp)" ]
	run -73 --separate-stderr env TMPDIR="$PWD/nowhere" bash -c \
		"echo x | ordersend -s '$ADDR'"
	[ -z "$output" ]
	[ "$stderr" = "ordersend: $PWD/nowhere: No such file or directory" ]
	run -74 --separate-stderr env TMPDIR="$PWD/tmp" bash -c "ulimit -f 1
		head -c 100000 /dev/zero 2>/dev/null | ordersend -s '$ADDR'"
	[ -z "$output" ]
	[ "$stderr" = "ordersend: $PWD/tmp: File too large" ]
	[ -z "$(ls -A tmp)" ]
	# What needs no copy is sent.
	printf more >more.txt
	run -73 bash -c \
		"echo x | TMPDIR=nowhere ordersend -q -s '$ADDR' - more.txt"
	cmp more.txt incoming/more.txt
}

@test "a large file and an empty one" {
	start orderrecv -l 127.0.0.1:0
	head -c 20000000 /dev/urandom >large
	: >empty
	run -0 ordersend -q -s "$ADDR" empty large empty
	cmp large incoming/large
	[ -f incoming/empty ]
}

@test "through a UNIX socket" {
	start orderrecv -l ./sock
	hello
	run -0 ordersend -s ./sock hello.txt
	[ "$output" = "stored hello.txt 5 $HELLO" ]
}

@test "wrong usage: 64" {
	hello
	run -64 ordersend -s 5 hello.txt
	run -64 ordersend -n a/b hello.txt
	run -64 ordersend -n .a hello.txt
	run -64 ordersend -n '' hello.txt
	run -64 ordersend -n a hello.txt hello.txt
	run -64 ordersend -T x hello.txt
	run -64 ordersend -r -1 hello.txt
	run -64 ordersend - -
	run -64 --separate-stderr ordersend -s localhost:nosuchport hello.txt
	[ "$stderr" = 'ordersend: -s: localhost:nosuchport: not an address' ]
}

@test "a file that is not there: 66, and the others are sent" {
	start orderrecv -l 127.0.0.1:0
	hello
	run -66 --separate-stderr ordersend -s "$ADDR" nofile hello.txt .
	[ "$output" = "stored hello.txt 5 $HELLO" ]
	[ "${stderr_lines[0]}" = 'ordersend: nofile: No such file or directory' ]
	[ "${#stderr_lines[@]}" = 2 ]
	run -66 ordersend -s "$ADDR" nofile
}

@test "refused for good: 65, and the others are sent" {
	start orderrecv -l 127.0.0.1:0 -m 10
	hello
	echo 'more than ten bytes' >large
	echo x >.hidden
	run -65 --separate-stderr ordersend -r 0 -s "$ADDR" large hello.txt .hidden
	[ "$output" = "stored hello.txt 5 $HELLO" ]
	[ "${stderr_lines[0]}" = \
		'ordersend: .hidden: the name begins with a dot (-n gives another)' ]
	[ "${stderr_lines[1]}" = \
		'ordersend: large: 552 too large: at most 10 octets' ]
}

@test "552 while much is on its way is heard" {
	start orderrecv -l 127.0.0.1:0 -m 10
	head -c 20000000 /dev/zero >large
	hello
	run -65 --separate-stderr ordersend -r 0 -s "$ADDR" large hello.txt
	[ "$output" = "stored hello.txt 5 $HELLO" ]
	[ "$stderr" = 'ordersend: large: 552 too large: at most 10 octets' ]
}

@test "nobody there: 75 after the retries" {
	hello
	run -75 --separate-stderr ordersend -r 0 -s 127.0.0.1:1 hello.txt
	[ -z "$output" ]
	[ "$stderr" = \
		'ordersend: hello.txt: not sent: 127.0.0.1:1: Connection refused' ]
	run -75 --separate-stderr ordersend -v -r 1 -s ./nosock hello.txt
	[ "$(grep -c 'trying again in [0-9]* ms' <<<"$stderr")" = 1 ]
}

@test "a key: good, missing and wrong; no mac in the trace" {
	echo secret >key
	echo other >bad
	chmod 600 key bad
	start orderrecv -l 127.0.0.1:0 -k key
	hello
	cp hello.txt second.txt
	run -0 --separate-stderr ordersend -v -k key -s "$ADDR" hello.txt second.txt
	grep -qx "C: ORDER 5 $HELLO second.txt - \*\*\*\*" <<<"$stderr"
	run -77 ordersend -r 0 -s "$ADDR" hello.txt
	[ "$output" = 'ordersend: hello.txt: 530 mac missing: a key is needed here' ]
	run -77 ordersend -r 0 -k bad -s "$ADDR" hello.txt
	[ "$output" = 'ordersend: hello.txt: 535 mac wrong' ]
	chmod 604 key
	run -78 ordersend -k key -s "$ADDR" hello.txt
	run -78 ordersend -k nokey -s "$ADDR" hello.txt
}

@test "-v prints the dialogue on standard error" {
	start orderrecv -l 127.0.0.1:0
	hello
	run -0 --separate-stderr ordersend -vq -s "$ADDR" hello.txt
	[ -z "$output" ]
	[[ ${stderr_lines[0]} == 'S: 220 '*' orderrecv 1 '* ]]
	[ "${stderr_lines[1]}" = "C: ORDER 5 $HELLO hello.txt -" ]
	[ "${stderr_lines[2]}" = 'C: QUIT' ]
	[ "${stderr_lines[3]}" = "S: 250 stored hello.txt 5 $HELLO" ]
	[ "${stderr_lines[4]}" = 'S: 221 bye' ]
	terminal ordersend -vq -s "$ADDR" hello.txt | tr -d '\r' >shown
	grep -qxF $'\e[1mS: 221 bye\e[0m' shown
	grep -qx 'C: QUIT' shown
	NO_COLOR=1 terminal ordersend -vq -s "$ADDR" hello.txt >shown
	lacks $'\e' shown
}

@test "standard output full: 74" {
	start orderrecv -l 127.0.0.1:0
	hello
	run -74 bash -c "ordersend -s '$ADDR' hello.txt >/dev/full"
	[ "$output" = 'ordersend: stdout: No space left on device' ]
	[ -f incoming/hello.txt ]
}

@test "a lost answer: the order is sent again, and not the answered one" {
	serve "$GREET order; order; stored" \
		"$GREET order; note \"\${WORDS[3]}\"; stored duplicate"
	hello
	cp hello.txt second.txt
	run -0 ordersend -r 0 -s "127.0.0.1:$PORT" hello.txt second.txt
	[ "$output" = "stored hello.txt 5 $HELLO
duplicate second.txt 5 $HELLO" ]
	wait "$PID"
	[ "$(cat noted)" = second.txt ]
}

# The same answer every time: not sent, for this reason, and 75.
disbelieved() {
	serve "$GREET order; say '250 $2'"
	run -75 --separate-stderr ordersend -r 0 -s "127.0.0.1:$PORT" hello.txt
	[ -z "$output" ]
	[ "$stderr" = "ordersend: hello.txt: not sent: 127.0.0.1:$PORT:\
 an answer $1: $2" ]
	stop || :
}

@test "an answer about something else is not believed" {
	hello
	local other=${HELLO/2/3}
	disbelieved 'with another checksum' "stored hello.txt 5 $other"
	disbelieved 'with another checksum' 'stored hello.txt 5'
	disbelieved 'with another checksum' "stored hello.txt 5 ${HELLO%4}"
	disbelieved 'with another checksum' "duplicate hello.txt 5 $other"
	disbelieved 'with another size' "stored hello.txt 4 $HELLO"
	disbelieved 'with another size' "stored hello.txt five $HELLO"
	disbelieved 'with another size' "duplicate hello.txt 55 $HELLO"
	disbelieved 'with another size' stored
	for name in other.txt hello-1.txt hello-02.txt hello-x.txt hello.txt-2 \
		hello-2-2.txt xhello.txt hello-2.tx hello-2.text 'h%'; do
		disbelieved 'with another name' "stored $name 5 $HELLO"
	done
	disbelieved 'with another name' "duplicate hello-2.txt 5 $HELLO"
	disbelieved 'that is neither stored nor duplicate' \
		"kept hello.txt 5 $HELLO"
	disbelieved 'that is neither stored nor duplicate' 'ok'
}

@test "an answer about something else: the order goes again" {
	serve "$GREET order; order; say '250 stored hello.txt 4 $HELLO'; stored" \
		"$GREET order; note \"\${WORDS[3]}\"; stored duplicate; order; \
			note \"\${WORDS[3]}\"; stored"
	hello
	cp hello.txt second.txt
	run -0 --separate-stderr ordersend -r 1 -s "127.0.0.1:$PORT" hello.txt \
		second.txt
	[ "$output" = "duplicate hello.txt 5 $HELLO
stored second.txt 5 $HELLO" ]
	wait "$PID"
	printf '%s\n' hello.txt second.txt | cmp - noted
}

@test "an answer with the name that was taken, the checksum in capitals" {
	hello
	for name in hello.txt hello-2.txt hello-1000.txt %68ello.txt; do
		serve "$GREET order; say '250 stored $name 5 ${HELLO^^}'"
		run -0 ordersend -r 0 -s "127.0.0.1:$PORT" hello.txt
		[ "$output" = "stored $name 5 ${HELLO^^}" ]
		stop || :
	done
}

@test "451, 452 and 421 are tried again, then 75" {
	# After an answer the pause is the first one, and short, again.
	serve "say '421 too busy'" \
		"$GREET order; order; stored; say '451 later'" \
		"$GREET order; say '452 no room'" \
		"$GREET order; stored"
	hello
	cp hello.txt second.txt
	run -0 ordersend -r 1 -s "127.0.0.1:$PORT" hello.txt second.txt
	[ "$output" = "stored hello.txt 5 $HELLO
stored second.txt 5 $HELLO" ]
	serve "$GREET order; say '452 no room'"
	run -75 ordersend -r 0 -s "127.0.0.1:$PORT" hello.txt
	[ "$output" = 'ordersend: hello.txt: 452 no room' ]
}

@test "the same tag in every try of one run" {
	serve "$GREET order; note \"\${WORDS[4]}\"" \
		"$GREET order; note \"\${WORDS[4]}\"; stored"
	hello
	run -0 ordersend -F -r 1 -s "127.0.0.1:$PORT" hello.txt
	wait "$PID"
	[ "$(sort -u noted | wc -l)" = 1 ]
	[[ $(tail -n 1 noted) =~ ^[0-9a-f]{32}$ ]]
}

@test "a server that stops in the middle, that is silent, that is another" {
	hello
	serve "$GREET read -r _"
	run -75 ordersend -r 0 -s "127.0.0.1:$PORT" hello.txt
	serve 'exec cat'
	run -75 ordersend -r 0 -T 1 -s "127.0.0.1:$PORT" hello.txt
	[[ $output == *'no answer in time' ]]
	serve "say '220 mail ESMTP'"
	run -78 ordersend -s "127.0.0.1:$PORT" hello.txt
	serve "say 'what do you want'"
	run -75 ordersend -r 0 -s "127.0.0.1:$PORT" hello.txt
	serve "head -c 100000 /dev/zero | tr '\\0' x"
	run -75 ordersend -r 0 -s "127.0.0.1:$PORT" hello.txt
}

@test "a server that answers and does not read is not waited for for ever" {
	serve "$GREET exec sleep 300"
	head -c 20000000 /dev/zero >large
	run -75 ordersend -r 0 -T 1 -s "127.0.0.1:$PORT" large
	[[ $output == *'the server takes nothing more' ]]
}

@test "a file that became shorter while it was sent: the others go" {
	# The server empties the file as soon as the ORDER line is there.
	serve "$GREET read -r _; : >large; cat >/dev/null" \
		"$GREET order; stored"
	head -c 20000000 /dev/zero >large
	hello
	run -75 --separate-stderr ordersend -r 0 -s "127.0.0.1:$PORT" large hello.txt
	[ "$output" = "stored hello.txt 5 $HELLO" ]
	[ "$stderr" = \
		'ordersend: large: not sent: became shorter while it was being sent' ]
}

@test "thousands in one burst do not lock up, and come in their order" {
	# where a flush costs nothing, if there is such a place
	local incoming=$PWD/incoming
	[ ! -w /dev/shm ] || incoming=/dev/shm/${BATS_TEST_TMPDIR//\//_}
	start orderrecv -l 127.0.0.1:0 -d "$incoming"
	mkdir src
	for i in $(seq 1500); do echo "$i" >"src/$i"; done
	(cd src && printf '%s\n' * >../names && ordersend -T 10 -s "$ADDR" * >../out)
	cut -d' ' -f2 out | cmp names -
	stop
	rm -r "$incoming"
}
