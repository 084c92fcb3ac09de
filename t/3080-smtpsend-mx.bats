#!/usr/bin/env bats
# smtpsend -x: straight to the mail hosts of each domain.

# shellcheck disable=SC2154 # run sets stderr, stderr_lines

load lib
load smtpsend

# A name server whose names all lead to one SMTP server at 127.0.0.1.
setup() {
	lib_setup
	: >zone
	start -n dns fake-dns
	DNS=$ADDR
	fake
	HERE=${ADDR##*:}
}

zone() {
	printf '%s\n' "$@" >zone
}

# send CODE [option ...] <batch: status, recipient, code, stage to short.
send() {
	local code=$1
	shift
	run -"$code" --separate-stderr smtpsend -bS -x -T 30 -d "$DNS" \
		-s ":$HERE" "$@"
	printf '%s' "${output:+$output
}" >results
	short results | sort >short
}

@test "to the best mail host, or to the domain itself" {
	zone 'a.test MX 10 mx1.a.test' 'a.test MX 20 mx2.a.test' \
		'mx1.a.test A 127.0.0.1' 'mx2.a.test A 127.0.0.1' \
		'b.test A 127.0.0.1'
	{ letter me@x 1@a.test; letter me@x 2@b.test; echo QUIT; } >in
	send 0 <in
	printf 'sent %s 250 dot\n' 1@a.test 2@b.test | diff - short
	[ "$(cut -f 5 results)" = "mx1.a.test:$HERE"$'\n'"b.test:$HERE" ]
	run -0 smtpsend -x -d "$DNS" -s ":$HERE" -f me@x 3@a.test <<<'Subject: s'
	[ "$(wc -l <got.log)" = 3 ]
}

@test "the next host where one cannot be reached" {
	zone 'a.test MX 10 mx1.a.test' 'a.test MX 20 mx2.a.test' \
		'mx1.a.test A 127.0.0.2' 'mx2.a.test A 127.0.0.1'
	{ letter me@x 1@a.test; letter me@x 2@a.test; echo QUIT; } >in
	send 0 <in
	[ "$(cut -f 5 results | sort -u)" = "mx2.a.test:$HERE" ]
	[ "$(grep -c EHLO dialog)" = 1 ]
}

@test "null MX and no such domain: failed, 68; no answer: deferred, 75" {
	zone 'null.test MX 0 .' 'bad.test fault servfail' \
		'a.test A 127.0.0.1' 'gone.test MX 1 nowhere.test'
	{ letter me@x 1@null.test; letter me@x 2@none.test
		letter me@x 3@gone.test; letter me@x 4@a.test; echo QUIT; } >in
	send 68 <in
	printf '%s\n' 'failed 1@null.test - connect' \
		'failed 2@none.test - connect' 'failed 3@gone.test - connect' \
		'sent 4@a.test 250 dot' | diff - short
	{ letter me@x 1@bad.test; letter me@x 2@none.test; echo QUIT; } >in
	send 75 <in
	[ "$(head -n 1 short)" = 'deferred 1@bad.test - connect' ]
}

@test "one message, several domains: each gets its own" {
	zone 'a.test A 127.0.0.1' 'b.test A 127.0.0.1'
	for jobs in 1 3; do
		rm -f got.log dialog
		{ letter me@x 1@a.test 2@b.test 3@A.test 4@none.test
			letter me@x 5@b.test; echo QUIT; } >in
		send 68 -j "$jobs" <in
		printf '%s\n' 'failed 4@none.test - connect' \
			'sent 1@a.test 250 dot' 'sent 2@b.test 250 dot' \
			'sent 3@A.test 250 dot' 'sent 5@b.test 250 dot' |
			sort | diff - short
		received | sort | diff - <(printf '%s\n' '1@a.test 3@A.test' \
			2@b.test 5@b.test)
	done
	rm -f got.log
	run -68 smtpsend -x -d "$DNS" -s ":$HERE" 1@a.test 2@b.test 3@none.test \
		<<<'Subject: s'
	[ "$(received | sort)" = $'1@a.test\n2@b.test' ]
}

@test "the connection to a domain is kept for its next messages" {
	zone 'a.test A 127.0.0.1' 'b.test A 127.0.0.1'
	for _ in 1 2 3 4; do
		letter me@x 1@a.test
		letter me@x 1@b.test
	done >in
	echo QUIT >>in
	for jobs in 1 2; do
		rm -f dialog
		send 0 -j "$jobs" <in
		[ "$(wc -l <short)" = 8 ]
		[ "$(grep -c EHLO dialog)" = 2 ]
	done
}

