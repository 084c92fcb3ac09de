#!/usr/bin/env bats
# smtpd-lite -Z with the real openssl, and clients that people have.

# shellcheck disable=SC2154 # run sets stderr

load ../lib
load ../dial

setup() {
	lib_setup
	need openssl
	authority
	{
		printf '%s\n' 'From: a@b.test' 'To: u@pth.ua' \
			'Date: Sat, 21 Nov 2026 23:46:12 +0200' \
			'Message-ID: <1@b.test>' 'Subject: dots' '' . .. '.x'
		seq 200000
	} >letter
	sed 's/$/\r/' letter >letter.crlf
	export SSL_CERT_FILE=$PWD/ca.crt
	# A long name, too, for openssl is told of a socket in it.
	export TMPDIR=$PWD
}

# make_cert NAME BY [option ...]: NAME.crt and NAME.key, signed by BY.
make_cert() {
	openssl req -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes \
		-subj "/CN=$1" -keyout "$1.key" -out "$1.csr" 2>/dev/null
	openssl x509 -req -in "$1.csr" -CA "$2.crt" -CAkey "$2.key" \
		-set_serial "$RANDOM" -days 2 -out "$1.crt" \
		-extfile <(printf '%s\n' "${@:3}") 2>/dev/null
	chmod 600 "$1.key"
}

# authority: a root, an authority under it, and localhost's certificate by that.
authority() {
	openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 \
		-nodes -days 2 -subj /CN=root -keyout ca.key -out ca.crt \
		2>/dev/null
	make_cert middle ca basicConstraints=CA:TRUE
	make_cert localhost middle subjectAltName=DNS:localhost
	make_cert other middle subjectAltName=DNS:other.test
	cat localhost.crt middle.crt >chain.crt
	cat other.crt middle.crt other.key >other.pem
	chmod 600 other.pem
}

# arrived: one message more, which is letter.
arrived() {
	local new
	new=$(find mail/u/new -type f) || return
	sed '1,/^	.*[+-][0-9]*$/d' "$new" | cmp - letter || return
	grep -q ' with ESMTPS id ' "$new" || return
	rm "$new"
}

@test "smtpsend, curl, msmtp, swaks and Python deliver under TLS" {
	need curl msmtp swaks python3
	start smtpd-lite -l :0 -u <(echo u) -Z chain.crt,localhost.key
	smtpsend -Z -s "localhost:$PORT" -f a@b.test u@pth.ua <letter
	arrived
	curl -sS --ssl-reqd --cacert ca.crt --url "smtp://localhost:$PORT/me" \
		--mail-from a@b.test --mail-rcpt u@pth.ua -T letter.crlf
	arrived
	msmtp --host=localhost --port="$PORT" --file=/dev/null --tls=on \
		--tls-trust-file=ca.crt --from=a@b.test u@pth.ua <letter
	arrived
	swaks --tls --tls-verify --tls-ca-path ca.crt --server localhost \
		--port "$PORT" --from a@b.test --to u@pth.ua --data @letter \
		--suppress-data >swaks.out
	find mail/u/new -type f -exec grep -q ' with ESMTPS id ' {} +
	rm mail/u/new/*
	"$PYTHON" - "$PORT" <<'END'
import smtplib, ssl, sys
s = smtplib.SMTP("localhost", int(sys.argv[1]))
s.starttls(context=ssl.create_default_context(cafile="ca.crt"))
s.sendmail("a@b.test", "u@pth.ua", open("letter.crlf", "rb").read())
s.quit()
END
	arrived
	[ "$(grep -vc 'listening on' smtpd-lite.err)" = 0 ]
}

@test "who does not believe the certificate sends nothing, and both say so" {
	need curl
	cat >rules <<'END'
at starttls nth 2 certificate other.pem
at starttls nth 2 also 250 2.0.0 put in
END
	start smtpd-lite -l :0 -o sink -Z chain.crt,localhost.key -R rules
	run -60 curl -sS --ssl-reqd --cacert other.crt \
		--url "smtp://localhost:$PORT" --mail-from a@b.test \
		--mail-rcpt u@pth.ua -T letter.crlf
	wait_for grep -qx 'smtpd-lite: .*: TLS failed: the client does not accept the certificate' smtpd-lite.err
	run -75 --separate-stderr smtpsend -Z -s "localhost:$PORT" -f a@b.test \
		u@pth.ua <letter
	[[ $stderr = *"certificate is not accepted: hostname mismatch"* ]]
	run -75 --separate-stderr smtpsend -Z -s "localhost:$PORT" -f a@b.test \
		u@pth.ua <letter
	[[ $stderr = *'something was put in before TLS'* ]]
	smtpsend -Z -s "localhost:$PORT" -f a@b.test u@pth.ua <letter
}

@test "what does not speak TLS, and what is said before it, comes to nothing" {
	start smtpd-lite -l :0 -t said -Z chain.crt,localhost.key
	dial c
	hear c 220
	printf '%s\r\n' 'EHLO x' STARTTLS >begin
	cat begin >&"${TO[c]}"
	until [[ $LINE = 220\ 2* ]]; do
		hear c
	done
	tell c 'EHLO x' 'MAIL FROM:<a>'
	wait_for grep -qx 'smtpd-lite: 127.0.0.1: TLS failed: the client does not speak TLS' smtpd-lite.err
	hang_up c
	run -1 grep -r 'MAIL FROM' said
	echo x >key
	chmod 600 key
	run -78 --separate-stderr smtpd-lite -l :0 -Z chain.crt,key
	[[ $stderr = 'smtpd-lite: -Z: openssl: Could not read '*" from $PWD/key" ]]
	run -78 --separate-stderr smtpd-lite -l :0 -Z chain.crt,other.key
	[[ $stderr = 'smtpd-lite: -Z: openssl: key values mismatch' ]]
}
