#!/usr/bin/env bats
# ftpd-lite: sessions on standard input, over sockets, and bad clients.

load lib

setup() {
	lib_setup
	printf 'one\r\ntwo\0\nthree' >order.txt
}

# serve [OPTION ...]: a server on a free port, for incoming/.
serve() {
	start ftpd-lite -l 127.0.0.1:0 "$@"
}

# says LINE ...: the answers to these lines on standard input, from loopback,
# without the greeting and the CRs.
says() {
	printf '%s\r\n' "$@" | TCPREMOTEIP=127.0.0.1 ftpd-lite -i |
		tail -n +2 | tr -d '\r'
}

# client [ARGUMENT ...]: Python's, logged in as f, runs standard input; up()
# uploads; raw(verb) gives an open data connection; came() waits until so much
# of it is there; bad() is the refusal.
client() {
	cat >body
	cat >prelude <<-'END'
	import ftplib, glob, io, os, socket, struct, sys, time
	def connect():
	    f = ftplib.FTP()
	    f.connect("127.0.0.1", int(os.environ["PORT"]), 10)
	    return f
	f = connect()
	def up(name, content):
	    return f.storbinary("STOR " + name, io.BytesIO(content))
	def raw(command, f=f):
	    return f.transfercmd(command)
	def came(size):
	    for i in range(1000):
	        if [size] == [os.path.getsize(name)
	                      for name in glob.glob("incoming/.seen/.tmp.*")]:
	            return
	        time.sleep(.01)
	    raise SystemExit("does not come")
	def bad(command, f=f):
	    try:
	        return f.sendcmd(command)
	    except (ftplib.error_perm, ftplib.error_temp) as e:
	        return str(e)
	END
	PORT=$PORT python - "$@" < <(cat prelude body)
}

# incoming_has NAME ...: these files, and no others.
incoming_has() {
	(cd incoming && find . -name .seen -prune -o -type f -print) |
		LC_ALL=C sort >listing
	printf './%s\n' "$@" | LC_ALL=C sort | cmp - listing
	[ -z "$(find incoming/.seen -name '.tmp.*')" ]
}

incoming_is_empty() {
	[ -z "$(ls incoming)" ]
	[ -z "$(find incoming/.seen -name '.tmp.*')" ]
}

has_line() {
	grep -q "$1" "$2"
}

@test "the greeting, HELP and QUIT on standard input" {
	printf 'QUIT\r\n' | ftpd-lite -i >out
	grep -Eqx $'220 [^ ]+ ftpd-lite\r' out
	says HELP SYST QUIT | cut -c1-3 | tr '\n' ' ' >out
	[ "$(cat out)" = '214 215 221 ' ]
}

@test "anonymous only from loopback; nothing before the log-in" {
	[ "$(says 'USER anonymous' 'PASS x' 'PWD' | cut -c1-3 | tr '\n' ' ')" = \
		'331 230 257 ' ]
	[ "$(says 'STOR a' EPSV LIST | sort -u)" = \
		'530 USER and PASS come first' ]
	printf 'USER anonymous\r\nPASS x\r\nPWD\r\n' |
		TCPREMOTEIP=192.0.2.7 ftpd-lite -i >out
	[ "$(tail -n +2 out | cut -c1-3 | tr '\n' ' ')" = '530 503 530 ' ]
	printf 'USER anonymous\r\n' | ftpd-lite -i >out
	grep -q '^530' out
}

@test "a file is stored whole, mode 0600, and its path printed" {
	serve
	client <<-'END'
	f.login()
	assert up("a.txt", open("order.txt", "rb").read()) == "226 stored a.txt"
	assert f.size("a.txt") == 15
	f.quit()
	END
	cmp order.txt incoming/a.txt
	[ "$(stat -c %a incoming/a.txt incoming)" = $'600\n700' ]
	[ "$(cat ftpd-lite.out)" = incoming/a.txt ]
	incoming_has a.txt
}

