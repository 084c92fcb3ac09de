#!/usr/bin/env bats
# ftpsend and ftpd-lite killed at any moment: nothing partial shows, nothing
# confirmed is lost; and a thousand idle log-ins.
#
# SEED repeats a run's moments; KILLS says how many there are.

load ../lib
load clients

KILLS=${KILLS:-24}

@test "kill -9 of either side: nothing partial, nothing confirmed is lost" {
	need python3
	SEED=${SEED:-$(od -An -N2 -tu2 /dev/urandom | tr -d ' ')}
	echo "SEED=$SEED"
	python - "$SEED" "$KILLS" <<-'END'
	import os, random, socket, subprocess, sys, time
	rnd = random.Random(int(sys.argv[1]))
	kills = int(sys.argv[2])
	os.mkdir("src")
	text = {}
	for i in range(12):
	    name = "f%02d" % i
	    text[name] = rnd.randbytes(rnd.choice((10, 2000, 30000, 3000000)))
	    with open("src/" + name, "wb") as f:
	        f.write(text[name])
	def listening(p):
	    return p.stderr.readline().decode().split()[-1]
	def start():
	    p = subprocess.Popen(["ftpd-lite", "-l", "127.0.0.1:0"],
	        stdout=subprocess.PIPE, stderr=subprocess.PIPE)
	    return p, listening(p)
	def count(name):
	    return sum(n.startswith(name) for n in os.listdir("incoming"))
	stored = partly = 0
	for n in range(kills):
	    server, addr = start()
	    before = {name: count(name) for name in text}
	    client = subprocess.Popen(["ftpsend", "-r", "0", addr] +
	        ["src/" + name for name in text], stderr=subprocess.PIPE)
	    victim = rnd.choice((server, client))
	    time.sleep(rnd.random() * .12)
	    victim.kill()
	    said = client.communicate()[1].decode().splitlines()
	    # Those of which ftpsend says nothing else are stored.
	    complaints = {line.split(": ")[1][4:]: line for line in said
	        if "the name is taken" not in line}
	    server.kill()
	    server.communicate()
	    for name in os.listdir("incoming"):
	        if name[0] == ".":
	            continue
	        with open("incoming/" + name, "rb") as f:
	            assert f.read() == text[name[:3]], ("partial", name)
	    for name in text:
	        more = count(name) - before[name]
	        assert 0 <= more <= 1, ("twice", name, more)
	        if victim is server and name not in complaints:
	            assert more == 1, ("confirmed and lost", name, said)
	        stored += more
	        partly += name in complaints
	print("%d kills, %d files stored, %d not" % (kills, stored, partly))
	# Its first greeting says that it has tidied up.
	server, addr = start()
	socket.create_connection(addr.rsplit(":", 1)).recv(1)
	left = [n for n in os.listdir("incoming/.seen") if n.startswith(".tmp.")]
	assert not left, left
	server.kill()
	END
}

@test "a thousand idle log-ins: others are served, memory is bounded" {
	measurable
	start ftpd-lite -l 127.0.0.1:0 -c 2000
	SERVER=$(workers)
	export SERVER PORT
	python - <<-'END'
	import ftplib, io, os, socket, time
	pid, port = os.environ["SERVER"], int(os.environ["PORT"])
	def fds():
	    return len(os.listdir("/proc/%s/fd" % pid))
	def rss():
	    for line in open("/proc/%s/status" % pid):
	        if line.startswith("VmHWM:"):
	            return int(line.split()[1])
	def up(name):
	    with ftplib.FTP() as f:
	        f.connect("127.0.0.1", port, 30)
	        f.login()
	        f.storbinary("STOR " + name, io.BytesIO(name.encode()))
	up("first")
	before, memory = fds(), rss()
	idle = [socket.create_connection(("127.0.0.1", port)) for i in range(1000)]
	for s in idle:
	    s.settimeout(30)
	    s.sendall(b"USER anonymous\r\nPASS x\r\n")
	for i, s in enumerate(idle):
	    got = b""
	    while b"230" not in got:
	        got += s.recv(1000)
	    # Some stop in mid-command, some with a door open, some in mid-transfer.
	    if i % 4 == 1:
	        s.sendall(b"STOR x")
	    elif i % 4 == 2:
	        s.sendall(b"EPSV\r\n")
	    elif i % 4 == 3:
	        s.sendall(b"EPSV\r\nSTOR .x\r\n")
	start = time.monotonic()
	for i in range(10):
	    up("busy%d" % i)
	assert time.monotonic() - start < 10
	assert rss() - memory < 8 * 1000, rss() - memory
	for s in idle:
	    s.close()
	for i in range(500):
	    if fds() <= before:
	        break
	    time.sleep(.02)
	assert fds() <= before, (fds(), before)
	up("last")
	END
	[ "$(ls incoming | wc -l)" = 12 ]
	[ -z "$(find incoming -name '.tmp.*')" ]
	stop
}
