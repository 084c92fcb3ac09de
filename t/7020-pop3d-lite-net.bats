#!/usr/bin/env bats
# pop3d-lite as a server, many sessions at once.

# shellcheck disable=SC2154 # run sets stderr

load lib
load pop3d

setup() {
	lib_setup
	secrets
	box user1
	box user2
	letter new/1000.a.host 'Subject: a\n\nx\n'
}

# client: Python with a function connect; HOST and PORT are the server's.
client() {
	need python3
	{
		cat <<-'END'
		import poplib, socket, sys, threading, time
		PORT = int(sys.argv[1])
		def connect(user="user1", password="secret"):
		    p = poplib.POP3("127.0.0.1", PORT, timeout=30)
		    p.user(user)
		    p.pass_(password)
		    return p
		END
		cat
	} >client.py
	python client.py "$PORT"
}

@test "one maildrop, one session, in one process and among workers" {
	for w in 1 3; do
		start pop3d-lite -l :0 -u passwd -w "$w"
		client <<-'END'
		first = connect()
		for i in range(6):
		    try:
		        connect()
		        raise SystemExit("two sessions")
		    except poplib.error_proto as e:
		        assert b"[IN-USE]" in e.args[0]
		other = connect("user2", " two words ")
		assert other.stat() == (0, 0)
		other.quit()
		first.quit()
		connect().quit()
		first = connect()
		first.close()
		for i in range(100):
		    try:
		        connect().quit()
		        break
		    except poplib.error_proto:
		        time.sleep(0.05)
		else:
		    raise SystemExit("the lock is stale")
		END
		stop
	done
}

@test "a wrong password holds nobody else up" {
	start pop3d-lite -v -l :0 -u passwd
	client <<-'END'
	s = socket.create_connection(("127.0.0.1", PORT))
	s.sendall(b"USER user1\r\nPASS wrong\r\n")
	t = time.monotonic()
	while "C: PASS" not in open("pop3d-lite.err").read():
	    assert time.monotonic() - t < 10
	t = time.monotonic()
	for i in range(4):
	    connect().quit()
	assert time.monotonic() - t < 0.8
	END
}

@test "a client that does not read gets no more than it takes" {
	seq 8000000 >mail/user1/new/1001.big
	start pop3d-lite -l :0 -u passwd
	client <<-END
	s = socket.create_connection(("127.0.0.1", PORT))
	s.sendall(b"USER user1\r\nPASS secret\r\n" + b"RETR 2\r\n" * 50)
	o = connect("user2", " two words ")
	for i in range(500):
	    o.noop()
	with open("/proc/$PID/status") as f:
	    rss = [int(l.split()[1]) for l in f if l.startswith("VmHWM")]
	assert rss[0] < 60000, rss
	END
}

@test "a thousand at once, and one too many" {
	ulimit -n 4096 || skip "too few descriptors"
	start pop3d-lite -l :0 -u passwd -c 1000
	client <<-'END'
	s = [socket.create_connection(("127.0.0.1", PORT)) for i in range(1000)]
	for x in s:
	    assert x.recv(100).startswith(b"+OK")
	x = socket.create_connection(("127.0.0.1", PORT))
	assert x.recv(100).startswith(b"-ERR [SYS/TEMP]")
	for x in s:
	    x.sendall(b"QUIT\r\n")
	for x in s:
	    assert x.recv(100) == b"+OK bye\r\n"
	END
}

@test "idle too long: closed without a word, and nothing is deleted" {
	start pop3d-lite -l :0 -u passwd -T 1
	client <<-'END'
	p = connect()
	p.dele(1)
	assert p.sock.recv(100) == b""
	p = connect()
	assert p.stat()[0] == 1
	END
}

@test "kill -9 in mid-session and in mid-QUIT: nothing lost but by QUIT" {
	need python3
	seq -f '%.0f.x' 2000 2799 | (cd mail/user1/new && xargs touch)
	start pop3d-lite -l :0 -u passwd
	client <<-END
	import os, signal
	p = connect()
	p.sock.sendall(b"".join(b"DELE %d\r\n" % i for i in range(1, 802)))
	for i in range(801):
	    assert p._getline()[0].startswith(b"+OK")
	os.kill($PID, signal.SIGSTOP)
	os.kill($PID, signal.SIGKILL)
	END
	stop || :
	[ "$(find mail/user1/new -type f | wc -l)" = 801 ]
	start pop3d-lite -l :0 -u passwd
	client <<-END
	import os, signal
	p = connect()
	p.sock.sendall(b"".join(b"DELE %d\r\n" % i for i in range(1, 801)))
	for i in range(800):
	    p._getline()
	p.sock.sendall(b"QUIT\r\n")
	while len(os.listdir("mail/user1/new")) > 700:
	    pass
	os.kill($PID, signal.SIGKILL)
	END
	stop || :
	[ -e mail/user1/new/2799.x ]
	start pop3d-lite -l :0 -u passwd
	client <<-'END'
	import os
	assert connect().stat()[0] == len(os.listdir("mail/user1/new"))
	END
}

@test "SIGTERM ends it, and a session in hand may end first" {
	start pop3d-lite -l :0 -u passwd
	client <<-END
	import os, signal
	p = connect()
	p.dele(1)
	os.kill($PID, signal.SIGTERM)
	assert p.quit() == b"+OK bye"
	END
	stop
	[ "$(left)" = '' ]
}
