#!/usr/bin/env bats
# Mail systems that people run send our letters on, and bounce what the last
# server refuses: an unknown user, a full mailbox, a letter too large; with the
# letter, and with its header alone.  bounceparse finds who it was, by the
# report and by the signed sender.

load ../lib
load mailers
. "$TOP/t/opensmtpd.bash"
. "$TOP/t/postfix.sh"

PATH=$PATH:/usr/sbin

setup() {
	lib_setup
	[ "$(id -u)" = 0 ] || skip "not root"
	chmod a+x "$BATS_RUN_TMPDIR" "$BATS_RUN_TMPDIR/test" .
	printf secret >key
	chmod 600 key
	printf '%s\n' news well full large >users
	# The last server, and the one that bounces come back to, with all of
	# the letter.
	cat >rules <<-END
	at rcpt when rcpt=full@pth.ua reply 552 5.2.2 over quota
	at rcpt when rcpt=large@pth.ua reply 552 5.3.4 too large
	END
	start smtpd-lite -l 127.0.0.1:0 -u users -D pth.ua -R rules -d mail
}

teardown() {
	[ ! -d postfix ] || postfix -c "$PWD/postfix" stop 2>/dev/null || :
	lib_teardown
	[ -z "${ROOT:-}" ] || rm -rf "$ROOT"
}

came_back() {
	[ "$(find mail/news/new -type f 2>/dev/null | wc -l)" -ge "$1" ]
}

# mailing RET RELAY: to four, of whom one has a letter of 40 KB.
mailing() {
	{
		printf '[Recipients:] nobody@pth.ua, full@pth.ua, well@pth.ua\n'
		printf '[Subject:] Hello\n[Body:]\nHello [login]!\n'
	} >order
	{
		printf '[Recipients:] large@pth.ua\n'
		printf '[Subject:] Hello\n[Body:]\n'
		seq 8000
	} >large
	local name
	for name in order large; do
		orderparse -S -f news@pth.ua -k key -E 'news+[verp]@pth.ua' \
			-i "$1" "$name" |
			sed "s/^\(MAIL FROM:<[^>]*>\)/\1 RET=$1/" >"batch.$1"
		smtpsend -bS -T 10 -s "$2" <"batch.$1" >>results
	done
}

# bounces RELAY: all of it, twice.
bounces() {
	local ret n=0 option
	for ret in FULL HDRS; do
		mailing "$ret" "$1"
		wait_for came_back $((n += 3))
	done
	for option in '' '-k key' '-k key -E news+[verp]@pth.ua'; do
		# shellcheck disable=SC2086 # words
		bounceparse $option mail/news >lines
		cut -f 1,2 lines | sort | uniq -c | tr -s ' ' >got
		printf ' 2 failed\t%s@pth.ua\n' full large nobody | diff - got
		# Each letter has its own Message-ID, the same as in its bounce.
		[ "$(cut -f 8 lines | sort | uniq -c | grep -c '^ *1 <')" = 6 ]
	done
	# The signed sender alone: nobody is named.
	for file in mail/news/new/*; do
		sed 's/^\(Final\|Original\)-Recipient:.*/&.invalid x/' "$file" |
			bounceparse -k key
	done | cut -f 2 | sort | uniq -c | tr -s ' ' |
		diff <(printf ' 2 %s@pth.ua\n' full large nobody) -
	bounceparse -m -k key mail/news | suppress -o gone
	[ "$(cut -f 1 gone)" = nobody@pth.ua ]
	[ -z "$(ls mail/news/new)" ]
}

@test "Postfix" {
	need postfix
	start_postfix "$PWD" "myhostname = relay.test
	mydestination =
	relayhost = [127.0.0.1]:$PORT
	inet_interfaces = loopback-only
	smtp_tls_security_level = none
	smtpd_relay_restrictions = check_recipient_access static:OK, reject
	smtpd_recipient_restrictions =
	local_recipient_maps =
	smtpd_forbid_bare_newline = no" \
		'smtp-in unix n - n - - smtpd
	smtp unix - - n - - smtp
	anvil unix - - n - 1 anvil
	proxymap unix - - n - - proxymap'
	wait_for smtp_answers ./queue/public/smtp-in
	tap_before smtp ./queue/public/smtp-in
	bounces "$ADDR"
}

@test "Exim" {
	need exim4
	exim_smarthost
	port=$(free_port)
	sed -i "1i pid_file_path = $PWD/spool/pid\\
acl_smtp_rcpt = accept\\
acl_smtp_data = accept\\
dsn_advertise_hosts = *\\
tls_advertise_hosts =\\
smtp_accept_queue_per_connection = 0" exim.conf
	exim4 -C "$PWD/exim.conf" -bdf -oX "127.0.0.1.$port" 3>&- 2>err &
	STARTED+=("$!")
	wait_for smtp_answers ":$port"
	tap_before smtp ":$port"
	bounces "$ADDR"
}

@test "OpenSMTPD" {
	port=$(free_port)
	start_opensmtpd <<-END
	listen on 127.0.0.1 port $port hostname open.test
	action out relay host smtp://127.0.0.1:$PORT
	match from any for any action out
	END
	wait_for smtp_answers ":$port"
	tap_before smtp ":$port"
	bounces "$ADDR"
}
