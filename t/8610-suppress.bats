#!/usr/bin/env bats
# suppress: results in, the list of those to leave out out.

# shellcheck disable=SC2154 # run sets stderr, stderr_lines

load lib

setup() {
	lib_setup
}

# result STATUS RCPT DAY CODE STAGE TEXT: a line of results(5).
result() {
	printf '%s\t%s\t%s\t%s\t-\t0\t2026-11-%sT10:00:00Z\t-\t%s\n' \
		"$1" "$2" "$4" "$5" "$3" "$6"
}

# bounce RCPT DAY TEXT
bounce() {
	result failed "$1" "$2" 550 bounce "$3"
}

# of FILE: address, reason and count, without comments.
of() {
	sed '/^#/d' "$1" | cut -f 1,2,4 | tr '\t' ' '
}

# says WHAT ...: the list gone is that.
says() {
	of gone >is
	printf '%s\n' "$@" | diff - is
}

@test "who comes on the list at once, and who does not" {
	{
		bounce gone@a.example 21 '5.1.1 no such user'
		bounce full@a.example 21 '5.2.2 over quota'
		bounce policy@a.example 21 '5.7.1 user unknown to us'
		bounce spam@a.example 21 '5.1.1 <spam@a.example> unknown'
		result complained angry@a.example 21 - bounce abuse
		result left gone2@a.example 21 - leave 'by message'
		result deferred slow@a.example 21 450 rcpt '5.1.1 later'
		result sent well@a.example 21 250 dot '2.0.0 Ok'
		result unknown lost@a.example 21 - dot 'connection lost'
		result failed rcpt@a.example 21 550 rcpt '5.1.1 unknown'
		result failed us@a.example 21 550 mail '5.1.1 who are you'
		result failed 'no address' 21 - order 'no @ in the address'
		result read gone3@a.example 21 - window yes
	} >results
	suppress results >gone
	says 'gone@a.example failed 1' 'spam@a.example failed 1' \
		'angry@a.example complained 1' 'gone2@a.example left 1' \
		'rcpt@a.example failed 1'
	head -n 1 gone | diff - <(printf '%s\t%s\t%s\t%s\t%s\n' \
		gone@a.example failed 2026-11-21T10:00:00Z 1 '5.1.1 no such user')
	[ "$(ls)" = "$(printf '%s\n' gone is results)" ]
	suppress -n 1 <results | grep '^full@a.example'
}

@test "failures count once a day, over many runs; the same lines change nothing" {
	bounce full@a.example 21 '5.2.2 full' >one
	bounce FULL@a.example 21 '5.2.2 full again' >>one
	bounce full@a.example 22 '5.2.2 full' >two
	bounce full@a.example 23 '5.2.2 full still' >three
	for results in one two two one; do
		suppress -o gone "$results"
		[ ! -s gone ]
	done
	suppress -o gone three
	printf '%s\tfailed\t%s\t3\t%s\n' full@a.example 2026-11-23T10:00:00Z \
		'5.2.2 full still' | cmp - gone
	cp gone once
	suppress -o gone three two one
	cmp once gone
	bounce full@a.example 24 '5.2.2 full' | suppress -o gone
	says 'full@a.example failed 4'
	# All at once it is the same; and sooner with -n.
	suppress one two three | cmp - once
	suppress -n 2 one two | grep 'T10:00:00Z	2	'
	suppress -n 2 one | run -1 grep .
	# a domain is the same in its own letters and as A-labels
	bounce u@пошта.укр 21 '5.2.2 full' >one
	bounce U@xn--80a1acn3a.xn--j1amh 22 '5.2.2 full' >two
	bounce u@Пошта.УКР 23 '5.2.2 full' >three
	suppress -o idn one
	suppress -o idn two three
	[ "$(cut -f 1,4 idn)" = $'u@пошта.укр\t3' ]
	bounce u@пошта.укр 24 '5.2.2 full' | suppress -o idn
	[ "$(cut -f 4 idn)" = 4 ]
}

