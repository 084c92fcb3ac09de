#!/usr/bin/env bats
# smtpsend speaks TLS, which is openssl's, with a server in Python.

# shellcheck disable=SC2154 # run sets stderr, stderr_lines

load ../lib
load ../smtpsend

# server [option ...]: one that wants a log-in, or TLS, one process a test;
# sets ADDR and PORT.
server() {
	rm -f dialog got.log
	echo "$*" >options
	[ -n "${SERVER:-}" ] || start -n server "$TOP/t/interop/auth-smtp.py"
	ADDR=${SERVER:=$ADDR}
	PORT=${ADDR##*:}
}

# attempt CODE [option ...]: one message; status and stage to short.
attempt() {
	local code=$1
	shift
	run -"$code" --separate-stderr smtpsend -T 10 -f me@x -l - \
		-s "$ADDR" "$@" a@x <<<'Subject: s'
	cut -f 1,4 <<<"$output" | tr '\t' ' ' >short
}

# certificate NAME: NAME.pem, self-signed for that host.
certificate() {
	local kind=DNS
	[[ $1 != [0-9]* ]] || kind=IP
	openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 \
		-nodes -days 2 -subj "/CN=$1" -addext "subjectAltName=$kind:$1" \
		-keyout "$1.key" -out "$1.crt" 2>/dev/null
	cat "$1.crt" "$1.key" >"$1.pem"
}

# secret: prints it, for -P.
secret() {
	printf '#!/bin/sh\necho "open sesame"\n' >secret
	chmod +x secret
}

@test "-Z and -Z -Z: a certificate that is good" {
	need openssl python3
	certificate localhost
	for mode in starttls tls; do
		server -m "$mode" -c localhost.pem
		ADDR=localhost:$PORT
		options=-Z
		[ "$mode" = starttls ] || options='-Z -Z'
		# shellcheck disable=SC2086
		SSL_CERT_FILE=$PWD/localhost.crt attempt 0 $options
		[ "$(cat short)" = 'sent dot' ]
		[ -s got.log ]
		[ -z "$stderr" ]
	done
	certificate 127.0.0.1
	server -m tls -c 127.0.0.1.pem
	SSL_CERT_FILE=$PWD/127.0.0.1.crt attempt 0 -ZZ
}

@test "lines that are commands of openssl's own pass as text" {
	need openssl python3
	certificate localhost
	server -m tls -c localhost.pem
	export SSL_CERT_FILE=$PWD/localhost.crt
	printf 'Subject: s\n\nQ\nR\nk\n' |
		run -0 smtpsend -ZZ -T 10 -s "localhost:$PORT" -f me@x Q@x R@x
	grep -qx Q dialog
	grep -qx R dialog
}

@test "no good TLS, no mail, and a reason: 75" {
	need openssl python3
	certificate localhost
	certificate other
	# untrusted
	server -m starttls -c localhost.pem
	ADDR=localhost:$PORT attempt 75 -Z
	[[ $stderr = *'deferred at tls: the server'?'s certificate is not accepted: self'* ]]
	[ ! -e got.log ]
	# another's name
	server -m tls -c other.pem
	SSL_CERT_FILE=$PWD/other.crt ADDR=localhost:$PORT attempt 75 -ZZ
	[[ $stderr = *'certificate is not accepted: hostname mismatch'* ]]
	# STARTTLS taken away
	server -m strip -c localhost.pem
	SSL_CERT_FILE=$PWD/localhost.crt ADDR=localhost:$PORT attempt 75 -Z
	[[ $stderr = *'deferred at tls: the server does not offer STARTTLS'* ]]
	run -1 grep MAIL dialog
	# a reply before the handshake
	server -m inject -c localhost.pem
	SSL_CERT_FILE=$PWD/localhost.crt ADDR=localhost:$PORT attempt 75 -Z
	run -1 grep MAIL dialog
	server -m join -c localhost.pem
	SSL_CERT_FILE=$PWD/localhost.crt ADDR=localhost:$PORT attempt 75 -Z
	[[ $stderr = *'deferred at tls: something was put in before TLS'* ]]
	run -1 grep MAIL dialog
	# nobody there
	ADDR=localhost:1 attempt 75 -Z
	[[ $stderr = *'deferred at connect: Connection refused'* ]]
	ADDR=localhost:1 attempt 75 -ZZ
	[[ $stderr = *': deferred at tls: no connection: Connection refused' ]]
	ADDR=no.such.invalid:1 attempt 75 -ZZ
	[[ $stderr = *': deferred at tls: no connection: '*[a-z] ]]
	[[ $stderr != *bio* ]]
	# no TLS there
	server
	ADDR=localhost:$PORT attempt 75 -ZZ
	[[ $stderr = *': deferred at tls: TLS failed: the server does not speak TLS at once: use -Z once, for STARTTLS' ]]
}

@test "a server that speaks TLS at once is recognized without -Z -Z" {
	need openssl python3
	certificate localhost
	server -m tls -c localhost.pem
	for options in '' -Z; do
		# shellcheck disable=SC2086
		attempt 75 $options -T 1
		[[ $stderr = *'no answer in time; it seems to speak TLS at once: use -Z -Z' ]]
	done
}

@test "what shows the secret goes only where nobody listens" {
	need openssl python3
	secret
	certificate localhost
	server -m tls -c localhost.pem -a PLAIN
	SSL_CERT_FILE=$PWD/localhost.crt ADDR=localhost:$PORT \
		attempt 0 -ZZ -a joe -P ./secret
}

@test "the example of SMTPOPTIONS in mailorder(7)" {
	need openssl python3
	export FROM=news@pth.ua SUPPORT=support@pth.ua
	mkdir incoming
	openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 \
		-nodes -days 2 -subj /CN=localhost \
		-addext subjectAltName=DNS:localhost -keyout key -out crt \
		2>/dev/null
	cat crt key >pem
	start "$TOP/t/interop/auth-smtp.py" -m starttls -c pem -a PLAIN
	export HOME=$PWD SSL_CERT_FILE=$PWD/crt
	echo 'machine localhost login joe password "open sesame"' >.netrc
	chmod 600 .netrc
	sed -n "/^export SMTPSERVER/,/^pipeline/p" "$TOP/man/mailorder.7" |
		sed "s/mail.pth.ua/localhost:$PORT/; s/-a news/-a joe/
			s,^pipeline,'$TOP'/&," >script
	cp "$TOP/examples/session.txt" incoming/
	run -0 --separate-stderr sh script
	[ -z "$stderr" ]
	[ "$(wc -l <got.log)" = 4 ]
	[ -z "$(ls -A work)" ]
	[ -z "$(ls incoming)" ]
	[ "$(find ARC -type f ! -name '*.results' | wc -l)" = 1 ]
}
