#!/usr/bin/env bats
# ftpsend with real FTP servers, and real clients with ftpd-lite.

load ../lib
load mailers
. "$TOP/t/vsftpd.sh"

setup() {
	lib_setup
	PATH=$PATH:/usr/sbin
	head -c 300000 /dev/urandom >order.bin
	cp "$TOP/examples/session.txt" .
	printf 'one\ntwo\n' >order.txt
}


# answers PORT: whether an FTP server greets there.
answers() {
	python - "$1" <<-'END' 2>/dev/null
	import socket, sys
	s = socket.create_connection(("127.0.0.1", int(sys.argv[1])), 2)
	assert s.recv(4) in (b"220 ", b"220-")
	END
}

# run_server command ...: one that says nothing, on $PORT.
run_server() {
	"$@" </dev/null >server.out 2>&1 3>&- &
	PID=$!
	STARTED+=("$PID")
	wait_for answers "$PORT"
	tap_before ftp "127.0.0.1:$PORT"
}

# mails DIRECTORY: the order session.txt in it is mailed, to the last letter,
# and the report has it attached.
mails() {
	local ADDR PORT PID	# the FTP server's stay
	rm -f "$1/order.bin"
	start -n smtpd smtpd-lite -l 127.0.0.1:0 -d mail
	INCOMING=$1 WORK=work ARC=arc SMTPSERVER=$ADDR FROM=news@pth.ua \
		SUPPORT=support@pth.ua REPORT=ftp "$TOP/pipeline.sh"
	[ "$(cat mail/user[123]/new/* | grep -c '^Hello user[123]!')" = 3 ]
	grep -q '3 recipients' mail/support/new/*
	grep -q 'filename="*session\.txt' mail/support/new/*
	cmp session.txt arc/session-*.txt
}

# uploads DIRECTORY [ARGUMENT ...]: both files arrive to the byte, and nothing
# else does; and the mailing runs.
uploads() {
	local dir=$1
	shift
	run -0 --separate-stderr ftpsend "$@" order.bin session.txt
	[ -z "$stderr" ]
	cmp order.bin "$dir/order.bin"
	cmp session.txt "$dir/session.txt"
	[ "$(ls -A "$dir" | wc -l)" = 2 ]
	mails "$dir"
}

need_root() {
	[ "$(id -u)" = 0 ] || skip 'not root'
}

# A directory that other users may enter, unlike the tests' own.
open_dir() {
	OPEN=$(mktemp -d "${TMPDIR:-/tmp}/ftp-interop.XXXXXX")
	chmod 755 "$OPEN"
}

teardown() {
	lib_teardown
	[ -z "${OPEN:-}" ] || rm -rf "$OPEN"
}

# vsftpd_server OPTION ...: for anonymous uploads to $OPEN/in.
vsftpd_server() {
	need vsftpd
	need_root
	open_dir
	mkdir -p empty "$OPEN/in"
	chown daemon "$OPEN/in"
	PORT=$(free_port)
	vsftpd_conf "$PORT" "$OPEN" "$PWD/empty" >vsftpd.conf
	printf '%s\n' "$@" >>vsftpd.conf
	run_server vsftpd vsftpd.conf
}

@test "ftpsend to vsftpd that lets one rename" {
	vsftpd_server anon_other_write_enable=YES
	uploads "$OPEN/in" "ftp://127.0.0.1:$PORT/in/"
}

@test "ftpsend to vsftpd that does not: in place, and that is said" {
	vsftpd_server
	run -0 --separate-stderr ftpsend "ftp://127.0.0.1:$PORT/in/" \
		order.bin session.txt
	[[ $stderr = *'renaming is refused (550 '*'uploading in place'*'left on the server'* ]]
	cmp order.bin "$OPEN/in/order.bin"
	cmp session.txt "$OPEN/in/session.txt"
	mails "$OPEN/in"
}

@test "ftpsend to vsftpd that refuses: 65" {
	vsftpd_server anon_upload_enable=NO
	run -65 ftpsend "ftp://127.0.0.1:$PORT/in/" order.bin
}

# private_pam command ...: becomes it, where the user daemon has a password and
# PAM asks for no more; the machine itself stays as it is.
private_pam() {
	exec unshare -m sh -c 'mount --bind pam.d /etc/pam.d &&
		mount --bind shadow /etc/shadow && exec "$@"' sh "$@"
}

@test "ftpsend to vsftpd, with a password" {
	need unshare mount openssl
	need_root
	mkdir pam.d
	printf '%s required pam_unix.so\n' auth account session >pam.d/vsftpd
	printf 'daemon:%s:19000:0:99999:7:::\n' \
		"$(openssl passwd -6 secret)" >shadow
	vsftpd() { private_pam vsftpd "$@"; }
	vsftpd_server anonymous_enable=NO local_enable=YES
	uploads "$OPEN/in" -u daemon -P 'echo secret' \
		"ftp://127.0.0.1:$PORT/$OPEN/in/"
	run -77 ftpsend -u daemon -P 'echo wrong' "127.0.0.1:$PORT" order.bin
}

# pyftpd: python3-pyftpdlib for in/, anonymous and anna.
pyftpd() {
	python -c 'import pyftpdlib' 2>/dev/null || {
		[ "${CI_NO_SKIP:-0}" != 1 ] || return
		skip 'no pyftpdlib'
	}
	mkdir in
	cat >pyftpd.py <<-'END'
	import logging, sys
	from pyftpdlib.authorizers import DummyAuthorizer
	from pyftpdlib.handlers import FTPHandler
	from pyftpdlib.servers import FTPServer
	logging.basicConfig(level=logging.ERROR)
	FTPHandler.authorizer = DummyAuthorizer()
	FTPHandler.authorizer.add_anonymous("in", perm="elradfmw")
	FTPHandler.authorizer.add_user("anna", "secret", "in", perm="elradfmw")
	server = FTPServer(("127.0.0.1", 0), FTPHandler)
	print("listening on 127.0.0.1:%d" % server.address[1], file=sys.stderr)
	server.serve_forever()
	END
	start -n pyftpd "$(command -v /usr/bin/python3 || command -v python3)" \
		-W ignore -u pyftpd.py
}

@test "ftpsend to pyftpdlib, anonymous" {
	pyftpd
	uploads in "ftp://$ADDR/"
}

@test "ftpsend to pyftpdlib, with a password and a new directory" {
	pyftpd
	uploads in/a/b -m -u anna -P 'echo secret' "ftp://$ADDR/a/b/"
	run -77 ftpsend -u anna -P 'echo wrong' "ftp://$ADDR/" order.bin
}

@test "ftpsend to pure-ftpd, with a password" {
	need pure-ftpd
	pure=$(command -v pure-ftpd)
	PATH=$PATH:${pure%/*/*}/bin
	need pure-pw
	need_root
	open_dir
	chown daemon "$OPEN"
	PORT=$(free_port)
	printf 'secret\nsecret\n' | pure-pw useradd anna -u daemon \
		-d "$OPEN" -f pw -m -F pw.pdb
	run_server pure-ftpd -S "127.0.0.1,$PORT" -l "puredb:$PWD/pw.pdb" -E -H
	uploads "$OPEN/in" -m -u anna -P 'echo secret' "127.0.0.1:$PORT/in/"
	run -77 ftpsend -u anna -P 'echo wrong' "127.0.0.1:$PORT" order.bin
}

