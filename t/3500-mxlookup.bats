#!/usr/bin/env bats
# mxlookup: the mail hosts of a domain, from a name server that tells the
# truth, lies, or keeps silent.

load lib

# Each record of the zone starts with a name of .test.
setup() {
	lib_setup
	: >zone
	start -n dns fake-dns
	DNS=$ADDR
}

# zone LINE ...
zone() {
	printf '%s\n' "$@" >zone
}

# look STATUS [arg ...]
look() {
	local status=$1
	shift
	run -"$status" --separate-stderr mxlookup -d "$DNS" "$@"
}

# The questions that were asked: protocol, name and type.
asked() {
	cut -d ' ' -f 1-3 questions
}

@test "hosts by preference; their addresses are not asked for" {
	zone 'a.test MX 20 mx2.a.test' 'a.test MX 10 mx1.a.test' \
		'a.test MX 300 b.test'
	look 0 a.test
	[ "$output" = $'10 mx1.a.test\n20 mx2.a.test\n300 b.test' ]
	[ -z "$stderr" ]
	[ "$(asked)" = 'udp a.test MX' ]
}

@test "a name with a final dot, and in capitals" {
	zone 'a.test MX 1 mx.a.test'
	look 0 A.Test.
	[ "$output" = '1 mx.a.test' ]
}

@test "chance decides among equals" {
	zone 'a.test MX 5 one.test' 'a.test MX 5 two.test' \
		'a.test MX 9 last.test'
	for _ in {1..40}; do
		mxlookup -d "$DNS" a.test
	done >out
	grep -c '5 one' out | grep -x 40
	[ "$(sed -n '1~3p' out | sort -u)" = $'5 one.test\n5 two.test' ]
	[ "$(sed -n '3~3p' out | sort -u)" = '9 last.test' ]
}

@test "no MX: the domain itself, where it has an address" {
	zone 'a.test A 192.0.2.1' 'b.test AAAA 2001:db8::1'
	look 0 a.test b.test
	[ "$output" = $'0 a.test\n0 b.test' ]
}

@test "neither MX nor address: 68" {
	zone 'a.test NS ns.test'
	look 68 a.test
	[ -z "$output" ]
	[[ $stderr = 'mxlookup: a.test: the domain has neither'* ]]
	[ "$(asked)" = $'udp a.test MX\nudp a.test A\nudp a.test AAAA' ]
}

@test "no such domain: 68, by all answers" {
	look 68 no.test
	[ -z "$output" ]
	[ "$stderr" = 'mxlookup: no.test: no such domain' ]
	[ "$(asked)" = $'udp no.test MX\nudp no.test A\nudp no.test AAAA' ]
}

@test "answers that contradict each other: what is known counts, or 75" {
	# one kind of address does not exist, says a server (RFC 4074 4.2)
	for kind in A AAAA; do
		address='A 192.0.2.1'
		[ $kind = AAAA ] || address='AAAA 2001:db8::1'
		zone "a.test $address" "a.test fault nxdomain $kind" \
			'b.test MX 1 a.test' 'b.test fault nxdomain A' \
			'c.test NS ns.test' "c.test fault nxdomain $kind"
		look 0 a.test
		[ "$output" = '0 a.test' ]
		look 0 -v b.test
		run -1 grep '^mxlookup' <<<"$stderr"
		look 75 c.test
		[[ $stderr = *'c.test: the name servers'*'contradict'* ]]
	done
	# nor does its MX, and the domain has an address or other records
	zone 'a.test A 192.0.2.1' 'a.test fault nxdomain MX' \
		'b.test NS ns.test' 'b.test fault nxdomain MX' \
		'c.test AAAA 2001:db8::1' 'c.test fault nxdomain MX' \
		'c.test fault nxdomain A'
	look 0 a.test
	[ "$output" = '0 a.test' ]
	look 75 b.test
	look 0 c.test
	[ "$output" = '0 c.test' ]
	# no word about one kind, and a bad one about the other
	zone 'a.test NS ns.test' 'a.test fault servfail AAAA' \
		'b.test fault nxdomain A' 'b.test fault servfail AAAA' \
		'c.test fault servfail A'
	look 75 a.test b.test c.test
	[ "$(wc -l <<<"$stderr")" = 3 ]
}

