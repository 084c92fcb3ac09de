#!/usr/bin/env bats
# smtpsend delivers to servers that people have: Postfix's smtp-sink with its
# faults, and Python's aiosmtpd.

load ../lib
load ../smtpsend

PATH=$PATH:/usr/sbin

# sink [option ...]: smtp-sink on the socket ./sink, at ADDR.
sink() {
	need smtp-sink
	rm -f sink
	smtp-sink -u "$(id -un)" "$@" unix:sink 10 3>&- &
	SINK=$!
	STARTED+=("$SINK")
	wait_for wire ./sink </dev/null >/dev/null 2>&1
	tap_before smtp ./sink
}

# batch_to CODE SERVER: a batch of five; status, recipient, code and stage.
batch_to() {
	batch 5 >in
	run -"$1" --separate-stderr smtpsend -bS -T 5 -s "$2" <in
	short <<<"$output" >short
}

@test "smtp-sink takes a message and a batch" {
	sink
	printf 'Subject: s\n\n.\nHi.\n' |
		run -0 smtpsend -s "$ADDR" -f me@x a@x b@x
	batch_to 0 "$ADDR"
	seq -f 'sent r%.0f@x 250 dot' 5 | diff - short
}

@test "smtp-sink without ESMTP, PIPELINING or 8BITMIME" {
	for option in -e -p -8; do
		sink "$option"
		batch_to 0 "$ADDR"
		seq -f 'sent r%.0f@x 250 dot' 5 | diff - short
		printf 'Subject: s\n\nПривіт\n' |
			run -0 smtpsend -s "$ADDR" -f me@x a@x b@x
		stop "$SINK" || :
	done
}

@test "smtp-sink that refuses: for good, and for now" {
	for stage in mail rcpt data .; do
		sink -f "$stage"
		code=65
		[ "$stage" != rcpt ] || code=67
		run -"$code" --separate-stderr smtpsend -s "$ADDR" -f me@x \
			-l - a@x <<<'Subject: s'
		[ "$(short <<<"$output")" = "failed a@x 500 ${stage/./dot}" ]
		stop "$SINK" || :
		sink -r "$stage"
		run -75 --separate-stderr smtpsend -s "$ADDR" -f me@x \
			-l - a@x <<<'Subject: s'
		[ "$(short <<<"$output")" = "deferred a@x 450 ${stage/./dot}" ]
		stop "$SINK" || :
	done
}

@test "smtp-sink that hangs up: deferred before the dot, unknown after it" {
	for stage in mail rcpt data; do
		sink -q "$stage"
		batch_to 75 "$ADDR"
		seq -f "deferred r%.0f@x - $stage" 5 | diff - short
		stop "$SINK" || :
	done
	sink -q .
	batch_to 80 "$ADDR"
	seq -f 'unknown r%.0f@x - dot' 5 | diff - short
}

@test "smtp-sink that says 421: deferred" {
	for stage in mail rcpt data .; do
		sink -Q "$stage"
		batch_to 75 "$ADDR"
		[ "$(cut -d ' ' -f 1,3 short | sort -u)" = 'deferred 421' ]
		stop "$SINK" || :
	done
}

@test "aiosmtpd takes all as it is, envelope and text" {
	python -c 'import aiosmtpd' || need python3-aiosmtpd
	cat >server.py <<-'END'
	import sys, time
	from aiosmtpd.controller import UnixSocketController

	class Keep:
	    n = 0

	    async def handle_RCPT(self, server, session, envelope, to, options):
	        if to.startswith("no"):
	            return "550 5.1.1 nobody"
	        envelope.rcpt_tos.append(to)
	        return "250 ok"

	    async def handle_DATA(self, server, session, envelope):
	        self.n += 1
	        with open(f"got.{self.n}", "wb") as f:
	            f.write(envelope.original_content)
	        with open("got.log", "a") as f:
	            print(self.n, envelope.mail_from, *envelope.rcpt_tos,
	                  file=f)
	        return "250 kept"

	UnixSocketController(Keep(), unix_socket="aio", enable_SMTPUTF8=True).start()
	print("listening on aio", file=sys.stderr, flush=True)
	time.sleep(600)
	END
	start -n aio "$(command -v /usr/bin/python3 || command -v python3)" server.py
	{ letter me@x a@x no@x 'юзер@x'
		TEXT=$'..\n.Привіт\n\n' letter me@x b@x; batch 3; } >in
	run -67 --separate-stderr smtpsend -bS -s ./aio <in
	[ "$(received | head -n 2)" = $'a@x юзер@x\nb@x' ]
	printf '%s\r\n' 'Message-ID: <b@x>' 'Subject: s' '' . Привіт '' '' |
		cmp - got.2
	[ "$(wc -l <got.log)" = 5 ]
}
