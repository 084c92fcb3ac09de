# Other mail servers as interop tests set them up.  They run as root.

# exim_smarthost: an Exim that hands all on to our server at PORT, its spool and
# log in this directory: exim.conf.
exim_smarthost() {
	mkdir spool log
	chown Debian-exim spool log
	cat >exim.conf <<-END
	exim_path = $(command -v exim4)
	primary_hostname = me.b.test
	spool_directory = $PWD/spool
	log_file_path = $PWD/log/%s
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
