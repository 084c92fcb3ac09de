#!/usr/bin/env bats
# orderrecv: the protocol on standard input and output, and over sockets.

load lib
load dial

# order NAME TEXT [TAG [MAC]]: an ORDER and its content.
order() {
	printf 'ORDER %d %s %s %s\r\n%s' "${#2}" "$(printf %s "$2" | digest)" \
		"$1" "${3:--}${4:+ $4}" "$2"
}

# answers [OPTION ...]: what orderrecv says to its standard input, without the
# greeting and the CRs.
answers() {
	orderrecv -i "$@" | tail -n +2 | tr -d '\r'
}

# text NAME CONTENT: the file holds it to the byte.
holds() {
	printf %s "$2" | cmp - "$1"
}

# All that lies in incoming/, but .seen.
listing() {
	(cd incoming && find . -name .seen -prune -o -type f -print | LC_ALL=C sort)
}

HELLO=2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824

@test "the greeting names host, protocol, version and a fresh nonce" {
	orderrecv -i </dev/null >one
	orderrecv -i </dev/null >two
	grep -Eqx $'220 [^ ]+ orderrecv 1 [0-9a-f]{32}\r' one
	[ "$(wc -l <one)" = 1 ]
	run -1 cmp -s one two
}

@test "an order is stored under its name, mode 0600, and answered 250" {
	{ order a.txt hello; printf 'QUIT\r\n'; } | answers >out
	printf '250 stored a.txt 5 %s\n221 bye\n' "$HELLO" | cmp - out
	holds incoming/a.txt hello
	[ "$(facts mode incoming/a.txt incoming incoming/.seen | tr '\n' ' ')" = \
		'600 700 700 ' ]
}

@test "LF is as good as CRLF" {
	printf 'ORDER 5 %s a.txt -\nhelloQUIT\n' "$HELLO" | answers >out
	printf '250 stored a.txt 5 %s\n221 bye\n' "$HELLO" | cmp - out
}

@test "a wrong checksum stores nothing, and the next order is taken" {
	{ printf 'ORDER 5 %s a.txt -\r\nhellO' "$HELLO"; order a.txt hello
	printf 'QUIT\r\n'; } | answers >out
	printf '554 checksum differs\n250 stored a.txt 5 %s\n221 bye\n' \
		"$HELLO" | cmp - out
	[ "$(listing)" = ./a.txt ]
}

@test "the same again is a duplicate, in one burst and ever after" {
	{ order a.txt hello; order a.txt hello; } | answers >out
	printf '250 stored a.txt 5 %s\n250 duplicate a.txt 5 %s\n' \
		"$HELLO" "$HELLO" | cmp - out
	rm incoming/a.txt
	order a.txt hello | answers >out
	printf '250 duplicate a.txt 5 %s\n' "$HELLO" | cmp - out
	[ -z "$(listing)" ]
}

@test "after a week it is new again" {
	order a.txt hello | answers >out
	aged 605000 incoming/.seen/[0-9a-f]*
	order a.txt hello | answers >out
	printf '250 stored a-2.txt 5 %s\n' "$HELLO" | cmp - out
	aged 604600 incoming/.seen/[0-9a-f]*
	order a.txt hello | answers >out
	printf '250 duplicate a.txt 5 %s\n' "$HELLO" | cmp - out
}

@test "marks that are a week old are cleared away" {
	order a.txt hello | answers >out
	aged 691200 incoming/.seen/[0-9a-f]*
	order b.txt hello | answers >out
	[ "$(ls incoming/.seen | wc -l)" = 1 ]
}

@test "another tag, content or name is another order; names get numbers" {
	{ order a.txt hello; order a.txt hello t; order a.txt Hello
	order a hello; order a hello t; order a.b.c hello; order a.b.c hello t
	} | answers | cut -d' ' -f1-3 >out
	printf '250 stored %s\n' a.txt a-2.txt a-3.txt a a-2 a.b.c a.b-2.c |
		cmp - out
	holds incoming/a-3.txt Hello
	rm incoming/a-2.txt
	order a.txt hello t3 | answers | cut -d' ' -f1-3 >out
	echo '250 stored a-2.txt' | cmp - out
}

@test "many of one name get numbers without a gap" {
	for i in $(seq 40); do order a.txt hello "$i"; done | answers >out
	[ "$(grep -c '^250 stored' out)" = 40 ]
	for i in $(seq 2 40); do echo "./a-$i.txt"; done | cat - <(echo ./a.txt) |
		LC_ALL=C sort >want
	listing | cmp want -
}

@test "nothing of another's is ever replaced" {
	mkdir incoming
	echo mine >incoming/a.txt
	ln -s nowhere incoming/a-2.txt
	order a.txt hello | answers >out
	printf '250 stored a-3.txt 5 %s\n' "$HELLO" | cmp - out
	[ "$(cat incoming/a.txt)" = mine ]
	[ ! -e nowhere ]
}

