#!/usr/bin/env bats
# mxlookup asks a name server that people have: dnsmasq.

load ../lib
load mailers

PATH=$PATH:/usr/sbin:/sbin

answers() {
	mxlookup -T 1 -d "$DNS" a.test
}

setup() {
	lib_setup
	need dnsmasq
	{
		echo mx-host=a.test,mx2.a.test,20
		echo mx-host=a.test,mx1.a.test,10
		echo host-record=mx1.a.test,192.0.2.1,2001:db8::1
		echo host-record=plain.test,192.0.2.2
		echo cname=alias.test,plain.test
		echo txt-record=text.test,hello
		for i in {1..100}; do
			echo "mx-host=many.test,host-number-$i.many.test,$i"
		done
		echo local=/test/
	} >conf
	DNS=127.0.0.1:$(free_port)
	dnsmasq --conf-file=conf --keep-in-foreground --no-resolv --no-hosts \
		--pid-file= --user="$(id -un)" --listen-address=127.0.0.1 \
		--bind-interfaces --port="${DNS#*:}" --log-facility=- \
		2>log 3>&- &
	STARTED+=("$!")
	wait_for answers >out || { cat log >&2; return 1; }
}

@test "hosts by preference, and their addresses" {
	run -0 --separate-stderr mxlookup -v -d "$DNS" a.test
	[ "$output" = $'10 mx1.a.test\n20 mx2.a.test' ]
	# shellcheck disable=SC2154 # run sets it
	[[ $stderr = *' A 192.0.2.1'* && $stderr = *' AAAA 2001:db8::1'* ]]
}

@test "no MX: the domain itself, through an alias too" {
	run -0 mxlookup -d "$DNS" plain.test alias.test
	[ "$output" = $'0 plain.test\n0 alias.test' ]
}

@test "no such domain, no mail host: 68; a server that will not tell: 75" {
	run -68 mxlookup -d "$DNS" no.test
	[ "$output" = 'mxlookup: no.test: no such domain' ]
	run -68 mxlookup -d "$DNS" text.test
	[[ $output = *'neither mail host nor address' ]]
	run -75 mxlookup -d "$DNS" elsewhere.example
	[[ $output = *'refused with rcode 5' ]]
}

@test "100 hosts: more than UDP carries" {
	run -0 --separate-stderr mxlookup -v -d "$DNS" many.test
	for i in {1..100}; do
		echo "$i host-number-$i.many.test"
	done | diff - <(echo "$output")
	[[ $stderr = *'asking over TCP'* ]]
}