@test "more domains than connections that are kept" {
	for i in {1..20}; do
		echo "d$i.test A 127.0.0.1"
	done >zone
	for i in {1..20} {1..20}; do
		letter me@x "u@d$i.test"
	done >in
	echo QUIT >>in
	send 0 <in
	[ "$(wc -l <short)" = 40 ]
	[ "$(wc -l <got.log)" = 40 ]
}

@test "a journal, over runs" {
	zone 'a.test A 127.0.0.1' 'bad.test fault servfail'
	{ letter me@x 1@a.test 2@bad.test; echo QUIT; } >in
	send 75 -l journal <in
	zone 'a.test A 127.0.0.1' 'bad.test A 127.0.0.1'
	send 0 -l journal <in
	[ "$(received)" = $'1@a.test\n2@bad.test' ]
}

@test "-s is a port; -x excludes TLS and a log-in" {
	for args in '-s host:25' '-s ./sock' -Z '-a joe' '-C cat'; do
		# shellcheck disable=SC2086
		run -64 --separate-stderr smtpsend -x $args a@x <<<'Subject: s'
	done
}

@test "one record that is wrong fails nobody" {
	zone 'a.test MX 10 mx.a.test' 'mx.a.test A 127.0.0.1' \
		'mx.a.test fault nxdomain AAAA' \
		'b.test MX 10 bad\032name.test' 'b.test MX 10 gone.test' \
		'b.test MX 20 mx.a.test' \
		'c.test A 127.0.0.1' 'c.test fault nxdomain AAAA' \
		'd.test MX 10 half.test' 'half.test NS ns.test' \
		'half.test fault nxdomain AAAA' \
		'e.test A 127.0.0.1' 'e.test fault nxdomain MX'
	for name in a b c d e; do
		letter me@x "u@$name.test"
	done >in
	echo QUIT >>in
	send 75 <in
	printf '%s\n' 'deferred u@d.test - connect' \
		'sent u@a.test 250 dot' 'sent u@b.test 250 dot' \
		'sent u@c.test 250 dot' 'sent u@e.test 250 dot' |
		diff - short
}

@test "a host nobody can tell about is passed over" {
	zone 'k.test MX 10 d.test' 'k.test MX 20 localhost' \
		'd.test fault servfail' 'g.test MX 10 d.test' \
		'g.test MX 20 nowhere.test'
	{ letter me@x u@k.test; letter me@x u@g.test; echo QUIT; } >in
	send 75 <in
	printf '%s\n' 'deferred u@g.test - connect' \
		'sent u@k.test 250 dot' | diff - short
	# for the reason of the one that is not for good
	grep '^deferred' results | grep SERVFAIL
	# but only so many of them
	for i in {10..23}; do
		printf '%s\n' "many.test MX $i d$i.test" \
			"d$i.test fault servfail"
	done >zone
	echo 'many.test MX 30 localhost' >>zone
	: >questions
	send 75 < <(letter me@x u@many.test; echo QUIT)
	[ "$(cat short)" = 'deferred u@many.test - connect' ]
	[ "$(grep -cE ' d[0-9]+.test ' questions)" = 20 ]
}

@test "what one mail host cannot take goes to the next" {
	fake -c PIPELINING,SMTPUTF8
	start -n second smtpd-lite -l "127.0.0.2:$HERE" -o sink
	zone 'a.test MX 10 mx1.a.test' 'a.test MX 20 mx2.a.test' \
		'mx1.a.test A 127.0.0.1' 'mx2.a.test A 127.0.0.2'
	letter me@x 1@a.test | sed 's/Subject: s/Subject: Привіт/' >in
	echo QUIT >>in
	send 0 <in
	[ "$(cut -f 1,5 results)" = $'sent\t'"mx2.a.test:$HERE" ]
	stop
	send 75 <in
	[ "$(cut -f 1,5 results)" = $'deferred\t'"mx2.a.test:$HERE" ]
	zone 'a.test MX 10 mx1.a.test' 'mx1.a.test A 127.0.0.1'
	send 75 <in
	[ "$(cut -f 1,5 results)" = $'deferred\t'"mx1.a.test:$HERE" ]
}

@test "a domain that is not ASCII is found by its A-label" {
	fake -c PIPELINING,8BITMIME
	zone 'xn--80a1acn3a.test MX 10 mx1.a.test' 'mx1.a.test A 127.0.0.1'
	send 0 < <(letter me@x u@пошта.test; echo QUIT)
	[ "$(cut -f 1,2 results)" = $'sent\tu@пошта.test' ]
	grep -q '^RCPT TO:<u@xn--80a1acn3a.test>$' dialog
}