@test "-o keeps what is there; a stronger reason wins" {
	printf '%s\n' '# by telephone' hand@a.example '' \
		$'old@a.example\tfailed\t2026-01-01T00:00:00Z\t5\twhy' >gone
	chmod 640 gone
	cp gone before
	bounce hand@a.example 21 '5.1.1 no' >results
	bounce old@a.example 21 '5.1.1 no' >>results
	suppress -o gone results
	cmp before gone
	result left OLD@A.example 22 - leave 'by message' | suppress -o gone
	result complained old@a.example 22 - bounce abuse >>results
	bounce new@a.example 22 '5.1.1 no' >>results
	suppress -o gone results
	says 'hand@a.example' '' 'old@a.example left 1' 'new@a.example failed 1'
	head -n 1 gone | grep -x '# by telephone'
	[ "$(ls -l gone | cut -c 1-10)" = -rw-r----- ]
}

@test "whoever is deleted is lifted, until something new happens" {
	bounce a@a.example 21 '5.1.1 no' >results
	bounce b@a.example 21 '5.1.1 no' >>results
	suppress -o gone results
	sed '/^a@/d' gone >new
	cat new >gone
	suppress -o gone results
	says 'b@a.example failed 1'
	bounce a@a.example 20 '5.1.1 no' | suppress -o gone
	says 'b@a.example failed 1'
	bounce a@a.example 25 '5.1.1 no' | suppress -o gone
	says 'b@a.example failed 1' 'a@a.example failed 1'
	# Without a list nothing is remembered.
	rm gone
	suppress -o gone results
	says 'a@a.example failed 1' 'b@a.example failed 1'
}

@test "a run that was cut off between list and memory is made good by another" {
	bounce a@a.example 21 '5.1.1 no' >results
	bounce b@a.example 21 '5.2.2 full' >>results
	suppress -o gone results
	cp gone want
	cp .gone.seen seen
	for size in 0 5 20 30; do
		head -c "$size" seen >.gone.seen
		suppress -o gone results
		cmp want gone
	done
	bounce b@a.example 22 '5.2.2 full' | suppress -o gone
	bounce b@a.example 23 '5.2.2 full' | suppress -o gone
	says 'a@a.example failed 1' 'b@a.example failed 3'
}

@test "what is wrong is told, and the rest counts: 64, 65, 66, 73, 74" {
	{
		bounce a@a.example 21 '5.1.1 no'
		echo nonsense
		bounce b@a.example 21 '5.1.1 no'
		bounce c@a.example 21 '5.1.1 no' | tr -d '\n'
	} >results
	printf 'not an address\n' >gone
	run -65 --separate-stderr suppress -o gone results none
	[ "$stderr" = 'suppress: gone:1: not an address
suppress: results:2: not a line of results(5)
suppress: results:4: not a line of results(5)
suppress: none: No such file or directory' ]
	[ "$(cut -f 1 gone)" = $'not an address\na@a.example\nb@a.example' ]
	run -66 suppress none
	run -66 suppress -o new none
	[ ! -e new ]
	run -65 suppress -o new <<<nonsense
	[ ! -e new ]
	mkfifo fifo
	for list in fifo /dev/null; do
		run -73 --separate-stderr suppress -o "$list" results
		[ "$stderr" = "suppress: $list: not a file, as a list must be" ]
	done
	run -64 suppress -n 0
	run -64 suppress -n 1001
	run -73 --separate-stderr suppress -o none/gone results
	run -73 --separate-stderr suppress -o . results
	if [ -w /dev/full ]; then
		run -74 bash -c 'head -n 1 results | suppress >/dev/full'
	fi
	: | suppress | cmp - /dev/null
}

@test "two at once: nobody is lost" {
	for i in 1 2 3 4 5 6; do
		bounce "$i@a.example" 21 '5.1.1 no' | suppress -o gone &
	done
	wait
	[ "$(of gone | sort | tr '\n' ' ')" = "$(for i in 1 2 3 4 5 6; do
		printf '%s@a.example failed 1 ' "$i"
	done)" ]
}

@test "a list that is a link is replaced where that leads" {
	mkdir lists
	: >lists/news
	ln -s lists/news link
	ln -s link gone
	bounce a@a.example 21 '5.1.1 no' | suppress -o gone
	[ -h gone ]
	[ -h link ]
	says 'a@a.example failed 1'
	[ "$(ls -A lists)" = "$(printf '%s\n' .news.seen news)" ]
}
