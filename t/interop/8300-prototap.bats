#!/usr/bin/env bats
# prototap between real clients and real servers: all arrives as without it,
# and what is recorded is what was said.

# shellcheck disable=SC2154 # run sets output

load ../lib
load ../dialogue

PATH=$PATH:/usr/sbin

setup() {
	lib_setup
	printf 'Subject: dots\r\n\r\n.\r\n..x\r\nПривіт\r\n' >letter
	tr -d '\r' <letter >letter.lf
	export HOME=$PWD
}

# tap [option ...]: smtpd-lite behind prototap, at ADDR and PORT.
tap() {
	start smtpd-lite -l 127.0.0.1:0 -d mail "$@"
	start prototap -u -o dialogues -l 127.0.0.1:0 "$ADDR"
}

# arrived: the letter, for u.
arrived() {
	[ "$(find mail/u/new -type f | wc -l)" = 1 ]
	sed '1,/^Subject/d' mail/u/new/* | sed '1d' | cmp - <(sed 1,2d letter.lf)
}

# recorded PATTERN ...: the one dialogue is over, and has these lines.
recorded() {
	local pattern
	wait_for grep -q '	close$' dialogues/*
	for pattern; do
		grep -q -e "$pattern" dialogues/* || {
			cat dialogues/*
			return 1
		}
	done
}

@test "curl" {
	need curl
	tap
	curl -sS "smtp://$ADDR" --mail-from a@b.test --mail-rcpt u@pth.ua \
		-T letter
	arrived
	recorded '	C	crlf	-	EHLO ' '	text	\.\.\.x$' '	-	QUIT$'
	lacks '	early' dialogues/*
}

@test "swaks, with AUTH and with faults" {
	need swaks
	printf 'joe:pencil\n' >passwd
	chmod 600 passwd
	tap -a passwd
	swaks --server 127.0.0.1 --port "$PORT" --helo me --from a@b.test \
		--to u@pth.ua --data letter.lf --auth CRAM-MD5 \
		--auth-user joe --auth-password pencil >swaks.out
	[ "$(find mail/u/new -type f | wc -l)" = 1 ]
	recorded '	AUTH CRAM-MD5$' '	235 '
	# What swaks says it has said and heard is what is recorded.
	tr -d '\r' <swaks.out | sed -n 's/^<-  //p' >heard
	spoken S <"$(echo dialogues/*)" | tr -d '\r' | diff heard -
	printf '%s\n' 'at rcpt nth 1 reply 451 4.7.1 grey\nlisted' \
		'at mail bytewise 1ms' >rules
	start -n faulty prototap -R rules -l 127.0.0.1:0 \
		"$(sed -n 's/.*listening on //p' smtpd-lite.err)"
	run -24 swaks --server 127.0.0.1 --port "$PORT" --helo me \
		--from a@b.test --to u@pth.ua --data letter.lf
	[[ $output == *'451-4.7.1 grey'* ]]
}

@test "msmtp" {
	need msmtp
	tap
	msmtp --host=127.0.0.1 --port="$PORT" --file=/dev/null \
		--from=a@b.test u@pth.ua <letter.lf
	arrived
	recorded '	MAIL FROM:<a@b.test>' '	text	\.\.$'
}

@test "smtp-source and smtp-sink" {
	need smtp-source smtp-sink
	smtp-sink -u "$(id -un)" unix:sink 100 3>&- &
	wait_for wire ./sink </dev/null >/dev/null 2>&1
	start prototap -l 127.0.0.1:0 -o dialogues ./sink
	smtp-source -s 10 -m 200 -l 5000 -f a@b.test -t u@pth.ua \
		"127.0.0.1:$PORT"
	# smtp-source does not wait for the answer to QUIT: it comes to a reset
	wait_for sh -c '[ "$(cat dialogues/* | grep -cE "	(close|reset)$")" = \
		"$(ls dialogues | wc -l)" ]'
	[ "$(cat dialogues/* | grep -c '	C	crlf	text	\.$')" = 200 ]
	lacks '	early' dialogues/*
}

@test "aiosmtpd, with STARTTLS taken away" {
	need openssl
	python -c 'import aiosmtpd' || need python3-aiosmtpd
	openssl req -x509 -newkey rsa:2048 -nodes -keyout key.pem -out cert.pem \
		-subj /CN=localhost -days 2 2>/dev/null
	cat >server.py <<-'END'
	import ssl, sys
	from aiosmtpd.controller import Controller
	from aiosmtpd.handlers import Debugging
	context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
	context.load_cert_chain('cert.pem', 'key.pem')
	controller = Controller(Debugging(sys.stdout), hostname='127.0.0.1',
	    port=0, tls_context=context)
	controller.port = 0
	import asyncio
	async def main():
	    loop = asyncio.get_running_loop()
	    server = await loop.create_server(controller.factory,
	        '127.0.0.1', 0)
	    sys.stderr.write('listening on 127.0.0.1:%d\n' %
	        server.sockets[0].getsockname()[1])
	    sys.stderr.flush()
	    await server.serve_forever()
	controller.loop = asyncio.new_event_loop()
	controller.loop.run_until_complete(main())
	END
	start server.py
	server=$ADDR
	need curl
	start prototap -l 127.0.0.1:0 -o dialogues "$server"
	curl -sS --ssl-reqd -k "smtp://$ADDR" --mail-from a@b.test \
		--mail-rcpt u@pth.ua -T letter
	recorded '	-	-	-	tls$'
	lacks 'MAIL FROM' dialogues/*
	rm dialogues/*
	stop
	echo 'at ehlo hide STARTTLS' >rules
	start prototap -R rules -l 127.0.0.1:0 -o dialogues "$server"
	run -64 curl -sS --ssl-reqd -k "smtp://$ADDR" --mail-from a@b.test \
		--mail-rcpt u@pth.ua -T letter
	curl -sS --ssl "smtp://$ADDR" -k --mail-from a@b.test \
		--mail-rcpt u@pth.ua -T letter
	cat dialogues/* | grep '	text	Subject: dots'
}

@test "POP3 and FTP by curl" {
	need curl
	printf 'joe:pencil\n' >passwd
	chmod 600 passwd
	mkdir -p mail/joe/new mail/joe/cur mail/joe/tmp
	cp letter.lf mail/joe/new/1.x
	start pop3d-lite -l 127.0.0.1:0 -d mail -u passwd
	start -n pop prototap -p pop3 -l 127.0.0.1:0 -o pop "$ADDR"
	curl -sS -u joe:pencil "pop3://$ADDR/1" | cmp - letter
	wait_for grep -q '	close$' pop/*
	lacks 'pencil' pop/*
	lacks '	early' pop/*
	start ftpd-lite -l 127.0.0.1:0 -u passwd
	start -n ftp prototap -p ftp -l 127.0.0.1:0 -o ftp "$ADDR"
	curl -sS -u joe:pencil -T letter "ftp://$ADDR/"
	cmp letter incoming/letter
	wait_for grep -q '	close$' ftp/*
	lacks 'pencil' ftp/*
	lacks '	early' ftp/*
}
