#!/usr/bin/env bats
# pop3d-lite killed at any moment, with many sessions, endless ones and slow
# ones: a letter is there whole, or a QUIT has taken it; memory is bounded and
# the others are served.

load ../lib
load clients

LETTERS=600
KILLS=${KILLS:-24}

setup() {
	lib_setup
	need python3
	printf 'user1:secret\n' >passwd
	chmod 600 passwd
	dice
}

@test "kill -9 in sessions with deletions: whole, or taken by a QUIT" {
	python - "$SEED" "$KILLS" "$LETTERS" <<-'END'
	import os, random, signal, subprocess, sys, time
	seed, kills, letters = map(int, sys.argv[1:])
	rnd = random.Random(seed)
	for d in "tmp", "new", "cur":
	    os.makedirs("mail/user1/" + d)
	have = {}			# what lies there, by its lasting name
	made = 0
	def fill():
	    global made
	    while len(have) < letters:
	        made += 1
	        text = b"Subject: %d\n\n" % made
	        text += b".%d\n" % made * rnd.randrange(300)
	        name = "%d.M%dP1.host" % (1700000000 + made, made)
	        if rnd.random() < .5:
	            name += ",S=%d,W=%d" % (len(text), len(text) + text.count(b"\n"))
	        part, flags = rnd.choice((("new", ""), ("cur", ":2,"), ("cur", ":2,RS")))
	        with open("mail/user1/%s/%s%s" % (part, name, flags), "wb") as f:
	            f.write(text)
	        have[name] = text
	def lying():
	    found = {}
	    for part in "new", "cur":
	        for name in os.listdir("mail/user1/" + part):
	            with open("mail/user1/%s/%s" % (part, name), "rb") as f:
	                text = f.read()
	            name = name.split(":")[0]
	            assert name not in found, ("twice", name)
	            found[name] = text
	    return found
	def start():
	    p = subprocess.Popen(["pop3d-lite", "-i", "-u", "passwd"],
	        stdin=subprocess.PIPE, stdout=subprocess.PIPE)
	    p.stdin.write(b"USER user1\r\nPASS secret\r\nUIDL\r\n")
	    p.stdin.flush()
	    for i in range(4):
	        p.stdout.readline()
	    uids = []
	    while True:
	        line = p.stdout.readline()
	        if line == b".\r\n":
	            return p, uids
	        uids.append(line.split()[1].decode())
	quits = gone = answered = 0
	for n in range(kills):
	    fill()
	    p, uids = start()
	    assert uids == sorted(have), "letters are missing or in disorder"
	    dele = set(rnd.sample(range(len(uids)), rnd.randrange(1, len(uids))))
	    p.stdin.write(b"".join(b"DELE %d\r\n" % (i + 1) for i in dele))
	    p.stdin.flush()
	    how = rnd.randrange(4)
	    if how == 0:		# among the deletions
	        for i in range(rnd.randrange(len(dele))):
	            p.stdout.readline()
	        quit = False
	    else:
	        for i in dele:
	            assert p.stdout.readline().startswith(b"+OK")
	        quit = how > 1
	    if quit:			# in the midst of QUIT, or just after it
	        p.stdin.write(b"QUIT\r\n")
	        p.stdin.flush()
	        end = time.monotonic() + rnd.random() * (.006 if how == 2 else .03)
	        while time.monotonic() < end:
	            pass
	    os.kill(p.pid, signal.SIGKILL)
	    p.wait()
	    bye = quit and b"+OK bye\r\n" in p.stdout.read()
	    found = lying()
	    for i, uid in enumerate(uids):
	        if uid in found:
	            assert found[uid] == have[uid], ("spoiled", uid)
	            assert not (bye and i in dele), ("still there", uid)
	        else:
	            assert quit and i in dele, ("lost", uid)
	    assert set(found) <= set(uids), "a letter from nowhere"
	    quits += quit
	    answered += bye
	    gone += len(have) - len(found)
	    have = found
	print("%d kills, %d in QUIT, %d of them answered, %d letters taken" % (
	    kills, quits, answered, gone))
	p, uids = start()
	assert uids == sorted(have)
	END
}

