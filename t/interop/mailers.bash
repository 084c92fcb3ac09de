# Other mail servers as interop tests set them up.  They run as root.

# A port for a server that cannot choose one itself.  Nobody who takes any port
# is given one of these, and no other test is.
free_port() {
	local port
	for _ in {1..100}; do
		port=$((20000 + RANDOM % 10000))
		mkdir "${PORTS:-$BATS_RUN_TMPDIR}/port-$port" 2>/dev/null || continue
		(: <"/dev/tcp/127.0.0.1/$port") 2>/dev/null && continue
		echo "$port"
		return
	done
	return 1
}

# smtp_answers ADDR: whether a server says 220 there.
smtp_answers() {
	smtpsend -I -T 1 -s "$1" </dev/null 2>&1 | grep '^S: 220'
}

# exim_paths NAME: what each exim.conf begins with; makes the directories.
exim_paths() {
	mkdir spool log
	chown Debian-exim spool log
	cat <<-END
	exim_path = $(command -v exim4)
	primary_hostname = $1
	spool_directory = $PWD/spool
	log_file_path = $PWD/log/%s
	END
}

# exim_smarthost: an Exim that hands all on to our server at PORT, its spool and
# log in this directory: exim.conf.
exim_smarthost() {
	exim_paths me.b.test >exim.conf
	cat >>exim.conf <<-END
	exim_user = Debian-exim
	exim_group = Debian-exim
	keep_environment =
	begin routers
	smarthost:
	  driver = manualroute
	  route_list = * 127.0.0.1
	  self = send
	  transport = smtp
	begin transports
	smtp:
	  driver = smtp
	  port = $PORT
	  allow_localhost
	  hosts_avoid_tls = *
	END
}

# start_exim_sink PORT: an Exim that takes all mail, but for no@ANY, and keeps
# none of it.
start_exim_sink() {
	exim_paths exim.test >exim.conf
	cat >>exim.conf <<-END
	pid_file_path = $PWD/spool/pid
	acl_smtp_rcpt = check_rcpt
	acl_smtp_vrfy = accept
	acl_smtp_expn = accept
	tls_advertise_hosts =
	keep_environment =
	begin acl
	check_rcpt:
	  deny message = 5.1.1 nobody
	       local_parts = no
	  accept
	begin routers
	away:
	  driver = redirect
	  data = :blackhole:
	END
	exim4 -C "$PWD/exim.conf" -bdf -oX "127.0.0.1.$1" 3>&- 2>err &
	STARTED+=("$!")
}

# start_postfix_domain: a Postfix that has the mailbox a@x, refuses no@x, and
# relays nothing.
start_postfix_domain() {
	mkdir mail
	chown postfix mail
	start_postfix "$PWD" "myhostname = postfix.test
	mydestination =
	virtual_mailbox_domains = x
	virtual_mailbox_base = $PWD/mail
	virtual_mailbox_maps = inline:{ {a@x=a/} }
	virtual_uid_maps = static:$(id -u postfix)
	virtual_gid_maps = static:$(id -g postfix)
	virtual_minimum_uid = 1
	smtpd_relay_restrictions = reject_unauth_destination
	smtpd_recipient_restrictions = check_recipient_access
	    inline:{ {no@x=550 5.1.1 nobody} }" \
		'smtp-in unix n - n - - smtpd
	virtual unix - n n - - virtual
	anvil unix - - n - 1 anvil
	proxymap unix - - n - - proxymap'
}