@test "the same name again, and the same content: nothing is replaced" {
	serve
	client <<-'END'
	f.login()
	assert up("a.txt", b"1") == "226 stored a.txt"
	assert up("a.txt", b"2") == "226 stored a-2.txt"
	assert up("a.txt", b"2") == "226 stored a-3.txt"
	assert up(".a", b"4") and f.rename(".a", "a.txt") == "250 stored a-4.txt"
	END
	[ "$(cat incoming/a.txt incoming/a-*)" = 1224 ]
	[ "$(wc -l <ftpd-lite.out)" = 4 ]
}

@test "a dot-name is unfinished until it is renamed" {
	serve
	client <<-'END'
	f.login()
	up(".part", b"hello")
	assert f.size(".part") == 5
	assert f.nlst() == []
	assert not [n for n in os.listdir("incoming") if n != ".seen"]
	assert open("ftpd-lite.out").read() == ""
	assert f.rename(".part", "a.txt") == "250 stored a.txt"
	assert open("incoming/a.txt").read() == "hello"
	assert f.nlst() == ["a.txt"]
	up(".gone", b"x"); f.delete(".gone")
	assert bad("SIZE .gone")[:3] == "550"
	up(".left", b"x")
	for c in ("RNFR a.txt", "DELE a.txt"):
	    assert bad(c)[:3] == "550"
	f.quit()
	END
	[ "$(cat ftpd-lite.out)" = incoming/a.txt ]
	wait_for incoming_has a.txt
}

@test "text mode: CRLF becomes LF, and nothing else changes" {
	serve
	client <<-'END'
	f.login()
	f.storlines("STOR a.txt", io.BytesIO(b"one\ntwo\nno end"))
	f.voidcmd("TYPE A")
	c = raw("STOR b.txt")
	c.sendall(b"a\rb\r\r\n\nc\r"); c.close(); f.voidresp()
	END
	printf 'one\ntwo\nno end\n' | cmp - incoming/a.txt
	printf 'a\rb\r\n\nc\r' | cmp - incoming/b.txt
}

@test "names that would leave the directory, or a line, are refused" {
	serve
	client <<-'END'
	f.login()
	for name in ("../x", "/etc/x", "a/b", "..", "...", "x\x01y", "", "/",
	             "x" * 201, "a\0b"):
	    f.sendcmd("EPSV")
	    f.sock.sendall(b"STOR " + name.encode() + b"\r\n")
	    assert f.getmultiline()[:3] == "553", name
	f.sendcmd("EPSV")
	f.sock.sendall(b"STOR \xff\xfe\r\n")
	assert f.getmultiline()[:3] == "553"
	up("/incoming/in.txt", b"x"); up("/./top.txt", b"x")
	f.cwd("/incoming"); f.cwd(".."); f.cwd("/")
	assert bad("CWD etc")[:3] == bad("MKD x")[:3] == "550"
	f.encoding = "utf-8"
	up("наказ %2F.txt", b"x")
	END
	incoming_has in.txt top.txt 'наказ %2F.txt'
}

@test "no bounce, no download, no append, no restart" {
	serve
	client <<-'END'
	f.login()
	up("a.txt", b"x")
	for c, code in (("PORT 127,0,0,1,4,1", "502"), ("RETR a.txt", "550"),
	                ("EPRT |1|127.0.0.1|1025|", "502"), ("APPE a.txt", "550"),
	                ("REST 1", "501"), ("MODE B", "504"), ("STRU R", "504"),
	                ("TYPE E", "504"), ("STOR b", "425"), ("LIST", "425"),
	                ("RNTO b", "503"), ("RMD x", "550"), ("NOTHING", "500"),
	                ("REST 0", "350"), ("ALLO 5", "202"), ("MODE S", "200"),
	                ("SITE CHMOD 0 a.txt", "502"), ("AUTH TLS", "502"),
	                ("REIN", "502"), ("EPSV 3", "522"), ("EPSV 2", "522"),
	                ("STOR b", "425"), ("EPSV 1", "229"),
	                ("EPSV ALL", "200"), ("PASV", "501"), ("EPSV", "229")):
	    assert bad(c)[:3] == code, c
	END
	incoming_has a.txt
}