@test "names are decoded; what is no file name is refused" {
	for name in '%D1%81%D0%B5%20%D1%81.txt' -rf ..%2Fx ../x a%2Fb .x %2ex \
		a%00b a%0Ab a%7f '' %ZZ a% %FF; do
		order "$name" hello
	done | answers >out
	cut -d' ' -f1-3 out >codes
	{ printf '250 stored %s\n' '%D1%81%D0%B5%20%D1%81.txt' -rf
	for _ in $(seq 12); do echo 501 bad line:; done; } >want
	# The name that is missing makes the tag its name.
	diff want codes
	[ "$(listing)" = "$(printf '%s\n' ./-rf './се с.txt')" ]
	[ "$(ls -A)" = "$(printf '%s\n' codes incoming out want)" ]
}

@test "a name of 200 octets is taken, one of 201 is not" {
	long=$(printf 'n%.0s' $(seq 200))
	{ order "$long" hello; order "$long" hello t; order "n$long" hello; } |
		answers | cut -c1-10 >out
	printf '%s\n' '250 stored' '250 stored' '501 bad li' | cmp - out
	[ -f "incoming/$long-2" ]
}

@test "an order of no bytes" {
	order a.txt '' | answers >out
	grep -q '^250 stored a.txt 0 e3b0c442' out
	[ -f incoming/a.txt ] && [ ! -s incoming/a.txt ]
}

@test "too large: 552, the end, and its text is not read as commands" {
	{ order a.txt 0123456789; printf 'ORDER 11 x y z\r\n'
	order b.txt hello; } >in
	answers -m 10 <in | cut -d' ' -f1-3 >out
	printf '250 stored a.txt\n552 too large:\n' | cmp - out
	[ "$(listing)" = ./a.txt ]
}

@test "a line that tells no size ends the connection" {
	for line in 'ORDER five x y z' ORDER 'ORDER -1 x y z' 'HELO x' \
		'ORDER 99999999999999999999 x y z'; do
		{ order a.txt hello t; printf '%s\r\n' "$line"
		order b.txt hello; } >in
		answers <in >out
		[ "$(tail -n 1 out | cut -c1-4)" = '501 ' ]
		[ "$(wc -l <out)" = 2 ]
	done
	[ "$(listing)" = ./a.txt ]
}

@test "a hundred in one burst are answered in their order" {
	for i in $(seq 100); do
		if [ $((i % 10)) = 0 ]; then
			printf 'ORDER 5 %s %d.txt -\r\nHELLO' "$HELLO" "$i"
		else
			order "$i.txt" hello
		fi
	done | answers | cut -d' ' -f1-3 >out
	for i in $(seq 100); do
		[ $((i % 10)) = 0 ] && echo 554 checksum differs ||
			echo "250 stored $i.txt"
	done >want
	diff want out
}

@test "cut short: nothing is stored, wherever the cut is" {
	order a.txt hello >whole
	for n in $(seq 1 "$(($(wc -c <whole) - 1))"); do
		head -c "$n" whole | orderrecv -i >out
		lacks '^250' out
	done
	[ -z "$(listing)" ]
	[ "$(ls -A incoming/.seen | tr '\n' ' ')" = '.commit .lock ' ] ||
		[ "$(ls -A incoming/.seen)" = .lock ]
}

@test "raw: all that comes is one order, named by the date" {
	cp "$TOP/examples/session.txt" . 2>/dev/null ||
		printf '[Recipients:]\na@b [Subject:]\nx\n[Body:]\ny\n' >session.txt
	answers <session.txt >out
	name=$(listing)
	[[ $name =~ ^\./order-[0-9]{8}-[0-9]{6}\.txt$ ]]
	echo "250 stored ${name#./} $(wc -c <session.txt) $(digest <session.txt)" |
		cmp - out
	cmp session.txt "incoming/$name"
	# The same once more is another order.
	answers <session.txt >out
	grep -q '^250 stored' out
	[ "$(listing | wc -l)" = 2 ]
}

@test "raw: binary, a line without end, no bytes, too many" {
	head -c 300000 /dev/urandom | tr -d '\n' >long
	answers <long >out
	cmp long "incoming/$(cut -d' ' -f3 out)"
	run -0 answers </dev/null
	[ -z "$output" ]
	[ "$(answers -m 100 <long)" = '552 too large: at most 100 octets' ]
	[ "$(listing | wc -l)" = 1 ]
}

@test "raw: an endless line takes no memory" {
	[ "${UNIT:-t}" = t ] || skip "sanitizers take all the memory there is"
	(ulimit -v 60000; head -c 200000000 /dev/zero | answers >out)
	grep -q '^250 stored' out
}

