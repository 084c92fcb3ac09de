#!/usr/bin/env bats
# orderparse as a program: options, exit codes, limits.

# shellcheck disable=SC2154 # run sets stderr, stderr_lines

load lib

setup() {
	lib_setup
	cp "$TOP/examples/session.txt" order
}

@test "one output at a time, one order, no other option" {
	for args in '-r -s' '-S -m a@b.c' '-n -e' 'order order' -x '-m' '-f'; do
		# shellcheck disable=SC2086 # words
		run -64 --separate-stderr orderparse $args
		[ -z "$output" ]
		[ -n "$stderr" ]
	done
	run -0 orderparse -r -r order
}

@test "what cannot be read: 66" {
	run -66 --separate-stderr orderparse nowhere
	[ -z "$output" ]
	[ "$stderr" = 'orderparse: nowhere: No such file or directory' ]
	run -66 --separate-stderr orderparse .
	[ "$stderr" = 'orderparse: .: Is a directory' ]
}

@test "mistakes on standard input are named as such" {
	run -65 --separate-stderr orderparse -n <<<'[Recipients:]'
	[[ ${stderr_lines[0]} == 'orderparse: stdin:1:1: '* ]]
}

@test "-m: 67 for who is not in the order, 64 for what is no address" {
	run -67 --separate-stderr orderparse -f a@b.c -m other@pth.ua order
	[ -z "$output" ]
	[[ $stderr == 'orderparse: other@pth.ua: '* ]]
	run -64 --separate-stderr orderparse -f a@b.c -m other order
	[ -z "$output" ]
}

@test "-f: an address or Name <address>" {
	orderparse -f 'Новини, "x" <news@pth.ua>' -S order | tr -d '\r' >out
	grep -Fxc 'MAIL FROM:<news@pth.ua>' out | grep -x 3
	grep -Fxc 'From: =?utf-8?b?0J3QvtCy0LjQvdC4LCAieCI=?= <news@pth.ua>' out |
		grep -x 3
	for from in '' news 'a@b.c x=1' $'a@b.c\nBcc: x@y.z' $'a\rb <a@b.c>' \
		'<>' $'\xff <a@b.c>'; do
		run -64 --separate-stderr orderparse -f "$from" -S order
		[ -z "$output" ]
		[ -n "$stderr" ]
	done
}

@test "without -f the sender is \$EMAIL, else login@host" {
	EMAIL=me@pth.ua orderparse -m user1@pth.ua order | grep -x 'From: me@pth.ua'
	LOGNAME=jo orderparse -m user1@pth.ua order | grep -Ex 'From: jo@[A-Za-z0-9.-]+'
	EMAIL=me@pth.ua orderparse -f you@pth.ua -m user1@pth.ua order |
		grep -x 'From: you@pth.ua'
}

@test "SOURCE_DATE_EPOCH must be a number: 78" {
	SOURCE_DATE_EPOCH=today run -78 --separate-stderr orderparse -f a@b.c -S order
	[ -z "$output" ]
	[[ $stderr == *SOURCE_DATE_EPOCH* ]]
}

@test "the date is local without SOURCE_DATE_EPOCH" {
	TZ=XXX-5:30 orderparse -f a@b.c -m user1@pth.ua order |
		grep '^Date: .* +0530$'
}

@test "a full device: 74, whatever was to be written" {
	[ -c /dev/full ] || skip "no /dev/full"
	for option in '' -r -s -b -n -S '-m user1@pth.ua'; do
		status=0
		# shellcheck disable=SC2086 # words
		orderparse -f a@b.c $option order >/dev/full 2>err || status=$?
		[ "$status" = 74 ]
		grep -qx 'orderparse: stdout: No space left on device' err
	done
}

@test "a closed pipe: 74, not a signal" {
	seq -f 'user%g@pth.ua' 20000 |
		sed -e '1i[Recipients:]' -e '$a[Subject:]\n[Body:]' >order
	run -74 --separate-stderr eval \
		'orderparse -f a@b.c -S order 2>err | head -n 1'
	[ "$output" = $'EHLO b.c\r' ]
	grep -q '^orderparse: stdout: ' err
}

@test "100,000 recipients, and as many with fields" {
	seq 100000 |
		sed -e 's/.*/user&@pth.ua n="&"/' -e '1i[Recipients:]' -e '$a[Subject:] [n]\n[Body:]\n[login] [n]' >order
	[ "$(orderparse -n order)" = 100000 ]
	launch -t 30 orderparse -f a@b.c -S order | tr -d '\r' >out
	[ "$(grep -c '^RCPT TO:' out)" = 100000 ]
	[ "$(tail -n 3 out | head -n 1)" = 'user100000 100000' ]
	[ "$(tail -n 1 out)" = QUIT ]
}

@test "a body of 5 MB" {
	{
		printf '[Recipients:] a@b.c, b@b.c\n[Subject:]\n[Body:]\n'
		yes 'Hello [login], [[this] is [k|text] of some [length' |
			head -c 5000000
	} >order
	launch -t 30 orderparse -b order | cmp - <(tail -n +4 order; echo)
	[ "$(launch -t 30 orderparse -f a@b.c -S order | wc -l)" -gt 195000 ]
}

