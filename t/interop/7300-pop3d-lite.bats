#!/usr/bin/env bats
# Clients that people have fetch from pop3d-lite what swaks and smtpsend
# delivered, byte for byte.

# shellcheck disable=SC2154 # run sets stderr

load ../lib
load mailers

setup() {
	lib_setup
	umask 077
	HOME=$PWD
	export HOME
	echo 'user1:secret' >passwd
	{
		printf '%s\n' 'From: a@b.test' 'To: user1@pth.ua' \
			'Date: Sat, 21 Nov 2026 23:46:12 +0200' \
			'Message-ID: <1@b.test>' 'Subject: dots' \
			'MIME-Version: 1.0' \
			'Content-Type: text/plain; charset=UTF-8' \
			'Content-Transfer-Encoding: 8bit' '' . .. '.x' \
			'From here' 'Привіт' ''
		seq 2000
	} >letter
	start smtpd-lite -l :0
	smtpsend -s "127.0.0.1:$PORT" -f a@b.test user1@pth.ua <letter
	smtpsend -s "127.0.0.1:$PORT" -f a@b.test user1@pth.ua <letter
	if command -v swaks >/dev/null; then
		swaks --server 127.0.0.1 --port "$PORT" --helo me \
			--from a@b.test --to user1@pth.ua --data @letter \
			--suppress-data >/dev/null
	else
		smtpsend -s "127.0.0.1:$PORT" -f a@b.test user1@pth.ua <letter
	fi
	# What lies there, in the order of arrival.
	mkdir had
	i=0
	for f in mail/user1/new/*; do
		cp "$f" "had/$((i += 1))"
	done
	[ "$i" = 3 ]
	start pop3d-lite -l :0 -u passwd
}

# sums FILE ...: a checksum of each, CRLF or not, in order of the sums.
sums() {
	local f
	for f; do
		tr -d '\r' <"$f" | cksum
	done | sort
}

# same DIR: its files are the letters to the byte, in some order.
same() {
	sums had/* >want
	sums "$1"/* | cmp want -
}

emptied() {
	[ -z "$(find mail/user1/new mail/user1/cur -type f)" ]
}

@test "Python poplib" {
	need python3
	python - "$PORT" <<-'END'
	import poplib, sys
	def connect():
	    return poplib.POP3("127.0.0.1", int(sys.argv[1]), timeout=30)
	p = connect()
	capa = p.capa()
	assert "PIPELINING" in capa and capa["EXPIRE"] == ["NEVER"], capa
	assert p.utf8() == b"+OK UTF8 enabled"
	p.apop("user1", "secret")
	count, octets = p.stat()
	assert count == 3
	total = 0
	uids = p.uidl()[1]
	for i in range(1, 4):
	    had = open("had/%d" % i, "rb").read()
	    assert p.list(i).split()[2] == b"%d" % len(had.replace(b"\n", b"\r\n"))
	    _, lines, n = p.retr(i)
	    assert b"\n".join(lines) + b"\n" == had
	    total += n
	    head = p.top(i, 2)[1]
	    assert head[-3:] == [b"", b".", b".."], head
	assert total == octets, (total, octets)
	p.dele(2)
	p.quit()
	p = connect()
	p.user("user1")
	p.pass_("secret")
	assert [u.split()[1] for u in p.uidl()[1]] == \
	    [uids[0].split()[1], uids[2].split()[1]]
	p.quit()
	END
}

@test "curl, with each way to log in" {
	need curl
	for auth in PLAIN CRAM-MD5 SCRAM-SHA-256 +APOP; do
		# A curl that was built without a mechanism is no fault.
		curl -sS --user user1:secret --login-options "AUTH=$auth" \
			"pop3://127.0.0.1:$PORT/2" >got 2>err || {
			[ "$auth" = SCRAM-SHA-256 ] && continue
			cat err
			return 1
		}
		tr -d '\r' <got | cmp - had/2
	done
	curl -sS --user user1:secret "pop3://127.0.0.1:$PORT/" >list
	[ "$(wc -l <list)" = 3 ]
	run -67 curl -sS --user user1:wrong "pop3://127.0.0.1:$PORT/"
}

@test "mpop" {
	need mpop
	mkdir -p box/tmp box/new box/cur
	printf '%s\n' 'account a' 'host 127.0.0.1' "port $PORT" 'user user1' \
		'password secret' 'tls off' 'received_header off' \
		"delivery maildir $PWD/box" "uidls_file $PWD/uidls" \
		'auth scram-sha-256' 'keep on' >mpoprc
	mpop -C mpoprc a
	same box/new
	mpop -C mpoprc a
	same box/new
	rm -r box/new/* uidls
	for auth in cram-md5 plain apop user; do
		mpop -C mpoprc a --auth="$auth"
		same box/new
		rm -r box/new/* uidls
	done
	mpop -C mpoprc a --keep=off
	same box/new
	emptied
}

# fetched LINE ...: fetchmail has been here, with these lines in its settings,
# and taken all.
fetched() {
	need fetchmail
	[ "$(id -u)" != 0 ] || export FETCHMAIL_DISABLE_ROOT_WARNING=1
	printf '%s\n' "poll 127.0.0.1 protocol POP3 port $PORT" \
		'username "user1" password "secret" is "back" here' \
		'sslproto ""' 'no rewrite fetchall nokeep' "$@" >fetchmailrc
	chmod 600 fetchmailrc
	run fetchmail -f fetchmailrc --invisible --pidfile pid -i ids
	echo "$output"
	[ "$status" = 0 ]
	emptied
}

@test "fetchmail, to files" {
	mkdir box
	printf '%s\n' '#!/bin/sh' "exec cat >'$PWD/box/'\$\$" >mda
	chmod 700 mda
	fetched "mda \"$PWD/mda\""
	same box
}

# returned FILE ...: what smtpd-lite has put before the letters is three
# fields; without these they are what they were, but for Return-Path, which
# the last server of all writes (RFC 5321 4.4).
returned() {
	mkdir bare was
	for i in 1 2 3; do
		sed 1,/^Received/d "$1" | sed '1,/^[^[:blank:]]/{/^[[:blank:]]/d}' \
			>"bare/$i"
		sed 1d "had/$i" >"was/$i"
		shift
	done
	sums was/* >want
	sums bare/* | cmp want -
}

@test "fetchmail, and back into a Maildir" {
	pop=$PORT
	start -n back smtpd-lite -l 127.0.0.1:0 -d back -D localhost
	smtp=$PORT PORT=$pop
	fetched "smtphost \"127.0.0.1/$smtp\"" 'smtpaddress localhost'
	returned back/back/new/*
}

@test "fetchmail, and back into an mbox" {
	pop=$PORT
	start -n back smtpd-lite -l 127.0.0.1:0 -d back -D localhost -o mbox
	smtp=$PORT PORT=$pop
	fetched "smtphost \"127.0.0.1/$smtp\"" 'smtpaddress localhost'
	# One file a letter again: the separator and the empty line before it
	# go, and so does the > of a quoted line (mboxrd).
	awk '/^From / { n++; next } { sub(/^>From /, "From "); print >("part" n) }' \
		back/back.txt
	for i in 1 2 3; do
		sed '$d' "part$i" >"whole$i"
	done
	returned whole1 whole2 whole3
}

@test "mutt" {
	need mutt script
	mkdir -p box/tmp box/new box/cur
	printf '%s\n' 'set pop_authenticators="scram-sha-256"' \
		'set pop_user=user1 pop_pass=secret pop_delete=yes' \
		"set pop_host=pop://127.0.0.1:$PORT" 'set quit=yes' \
		'set ssl_starttls=no ssl_force_tls=no mbox_type=Maildir' \
		"set spoolfile=$PWD/box folder=$PWD" >muttrc
	TERM=xterm script -qec \
		"mutt -n -F muttrc -f box -e 'push <fetch-mail>q'" \
		/dev/null </dev/null >screen
	same box/cur
	emptied
}

@test "s-nail" {
	need s-nail
	printf 'copy * %s/out.mbox\nxit\n' "$PWD" |
		s-nail -n -S v15-compat -S pop3-auth=plain -S pop3-no-apop \
			-S pop3-bulk-load -R -f "pop3://user1:secret@127.0.0.1:$PORT"
	[ "$(grep -c '^Subject: dots$' out.mbox)" = 3 ]
	# Each letter as it was, between lines that begin with "From ".
	sed '/^>*From /d; /^$/d' out.mbox | sort >got
	cat had/* | sed '/^>*From /d; /^$/d' | sort | cmp - got
}

@test "stunnel in front" {
	need stunnel openssl curl
	openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=localhost \
		-keyout key.pem -out cert.pem 2>/dev/null
	cat key.pem cert.pem >both.pem
	port=$(free_port)
	printf '%s\n' 'foreground = yes' 'pid =' '[pop3s]' \
		"accept = 127.0.0.1:$port" "connect = 127.0.0.1:$PORT" \
		"cert = $PWD/both.pem" >stunnel.conf
	stunnel stunnel.conf 2>stunnel.err 3>&- &
	STARTED+=("$!")
	wait_for grep -q 'Configuration successful' stunnel.err
	curl -sS --cacert cert.pem --resolve "localhost:$port:127.0.0.1" \
		--user user1:secret "pop3s://localhost:$port/3" >got
	tr -d '\r' <got | cmp - had/3
}