@test "HTTP ends the connection and stores nothing" {
	for line in 'GET / HTTP/1.1' 'POST /x HTTP/1.0' 'OPTIONS / HTTP/1.1' \
		'CONNECT pth.ua:25 HTTP/1.1'; do
		{ printf '%s\r\n\r\n' "$line"; order a.txt hello; } >in
		answers <in | cut -c1-4 >out
		echo '501 ' | cmp - out
	done
	[ -z "$(listing)" ]
}

# mac KEY NONCE N 'SIZE SHA NAME TAG'
mac() {
	printf '%s\n' "$2" "$3" | { cat; printf %s "$4"; } | digest "$1"
}

@test "-k: orders need a mac that fits nonce, ordinal and words" {
	echo secret >key
	chmod 600 key
	coproc orderrecv -i -k key 3>&-
	pid=$COPROC_PID
	# Copies, for bash closes its own when the coprocess ends.
	exec 7<&"${COPROC[0]}" 8>&"${COPROC[1]}"
	read -r _ _ _ _ nonce <&7
	nonce=${nonce%$'\r'}
	words="5 $HELLO a.txt -"
	good2=$(mac secret "$nonce" 2 "$words")
	good3=$(mac secret "$nonce" 3 "$words")
	{ order a.txt hello; order a.txt hello - "$good2"
	order a.txt hello - "$good2"; order b.txt hello - \
		"$(mac secret "$nonce" 4 "$words")"
	order b.txt hello - "$(mac other "$nonce" 5 "5 $HELLO b.txt -")"
	printf 'QUIT\r\n'; } >&8
	cut -c1-11 <&7 >out
	exec 7<&- 8>&-
	wait "$pid"
	printf '%s\n' '530 mac mis' '250 stored ' '535 mac wro' '535 mac wro' \
		'535 mac wro' $'221 bye\r' | diff - out
	[ "$(listing)" = ./a.txt ]
	# What was good then is not in another connection.
	order c.txt hello - "$good2" | answers -k key | cut -c1-4 >out
	echo '535 ' | cmp - out
	# What can be no mac is wrong; without a key it may be anything.
	order c.txt hello - mac | answers -k key | cut -c1-13 >out
	echo '535 mac wrong' | cmp - out
	order d.txt hello - mac | answers | cut -c1-10 >out
	echo '250 stored' | cmp - out
	rm incoming/d.txt
	# And nothing comes raw.
	echo raw | answers -k key | cut -c1-4 >out
	echo '501 ' | cmp - out
	[ "$(listing)" = ./a.txt ]
	[ "$good3" != "$good2" ]
}

@test "-k: a key that others can read, an empty and a missing one: 78" {
	echo secret >key
	chmod 644 key
	run -78 --separate-stderr orderrecv -i -k key </dev/null
	[ -z "$output" ]
	[ "$stderr" = "orderrecv: key: others can read or write it" ]
	: >key
	chmod 600 key
	run -78 --separate-stderr orderrecv -i -k key </dev/null
	[ "$stderr" = "orderrecv: key: empty" ]
	run -78 orderrecv -i -k nokey </dev/null
	run -78 orderrecv -i -k . </dev/null
	[ ! -e incoming ]
}

@test "a full disk: 452, nothing is left, and it goes on" {
	{ order a.txt "$(head -c 5000 /dev/zero | tr '\0' x)"
	order b.txt hello; } >in
	(ulimit -f 1; answers <in >out 2>err)
	cut -d' ' -f1-3 out >codes
	printf '452 insufficient storage,\n250 stored b.txt\n' | diff - codes
	grep -q '^orderrecv: .*File too large' err
	[ "$(listing)" = ./b.txt ]
	run -0 ls -A incoming/.seen
	[[ $output != *tmp* && $output != *new* ]]
}

@test "no room for a directory: 73, before anything is bound" {
	echo >incoming
	run -73 --separate-stderr orderrecv -i </dev/null
	[ -z "$output" ]
	[ "$stderr" = "orderrecv: incoming: Not a directory" ]
	run -73 --separate-stderr orderrecv -l 127.0.0.1:0 -d a/b
	[ "$stderr" = "orderrecv: a/b: No such file or directory" ]
	run -64 orderrecv -1 -w 2
	run -64 orderrecv operand
}

@test "paths on standard output, once each, and not under -i" {
	start orderrecv -l 127.0.0.1:0 -d box//
	{ order a.txt hello; order a.txt hello; order 'b%20c' hello
	printf 'QUIT\r\n'; } | wire "$ADDR" >out
	[ "$(grep -c '^250' out)" = 3 ]
	stop
	printf 'box/a.txt\nbox/b c\n' | cmp - orderrecv.out
}

