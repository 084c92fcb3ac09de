#!/usr/bin/env bats
# Clients that people have log in to smtpd-lite, alone and behind stunnel.

load ../lib

setup() {
	lib_setup
	printf 'joe:pencil\n' >passwd
	chmod 600 passwd
	start smtpd-lite -l 127.0.0.1:0 -D pth.ua -a passwd -q relay
}

# by_swaks MECHANISM PASSWORD [option ...]: one message to a foreign address.
by_swaks() {
	local mechanism=$1 password=$2
	shift 2
	swaks --server 127.0.0.1 --port "$PORT" --helo me --from a@pth.ua \
		--to u@far.test --body text --auth "$mechanism" \
		--auth-user joe --auth-password "$password" "$@"
}

spooled() {
	find relay -name '*.bsmtp' | wc -l
}

@test "swaks: PLAIN, LOGIN and CRAM-MD5, right and wrong" {
	need swaks
	n=0
	for mechanism in PLAIN LOGIN CRAM-MD5; do
		by_swaks "$mechanism" pencil
		n=$((n + 1))
		[ "$(spooled)" = "$n" ]
		run -28 by_swaks "$mechanism" wrong
		[[ $output = *'535 5.7.8 '* ]]
	done
	run -24 swaks --server 127.0.0.1 --port "$PORT" --helo me \
		--from a@pth.ua --to u@far.test
	[[ $output = *'550 5.7.1 Relay access denied'* ]]
	[ "$(spooled)" = 3 ]
}

@test "curl: every mechanism" {
	need curl
	printf 'Subject: x\r\n\r\ntext\r\n' >letter
	n=0
	for mechanism in PLAIN LOGIN CRAM-MD5; do
		curl -sS --url "smtp://127.0.0.1:$PORT/me" -u joe:pencil \
			--login-options "AUTH=$mechanism" --mail-from a@pth.ua \
			--mail-rcpt u@far.test -T letter
		n=$((n + 1))
		[ "$(spooled)" = "$n" ]
		run -67 curl -sS --url "smtp://127.0.0.1:$PORT/me" \
			-u joe:wrong --login-options "AUTH=$mechanism" \
			--mail-from a@pth.ua --mail-rcpt u@far.test -T letter
	done
}

@test "msmtp: SCRAM-SHA-256 and the others it has" {
	need msmtp
	n=0
	for mechanism in scram-sha-256 cram-md5 plain login; do
		msmtp --host=127.0.0.1 --port="$PORT" --file=/dev/null \
			--auth="$mechanism" --user=joe --tls=off \
			--passwordeval='echo pencil' --from=a@pth.ua \
			-- u@far.test <<<text
		n=$((n + 1))
		[ "$(spooled)" = "$n" ]
	done
}

@test "Python smtplib: login chooses, and a wrong password is told" {
	need python3
	python - "$PORT" <<-'END'
	import smtplib, sys
	for user, password, ok in ("joe", "pencil", 1), ("joe", "x", 0), \
	    ("nobody", "pencil", 0):
	    with smtplib.SMTP("127.0.0.1", int(sys.argv[1]), "me") as c:
	        try:
	            code, text = c.login(user, password)
	            assert ok and code == 235
	            c.sendmail("a@pth.ua", ["u@far.test"], "x: y\n\ntext\n")
	        except smtplib.SMTPAuthenticationError as e:
	            assert not ok and e.smtp_code == 535
	END
	[ "$(spooled)" = 1 ]
}

@test "stunnel: STARTTLS before smtpd-lite" {
	need stunnel openssl python3
	openssl req -x509 -newkey rsa:2048 -nodes -keyout key -out cert \
		-days 2 -subj /CN=localhost 2>/dev/null
	cat cert key >pem
	chmod 600 pem
	cat >conf <<-END
	foreground = yes
	debug = info
	pid =
	[smtp]
	accept = 127.0.0.1:0
	connect = 127.0.0.1:$PORT
	protocol = smtp
	cert = $PWD/pem
	END
	stunnel conf >stunnel.log 2>&1 3>&- &
	STARTED+=("$!")
	wait_for grep -q 'bound to 127.0.0.1:[1-9]' stunnel.log
	front=$(sed -n 's/.*bound to 127.0.0.1:\([1-9][0-9]*\).*/\1/p' \
		stunnel.log | sed -n 1p)
	python - "$front" <<-'END'
	import smtplib, ssl, sys
	context = ssl.create_default_context(cafile="cert")
	context.check_hostname = False
	with smtplib.SMTP("127.0.0.1", int(sys.argv[1]), "me") as c:
	    c.starttls(context=context)
	    c.ehlo()
	    assert c.has_extn("chunking")
	    c.login("joe", "pencil")
	    c.sendmail("a@pth.ua", ["u@far.test", "v@pth.ua"],
	        "Subject: x\r\n\r\n.dots\r\n" + "text\r\n" * 1000)
	END
	[ "$(spooled)" = 1 ]
	{
		printf 'Subject: x\n\n.dots\n'
		yes text | head -n 1000
	} >want
	sed '1,/^	.*[+-][0-9]*$/d' mail/v/new/* | cmp - want
}