@test "orders of the worst kinds take no more time than others" {
	worst() {
		printf '[Recipients:]\na@b.c k=1'
		head -c 500000 < <(yes "$1" | tr -d '\n')
		printf '\n[Subject:] %s\n[Body:]\n' "$2"
		head -c 500000 < <(yes "$3" | tr -d '\n')
	}
	worst ' "[Body:]' '[k|' '[k|[' >order
	run launch -t 20 orderparse -n order
	[ "$status" = 65 ]
	worst ' "\\"' '[k]' '[[' >order
	run launch -t 20 orderparse -n order
	[ "$status" = 65 ]
	worst ' <"' '[k]' '[a|b' >order
	run launch -t 20 orderparse -n order
	[ "$status" = 65 ]
	worst ', a@b.c, x' '' '[k]' >order
	run -0 launch -t 20 orderparse -n order
	# header fields and HTML
	worst2() {
		printf '[Recipients:] a@b.c k=1\n[Subject:]\n%s\n' "$1"
		head -c 500000 < <(yes "$2")
		printf '\n[Body:]\n'
	}
	worst2 '[Headers:]' '#' >order
	run -0 launch -t 20 orderparse -m a@b.c order
	worst2 '[Headers:]' 'x' >order
	run -65 launch -t 20 orderparse -n order
	worst2 '[Html:]' ' [Body [k] [k|[' >order
	run -0 launch -t 20 orderparse -m a@b.c -f a@b.c order
	launch -t 20 orderparse -t <(head -c 500000 < <(yes '"')) order ||
		[ $? = 65 ]
}

@test "many recipients and many placeholders, or a long key" {
	{
		echo '[Recipients:]'
		seq -f 'u%g@b.c k=1' 200000
		printf 'z@b.c\n[Subject:] [k]\n[Body:]\n'
		seq -f '[q%g]' 200000
	} >order
	run -65 --separate-stderr launch -t 20 orderparse -n order
	[[ "$stderr" = *'z@b.c has no field k,'* ]]
	key=$(printf 'ї%.0s' {1..40000})
	{
		printf '[Recipients:]\nz@b.c %s=1\n' "$key"
		seq -f 'u%g@b.c' 2000
		printf '[Subject:]\n[Body:]\n[%s]\n' "$key"
	} >order
	run -65 --separate-stderr launch -t 20 orderparse -n order
	[ "${#stderr_lines[@]}" = 1000 ]
	[ "${stderr_lines[0]}" = "orderparse: order:2005:1: u1@b.c has no field $(
		printf 'ї%.0s' {1..50}), and there is no default" ]
}

@test "an order over the limit is refused by its name" {
	dd if=/dev/null of=huge bs=1 seek=1073741825 2>/dev/null
	run -65 --separate-stderr launch -t 60 orderparse -n huge
	[ "$stderr" = 'orderparse: huge: larger than 1024 MB' ]
}

@test "the examples of the pages" {
	sed -n '/^\.Sh EXAMPLES/,/^\.Sh SEE/p' "$TOP/man/order.5" |
		awk '/^\.Bd/ { n++; on = 1; next }
		/^\.Ed/ { on = 0 }
		on { print >("example" n) }'
	[ "$(orderparse -n example1)" = 3 ]
	head -c 32 /dev/zero | tr '\0' k >key
	chmod 600 key
	[ "$(orderparse -n -k key example2)" = 3 ]
	[ "$(orderparse -n example3)" = 3 ]
	orderparse -f a@b.c -m user3@pth.ua example3 | sed '1,/^$/d' >body
	printf 'Dear student,\nyour grade is not known yet; come to the office.\n' |
		diff -u - body
	orderparse -f a@b.c -m olena@pth.ua example3 | sed '1,/^$/d' >body
	printf 'Dear Kovalenko, Olena,\nyour grade is 95; come to B 12.\n' |
		diff -u - body

	orderparse -f a@b.c -m olena@pth.ua example4 >letter
	grep -Fx 'List-Unsubscribe: <https://pth.ua/unsubscribe?who=olena@pth.ua>' letter
	grep -Fx 'Content-Type: text/html; charset=us-ascii' letter

	printf 'email,grade\na@b.c,1\n' >grades.csv
	printf '[Subject:] [grade]\n[Body:]\n' >letter.txt
	orderparse -t grades.csv letter.txt >order.txt
	[ "$(orderparse -f a@b.c -n -v order.txt | grep field)" = 'field grade 1' ]

	cp order session.txt
	printf 'deferred\tuser2@pth.ua\t-\tdot\th:25\t1\t2026-11-21T23:46:12Z\t-\t\n' >results
	orderparse -R results -w deferred,unknown session.txt >again.txt
	[ "$(orderparse -r again.txt)" = user2@pth.ua ]
	[ "$(orderparse -f news@pth.ua -m user1@pth.ua session.txt | sed '1,/^$/d' |
		head -n 1)" = 'Hello user1!' ]
	[ "$(orderparse -r session.txt | sed 's/.*@//' | sort | uniq -c |
		tr -s ' ')" = ' 3 pth.ua' ]
}

@test "the example that sends to everybody" {
	start smtpd-lite -l 127.0.0.1:0 -d mail -D pth.ua
	export SMTPSERVER=$ADDR
	orderparse -e "$TOP/examples/sesiya.txt" >results
	orderparse -f news@pth.ua -S "$TOP/examples/sesiya.txt" |
		smtpsend -bS >>results
	cut -f 1,2 results >out
	printf '%s\t%s\n' failed not-an-address sent olena@pth.ua \
		sent taras@pth.ua sent user3@pth.ua sent user1@pth.ua |
		diff -u - out
}
