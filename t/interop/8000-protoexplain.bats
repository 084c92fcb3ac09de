#!/usr/bin/env bats
# What servers and clients that people run say to each other is right, and
# protoexplain marks nothing in it: prototap stands between them.

# shellcheck disable=SC2154 # run sets output

load ../lib
load mailers
. "$TOP/t/opensmtpd.bash"
. "$TOP/t/postfix.sh"
. "$TOP/t/vsftpd.sh"

PATH=$PATH:/usr/sbin

setup() {
	lib_setup
	export HOME=$PWD
	umask 077
	printf '%s\n' 'From: a@b.test' 'To: a@x' \
		'Date: Sat, 21 Nov 2026 23:46:12 +0200' \
		'Message-ID: <1@b.test>' 'Subject: dots' '' . .. .x \
		'From here' '' 'Hi.' >letter
	crlf <letter >letter.crlf
	echo 'Hi.' >body
}

teardown() {
	[ ! -d postfix ] || postfix -c "$PWD/postfix" stop 2>/dev/null || :
	lib_teardown
	[ -z "${ROOT:-}" ] || rm -rf "$ROOT"
}

need_root() {
	[ "$(id -u)" = 0 ] || skip "not root"
	umask 022
	chmod a+x "$BATS_RUN_TMPDIR" "$BATS_RUN_TMPDIR/test" .
}

# greets PORT: whether a server says something there.
greets() {
	python - "$1" <<-'END' 2>/dev/null
	import socket, sys
	s = socket.create_connection(("127.0.0.1", int(sys.argv[1])), 2)
	assert s.recv(1) in (b"2", b"+")
	END
}

# tap PROTOCOL TARGET: what passes by ADDR to there is recorded in heard/.
tap() {
	start -n tap prototap -u -p "$1" -o heard -l 127.0.0.1:0 "$2"
}

