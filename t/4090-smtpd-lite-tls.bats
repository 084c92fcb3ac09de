#!/usr/bin/env bats
# smtpd-lite -Z: STARTTLS.  What stands in for openssl passes on as it is what
# that would encrypt; t/interop/4330 has the real one.

# shellcheck disable=SC2034,SC2154 # run sets stderr, dial has FROM and TO

load lib
load dial

setup() {
	lib_setup
	mkdir shim tmp
	ln -s "$TOP/t/bin/no-tls" shim/openssl
	PATH=$PWD/shim:$PATH
	export TMPDIR=$PWD/tmp
	echo certificate >cert
	echo key >key
	chmod 600 key
}

# tls NAME: a client, up to the EHLO under TLS.
tls() {
	dial "$1"
	hear "$1" 220
	ehlo "$1"
	say "$1" STARTTLS '220 2.0.0 '
	ehlo "$1"
}

# ehlo NAME: what is offered to it goes to offered.
ehlo() {
	tell "$1" 'EHLO x'
	: >offered
	LINE=-
	while [[ $LINE != 250\ * ]]; do
		hear "$1" 250
		echo "${LINE#250?}" >>offered
	done
}

@test "after STARTTLS all begins anew, and it is offered no more" {
	printf 'u:secret\n' >passwd
	chmod 600 passwd
	start smtpd-lite -l :0 -Z cert,key -a passwd -t said
	dial c
	hear c 220
	say c STARTTLS '503 5.5.1 Error: send HELO/EHLO first'
	ehlo c
	grep -qx STARTTLS offered
	say c 'STARTTLS now' '501 5.5.4 Syntax: STARTTLS'
	say c "AUTH PLAIN $(printf '\0u\0secret' | b64)" 235
	say c 'MAIL FROM:<a>' 250
	say c STARTTLS '503 5.5.1 Error: MAIL transaction in progress'
	say c RSET 250
	say c HELP '214 2.0.0 Commands: HELO EHLO MAIL SEND SOML SAML RCPT DATA BDAT RSET NOOP VRFY EXPN HELP AUTH ETRN STARTTLS TURN QUIT'
	say c STARTTLS '220 2.0.0 Ready to start TLS'
	say c 'MAIL FROM:<a>' '503 5.5.1 Error: send HELO/EHLO first'
	ehlo c
	run -1 grep -x STARTTLS offered
	say c STARTTLS '503 5.5.1 Error: TLS has begun already'
	say c "AUTH PLAIN $(printf '\0u\0secret' | b64)" 235
	mail c u text
	quit c
	grep -q '	by .* with ESMTPSA id ' mail/u/new/*
	stop
	[ -z "$(ls tmp)" ]
	# We are one end of it, so the dialogue goes on.
	sed -n '/	tls$/,$p' said/* | cut -f 5 >rest
	grep -qx 'MAIL FROM:<a@b.test>' rest
	grep -qx '221 2.0.0 Bye' rest
}

@test "what stands behind STARTTLS in the clear is lost" {
	start smtpd-lite -l :0 -Z cert,key
	dial c
	hear c 220
	ehlo c
	# At once, in one write.
	printf '%s\r\n' STARTTLS 'EHLO evil' 'MAIL FROM:<evil>' >early
	cat early >&"${TO[c]}"
	hear c 220
	say c 'RCPT TO:<u>' '503 5.5.1 Error: send HELO/EHLO first'
	ehlo c
	say c 'RCPT TO:<u>' '503 5.5.1 Error: need MAIL command'
	mail c u text
	quit c
	grep -q '^Return-Path: <a@b.test>' mail/u/new/*
}

@test "rules at STARTTLS: refused, dropped, text put in, another certificate" {
	cat >rules <<'END'
at starttls nth 1 reply 454 4.7.0 no TLS now
at starttls nth 1 drop
at starttls nth 1 also 250 2.0.0 put in
at starttls nth 1 twice
at starttls nth 1 delay 10ms
at starttls nth 1 certificate none.pem,key
at starttls nth 1 certificate cert
END
	start smtpd-lite -l :0 -o sink -Z cert,key -R rules
	dial a b c d
	for name in a b c d; do
		hear "$name" 220
		ehlo "$name"
	done
	say a STARTTLS '454 4.7.0 no TLS now'
	tell a STARTTLS
	ended a
	say b STARTTLS 220
	hear b '250 2.0.0 put in'
	say b 'RCPT TO:<u>' 503
	say c STARTTLS 220
	hear c 220
	ehlo c
	say d STARTTLS 220
	ehlo d
	hang_up a b c d
	dial f
	hear f 220
	ehlo f
	say f STARTTLS 220
	ended f
	wait_for grep -qx "smtpd-lite: 127.0.0.1: Could not read server certificate from $PWD/none.pem" smtpd-lite.err
	tls g
}

@test "the session ends, whoever ends it, and nothing of it stays" {
	start smtpd-lite -l :0 -w 2 -Z cert,key
	tls a
	tls b
	tls c
	hang_up a
	# An end of the server's comes whole.
	say b QUIT 221
	ended b
	kill -TERM "$PID"
	hear c 421
	ended c
	wait "$PID"
	hang_up b c
	[ -z "$(ls tmp)" ]
	wait_for nobody_left
}

nobody_left() {
	ps -A -o args | lacks "^openssl s_server.*-cert $PWD/" -
}

@test "without -Z it is neither offered nor done; with -i it is" {
	start smtpd-lite -l :0
	dial c
	hear c 220
	ehlo c
	run -1 grep -x STARTTLS offered
	say c STARTTLS '502 5.5.1 Error: TLS is not available here'
	quit c
	mkfifo in out
	smtpd-lite -i -Z cert,key <in >out 3>&- &
	exec {to}>in {from}<out
	TO[i]=$to
	FROM[i]=$from
	hear i 220
	ehlo i
	say i STARTTLS 220
	ehlo i
	mail i u text
	say i QUIT 221
	ended i
	wait "$!"
	[ "$(find mail/u/new -type f | wc -l)" = 1 ]
}

@test "TLS at once: each server says so, and smtpsend what to do" {
	printf 'u:secret\n' >passwd
	chmod 600 passwd
	for server in smtpd-lite 'smtpd-lite -Z cert,key' orderrecv ftpd-lite \
		'pop3d-lite -u passwd'; do
		# shellcheck disable=SC2086 # words
		start $server -l :0
		printf '\026\003\001\002' | wire "$ADDR" >/dev/null
		stop
		tail -n 1 "${server%% *}.err"
	done >said
	sed 's/-lite: 127.0.0.1: the client speaks TLS at once: / /' said >short
	cat >want <<'END'
smtpd -Z offers it by STARTTLS
smtpd it should say STARTTLS
orderrecv: 127.0.0.1: the client speaks TLS at once: this server has none; put stunnel(8) before it
ftpd this server has none; use plain FTP
pop3d this server has none; put stunnel(8) before it
END
	cmp want short
	# A server that waits for TLS hangs up on what is none.
	echo 'read -r line' >server
	start prototap -l :0 -o said.d -C 'sh server'
	run -75 --separate-stderr smtpsend -T 1 -s "$ADDR" -f a@b u@x <<<text
	[ "$stderr" = 'smtpsend: u@x: deferred at connect: no answer in time; it seems to speak TLS at once: use -Z -Z' ]
	# One that says so in TLS, and waits, is told of once.
	printf '%s\n' "printf '\\025\\003\\001\\000\\002\\002F'" 'read -r line' \
		>server
	run -75 --separate-stderr smtpsend -T 1 -s "$ADDR" -f a@b u@x <<<text
	[ "$stderr" = 'smtpsend: u@x: deferred at connect: no answer in time: \x15\x03\x01\x00\x02\x02F; it seems to speak TLS at once: use -Z -Z' ]
	start smtpd-lite -l :0 -o sink
	run -75 --separate-stderr smtpsend -Z -s "$ADDR" -f a@b u@x <<<text
	[[ $stderr = *'deferred at tls: the server does not offer STARTTLS'* ]]
}

@test "a certificate that cannot be used stops the start: 78" {
	run -78 --separate-stderr smtpd-lite -l :0 -Z none.pem,key
	[ "$stderr" = "smtpd-lite: -Z: openssl: Could not read server certificate from $PWD/none.pem" ]
	run -78 --separate-stderr smtpd-lite -l :0 -Z cert,none
	[ "$stderr" = 'smtpd-lite: -Z: none: No such file or directory' ]
	chmod 644 key
	run -78 --separate-stderr smtpd-lite -l :0 -Z cert,key
	[[ $stderr = 'smtpd-lite: -Z: key: '* ]]
	chmod 600 key cert
	TMPDIR=$PWD/missing run -78 --separate-stderr smtpd-lite -l :0 -Z cert
	[[ $stderr = 'smtpd-lite: -Z: '*': No such file or directory' ]]
	run -78 --separate-stderr env PATH=/none "$BINDIR/smtpd-lite" -l :0 \
		-Z cert
	[ "$stderr" = 'smtpd-lite: -Z: openssl: No such file or directory' ]
	[ -z "$(ls tmp)" ]
}