# proftpd_server: anna, and anonymous, for $OPEN/in.
proftpd_server() {
	need proftpd openssl
	need_root
	open_dir
	mkdir "$OPEN/in"
	chown daemon "$OPEN/in"
	PORT=$(free_port)
	# anonymous is an alias of daemon, which therefore must be known.
	printf '%s:%s:%d:%d::%s:/bin/false\n' \
		anna "$(openssl passwd -6 secret)" \
		"$(id -u daemon)" "$(id -g daemon)" "$OPEN" \
		daemon '*' "$(id -u daemon)" "$(id -g daemon)" "$OPEN" >users
	chmod 600 users
	cat >proftpd.conf <<-END
	ServerType standalone
	DefaultAddress 127.0.0.1
	Port $PORT
	UseIPv6 off
	UseReverseDNS off
	User daemon
	Group daemon
	AuthOrder mod_auth_file.c
	AuthUserFile $PWD/users
	RequireValidShell off
	UseFtpUsers off
	WtmpLog off
	TransferLog none
	SystemLog $PWD/proftpd.log
	PidFile $PWD/proftpd.pid
	ScoreboardFile $PWD/scoreboard
	DelayEngine off
	<Anonymous $OPEN>
	  User daemon
	  Group daemon
	  UserAlias anonymous daemon
	  RequireValidShell off
	</Anonymous>
	END
	run_server proftpd -n -c "$PWD/proftpd.conf"
}

@test "ftpsend to proftpd, anonymous" {
	proftpd_server
	uploads "$OPEN/in" "127.0.0.1:$PORT/in/"
}

@test "ftpsend to proftpd, with a password and a new directory" {
	proftpd_server
	uploads "$OPEN/in/a" -m -u anna -P 'echo secret' "127.0.0.1:$PORT/in/a"
	run -77 ftpsend -u anna -P 'echo wrong' "127.0.0.1:$PORT" order.bin
}

# lite: ftpd-lite for incoming/.
lite() {
	start ftpd-lite -l 127.0.0.1:0 "$@"
}

