#!/usr/bin/env bats
# smtpsend delivers to mail systems that people run: Exim, OpenSMTPD and
# Postfix.  What it sends arrives byte for byte, whom they refuse gets the
# right result, and more recipients than they take at once are served too.

load ../lib
load mailers
load ../smtpsend
. "$TOP/t/opensmtpd.bash"
. "$TOP/t/postfix.sh"

PATH=$PATH:/usr/sbin

setup() {
	lib_setup
	[ "$(id -u)" = 0 ] || skip "not root"
	chmod a+x "$BATS_RUN_TMPDIR" "$BATS_RUN_TMPDIR/test" .
	mkdir mail
}

teardown() {
	[ ! -d postfix ] || postfix -c "$PWD/postfix" stop 2>/dev/null || :
	lib_teardown
	[ -z "${ROOT:-}" ] || rm -rf "$ROOT"
}

# one RCPT ...: a message, its Message-ID that of the first; stdin is the body.
one() {
	local rcpt
	echo "MAIL FROM:<me@b.test>"
	for rcpt; do
		echo "RCPT TO:<$rcpt>"
	done
	printf '%s\n' DATA "Message-ID: <$1>" 'From: me@b.test' "To: $1" \
		'Date: Sat, 21 Nov 2026 23:46:12 +0200' 'Subject: dots' \
		'MIME-Version: 1.0' 'Content-Type: text/plain; charset=UTF-8' \
		'Content-Transfer-Encoding: 8bit' ''
	sed 's/^\./../'
	echo .
}

# arrived RCPT COUNT: their mailbox has so many, the first is what was sent.
arrived() {
	[ "$(find "$MAIL/${1%@*}/new" -type f 2>/dev/null | wc -l)" = "$2" ]
}

# exchange ADDR [RCPT]: what every server must take and refuse, this recipient
# for now.
exchange() {
	printf '%s\n' . .. .x 'From here' '' "$(seq 2000)" Привіт '' >body
	{
		# shellcheck disable=SC2086 # there may be none
		one a@x no@x ${2:-} b@x <body
		one b@x <<<'.'
		echo QUIT
	} >in
	run -$((${2:+8} + 67)) --separate-stderr smtpsend -bS -T 10 -s "$1" <in
	short <<<"$output" | cut -d ' ' -f 1,2,4 | sort >got
	printf '%s\n' ${2:+"deferred $2 rcpt"} 'failed no@x rcpt' \
		'sent a@x dot' 'sent b@x dot' 'sent b@x dot' | diff - got
	wait_for arrived a@x 1
	wait_for arrived b@x 2
	one a@x <body | sed '1,/^DATA$/d; $d; s/^\.\./\./' >want
	sed -n '/^Message-ID/,$p' "$MAIL/a/new/"* | tr -d '\r' | cmp - want
	# three at once is all they take
	one a@x b@x c@x d@x e@x <<<many >in
	echo QUIT >>in
	run -0 smtpsend -bS -T 10 -s "$1" <in
	[ "$(cut -f 1,2 <<<"$output" | sort | uniq | wc -l)" = 5 ]
	wait_for arrived e@x 1
	wait_for arrived a@x 2
	# many over several connections
	{
		for ((i = 0; i < 50; i++)); do
			echo "$i" | one "$i.c@x"
		done | sed 's/^RCPT.*/RCPT TO:<f@x>/'
		echo QUIT
	} >in
	run -0 smtpsend -bS -T 10 -j 4 -s "$1" -l journal <in
	[ "$(grep -c '^sent' journal)" = 50 ]
	wait_for arrived f@x 50
	[ "$(sed -n 's/^Message-ID: //p' "$MAIL/f/new/"* | sort -u | wc -l)" = 50 ]
}

@test "Exim" {
	need exim4
	chown Debian-exim mail
	MAIL=$PWD/mail
	port=$(free_port)
	printf '%s\n' a b c d e f >users
	exim_paths exim.test >exim.conf
	cat >>exim.conf <<-END
	pid_file_path = $PWD/spool/pid
	domainlist local_domains = x
	acl_smtp_rcpt = check_rcpt
	acl_smtp_data = check_data
	tls_advertise_hosts =
	keep_environment =
	recipients_max = 4
	smtp_accept_max_per_connection = 0
	smtp_accept_queue_per_connection = 0
	begin acl
	check_rcpt:
	  deny message = 5.1.1 nobody
	       local_parts = no
	  defer message = 4.2.0 later
	       local_parts = later
	  accept domains = +local_domains
	check_data:
	  accept
	begin routers
	files:
	  driver = accept
	  transport = files
	begin transports
	files:
	  driver = appendfile
	  directory = $MAIL/\${lookup {\$local_part} lsearch,ret=key {$PWD/users}}
	  maildir_format
	  user = Debian-exim
	  group = Debian-exim
	END
	exim4 -C "$PWD/exim.conf" -bdf -oX "127.0.0.1.$port" 3>&- 2>err &
	STARTED+=("$!")
	wait_for smtp_answers ":$port"
	tap_before smtp ":$port"
	exchange "$ADDR" later@x
}

@test "OpenSMTPD" {
	port=$(free_port)
	start_opensmtpd <<-END
	smtp limit max-rcpt 3
	listen on 127.0.0.1 port $port hostname open.test
	table users { a = nobody, b = nobody, c = nobody, d = nobody, \
	    e = nobody, f = nobody }
	action keep maildir "/mail/%{dest.user}" virtual <users>
	match from any for domain x action keep
	END
	MAIL=$PWD/root/mail
	wait_for smtp_answers ":$port"
	tap_before smtp ":$port"
	exchange "$ADDR"
}

@test "Postfix" {
	need postfix
	chown postfix mail
	MAIL=$PWD/mail
	start_postfix "$PWD" "myhostname = postfix.test
	mydestination =
	virtual_mailbox_domains = x
	virtual_mailbox_base = $PWD/mail
	virtual_mailbox_maps = inline:{
	    {a@x=a/} {b@x=b/} {c@x=c/} {d@x=d/} {e@x=e/} {f@x=f/}
	    {later@x=later/} }
	virtual_uid_maps = static:$(id -u postfix)
	virtual_gid_maps = static:$(id -g postfix)
	virtual_minimum_uid = 1
	smtpd_relay_restrictions = reject_unauth_destination
	smtpd_recipient_restrictions = check_recipient_access
	    inline:{ {later@x=450 4.2.0 later} }
	smtpd_recipient_limit = 3
	smtpd_recipient_overshoot_limit = 1000" \
		'smtp-in unix n - n - - smtpd
	virtual unix - n n - - virtual
	anvil unix - - n - 1 anvil
	proxymap unix - - n - - proxymap'
	wait_for smtp_answers ./queue/public/smtp-in
	tap_before smtp ./queue/public/smtp-in
	exchange "$ADDR" later@x
}