# right LEAST: so many dialogues were heard, and nothing in them is wrong.
right() {
	local file bad=0 n=0
	stop
	for file in heard/*; do
		[ -s "$file" ] || continue
		n=$((n + 1))
		run protoexplain -mu "$file"
		[ "$status" = 0 ] && continue
		bad=1
		grep -B 8 '^!' <<<"$output"
	done
	echo "$n dialogues"
	[ "$n" -ge "$1" ] && [ "$bad" = 0 ]
}

# mail_clients: they all send to a@x by ADDR; no@x is refused.  No client here
# is refused that then leaves without QUIT.
mail_clients() {
	need swaks curl msmtp mutt s-nail python3
	smtpsend -s "$ADDR" -f a@b.test a@x <letter
	smtpsend -E no -s "$ADDR" -f a@b.test a@x <letter
	smtpsend -p 0 -s "$ADDR" -f a@b.test a@x <letter
	run -67 smtpsend -s "$ADDR" -f a@b.test no@x a@x <letter
	{
		for i in 1 2 3; do
			printf '%s\n' 'MAIL FROM:<a@b.test>' 'RCPT TO:<a@x>' \
				'RCPT TO:<no@x>' DATA
			sed 's/^\./../' letter
			echo .
		done
		echo QUIT
	} | run -67 smtpsend -bS -s "$ADDR"
	set -- swaks --server 127.0.0.1 --port "$PORT" --helo me.b.test \
		--from a@b.test --suppress-data
	"$@" --to a@x >out
	"$@" --to a@x --data @letter >out
	"$@" --to a@x,a@x --protocol SMTP >out
	for stop in connect helo mail rcpt; do
		"$@" --to a@x --quit-after "$stop" >out
	done
	run -24 "$@" --to no@x
	"$@" --to a@x --pipeline >out
	for word in NOOP RSET HELP 'VRFY a@x' 'EXPN a'; do
		curl -sS --url "smtp://127.0.0.1:$PORT/me.b.test" \
			-X "$word" >out 2>&1 || [ $? = 8 ] || [ $? = 56 ]
	done
	curl -sS --url "smtp://127.0.0.1:$PORT/me.b.test" \
		--mail-from a@b.test --mail-rcpt a@x --mail-rcpt a@x \
		-T letter.crlf
	for from in a@b.test '<>'; do
		msmtp --host=127.0.0.1 --port="$PORT" --file=/dev/null \
			--domain=me.b.test --from="$from" -- a@x a@x <letter
	done
	cat >muttrc <<-END
	set smtp_url="smtp://127.0.0.1:$PORT"
	set from="a@b.test" realname="" hostname="me.b.test"
	set use_envelope_from=yes copy=no ssl_starttls=no ssl_force_tls=no
	set folder="$PWD" tmpdir="$PWD"
	END
	mutt -n -F muttrc -s dots a@x <body
	s-nail -: / -S v15-compat -S "mta=smtp://127.0.0.1:$PORT" \
		-S smtp-auth=none -S from=a@b.test -S hostname=me.b.test \
		-s dots a@x <body
	smtplib
}

# smtplib: what else there is to say, and by Python.
smtplib() {
	python - "$PORT" <<-'END'
	import smtplib, sys
	letter = open("letter.crlf", "rb").read()
	with smtplib.SMTP("127.0.0.1", int(sys.argv[1]), "me.b.test") as c:
	    c.ehlo()
	    c.noop()
	    c.help()
	    c.verify("a@x")
	    c.expn("a")
	    c.rset()
	    c.sendmail("a@b.test", ["a@x"], letter)
	    c.sendmail("a@b.test", ["a@x", "no@x"], letter)
	    c.mail("a@b.test")
	    c.ehlo()
	    c.mail("a@b.test")
	    c.rset()
	END
}

@test "Postfix" {
	need postfix smtp-source
	need_root
	start_postfix_domain
	wait_for smtp_answers ./queue/public/smtp-in
	tap smtp ./queue/public/smtp-in
	mail_clients
	smtp-source -s 2 -m 6 -f a@b.test -t a@x "127.0.0.1:$PORT"
	right 26
}

@test "Exim" {
	need exim4
	need_root
	port=$(free_port)
	start_exim_sink "$port"
	wait_for greets "$port"
	tap smtp "127.0.0.1:$port"
	mail_clients
	right 25
}

@test "OpenSMTPD" {
	need_root
	port=$(free_port)
	start_opensmtpd <<-END
	listen on 127.0.0.1 port $port hostname open.test
	table users { a = nobody }
	action keep maildir "/mail/%{dest.user}" virtual <users>
	match from any for domain x action keep
	END
	wait_for greets "$port"
	tap smtp "127.0.0.1:$port"
	mail_clients
	right 25
}

@test "aiosmtpd" {
	need python3
	python -c 'import aiosmtpd' 2>/dev/null || need aiosmtpd
	port=$(free_port)
	cat >handler.py <<-'END'
	class Handler:
	    async def handle_RCPT(self, server, session, envelope, rcpt, options):
	        if rcpt == "no@x":
	            return "550 nobody"
	        envelope.rcpt_tos.append(rcpt)
	        return "250 OK"
	END
	PYTHONPATH=. "$PYTHON" -m aiosmtpd -n -l "127.0.0.1:$port" \
		-c handler.Handler >log 2>&1 3>&- &
	STARTED+=("$!")
	wait_for greets "$port"
	tap smtp "127.0.0.1:$port"
	mail_clients
	right 25
}

# lite: smtpd-lite, for user and secret where they are asked for.
lite() {
	printf '%s\n' a >users
	echo 'a:open sesame' >passwd
	start smtpd-lite -l 127.0.0.1:0 -d mail -u users -D x "$@"
}

@test "smtpd-lite" {
	lite
	tap smtp "$ADDR"
	mail_clients
	need smtp-source
	smtp-source -s 2 -m 6 -f a@b.test -t a@x "127.0.0.1:$PORT"
	right 26
}

@test "log-ins: swaks, curl, msmtp, smtplib, smtpsend" {
	need swaks curl msmtp python3
	lite -a passwd
	tap smtp "$ADDR"
	for auth in PLAIN LOGIN CRAM-MD5; do
		swaks --server 127.0.0.1 --port "$PORT" --helo me.b.test \
			--from a@b.test --to a@x --suppress-data \
			--auth "$auth" --auth-user a \
			--auth-password 'open sesame' >/dev/null
		curl -sS --url "smtp://127.0.0.1:$PORT/me" \
			--user 'a:open sesame' --login-options "AUTH=$auth" \
			--mail-from a@b.test --mail-rcpt a@x -T letter.crlf
		msmtp --host=127.0.0.1 --port="$PORT" --file=/dev/null \
			--from=a@b.test --auth="${auth,,}" --user=a \
			--passwordeval='echo open sesame' -- a@x <letter
		smtpsend -s "$ADDR" -f a@b.test -M "$auth" -a a \
			-P 'echo open sesame' a@x <letter
	done
	msmtp --host=127.0.0.1 --port="$PORT" --file=/dev/null \
		--from=a@b.test --auth=scram-sha-256 --user=a \
		--passwordeval='echo open sesame' -- a@x <letter
	smtpsend -s "$ADDR" -f a@b.test -a a -P 'echo open sesame' a@x <letter
	run -77 smtpsend -s "$ADDR" -f a@b.test -a a -P 'echo no' a@x <letter
	python - "$PORT" <<-'END'
	import smtplib, sys
	for user in "a", "nobody":
	    with smtplib.SMTP("127.0.0.1", int(sys.argv[1]), "me") as c:
	        try:
	            c.login(user, "open sesame")
	        except smtplib.SMTPAuthenticationError:
	            pass
	END
	right 15
}

# smarthost: a smtpd-lite that others relay to, by ADDR.
smarthost() {
	lite
	tap smtp "$ADDR"
}

@test "Postfix hands mail on" {
	need postfix
	need_root
	smarthost
	start_postfix "$PWD" "myhostname = me.b.test
	mydestination =
	relayhost = [127.0.0.1]:$PORT
	inet_interfaces = loopback-only
	smtp_connection_cache_on_demand = no
	smtp_tls_security_level = none" \
		'pickup unix n - n 60 1 pickup
	smtp unix - - n - - smtp'
	sendmail=$(command -v postfix)
	sendmail=${sendmail%/*}/sendmail
	export MAIL_CONFIG=$PWD/postfix
	"$sendmail" -i -f a@b.test a@x <letter
	"$sendmail" -i -f a@b.test no@x a@x <letter
	# Two messages, and the bounce of one.
	wait_for sh -c '[ "$(grep -l "	QUIT$" heard/* | wc -l)" = 3 ]'
	postfix -c "$PWD/postfix" stop 2>err
	right 3
}

@test "Exim hands mail on" {
	need exim4
	need_root
	smarthost
	exim_smarthost
	exim4 -C "$PWD/exim.conf" -odf -i -f a@b.test a@x <letter
	exim4 -C "$PWD/exim.conf" -odf -i -f a@b.test no@x a@x <letter
	right 2
}

# mailbox: letters for user1, to be fetched; and passwd.
mailbox() {
	echo 'user1:secret' >passwd
	local i
	for i in 1 2 3; do
		sed "s/Subject: dots/Subject: $i/" letter |
			smtpsend -s "$ADDR" -f a@b.test user1@pth.ua
	done
}

# pop3_clients: they all fetch user1's letters by ADDR, with secret.
pop3_clients() {
	need curl mpop fetchmail python3 s-nail
	local auth
	for auth in PLAIN CRAM-MD5 +APOP LOGIN; do
		curl -sS --user user1:secret --login-options "AUTH=$auth" \
			"pop3://127.0.0.1:$PORT/1" >got || [ "$auth" = LOGIN ]
	done
	curl -sS --user user1:secret "pop3://127.0.0.1:$PORT/" >got
	run -67 curl -sS --user user1:wrong "pop3://127.0.0.1:$PORT/"
	mkdir -p box/tmp box/new box/cur
	printf '%s\n' 'account a' 'host 127.0.0.1' "port $PORT" 'user user1' \
		'password secret' 'tls off' 'received_header off' \
		"delivery maildir $PWD/box" "uidls_file $PWD/uidls" \
		'auth user' 'keep on' >mpoprc
	chmod 600 mpoprc
	for auth in cram-md5 plain user; do
		mpop -C mpoprc a --auth="$auth" >out
		rm -r box/new/* uidls
	done
	python - "$PORT" <<-'END'
	import poplib, sys
	def connect():
	    return poplib.POP3("127.0.0.1", int(sys.argv[1]), timeout=30)
	p = connect()
	p.capa()
	try:
	    p.user("user1")
	    p.pass_("wrong")
	except poplib.error_proto:
	    pass
	p.quit()
	p = connect()
	p.apop("user1", "secret")
	p.stat()
	p.list()
	p.list(1)
	p.uidl()
	p.uidl(1)
	p.retr(1)
	p.top(1, 2)
	p.noop()
	p.dele(1)
	p.rset()
	try:
	    p.retr(99)
	except poplib.error_proto:
	    pass
	p.quit()
	END
	printf 'copy * %s/out.mbox\nxit\n' "$PWD" |
		s-nail -n -S v15-compat -S pop3-auth=plain -S pop3-no-apop \
			-R -f "pop3://user1:secret@127.0.0.1:$PORT" >out
	export FETCHMAIL_DISABLE_ROOT_WARNING=1
	printf '%s\n' '#!/bin/sh' 'exec cat >/dev/null' >mda
	chmod 700 mda
	for auth in '' uidl; do
		printf '%s\n' "poll 127.0.0.1 protocol POP3 port $PORT $auth" \
			'username "user1" password "secret" is "back" here' \
			'sslproto "" no rewrite keep' \
			"mda \"$PWD/mda\"" >fetchmailrc
		chmod 600 fetchmailrc
		fetchmail -f fetchmailrc --invisible --pidfile pid -i ids \
			>out 2>&1 || [ $? = 1 ] || { cat out; return 1; }
	done
}

@test "pop3d-lite" {
	start smtpd-lite -l 127.0.0.1:0 -d mail
	mailbox
	start pop3d-lite -l 127.0.0.1:0 -d mail -u passwd
	tap pop3 "$ADDR"
	pop3_clients
	right 13
}

@test "Dovecot" {
	need dovecot
	need_root
	start smtpd-lite -l 127.0.0.1:0 -d mail
	mailbox
	chown -R daemon mail
	port=$(free_port)
	lib=$(command -v dovecot)
	lib=${lib%/sbin/dovecot}/lib/dovecot
	cat >dovecot.conf <<-END
	base_dir = $PWD/run
	state_dir = $PWD/state
	libexec_dir = $lib
	mail_plugin_dir = $lib/modules
	log_path = $PWD/log
	protocols = pop3
	listen = 127.0.0.1
	ssl = no
	disable_plaintext_auth = no
	auth_mechanisms = plain login cram-md5 apop
	default_internal_user = nobody
	default_internal_group = $(id -gn nobody)
	default_login_user = nobody
	first_valid_uid = 1
	mail_location = maildir:$PWD/mail/%u
	service anvil {
	  chroot =
	}
	service pop3-login {
	  chroot =
	  inet_listener pop3 {
	    port = $port
	  }
	}
	passdb {
	  driver = static
	  args = password=secret
	}
	userdb {
	  driver = static
	  args = uid=daemon gid=daemon home=$PWD/mail/%u
	}
	END
	dovecot -F -c "$PWD/dovecot.conf" 3>&- 2>err &
	STARTED+=("$!")
	wait_for greets "$port"
	tap pop3 "127.0.0.1:$port"
	pop3_clients
	right 13
}

# ftp_clients DIRECTORY [user]: they all store files there, by ADDR, and list
# it; anonymous, or as this user with "secret".
ftp_clients() {
	need curl lftp tnftp python3
	local dir=$1 log_in=${2:+$2:secret@} user=${2:-anonymous} n
	shift
	for n in 1 2 3; do
		echo "$n" >"f$n"
	done
	curl -sS -T f1 "ftp://$log_in$ADDR/$dir"
	curl -sS --disable-epsv --use-ascii -T f2 "ftp://$log_in$ADDR/$dir"
	curl -sS "ftp://$log_in$ADDR/$dir" >list || :
	lftp -c "open ${1:+-u $1,secret} $ADDR; cd /$dir; put f3; ls" >list
	lftp -c "set ftp:sync-mode off; open ${1:+-u $1,secret} $ADDR
		mput -O /$dir f1 f2" || :
	tnftp -n -p 127.0.0.1 "$PORT" >said <<-END || :
	user $user secret
	cd /$dir
	binary
	put f1 g1
	ls
	bye
	END
	python - "$PORT" "$user" "$dir" <<-'END'
	import ftplib, sys
	with ftplib.FTP() as f:
	    f.connect("127.0.0.1", int(sys.argv[1]))
	    f.login(sys.argv[2], "secret")
	    for command in "NOOP", "SYST", "PWD", "HELP", "FEAT", "STAT", \
	        "CWD /" + sys.argv[3], "TYPE A", "MODE S", "STRU F", "REST 0":
	        try:
	            f.voidcmd(command)
	        except ftplib.Error:
	            pass
	    f.storbinary("STOR h1", open("f1", "rb"))
	    try:
	        f.rename("h1", "h2")
	        f.delete("h2")
	    except ftplib.Error:
	        pass
	    f.quit()
	END
	ftpsend ${1:+-u "$1" -P 'echo secret'} -n i1 "ftp://$ADDR/$dir" f1
}

@test "ftpd-lite" {
	start ftpd-lite -l 127.0.0.1:0
	tap ftp "$ADDR"
	ftp_clients ""
	right 8
}

@test "vsftpd" {
	need vsftpd
	need_root
	mkdir -p root/in empty
	chown daemon root/in
	port=$(free_port)
	vsftpd_conf "$port" "$PWD/root" "$PWD/empty" >vsftpd.conf
	echo anon_other_write_enable=YES >>vsftpd.conf
	vsftpd vsftpd.conf 3>&- >log 2>&1 &
	STARTED+=("$!")
	wait_for greets "$port"
	tap ftp "127.0.0.1:$port"
	ftp_clients in/
	right 8
}

@test "pure-ftpd" {
	need pure-ftpd
	pure=$(command -v pure-ftpd)
	PATH=$PATH:${pure%/*/*}/bin
	need pure-pw
	need_root
	mkdir -p root/in
	chown -R daemon root
	port=$(free_port)
	printf 'secret\nsecret\n' | pure-pw useradd anna -u daemon \
		-d "$PWD/root" -f pw -m -F pw.pdb
	pure-ftpd -S "127.0.0.1,$port" -l "puredb:$PWD/pw.pdb" -E -H \
		3>&- >log 2>&1 &
	STARTED+=("$!")
	wait_for greets "$port"
	tap ftp "127.0.0.1:$port"
	ftp_clients in/ anna
	right 8
}

@test "orderrecv" {
	start orderrecv -l 127.0.0.1:0
	tap order "$ADDR"
	cp "$TOP/examples/session.txt" .
	ordersend -q -s "$ADDR" session.txt letter body
	ordersend -q -s "$ADDR" session.txt
	wire "$ADDR" <session.txt >got
	right 3
}