@test "null MX: 0 and a dot, 68" {
	zone 'a.test MX 0 .' 'a.test A 192.0.2.1'
	look 68 a.test
	[ "$output" = '0 .' ]
	[[ $stderr = 'mxlookup: a.test: '*'null MX'* ]]
	zone 'a.test MX 0 .' 'a.test MX 10 mx.test'
	look 0 a.test
	[ "$output" = '10 mx.test' ]
}

@test "a host that is no name is left out, and none may be left" {
	zone 'a.test MX 1 bad\032name.test' 'a.test MX 2 b\010ad.test' \
		'a.test MX 3 -oProxy.test' 'a.test MX 4 a\046b.test' \
		'a.test MX 5 $(id).test' 'a.test MX 6 mx_1.a.test'
	look 0 a.test
	[ "$output" = '6 mx_1.a.test' ]
	zone 'a.test MX 1 bad\032name.test'
	look 68 a.test
	[ -z "$output" ]
}

@test "SERVFAIL, refusal, a referral: 75, not asked again" {
	for fault in servfail refused referral lame lost; do
		zone "$fault.test fault $fault" "$fault.test A 192.0.2.1"
		rm -f questions
		look 75 "$fault.test"
		[ -z "$output" ]
		[[ $stderr = "mxlookup: $fault.test: $DNS: "* ]]
		[ "$(asked)" = "udp $fault.test MX" ]
	done
}

@test "SERVFAIL for one address only: what is known counts" {
	zone 'a.test A 192.0.2.1' 'b.test MX 1 mx.test' 'mx.test fault servfail'
	look 0 -v b.test
	[ "$output" = '1 mx.test' ]
	[[ $stderr = *"mx.test: $DNS: SERVFAIL"* ]]
}

@test "silence: three tries, 75 in time" {
	zone 'a.test fault silent'
	SECONDS=0
	look 75 -T 1 a.test
	[ "$SECONDS" -le 8 ]
	[ "$stderr" = "mxlookup: a.test: $DNS: no answer in time" ]
	[ "$(asked | wc -l)" = 3 ]
}

@test "a lost question, and one answered too late" {
	zone 'a.test fault silent 2' 'a.test MX 1 mx.a.test' \
		'b.test fault late' 'b.test MX 1 mx.b.test'
	look 0 -T 2 a.test
	[ "$output" = '1 mx.a.test' ]
	look 75 -T 2 b.test
}

@test "nobody there: 75 at once" {
	DNS=127.0.0.1:1
	SECONDS=0
	look 75 a.test
	[ "$SECONDS" -le 8 ]
	[[ $stderr = "mxlookup: a.test: $DNS: "* ]]
}

@test "another server is asked where one does not answer" {
	zone 'a.test fault servfail' 'b.test fault silent'
	mkdir other
	cd other
	printf '%s\n' 'a.test MX 1 mx.a.test' 'b.test MX 1 mx.b.test' >zone
	start -n other fake-dns
	cd ..
	run -0 --separate-stderr mxlookup -T 9 -d "$DNS" -d "$ADDR" \
		a.test b.test
	[ "$output" = $'1 mx.a.test\n1 mx.b.test' ]
	# The one that answered is asked first from then on.
	[ "$(asked)" = 'udp a.test MX' ]
	run -0 mxlookup -T 9 -d "$DNS" -d "$ADDR" b.test
	[ "$(asked | tail -n 1)" = 'udp b.test MX' ]
}

