#!/usr/bin/env bats
# bouncematch: bounces and the results of mailings in, which letters came back
# out.

# shellcheck disable=SC2154 # run sets stderr

load lib

# line STATUS RCPT ID TEXT: a line of results(5).
line() {
	printf '%s\t%s\t550\t%s\t-\t1\t2026-11-21T10:00:00Z\t%s\t%s\n' \
		"$1" "$2" dot "$3" "$4"
}

setup() {
	lib_setup
	mkdir -p ARC/old work
	line sent a@x.example '<1@x>' Ok >ARC/one.results
	line sent b@x.example '<2@x>' Ok >>ARC/one.results
	line failed c@x.example '<3@x>' no >>ARC/one.results
	line sent a@x.example '<4@x>' Ok >ARC/old/two.results
	line sent d@x.example '<5@x>' Ok >work/three.results
	echo 'no results' >ARC/order.results
	ln -s old ARC/link
	{
		line failed A@X.example '<1@x>' one
		line failed a@x.example '<1@x>' again
		line failed b@x.example '<1@x>' other
		line failed c@x.example '<3@x>' failed
		line failed a@x.example '<4@x>' two
		line failed d@x.example '<5@x>' three
		line failed b@x.example - none
		line complained b@x.example '<2@x>' abuse
	} >bounces
}

# texts FILE: the last fields of its lines, in their order.
texts() {
	cut -f 9 "$1" | sort | paste -sd ' ' -
}

@test "by Message-ID and recipient, in files and below directories" {
	run -0 --separate-stderr bouncematch bounces ARC work
	echo "$output" >got
	[ "$(texts got)" = 'one three two' ]
	[ -z "$stderr" ]
	grep -qxF "$(line failed A@X.example '<1@x>' one)" got
	bouncematch - ARC/one.results <bounces | texts - | grep -x one
	bouncematch bounces | cmp - /dev/null
	bouncematch /dev/null missing
}

@test "-o: a file for each mailing; -p: those for later; -k: those known" {
	mkdir back
	bouncematch -k known -o back -p work bounces ARC >got
	[ ! -s got ]
	[ "$(texts back/one.bounces) $(texts back/two.bounces)" = 'one two' ]
	[ "$(ls back)" = $'one.bounces\ntwo.bounces' ]
	[ "$(texts known)" = 'failed other' ]
	# Its last line is cut off.
	printf 'failed\tx' >>known
	bouncematch -k known back/one.bounces
	[ "$(wc -l <known)" = 4 ]
	rm back/*
	bouncematch -k known -o back -p work bounces ARC
	[ "$(ls back)" = two.bounces ]
	bouncematch -k known bounces ARC work >got
	[ "$(texts got)" = 'three two' ]
}

@test "a recipient by its hash is that of the letter; A-labels are a domain" {
	line sent long@x.example '<7@x>' Ok >ARC/three.results
	line sent user@пошта.укр '<8@x>' Ok >>ARC/three.results
	line sent user@xn--80a1acn3a.xn--j1amh '<9@x>' Ok >>ARC/three.results
	hash=abcdefghij-abcdefghijklmnop
	line failed $hash '<7@x>' hashed >bounces
	line failed user@xn--80a1acn3a.xn--j1amh '<8@x>' idn >>bounces
	line failed USER@Пошта.укр '<9@x>' labels >>bounces
	line failed $hash '<1@y>' other >>bounces
	bouncematch -k known bounces ARC >got
	[ "$(texts got)" = 'hashed idn labels' ]
	grep -qxF "$(line failed long@x.example '<7@x>' hashed)" got
	grep -qxF "$(line failed $hash '<1@y>' other)" known
	bouncematch -k known got
	bouncematch -k known bounces ARC | cmp - /dev/null
	# and by its name, where the hash was known
	line failed long@x.example '<7@x>' named |
		bouncematch -k known - ARC | cmp - /dev/null
}

@test "-k and -o: a file that is in hand stays, and others wait for it" {
	mkdir back
	bouncematch -k known -o back bounces ARC
	cp back/one.bounces was
	line sent e@x.example '<6@x>' Ok >>ARC/one.results
	line failed e@x.example '<6@x>' late >>bounces
	bouncematch -k known -o back bounces ARC
	cmp was back/one.bounces
	bouncematch -k known back/one.bounces
	for state in back/.one.bounces/ ''; do
		rm -f back/one.bounces
		[ -z "$state" ] || mkdir "$state"
		bouncematch -k known -o back bounces ARC
		[ -z "$state" ] || rmdir "$state"
		ls back
	done >got
	printf '%s\n' two.bounces one.bounces two.bounces | diff - got
	[ "$(texts back/one.bounces)" = late ]
	[ "$(texts known)" = 'failed one other three' ]
}

@test "what is wrong is told: 64, 65, 66, 73, 74" {
	echo nonsense >>bounces
	printf 'failed' >>bounces
	run -65 --separate-stderr bouncematch bounces ARC
	[ "$stderr" = 'bouncematch: bounces:9: not a line of results(5)
bouncematch: bounces:10: not a line of results(5)' ]
	[ "${#lines[@]}" = 2 ]
	run -64 bouncematch
	run -66 bouncematch missing
	run -66 --separate-stderr bouncematch -k known bounces ARC missing
	[ "${stderr##*$'\n'}" = \
		'bouncematch: missing: No such file or directory' ]
	[ ! -e known ]
	run -73 bouncematch -o missing bounces ARC
	if [ -w /dev/full ]; then
		run -74 bash -c 'bouncematch bounces ARC >/dev/full'
	fi
}
