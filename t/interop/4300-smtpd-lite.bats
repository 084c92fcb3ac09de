#!/usr/bin/env bats
# Clients that people have deliver to smtpd-lite, and the mail arrives byte
# for byte.

load ../lib

setup() {
	lib_setup
	printf 'u1\nu2\n' >users
	start smtpd-lite -l :0 -u users -D pth.ua
	{
		printf '%s\n' 'From: a@b.test' 'To: u1@pth.ua' \
			'Date: Sat, 21 Nov 2026 23:46:12 +0200' \
			'Message-ID: <1@b.test>' 'Subject: dots' \
			'MIME-Version: 1.0' \
			'Content-Type: text/plain; charset=UTF-8' \
			'Content-Transfer-Encoding: 8bit' '' . .. '.x' \
			'From here' 'Привіт' ''
		seq 2000
	} >letter
	sed 's/$/\r/' letter >letter.crlf
}

# arrived BOX: the one message in it is letter.
arrived() {
	[ "$(find "mail/$1/new" -type f | wc -l)" = 1 ] || return
	sed '1,/^	.*[+-][0-9]*$/d' "mail/$1/new"/* | cmp - letter
}

@test "swaks" {
	need swaks
	swaks --server 127.0.0.1 --port "$PORT" --helo me --from a@b.test \
		--to u1@pth.ua,u2@pth.ua --data @letter \
		--suppress-data --pipeline
	for u in u1 u2; do
		sed '1,/^	.*[+-][0-9]*$/d' mail/$u/new/* >got
		# swaks sends an empty line of its own behind the file.
		cmp letter got || { echo >>letter; cmp letter got; }
	done
	run -24 swaks --server 127.0.0.1 --port "$PORT" --helo me \
		--from a@b.test --to nobody@pth.ua
	[[ $output = *'550 5.1.1 No such user here'* ]]
}

@test "curl" {
	need curl
	curl -sS --url "smtp://127.0.0.1:$PORT/me" --mail-from a@b.test \
		--mail-rcpt u1@pth.ua --mail-rcpt u2@pth.ua -T letter.crlf
	arrived u1
	arrived u2
	run -55 curl -sS --url "smtp://127.0.0.1:$PORT/me" \
		--mail-from a@b.test --mail-rcpt nobody@pth.ua -T letter.crlf
	[[ $output = *550* ]]
	run -0 curl -sS --url "smtp://127.0.0.1:$PORT" -X 'VRFY u1'
	[[ $output = *'250 2.1.5 <u1@pth.ua>'* ]]
}

@test "msmtp" {
	need msmtp
	msmtp --host=127.0.0.1 --port="$PORT" --file=/dev/null \
		--from=a@b.test -- u1@pth.ua u2@pth.ua <letter
	arrived u1
	arrived u2
	run -65 msmtp --host=127.0.0.1 --port="$PORT" --file=/dev/null \
		--from=a@b.test -- nobody@pth.ua <letter
	[[ $output = *'550 5.1.1 No such user here'* ]]
}

@test "Python smtplib" {
	need python3
	python - "$PORT" <<-'END'
	import smtplib, sys
	letter = open("letter.crlf", "rb").read()
	with smtplib.SMTP("127.0.0.1", int(sys.argv[1]), "me") as c:
	    c.ehlo()
	    assert c.has_extn("pipelining") and c.has_extn("smtputf8")
	    assert c.esmtp_features["size"] == "104857600"
	    assert c.verify("u1") == (250, b"2.1.5 <u1@pth.ua>")
	    refused = c.sendmail("a@b.test", ["u1@pth.ua", "nobody@pth.ua",
	        "u2@pth.ua", "u@elsewhere.test"], letter,
	        ["BODY=8BITMIME"])
	    assert refused == {
	        "nobody@pth.ua": (550, b"5.1.1 No such user here"),
	        "u@elsewhere.test": (550, b"5.7.1 Relay access denied"),
	    }, refused
	END
	arrived u1
	arrived u2
}

@test "nc, with a batch it does not wait for" {
	need nc
	{
		printf '%s\r\n' 'EHLO me' 'MAIL FROM:<>' \
			'RCPT TO:<nobody@pth.ua>' DATA 'RCPT TO:<u2@pth.ua>' . \
			'MAIL FROM:<>' 'RCPT TO:<u1@pth.ua>' DATA
		sed 's/^\./../' letter.crlf
		printf '%s\r\n' . QUIT
	} | nc -N 127.0.0.1 "$PORT" >got
	grep -q '^221 ' got
	arrived u1
	[ ! -e mail/u2 ]
}
