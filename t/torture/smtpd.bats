#!/usr/bin/env bats
# smtpd-lite under many sessions, endless ones, and dead ones: the others are
# served, memory is bounded, nothing is lost and nothing left over.

load ../lib
load ../dial
load clients

# stray: what lies in the mail root and is no message.
stray() {
	find mail -type f ! -path '*/new/*' ! -name .lock
}

messages() {
	find mail -path '*/new/*' -type f | wc -l
}

@test "a thousand sessions, half of them slow or silent" {
	measurable
	start smtpd-lite -l :0 -w 1 -c 2000
	clients <<-'END'
	import selectors
	pid = os.environ["SERVER"]
	def descriptors():
	    return len(os.listdir("/proc/%s/fd" % pid))
	def down_to(n):
	    for i in range(500):
	        if descriptors() <= n:
	            break
	        time.sleep(0.02)
	    assert descriptors() <= n, (descriptors(), n)
	c = Client()
	c.mail("first", "text")
	fds = descriptors() - 1
	c.f.close()
	c.s.close()
	down_to(fds)
	before = memory()
	# Silent ones; ones that say a byte now and then; half a message.
	slow = [Client(hello=i % 3 > 0) for i in range(500)]
	for i, c in enumerate(slow):
	    if i % 3 == 1:
	        c.send("MAIL FR")
	    elif i % 3 == 2:
	        c.envelope("slow")
	        c.send("half a message\r\n" * 100)
	busy = [Client() for i in range(500)]
	start = time.time()
	for n in range(4):
	    for c in slow[1::3]:
	        c.send("O")
	    for i, c in enumerate(busy):
	        c.send("MAIL FROM:<a>\r\nRCPT TO:<u%d>\r\nDATA\r\n" % (i % 20))
	    for c in busy:
	        for code in "250", "250", "354":
	            c.expect(code)
	        c.send("text\r\n.\r\n")
	    for c in busy:
	        c.expect("250 2.0.0 Ok: queued as ")
	assert descriptors() >= fds + 1000
	more = memory() - before
	assert more < 1000 * 8, more
	for c in busy:
	    c.say("QUIT", "221")
	    assert c.ended()
	for c in slow + busy:
	    c.f.close()
	    c.s.close()
	down_to(fds)
	Client().mail("last", "text")
	END
	[ "$(messages)" = 2002 ]
	stop
	[ -z "$(stray)" ]
	lacks -v listening smtpd-lite.err
}

@test "an endless line, endless mistakes, a gigabyte too much" {
	measurable
	start smtpd-lite -l :0 -w 1 -m 1M
	clients <<-'END'
	Client().mail("u", "text")
	before = memory("VmHWM")

	# One line of 64 MB, then the session goes on.
	c = Client()
	for i in range(1024):
	    c.s.sendall(b"x" * 65536)
	c.send("\r\n")
	c.expect("500 5.5.2 Error: line too long")
	c.say("NOOP", "250")

	# Mistakes without end: told why, and cut off.
	c = Client()
	try:
	    for i in range(10000):
	        c.s.sendall(b"WHAT\r\n" * 1000)
	except OSError:
	    pass
	c = Client()
	for i in range(20):
	    c.say("WHAT", "500")
	c.send("WHAT\r\n")
	c.expect("500")
	c.expect("421 4.7.0 Error: too many errors")
	assert c.ended()

	# A gigabyte in lines, announced and not, and in one line.
	c = Client()
	c.say("MAIL FROM:<a> SIZE=1073741824", "552 5.3.4")
	for piece in (b"x" * 62 + b"\r\n") * 16384, b"x" * 1048576:
	    c.envelope("u")
	    for i in range(1024):
	        c.s.sendall(piece)
	    c.send("\r\n.\r\n")
	    c.expect("552 5.3.4 Message size exceeds")
	c.mail("u", "after it")
	after = memory("VmHWM")
	assert after - before < 4096, (before, after)
	END
	[ "$(messages)" = 2 ]
	stop
	[ -z "$(stray)" ]
}