@test "what a connection sends until it ends is a raw order" {
	start orderrecv -l 127.0.0.1:0
	printf 'an order\n' | wire "$ADDR" >out
	tail -n 1 out | grep '^250 stored order-'
	stop
	[ "$(wc -l <orderrecv.out)" = 1 ]
	[ "$(cat "$(cat orderrecv.out)")" = 'an order' ]
}

@test "a raw transfer that ends by a reset stores nothing" {
	start orderrecv -l 127.0.0.1:0 -v
	dial_by c -r "$ADDR"
	hear c 220
	printf 'half of a raw order\n' >&"${TO[c]}"
	no_more c
	hang_up c
	echo next | wire "$ADDR" >out
	stop
	[ "$(wc -l <orderrecv.out)" = 1 ]
	[ "$(listing | wc -l)" = 1 ]
}

@test "two at once with the same order: one is stored" {
	start orderrecv -l 127.0.0.1:0 -w 4
	order a.txt hello >in
	printf 'QUIT\r\n' >>in
	for i in 1 2 3 4 5 6 7 8; do
		wire -o "$ADDR" <in >"out$i" 3>&- &
		pids+=($!)
	done
	wait "${pids[@]}"
	stop
	[ "$(cat out? | grep -c '^250 stored')" = 1 ]
	[ "$(cat out? | grep -c '^250 duplicate')" = 7 ]
	[ "$(cat orderrecv.out)" = incoming/a.txt ]
}

@test "-1: one order, printed, and 0" {
	orderrecv -1 -l 127.0.0.1:0 >paths 2>err 3>&- &
	pid=$!
	wait_for grep -q listening err
	port=$(sed -n 's/.*://p' err)
	{ printf 'ORDER 5 %s a -\r\nwrong' "$HELLO"; order a.txt hello
	order b.txt hello; printf 'QUIT\r\n'; } >in
	wire "127.0.0.1:$port" <in >answers
	tail -n +2 answers | cut -c1-4 >out
	printf '554 \n250 \n421 \n' | cmp - out
	wait "$pid"
	echo incoming/a.txt | cmp - paths
	[ "$(listing)" = ./a.txt ]
}

@test "a socket passed by systemd" {
	launch -l port sh -c 'unset LISTEN_PID; exec orderrecv -1' >paths 3>&- &
	wait_for test -s port
	printf 'an order' | wire "127.0.0.1:$(cat port)" >out
	wait "$!"
	[ "$(cat "$(cat paths)")" = 'an order' ]
	grep -q '^incoming/order' paths
}

@test "a UNIX socket" {
	start orderrecv -l ./sock
	[ "$ADDR" = ./sock ]
	order a.txt hello | wire ./sock | grep '^250 stored'
	stop
	[ ! -e sock ]
}

@test "standard output full: said, 74, and the orders stay" {
	orderrecv -l 127.0.0.1:0 >/dev/full 2>err 3>&- &
	pid=$!
	wait_for grep -q listening err
	order a.txt hello | wire "127.0.0.1:$(sed -n 's/.*://p' err)" >out
	status=0
	wait "$pid" || status=$?
	[ "$status" = 74 ]
	grep -qx 'orderrecv: stdout: No space left on device' err
	[ "$(listing)" = ./a.txt ]
	# The client that got no answer repeats, and all is well.
	order a.txt hello | answers | grep '^250 duplicate'
}

@test "-i with standard output full: 74" {
	order a.txt hello >in
	run -74 bash -c 'orderrecv -i <in >/dev/full'
	[ "$output" = 'orderrecv: stdout: No space left on device' ]
}

@test "-c: one too many is told so" {
	start orderrecv -l 127.0.0.1:0 -c 1
	exec 9<>"/dev/tcp/127.0.0.1/$PORT"
	read -r line <&9
	[[ $line == 220* ]]
	wire "$ADDR" </dev/null >out
	printf '421 service not available: too many sessions, try again later\r\n' | cmp - out
	exec 9>&-
}

@test "-T: an idle session is told so" {
	start orderrecv -l 127.0.0.1:0 -T 1
	wire -o "$ADDR" >out
	printf '421 idle timeout\r\n' | cmp - <(tail -n 1 out)
}

@test "-v tells what is said, but no mac" {
	echo secret >key
	chmod 600 key
	printf 'ORDER x y z - %s\r\n' "$HELLO" >in
	orderrecv -iv -k key <in >out 2>err
	grep -qx 'orderrecv: local: C: ORDER x y z - \*\*\*\*' err
	{ order a.txt hello - "$HELLO"; printf 'QUIT\r\n'; } >in
	orderrecv -iv -k key <in >out 2>err
	grep -qx "orderrecv: local: C: ORDER 5 $HELLO a.txt - \*\*\*\*" err
	grep -qx 'orderrecv: local: C: QUIT' err
	grep -qx 'orderrecv: local: S: 535 mac wrong' err
}