@test "a domain with many mail hosts: so many are tried, and no more" {
	for i in {10..60}; do
		printf '%s\n' "many.test MX 10 m$i.test" \
			"m$i.test A 127.0.1.$i"
		printf '%s\n' "bare.test MX 10 b$i.test" "b$i.test NS ns.test"
		printf 'wide.test A 127.0.2.%s\n' "$i"
	done >zone
	{ letter me@x u@many.test; letter me@x u@wide.test
		letter me@x u@bare.test; echo QUIT; } >in
	send 75 <in
	[ "$(grep -c ' m[0-9]*.test A ' questions)" = 10 ]
	# Nothing is for good as long as there are others.
	[ "$(grep -c ' b[0-9]*.test A ' questions)" = 20 ]
	printf 'deferred u@%s.test - connect\n' bare many wide | diff - short
}

@test "silent mail hosts are waited for once, whoever's they are" {
	fake 'greeting:*:silent'
	for i in {10..40}; do
		printf '%s\n' "a.test MX 10 m$i.test" "b.test MX 10 n$i.test" \
			"m$i.test A 127.0.0.1" "n$i.test A 127.0.0.1"
	done >zone
	for i in {1..20}; do
		letter me@x "$i@a.test"
		letter me@x "$i@b.test"
	done >in
	echo QUIT >>in
	SECONDS=0
	send 75 -T 2 <in
	[ "$SECONDS" -lt 30 ]
	[ "$(grep -c '^deferred' short)" = 40 ]
	[ "$(cut -f 9 results | sort -u)" = 'no answer in time' ]
}

@test "silent in the middle, again and again: the server rests" {
	fake 'mail:*:silent'
	zone 'a.test A 127.0.0.1'
	for i in {1..20}; do
		letter me@x "$i@a.test"
	done >in
	echo QUIT >>in
	SECONDS=0
	send 75 -T 1 <in
	[ "$SECONDS" -lt 18 ]
	[ "$(grep -c '^deferred' short)" = 20 ]
	[ "$(grep -c EHLO dialog)" = 3 ]
}

@test "silent name servers: a domain is asked about once, and not for long" {
	zone 'a.test fault silent'
	for i in {1..20}; do
		letter me@x "$i@a.test"
		printf '%s\n' "c.test MX 10 h$i.test" "h$i.test fault silent" \
			"l$i.test CNAME l$((i + 1)).test" "l$i.test fault late" \
			>>zone
	done >in
	letter me@x u@c.test >>in
	letter me@x u@l1.test >>in
	echo QUIT >>in
	SECONDS=0
	send 75 -T 1 <in
	[ "$SECONDS" -lt 20 ]
	[ "$(grep -c ' a.test ' questions)" -le 3 ]
	[ "$(grep -c '^deferred' short)" = 22 ]
}

@test "-j: a domain that keeps one connection waiting keeps no other" {
	zone 'slow.test fault silent'
	for i in {1..8}; do
		echo "d$i.test A 127.0.0.1" >>zone
		letter me@x "$i@slow.test"
		letter me@x "$i@d$i.test"
	done >in
	echo QUIT >>in
	launch -s smtpsend -bS -x -T 60 -d "$DNS" -s ":$HERE" -j 2 \
		<in >results 3>&- &
	pid=$!
	wait_for eval '[ "$(grep -c "^sent" results)" = 8 ]'
	lacks -v '^sent' results
	kill -9 -- "-$pid"
	ended 137 "$pid"
	# More than is read before its turn.
	{ batch 2000 | sed '$d; s/@x>$/@slow.test>/'
		letter me@x u@d1.test; echo QUIT; } >in
	send 75 -T 2 -j 2 <in
	[ "$(wc -l <short)" = 2001 ]
	[ "$(grep -c '^sent' short)" = 1 ]
}

@test "-j: its processes are killed: a result each, and it ends" {
	fake 'dot:*:silent'
	zone 'a.test A 127.0.0.1' 'b.test A 127.0.0.1'
	for i in {1..20}; do
		letter me@x "$i@a.test"
		letter me@x "$i@b.test"
	done >in
	echo QUIT >>in
	smtpsend -bS -x -j 2 -d "$DNS" -s ":$HERE" -l journal <in >out 3>&- &
	pid=$!
	wait_for eval '[ "$(grep -c sending journal)" = 2 ]'
	children | xargs kill -9
	ended 80 "$pid"
	[ "$(cut -f 1 out | sort | uniq -c | tr -s ' ')" = \
		$' 38 deferred\n 2 unknown' ]
}