@test "an answer that does not fit is not believed" {
	for fault in wrongid wrongname wrongtype wrongport query garbage \
	    empty; do
		zone "$fault.test fault $fault" "$fault.test MX 10 mx.test"
		look 0 -T 60 "$fault.test"
		[ "$output" = '10 mx.test' ]
		[ "$(grep -c "$fault" questions)" = 1 ]
	done
}

@test "a malformed answer: 75" {
	for fault in loop self forward header short long counts badlabel; do
		zone "$fault.test fault $fault"
		SECONDS=0
		look 75 "$fault.test"
		[ "$SECONDS" -le 8 ]
		[ -z "$output" ]
		[[ $stderr = *'malformed answer' ]]
	done
}

@test "a truncated answer is had over TCP, in whatever pieces" {
	for fault in truncated drip; do
		zone "$fault.test fault $fault" "$fault.test MX 1 mx1.test" \
			"$fault.test MX 2 mx2.test"
		look 0 "$fault.test"
		[ "$output" = $'1 mx1.test\n2 mx2.test' ]
		[ "$(asked | tail -n 1)" = "tcp $fault.test MX" ]
	done
}

@test "500 hosts over TCP" {
	{
		echo 'a.test fault truncated'
		for i in {1..500}; do
			echo "a.test MX $i a-rather-long-name-$i.hosts.a.test"
		done
	} >zone
	look 0 a.test
	sed -n 's/.* MX //p' zone >want
	diff want - <<<"$output"
}

@test "TCP that fails or stops: 75" {
	zone 'a.test fault deaf' 'b.test fault stall' 'a.test MX 1 mx.test' \
		'b.test MX 1 mx.test'
	look 75 a.test
	[[ $stderr = *'connection closed' ]]
	look 75 -T 1 b.test
	[[ $stderr = *'no answer in time' ]]
}

@test "aliases are followed, in one answer and in several" {
	zone 'a.test CNAME b.test' 'b.test CNAME c.test' 'c.test MX 1 mx.test' \
		'mx.test CNAME host.test' 'host.test A 192.0.2.7'
	look 0 -v a.test
	[ "$output" = '1 mx.test' ]
	[[ $stderr = *'host.test 300 A 192.0.2.7'* ]]
	rm questions
	printf '%s\n' 'a.test fault onelink' 'b.test fault onelink' >>zone
	look 0 a.test
	[ "$output" = '1 mx.test' ]
	[ "$(asked | tr '\n' ' ')" = \
		'udp a.test MX udp b.test MX udp c.test MX ' ]
}

@test "an alias of nothing: 68; of a domain without MX: the domain" {
	zone 'a.test CNAME no.test' 'b.test CNAME c.test' 'c.test A 192.0.2.1'
	look 68 a.test
	look 0 b.test
	[ "$output" = '0 b.test' ]
}

@test "aliases without end: 75" {
	zone 'a.test CNAME b.test' 'b.test CNAME a.test' 'c.test CNAME c.test' \
		'd.test CNAME bad\032name.test' 'd.test fault onelink'
	for name in a c; do
		look 75 "$name.test"
		[[ $stderr = *'too many aliases' ]]
	done
	printf '%s\n' 'a.test fault onelink' 'b.test fault onelink' >>zone
	rm questions
	look 75 a.test
	[[ $stderr = *'too many aliases' ]]
	[ "$(asked | wc -l)" -le 10 ]
	look 75 d.test
	[[ $stderr = *'an alias of no domain name' ]]
}

@test "no data and no word of authority: the address all the same" {
	zone 'a.test fault bare' 'a.test A 192.0.2.1'
	look 0 a.test
	[ "$output" = '0 a.test' ]
}

@test "several domains: the worst code wins, the others are shown" {
	zone 'a.test MX 1 mx.test' 'b.test fault servfail' 'n.test MX 0 .'
	look 68 a.test no.test a.test
	[ "$output" = $'1 mx.test\n1 mx.test' ]
	look 75 b.test no.test n.test a.test
	[ "$output" = $'0 .\n1 mx.test' ]
	[ "$(wc -l <<<"$stderr")" = 3 ]
}