@test "listings, STOU, MDTM" {
	serve
	client <<-'END'
	f.login()
	up("a.txt", b"hello")
	os.utime("incoming/a.txt", (0, 1795304772))
	t = time.gmtime(1795304772)
	lines = []
	f.dir(lines.append)
	assert lines == [time.strftime(
	    "-rw------- 1 ftp ftp 5 %b %e  %Y a.txt", t)], lines
	assert f.sendcmd("MDTM a.txt") == time.strftime("213 %Y%m%d%H%M%S", t)
	reply = f.storbinary("STOU", io.BytesIO(b"x"))
	assert os.path.exists("incoming/" + reply.split()[-1])
	assert f.nlst("a.txt") == ["a.txt"] and bad("NLST b")[:3] == "550"
	END
}

@test "a cut upload leaves nothing: reset, ABOR, control cut, idle" {
	serve -T 1
	client <<-'END'
	def reset(c):
	    c.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
	    c.close()
	f.login()
	c = raw("STOR a"); c.sendall(b"x" * 100000)
	came(100000); reset(c)
	try:
	    f.voidresp(); assert 0
	except ftplib.error_temp as e:
	    assert str(e)[:3] == "426"
	c = raw("STOR a"); c.sendall(b"x")
	f.sock.sendall(b"\xff\xf4\xff\xf2ABOR\r\n")
	assert f.getmultiline()[:3] == "426" and f.getmultiline()[:3] == "226"
	c = raw("STOR .b"); c.sendall(b"x" * 100000)
	f.sock.close()
	c.close()
	g = connect(); g.login()
	c = raw("STOR d", g); c.sendall(b"x")
	assert g.getmultiline()[:3] == "421"
	c.close()
	END
	wait_for incoming_is_empty
	[ ! -s ftpd-lite.out ]
}

@test "a client that is killed has stored nothing" {
	serve
	client <<-'END' &
	f.login()
	c = raw("STOR .a")
	c.sendall(b"x" * 100000)
	open("sent", "w").close()
	time.sleep(60)
	END
	wait_for [ -e sent ]
	kill -9 "$(pgrep -P $! -x python3 || echo $!)"
	wait_for incoming_is_empty
	[ ! -s ftpd-lite.out ]
}

@test "the data connection is for the control connection's peer alone" {
	start ftpd-lite -l '*:0'
	client <<-'END'
	f.login()
	host, port = f.makepasv()
	stranger = socket.create_connection((host, port), 5, ("127.0.0.9", 0))
	try:
	    stranger.sendall(b"evil")
	    assert stranger.recv(1) == b""
	except OSError:
	    pass
	c = socket.create_connection((host, port), 5)
	assert f.sendcmd("STOR a")[:3] == "150"
	c.sendall(b"good"); c.close()
	assert f.voidresp() == "226 stored a"
	END
	[ "$(cat incoming/a)" = good ]
}

@test "a stranger who knocks keeps no session alive" {
	start ftpd-lite -l '*:0' -T 1
	client <<-'END'
	f.login()
	where = f.makepasv()
	f.sock.settimeout(0.1)
	start = time.monotonic()
	while time.monotonic() - start < 10:
	    try:
	        socket.create_connection(where, 5, ("127.0.0.9", 0)).close()
	    except OSError:
	        pass
	    try:
	        line = f.file.readline()
	        assert line[:3] == "421", line
	        break
	    except TimeoutError:
	        f.file = f.sock.makefile("r")
	else:
	    raise SystemExit("still there")
	END
}

@test "no descriptor for a data connection: refused, and no spinning" {
	start -n ftpd-lite bash -c 'ulimit -n 20; exec "$@"' bash \
		ftpd-lite -l 127.0.0.1:0
	client <<-'END'
	f.login()
	where = f.makepasv()
	held = [socket.create_connection(f.sock.getpeername())
	        for i in range(20)]
	for i in range(500):
	    if "accept: " in open("ftpd-lite.err").read():
	        break
	    time.sleep(.01)
	c = socket.create_connection(where)
	try:
	    assert c.recv(1) == b""
	except ConnectionResetError:
	    pass
	assert bad("STOR a")[:3] == "425"
	c.close()
	for h in held:
	    h.close()
	assert up("a", b"x") == "226 stored a"
	END
	incoming_has a
}