# peers: standard input is Python with these: Peer() is a connection whose
# greeting has come; login() makes it somebody's; size() is the server's
# memory in KB at its highest, fds() its descriptors.
peers() {
	{
		cat <<-'END'
		import os, socket, time
		def peer():
		    s = socket.create_connection(("127.0.0.1", int(os.environ["PORT"])))
		    s.settimeout(30)
		    f = s.makefile("rb")
		    assert f.readline().startswith(b"+OK")
		    return s, f
		def ask(p, line):
		    p[0].sendall(line.encode() + b"\r\n")
		    return p[1].readline().decode().rstrip()
		def login(user):
		    p = peer()
		    assert ask(p, "USER " + user)[:3] == "+OK"
		    assert ask(p, "PASS secret")[:3] == "+OK"
		    return p
		def shut(p):
		    p[1].close()
		    p[0].close()
		def size():
		    for line in open("/proc/%s/status" % os.environ["SERVER"]):
		        if line.startswith("VmHWM:"):
		            return int(line.split()[1])
		def fds():
		    return len(os.listdir("/proc/%s/fd" % os.environ["SERVER"]))
		END
		cat
	} >peers.py
	PORT=$PORT SERVER=$(workers) python peers.py
}

@test "a thousand logged in at once, some slow, some silent" {
	measurable
	for i in $(seq 1000); do
		echo "u$i:secret"
	done >passwd
	mkdir -p mail/u7/new
	seq 100000 >mail/u7/new/1.a
	start pop3d-lite -l 127.0.0.1:0 -u passwd -c 2000
	peers <<-'END'
	before = size(), fds()
	all = [login("u%d" % i) for i in range(1, 1001)]
	for p in all[::3]:
	    p[0].sendall(b"NO")
	for i, p in enumerate(all):
	    p[0].sendall(b"NOOP\r\n" if i % 3 else b"OP\r\n")
	for p in all:
	    assert p[1].readline() == b"+OK\r\n"
	# One that asks for much and reads nothing holds nobody up.
	all[6][0].sendall(b"RETR 1\r\n" * 1000)
	start = time.monotonic()
	for p in all[7:]:
	    p[0].sendall(b"STAT\r\n")
	for p in all[7:]:
	    assert p[1].readline() == b"+OK 0 0\r\n"
	assert time.monotonic() - start < 10
	again = peer()
	assert ask(again, "USER u9")[:3] == "+OK"
	assert ask(again, "PASS secret").startswith("-ERR [IN-USE]")
	assert size() - before[0] < 1000 * 8, size() - before[0]
	for p in all + [again]:
	    shut(p)
	for i in range(500):
	    if fds() <= before[1]:
	        break
	    time.sleep(.02)
	assert fds() <= before[1]
	shut(login("u9"))
	END
	[ "$(cat mail/u7/new/1.a | wc -l)" = 100000 ]
	stop
}

@test "an endless line, endless mistakes, endless commands" {
	measurable
	mkdir -p mail/user1/new
	seq 1000 >mail/user1/new/1.a
	start pop3d-lite -l 127.0.0.1:0 -u passwd
	peers <<-'END'
	p = peer()
	before = size()
	for i in range(1024):
	    p[0].sendall(b"x" * 65536)
	assert ask(p, "") == "-ERR line too long"
	assert ask(p, "CAPA")[:3] == "+OK"
	shut(p)
	p = peer()
	try:
	    for i in range(10000):
	        p[0].sendall(b"WHAT\r\n" * 1000)
	except OSError:
	    pass
	# Answers that nobody reads do not pile up.
	p = login("user1")
	p[0].settimeout(.5)
	try:
	    for i in range(10000):
	        p[0].sendall(b"RETR 1\r\n" * 1000)
	except OSError:
	    pass
	assert ask(peer(), "QUIT") == "+OK bye"
	assert size() - before < 4096, size() - before
	END
	stop
}
