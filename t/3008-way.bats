#!/usr/bin/env bats
# -4, -6 and -S of all clients: by which addresses they connect.

load lib
load smtpsend

@test "-S: connections come from there, data connections and openssl's too" {
	fake
	mkdir shim
	printf '%s\n' '#!/bin/sh' 'while [ "$1" != -connect ]; do shift; done' \
		'exec wire "$2"' >shim/openssl
	chmod +x shim/openssl
	PATH=$PWD/shim:$PATH
	for options in '-S127.0.0.2' '-4 -S [127.0.0.3]' '-ZZ -S 127.0.0.4'; do
		# Without a name in full our address is what we say in EHLO.
		# shellcheck disable=SC2086
		ELSEWHERE=laptop run -0 elsewhere -T 9 $options -s "$ADDR" a@x \
			<<<'Subject: s'
	done
	[ "$(sed -n 's/^EHLO //p' dialog | paste -sd ' ' -)" = \
		'[127.0.0.2] [127.0.0.3] [127.0.0.4]' ]
	start orderrecv -v -l 127.0.0.1:0
	cp "$TOP/examples/session.txt" .
	run -0 ordersend -S 127.0.0.2 -s "$ADDR" session.txt
	grep 127.0.0.2 orderrecv.err
	start ftpd-lite -v -l 127.0.0.1:0 -d ftp
	run -0 ftpsend -S 127.0.0.2 "ftp://$ADDR/" session.txt
	grep 127.0.0.2 ftpd-lite.err
	cmp session.txt ftp/session.txt
}

@test "-4 and -6: addresses of the other kind are not used" {
	fake
	run -75 smtpsend -6 -T 2 -s "localhost:${ADDR##*:}" a@x <<<'Subject: s'
	run -0 smtpsend -4 -s "localhost:${ADDR##*:}" a@x <<<'Subject: s'
	run -75 smtpsend -6 -s "$ADDR" a@x <<<'Subject: s'
	for options in '-4 -6' '-6 -S 127.0.0.1' '-S ::1 -4' '-S host' \
		'-4 -C cat'; do
		# shellcheck disable=SC2086
		run -64 smtpsend $options -s "$ADDR" a@x <<<'Subject: s'
	done
	# An address that is not ours.
	run -75 smtpsend -S 192.0.2.1 -s "$ADDR" a@x <<<'Subject: s'
}

@test "-4 under -x: a host with addresses of the other kind is deferred" {
	printf '%s\n' 'a.test MX 1 mx.a.test' 'mx.a.test AAAA ::1' \
		'b.test MX 1 mx.b.test' 'mx.b.test A 127.0.0.1' >zone
	start -n dns fake-dns
	dns=$ADDR
	fake
	here=${ADDR##*:}
	run -75 smtpsend -4 -x -d "$dns" -s ":$here" a@a.test <<<'Subject: s'
	[[ $output = *'deferred at connect: it has addresses of the other'* ]]
	run -75 smtpsend -x -6 -d "$dns" -s ":$here" a@b.test <<<'Subject: s'
	run -0 smtpsend -x -4 -d "$dns" -s ":$here" a@b.test <<<'Subject: s'
	run -0 mxlookup -6v -d "$dns" b.test
	[[ $output = *'mx.b.test: it has addresses of the other kind'* ]]
}