@test "passive ports from a range" {
	serve -p 52000-52063
	client <<-'END'
	f.login()
	for i in range(5):
	    assert 52000 <= f.makepasv()[1] <= 52063
	assert "(127,0,0,1,203," in f.sendcmd("PASV")
	END
	run -64 --separate-stderr ftpd-lite -p 5-4
	run -64 --separate-stderr ftpd-lite -p 0-4
	run -64 --separate-stderr ftpd-lite -p 4-65536
	[ -z "$output" ]
}

@test "the largest size, and a full disk" {
	serve -m 100k
	client <<-'END'
	f.login()
	try:
	    up("a", b"x" * 102401); assert 0
	except (ftplib.error_perm, OSError) as e:
	    assert isinstance(e, OSError) or str(e)[:3] == "552"
	g = connect(); g.login()
	g.storbinary("STOR b", io.BytesIO(b"x" * 102400))
	assert bad("ALLO 102401", g)[:3] == "552"
	END
	incoming_has b
	stop
	(ulimit -f 64; exec ftpd-lite -l 127.0.0.1:0 -d full) \
		>full.out 2>full.err 3>&- &
	STARTED+=($!)
	wait_for has_line listening full.err
	PORT=$(sed -n 's/.*listening.*://p' full.err)
	client <<-'END'
	f.login()
	try:
	    up("a", b"x" * 200000); assert 0
	except (ftplib.error_temp, OSError) as e:
	    assert isinstance(e, OSError) or str(e)[:3] == "452"
	g = connect(); g.login()
	g.storbinary("STOR b", io.BytesIO(b"x"))
	END
	[ "$(ls full)" = b ]
}

@test "passwords: right, wrong, three times wrong, a bad file" {
	printf 'anna:pass word\n' >passwd
	chmod 600 passwd
	serve -v -u passwd
	client <<-'END'
	f.login("Anna", "pass word")
	up("a", b"x")
	g = connect()
	assert bad("USER anonymous", g)[:3] == "331"
	assert bad("PASS x", g)[:3] == "530"
	assert bad("USER anna", g)[:3] == "331"
	assert bad("PASS pass", g)[:3] == "530"
	assert bad("STOR a", g)[:3] == "530"
	assert bad("USER ../anna", g)[:3] == "530"
	assert bad("USER anna", g)[:3] == "331"
	assert bad("PASS x", g)[:3] == "530"
	assert g.getmultiline()[:3] == "421"
	END
	incoming_has a
	run -1 grep -q 'pass word' ftpd-lite.err
	grep -q 'C: PASS \*\*\*' ftpd-lite.err
	chmod 644 passwd
	run -78 --separate-stderr ftpd-lite -u passwd
	: >empty
	chmod 600 empty
	run -78 --separate-stderr ftpd-lite -u empty
	run -78 --separate-stderr ftpd-lite -u none
	[ -z "$output" ]
}

@test "a web page cannot talk to it; long lines end the session" {
	[ "$(says 'POST / HTTP/1.1' 'USER anonymous' 'PASS x')" = \
		'500 this is FTP, not HTTP' ]
	[ "$(says $'\x16\x03\x01' 'USER anonymous' 'PASS x')" = \
		'500 this is FTP, not TLS' ]
	[ "$(says "NOOP $(printf '%05000d' 0)" QUIT)" = \
		'500 the line is too long' ]
}

@test "-1 takes one file and ends; SIGTERM ends in good order" {
	serve -1
	client <<-'END'
	f.login()
	up("a", b"x")
	END
	wait "$PID"
	incoming_has a
	serve
	stop
}