@test "address literals and localhost need no server" {
	look 0 '[192.0.2.1]' '[IPv6:2001:db8::1]' localhost mx.LOCALHOST
	[ "$output" = "0 [192.0.2.1]
0 [IPv6:2001:db8::1]
0 localhost
0 mx.LOCALHOST" ]
	[ ! -e questions ]
	for bad in '[192.0.2.256]' '[2001:db8::1]' '[IPv6:]' '[IPv6:x]' '[]' \
	    '[ab'; do
		look 68 "$bad"
		[ -z "$output" ]
	done
}

@test "what is no domain is not asked for: 68" {
	long=$(printf 'a%.0s' {1..63})
	for bad in '' . a..test .test 'a b.test' -a.test "$long$long.test" "$long.$long.$long.$long.test"; do
		look 68 -- "$bad"
		[ -z "$output" ]
		[[ $stderr = *'not a domain name' ]]
	done
	# Each label fits, but on the wire the name would have 256 octets.
	look 68 "$long.$long.$long.${long:4}.ua"
	# Characters there are few enough, octets of the A-label are not.
	look 68 "$(printf 'п%.0s' {1..62}).test"
	[ ! -e questions ]
}

@test "-v shows questions, answers with their time, and addresses" {
	zone 'a.test MX 10 mx.a.test' 'a.test MX 20 gone.test' \
		'mx.a.test A 192.0.2.1' 'mx.a.test AAAA 2001:db8::1'
	look 0 -v a.test
	[ "$output" = $'10 mx.a.test\n20 gone.test' ]
	[ "$stderr" = "$DNS: a.test MX?
a.test 300 MX 10 mx.a.test
a.test 300 MX 20 gone.test
$DNS: mx.a.test A?
mx.a.test 300 A 192.0.2.1
$DNS: mx.a.test AAAA?
mx.a.test 300 AAAA 2001:db8::1
$DNS: gone.test A?
  NXDOMAIN
$DNS: gone.test AAAA?
  NXDOMAIN
mxlookup: gone.test: no such name" ]
}

@test "each question has a port and an id of its own" {
	zone 'a.test MX 1 mx.test'
	look 0 a.test a.test a.test a.test a.test a.test a.test a.test
	[ "$(cut -d ' ' -f 4 questions | sort -u | wc -l)" -ge 7 ]
	[ "$(cut -d ' ' -f 5 questions | sort -u | wc -l)" -ge 7 ]
}

@test "wrong usage: 64, and no question" {
	run -64 --separate-stderr mxlookup
	[ -z "$output" ]
	for bad in '' '*:53' '[::1' 53 x:y:z:; do
		run -64 --separate-stderr mxlookup -d "$bad" a.test
		[ -z "$output" ]
	done
	run -64 mxlookup -d "$DNS" -d "$DNS" -d "$DNS" -d "$DNS" a.test
	for bad in 0 x -1 86401; do
		run -64 mxlookup -d "$DNS" -T "$bad" a.test
	done
	[ ! -e questions ]
}

@test "standard output full: 74" {
	[ -c /dev/full ] || skip "no /dev/full"
	zone 'a.test MX 1 mx.test'
	run -74 --separate-stderr bash -c \
		'mxlookup -d "$1" a.test b.test >/dev/full' - "$DNS"
	[[ $stderr = 'mxlookup: '* ]]
	# Nothing is asked once nobody hears it.
	[ "$(asked)" = 'udp a.test MX' ]
}

@test "a domain that is not ASCII is asked for as A-labels" {
	zone 'xn--80a1acn3a.test MX 1 mx.test'
	look 0 пошта.test Пошта.test
	[ "$output" = $'1 mx.test\n1 mx.test' ]
	[ "$(asked | sort -u)" = 'udp xn--80a1acn3a.test MX' ]
	look 68 ☃.test
	[ "$stderr" = 'mxlookup: ☃.test: a character that no domain has' ]
}
