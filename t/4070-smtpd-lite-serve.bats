#!/usr/bin/env bats
# What smtpd-lite has in common with the other servers: workers, who may come
# in, sockets from elsewhere, and another user.

# shellcheck disable=SC2154 # run sets stderr

load lib
load clients

messages() {
	find mail -path '*/new/*' | wc -l
}

# workers: Python that tells the worker a session is with; it is in the
# identifiers of messages.
workers() {
	cat <<-'END'
	def worker(c):
	    c.envelope("u")
	    return int(c.say("text\r\n.", "250").split()[-1].split(".")[1], 16)
	def gone(pid):
	    for i in range(500):
	        try:
	            with open("/proc/%d/stat" % pid) as f:
	                if f.read().split()[2] == "Z":
	                    return True
	        except OSError:
	            return True
	        time.sleep(0.02)
	END
	cat
}

@test "several workers share the sessions evenly; sink and rules have one" {
	start smtpd-lite -l :0
	workers <<-'END' | clients
	first = [Client() for i in range(20)]
	pids = [worker(c) for c in first]
	assert sorted(pids.count(p) for p in set(pids)) == [2] * 10, pids
	# Those who come and go change nothing.
	keep = [Client() for i in range(4)]
	for i in range(20):
	    c = Client()
	    c.say("QUIT", "221")
	    assert c.ended()
	pids = [worker(c) for c in keep]
	assert len(set(pids)) == 4, pids
	END
	stop
	[ "$(messages)" = 24 ]
	echo 'at rset drop' >rules
	for options in '-o sink' '-R rules' '-w 1'; do
		# shellcheck disable=SC2086 # words
		start smtpd-lite -l :0 $options
		workers <<-'END' | PID=$PID clients
		for c in [Client() for i in range(3)]:
		    assert worker(c) == int(os.environ["PID"])
		END
		stop
	done
}

@test "-c holds for all workers together, and each address has its share" {
	start smtpd-lite -l :0 -c 3 -w 2
	clients <<-'END'
	def full():
	    c = Client(hello=False)
	    c.expect("421 4.3.2 Error: too many sessions, try again later\r\n")
	    assert c.ended()
	for n in range(3):
	    all = [Client() for i in range(3)]
	    full()
	    full()
	    for c in all:
	        c.say("QUIT", "221")
	        assert c.ended()
	END
	stop
	for workers in 1 2; do
		start smtpd-lite -l ./sock -l :0 -c 5/2 -w "$workers"
		clients <<-'END'
		class Local(Client):
		    def connect(self):
		        s = socket.socket(socket.AF_UNIX)
		        s.connect("sock")
		        return s
		class Other(Client):
		    def connect(self):
		        return socket.create_connection(("127.0.0.1", port),
		            source_address=("127.0.0.2", 0))
		def crowded(c):
		    c.expect("421 4.3.2 Error: too many connections from your "
		        "address\r\n")
		    assert c.ended()
		for n in range(2):
		    all = Client(), Client()
		    crowded(Client(hello=False))
		    all += Local(), Local(), Local()
		    Local(hello=False).expect("421 4.3.2 Error: too many sessions")
		    for c in all[2:]:
		        c.say("QUIT", "221")
		        assert c.ended()
		    try:
		        all = all[:2] + (Other(), Other())
		        crowded(Other(hello=False))
		    except OSError:
		        pass	# not every system has all of 127
		    crowded(Client(hello=False))
		    for c in all[:2] + all[2:] * (type(all[-1]) is Other):
		        c.say("QUIT", "221")
		        assert c.ended()
		END
		stop
	done
}

@test "workers with few descriptors: whoever is too many is told so" {
	start -n smtpd-lite bash -c 'ulimit -n 100; exec "$@"' bash \
		smtpd-lite -l :0 -w 2 -o sink
	clients <<-'END'
	came = [Client(hello=False) for i in range(40)]
	said = [c.f.readline()[:3] for c in came]
	assert said == 8 * [b"220"] + 32 * [b"421"], said
	END
}

@test "another host has half of all sessions, this one as many as there are" {
	need python3
	own=$(python - <<-'END'
	import socket
	s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
	try:
	    s.connect(("192.0.2.1", 9))
	    print(s.getsockname()[0])
	except OSError:
	    pass
	END
	)
	[ -n "$own" ] || skip "no address but loopback's"
	start smtpd-lite -l '*:0' -c 5 -o sink
	OWN=$own clients <<-'END'
	class Own(Client):
	    def connect(self):
	        return socket.create_connection((os.environ["OWN"], port))
	all = [Own() for i in range(3)]
	Own(hello=False).expect("421 4.3.2 Error: too many connections from ")
	all += [Client() for i in range(2)]
	Client(hello=False).expect("421 4.3.2 Error: too many sessions")
	for c in all:
	    c.say("QUIT", "221")
	    assert c.ended()
	all = [Client() for i in range(5)]
	END
}

@test "a worker that is killed is replaced, and its seats are free again" {
	[ -r /proc/self/stat ] || skip "no /proc"
	start smtpd-lite -l :0 -c 4 -w 2
	workers <<-'END' | clients
	a, b, c, d = [Client() for i in range(4)]
	dead = worker(a)
	assert worker(b) != dead and worker(c) == dead
	c.envelope("v")
	os.kill(dead, 9)
	assert gone(dead)
	for x in a, c:
	    try:
	        assert x.ended()
	    except ConnectionError:
	        pass
	b.say("NOOP", "250")
	x = admitted()
	assert worker(x) not in (dead, worker(b))
	y = Client()
	assert worker(y) == worker(x)
	Client(hello=False).expect("421")
	END
	stop
}