@test "standard output full: 74, and the file is there" {
	ftpd-lite -l 127.0.0.1:0 >/dev/full 2>err 3>&- &
	PID=$!
	STARTED+=("$PID")
	wait_for has_line listening err
	PORT=$(sed -n 's/.*listening.*://p' err)
	client <<-'END' || :
	f.login()
	up("a", b"x")
	END
	status=0
	stop || status=$?
	[ "$status" = 74 ]
	[ -f incoming/a ]
}

@test "kill -9: what was confirmed is there, what was not is swept up" {
	serve
	client "$PID" <<-'END'
	f.login()
	up("a", b"x" * 5000)
	c = raw("STOR b"); c.sendall(b"x" * 5000)
	came(5000)
	os.kill(int(sys.argv[1]), 9)
	END
	wait "$PID" || :
	incoming_has a 2>/dev/null || [ "$(ls incoming)" = a ]
	serve
	incoming_has a
}

@test "two at once under one name; several workers; many idle" {
	serve -w 2 -c 500
	client <<-'END'
	idle = [connect() for i in range(200)]
	f.login()
	g = connect(); g.login()
	a, b = raw("STOR x"), raw("STOR x", g)
	a.sendall(b"1" * 9999); b.sendall(b"2" * 9999)
	a.close(); b.close()
	assert sorted((f.voidresp(), g.voidresp())) == \
	    ["226 stored x", "226 stored x-2"]
	END
	incoming_has x x-2
	[ "$(wc -l <ftpd-lite.out)" = 2 ]
}

@test "too many sessions: told so" {
	serve -c 1
	client <<-'END'
	try:
	    connect(); assert 0
	except ftplib.error_temp as e:
	    assert str(e)[:3] == "421"
	END
}

@test "ftpsend and ftpd-lite: in place of nothing, many on one line" {
	serve
	mkdir many
	for i in 1 2 3 4 5 6 7 8 9 10; do
		head -c $((i * 7777)) /dev/urandom >"many/$i.bin"
	done
	run -0 --separate-stderr ftpsend "ftp://$ADDR/incoming/" many/*
	[ -z "$output$stderr" ]
	diff -r -x .seen many incoming
	[ "$(wc -l <ftpd-lite.out)" = 10 ]
}

@test "over a UNIX socket, and IPv6 where there is one" {
	start ftpd-lite -l ./sock
	if command -v nc >/dev/null; then
		printf 'USER ftp\r\nPASS x\r\nPASV\r\nQUIT\r\n' |
			nc -NU ./sock >out
		grep -q '^227 .*(127,0,0,1,' out
	fi
	stop
	start ftpd-lite -l '[::1]:0' || skip 'no IPv6'
	ftpsend "$ADDR" order.txt
	incoming_has order.txt
}

@test "the examples of its page" {
	sed -n '/^\.Sh EXAMPLES/,/^\.Sh DIAG/s/^\.Dl //p' \
		"$TOP/man/ftpd-lite.1" | sed 's/\\(dq/"/g; s/\\e/\\/g' >examples
	[ "$(wc -l <examples)" = 2 ]
	sed -n 2p examples >by-hand
	sh by-hand >out
	[ "$(tr -d '\r' <out | cut -c1-3 | tr '\n' ' ')" = '220 331 230 221 ' ]
	printf 'anna:secret\n' >passwd
	chmod 600 passwd
	sed -n '1s/:2121/:0/p' examples >network
	start -n network sh -c "exec $(cat network)"
	echo secret >key
	ftpsend -u anna -P 'cat key' "127.0.0.1:$PORT" order.txt
	cmp order.txt incoming/order.txt
	sed -n '/^\.Sh EXAMPLES/,/^\.Ed/p' "$TOP/man/ftpd-lite.1" |
		sed '/^\.Bd/,/^\.Ed/!d; /^\./d; s/^ftpd-lite/& -1 -l :0/' >orders
	printf '#!/bin/sh\necho "$REPORT:$1" >got\n' >pipeline.sh
	chmod +x pipeline.sh
	start sh orders
	ftpsend "127.0.0.1:$PORT" order.txt
	wait_for test -s got
	[ "$(cat got)" = ftp:incoming/order-2.txt ]
}