# only_session: what came so far is out of the way of mails.
only_session() {
	rm incoming/*
}

# arrived NAME FILE: FILE came as NAME, and its path was told.
arrived() {
	cmp "$2" "incoming/$1"
	grep -qx "incoming/$1" ftpd-lite.out
}

@test "curl to ftpd-lite" {
	need curl
	lite
	curl -sST order.bin "ftp://$ADDR/"
	arrived order.bin order.bin
	curl -sS --disable-epsv -T order.bin "ftp://$ADDR/incoming/pasv.bin"
	arrived pasv.bin order.bin
	curl -sS -T order.bin -Q '-RNFR .part' -Q '-RNTO whole.bin' \
		"ftp://$ADDR/.part"
	arrived whole.bin order.bin
	# Appended in the session that began it.
	head -c 1000 order.bin >half
	tail -c +1001 order.bin >rest
	curl -sS -a -T half "ftp://$ADDR/two.part" --next -sS -a -T rest \
		-Q '-RNFR two.part' -Q '-RNTO two.bin' "ftp://$ADDR/two.part"
	arrived two.bin order.bin
	curl -sS --use-ascii -T order.txt "ftp://$ADDR/text.txt"
	arrived text.txt order.txt
	curl -sS "ftp://$ADDR/" >list
	[ "$(wc -l <list)" = 5 ]
	run -78 curl -sS "ftp://$ADDR/order.bin"
	only_session
	curl -sS --use-ascii -T session.txt "ftp://$ADDR/"
	mails incoming
}

@test "curl to ftpd-lite, with a password" {
	need curl
	printf 'anna:secret\n' >passwd
	chmod 600 passwd
	lite -u passwd
	curl -sST order.bin -u anna:secret "ftp://$ADDR/"
	arrived order.bin order.bin
	run -67 curl -sST order.bin -u anna:wrong "ftp://$ADDR/"
	run -67 curl -sST order.bin "ftp://$ADDR/"
}

@test "lftp to ftpd-lite, also with its temporary names" {
	need lftp
	lite
	lftp -c "open $ADDR; put order.bin; ls" >list
	arrived order.bin order.bin
	grep -q 'order\.bin$' list
	lftp -c "set xfer:use-temp-file yes; open $ADDR
		put order.bin -o temp.bin; mput -O / order.txt session.txt"
	arrived temp.bin order.bin
	arrived order.txt order.txt
	[ "$(wc -l <ftpd-lite.out)" = 4 ]
	lftp -c "open $ADDR; put -a order.txt -o text.txt"
	arrived text.txt order.txt
	lftp -c "set xfer:use-temp-file yes; set xfer:temp-file-name *.part
		open $ADDR; mkdir -pf incoming; put order.bin -o part.bin; cls -l"
	arrived part.bin order.bin
	only_session
	lftp -c "open $ADDR; put session.txt"
	mails incoming
}

@test "Python's ftplib to ftpd-lite, binary and text" {
	lite
	PORT=$PORT python - <<-'END'
	import ftplib, os
	with ftplib.FTP() as f:
	    f.connect("127.0.0.1", int(os.environ["PORT"]))
	    f.login()
	    f.storbinary("STOR order.bin", open("order.bin", "rb"))
	    f.storlines("STOR order.txt", open("order.txt", "rb"))
	    f.storbinary("STOR late.txt~", open("order.bin", "rb"))
	    f.storbinary("STOR late.filepart", open("order.bin", "rb"))
	    f.rename("late.filepart", "late.bin")
	    files = dict(f.mlsd("/", facts=["type", "size"]))
	    size = str(os.path.getsize("order.bin"))
	    assert files.keys() == {"order.bin", "order.txt", "late.bin"}, files
	    assert files["late.bin"]["size"] == size, files
	    try:
	        f.mkd("/incoming")
	        raise SystemExit("a directory was made twice")
	    except ftplib.error_perm as e:
	        assert str(e).startswith("521 "), e
	    f.set_pasv(False)
	    try:
	        f.storbinary("STOR active", open("order.txt", "rb"))
	        raise SystemExit("active mode was not refused")
	    except ftplib.error_perm:
	        pass
	    f.set_pasv(True)
	    f.storlines("STOR session.txt", open("session.txt", "rb"))
	END
	arrived order.bin order.bin
	arrived order.txt order.txt
	arrived late.bin order.bin
	rm incoming/order.* incoming/late.bin
	mails incoming
}

@test "the plain ftp client to ftpd-lite, binary and text" {
	need tnftp
	lite
	tnftp -n -p 127.0.0.1 "$PORT" >said <<-END
	user anonymous me
	binary
	put order.bin
	ascii
	put order.txt
	put session.txt session.txt.tmp
	rename session.txt.tmp session.txt
	ls
	bye
	END
	arrived order.bin order.bin
	arrived order.txt order.txt
	rm incoming/order.*
	mails incoming
}

@test "ftpsend and ftpd-lite: 50 MB and 300 small ones" {
	lite
	head -c 50000000 /dev/urandom >large
	ftpsend "$ADDR" large
	arrived large large
	mkdir many
	for i in $(seq 300); do
		echo "$i" >"many/$i"
	done
	ftpsend "$ADDR" many/*
	[ "$(wc -l <ftpd-lite.out)" = 301 ]
	for i in $(seq 300); do
		cmp "many/$i" "incoming/$i"
	done
}