@test "kill -9: the port is free at once, half a message is gone" {
	[ -r /proc/self/stat ] || skip "no /proc"
	start smtpd-lite -l :0 -w 2
	workers <<-'END' | PID=$PID clients
	all = [Client() for i in range(4)]
	pids = set(worker(c) for c in all)
	for c in all:
	    c.envelope("v")
	    c.send("half a message\r\n" * 10000)
	os.kill(int(os.environ["PID"]), 9)
	assert gone(int(os.environ["PID"]))
	s = socket.socket()
	s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
	s.bind(("127.0.0.1", port))
	assert all and [gone(p) for p in pids]
	END
	! stop || false
	[ "$(messages)" = 4 ]
	[ "$(find mail -type f ! -name .lock | wc -l)" = 4 ]
}

@test "a worker that cannot use the directory ends them all" {
	mkdir -p mail
	mkdir mail/.lock
	run -73 --separate-stderr smtpd-lite -l :0 -w 3
	[[ $stderr = *'smtpd-lite: mail: '* ]]
}

@test "LISTEN_FDS: the sockets are systemd's" {
	need python3
	cat >pass.py <<-'END'
	import os, socket, sys
	s = socket.socket()
	s.bind(("127.0.0.1", 0))
	s.listen()
	if s.fileno() != 3:
	    os.dup2(s.fileno(), 3)
	os.set_inheritable(3, True)
	open("port", "w").write(str(s.getsockname()[1]))
	os.environ["LISTEN_FDS"] = "1"
	os.environ.setdefault("LISTEN_PID", str(os.getpid()))
	os.execvp(sys.argv[1], sys.argv[1:])
	END
	for workers in 1 3; do
		start python3 pass.py smtpd-lite -l :0 -w "$workers"
		[ "$(grep -c listening python3.err)" = 1 ]
		[ "$PORT" = "$(cat port)" ]
		echo 'Client().mail("u", "text")' | clients
		stop
	done
	# Meant for another process: it has its own socket.
	LISTEN_PID=1 start python3 pass.py smtpd-lite -l :0
	[ "$PORT" != "$(cat port)" ]
	echo 'Client().mail("u", "text")' | clients
	stop
	[ "$(messages)" = 3 ]
	# What is no listening socket is refused at once.
	LISTEN_FDS=1 run -78 --separate-stderr timeout 5 \
		bash -c 'exec smtpd-lite -l :0 3>file'
	[ "$stderr" = "smtpd-lite: LISTEN_FDS: descriptor 3: not a listening socket" ]
	[ -z "$output" ]
}

@test "-U: another user, without root's groups, and for good" {
	[ "$(id -u)" = 0 ] || skip "not root"
	[ -r /proc/self/status ] || skip "no /proc"
	id nobody >/dev/null || skip "no nobody"
	chmod 711 .
	mkdir top
	chown nobody top
	for workers in 1 2; do
		start smtpd-lite -l :0 -U nobody -d top/mail -w "$workers"
		workers <<-'END' | clients
		import pwd
		c = Client()
		who = pwd.getpwnam("nobody")
		for line in open("/proc/%d/status" % worker(c)):
		    key, value = line.split(":", 1)
		    if key == "Uid":
		        assert value.split() == [str(who.pw_uid)] * 4, value
		    elif key == "Gid":
		        assert value.split() == [str(who.pw_gid)] * 4, value
		    elif key == "Groups":
		        assert value.split() in ([], [str(who.pw_gid)]), value
		    elif key in ("CapPrm", "CapEff"):
		        assert int(value, 16) == 0, line
		END
		stop
	done
	[ "$(find top/mail -path '*/new/*' -user nobody | wc -l)" = 2 ]
	# Root's files are out of reach, which is said once and at once.
	mkdir -m 700 closed
	mkdir -m 777 open
	touch open/.lock
	chmod 600 open/.lock
	printf 'joe:pencil\n' >passwd
	chmod 600 passwd
	for args in 'smtpd-lite -d closed/mail' 'smtpd-lite -d closed' \
	    'smtpd-lite -d open' 'smtpd-lite -o sink -q closed' \
	    'smtpd-lite -i -d closed' 'orderrecv -w 2 -d closed' \
	    'ftpd-lite -w 2 -d closed' 'pop3d-lite -u passwd -w 2 -d closed'; do
		# shellcheck disable=SC2086 # a list of words
		run -73 --separate-stderr timeout 9 $args -l :0 -U nobody
		[ "$stderr" = "${args%% *}: ${args##* }: Permission denied" ]
		[ -z "$output" ]
	done
	mkdir closed/.seen
	for prog in orderrecv ftpd-lite; do
		run -73 --separate-stderr timeout 9 $prog -d closed -l :0 \
			-w 2 -U nobody
		[ "$stderr" = "$prog: closed: Permission denied" ]
	done
	run -78 --separate-stderr smtpd-lite -l :0 -U no-such-user
	[ "${stderr##*$'\n'}" = 'smtpd-lite: -U: no-such-user: no such user' ]
}

@test "-U without being root: 77" {
	[ "$(id -u)" != 0 ] || skip "root"
	run -77 --separate-stderr smtpd-lite -l :0 -U nobody
	[[ $stderr = *'only root can become another' ]]
}