# Texts short and long, in DATA and in chunks, each cut short before its end.
half_messages() {
	cat <<-'END'
	import struct
	def halves():
	    for chunks in False, True:
	        for n in 100, 3000000:
	            c = Client()
	            c.say("MAIL FROM:<a@b.test>", "250")
	            c.say("RCPT TO:<u>", "250")
	            if chunks:
	                c.say("BDAT 5\r\n123", "250")
	                c.send("BDAT %d LAST\r\n" % (n + 1))
	            else:
	                c.say("DATA", "354")
	            c.send("text\r\n" * (n // 6) + "text\r\n."[:n % 6])
	            yield c
	END
}

@test "end of file, reset, kill -9 in a text: no message, nothing stray" {
	start smtpd-lite -l :0 -w 1
	{
		half_messages
		cat <<-'END'
		for c in halves():
		    c.s.shutdown(socket.SHUT_WR)
		    assert c.ended()
		for c in halves():
		    c.s.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER,
		        struct.pack("ii", 1, 0))
		    c.f.close()
		    c.s.close()
		Client().mail("last", "text")
		END
	} | clients
	[ "$(messages)" = 1 ]
	[ -z "$(stray)" ]
	export GROUP=$PID
	{
		half_messages
		cat <<-'END'
		keep = list(halves())
		Client().mail("last", "text")
		os.killpg(int(os.environ["GROUP"]), 9)
		for c in keep:
		    try:
		        c.ended()
		    except ConnectionError:
		        pass
		END
	} | clients
	stop || :
	# The next one clears up what the dead one left.
	start smtpd-lite -l :0 -w 1
	{
		echo 'Client().mail("last", "text")'
	} | clients
	[ "$(messages)" = 3 ]
	[ -z "$(stray)" ]
}

@test "every ending that is none: one message or a refusal, never two" {
	start smtpd-lite -l :0 -w 1
	clients <<-'END'
	import itertools
	ends = [b"\r\n", b"\n", b"\r", b"\r\r\n", b"\n\r", b"\n\n", b"\r\r",
	    b"\r\n\0", b"\0\r\n", b"\n\0", b"\r\0\n", b" \r\n", b"\r\n ", b"\x0b",
	    b"\x0c", b"\xc2\x85", b"\xe2\x80\xa8", b""]
	evil = b"MAIL FROM:<evil@b.test>\r\nRCPT TO:<evil>\r\nDATA\r\nevil\r\n.\r\n"
	stored = 0
	c = Client()
	for a, dot, b in itertools.product(ends, [b".", b"..", b".\0"], ends):
	    if (a, dot, b) == (b"\r\n", b".", b"\r\n") or \
	        (a[-2:], dot, b[:2]) == (b"\r\n", b".", b"\r\n"):
	        continue	# these do end it
	    c.envelope("u")
	    c.s.sendall(b"one" + a + dot + b + evil + b"RSET\r\n")
	    line = c.f.readline()
	    assert line[:3] in (b"250", b"550"), (a, dot, b, line)
	    stored += line[:3] == b"250"
	    # The text ended with evil's dot, and RSET alone follows it.
	    c.expect("250 2.0.0 Ok\r\n")
	    if line[:3] == b"250":
	        continue
	    c = Client()	# mistakes may add up
	c.say("QUIT", "221")
	print(stored)
	END
	[ ! -e mail/evil ]
	stop
	[ -z "$(stray)" ]
}

@test "a worker that is stopped keeps nobody waiting for ever" {
	need pgrep
	start smtpd-lite -l ./sock -d mail -w 2
	kill -STOP "$(pgrep -P "$PID" | head -n 1)"
	for _ in 1 2 3 4; do
		smtpsend -s ./sock -T 2 a@x <<<'Subject: s' || :
	done
	smtpsend -s ./sock -T 2 a@x <<<'Subject: s'
	SECONDS=0
	stop
	[ "$SECONDS" -lt 15 ]
}

@test "SIGTERM: in five seconds a server is over, whoever stays" {
	local server pid clock pids
	echo user1:secret >passwd
	chmod 600 passwd
	# Time may be lost on the way, but not each time.
	for _ in 1 2 3; do
		pids=()
		for server in smtpd-lite 'orderrecv -w 3' ftpd-lite \
			'pop3d-lite -u passwd'; do
			# shellcheck disable=SC2086 # its words
			start $server -l :0
			dial "$PID"
			hear "$PID"
			pids+=("$PID")
		done
		sleep 5 3>&- &
		clock=$!
		kill "${pids[@]}"
		for pid in "${pids[@]}"; do
			stop "$pid"
		done
		! kill "$clock" || return 0
	done
	false
}

@test "SIGTERM ends it in 5 seconds, though nobody reads what it prints" {
	awk 'BEGIN {
		print "EHLO x"
		while (n++ < 3000)
			print "MAIL FROM:<a@x>\nRCPT TO:<u@x>\nDATA\nS: x\n\nx\n."
		print "QUIT"
	}' >many
	for redirection in '-p >&8' '-v 2>&8'; do
		mkfifo pipe
		exec 8<>pipe
		rm -f sock
		launch -s sh -c "exec smtpd-lite -l ./sock $redirection" \
			3>&- 2>/dev/null &
		PID=$!
		STARTED+=("$PID")
		wait_for [ -S sock ]
		for _ in 1 2 3; do
			wire ./sock <many >/dev/null 2>&1 3>&- &
			STARTED+=("$!")
		done
		last=-1
		until [ "$(messages)" = "$last" ]; do
			last=$(messages)
			sleep 0.5
		done
		SECONDS=0
		stop
		[ "$SECONDS" -le 5 ]
		exec 8>&-
		rm pipe
	done
}
