#!/usr/bin/env bats
# A mailing with signed senders through Postfix, which bounces what the server
# behind it refuses: the next one leaves those out, and nobody else.

# shellcheck disable=SC2154 # run sets output

load ../lib
load mailers
. "$TOP/t/postfix.sh"

PATH=$PATH:/usr/sbin

teardown() {
	[ ! -d postfix ] || postfix -c "$PWD/postfix" stop 2>/dev/null || :
	lib_teardown
}

has() {
	[ "$(find mail -path '*/new/*' -type f | wc -l)" -ge "$1" ]
}

# arrive MESSAGES: they are there within a minute.
arrive() {
	for _ in 1 2 3 4 5; do
		! wait_for has "$1" || return 0
	done
	wait_for has "$1"
}

@test "1000 recipients, 100 of them wrong: the second mailing goes to 900" {
	need postfix
	[ "$(id -u)" = 0 ] || skip "not root"
	chmod a+x "$BATS_RUN_TMPDIR" "$BATS_RUN_TMPDIR/test" .
	echo sekret >key
	chmod 600 key
	# Every tenth one has no mailbox.
	seq -f 'user%d' 1000 >all
	awk 'NR % 10 == 0' all >wrong
	grep -vxFf wrong all >users
	echo news >>users
	start smtpd-lite -l 127.0.0.1:0 -d mail -u users
	start_postfix "$PWD" "myhostname = postfix.test
	mydestination =
	relayhost = [127.0.0.1]:$PORT
	inet_interfaces = loopback-only
	relay_domains = pth.ua
	fast_flush_domains =
	smtpd_relay_restrictions = reject_unauth_destination
	smtp_tls_security_level = none
	smtpd_client_connection_rate_limit = 0
	default_destination_concurrency_limit = 4" \
		'smtp-in unix n - n - - smtpd
	smtp unix - - n - - smtp
	relay unix - - n - - smtp
	anvil unix - - n - 1 anvil
	proxymap unix - - n - - proxymap'
	wait_for smtp_answers ./queue/public/smtp-in
	{
		echo '[Recipients:]'
		sed 's/$/@pth.ua/' all
		printf '[Subject:] News\n[Body:]\nHello [login]!\n'
	} >order
	send() {
		orderparse -f news@pth.ua -k key -E 'news+[verp]@pth.ua' \
			-S "$@" order |
			smtpsend -bS -j 4 -s ./queue/public/smtp-in >results
	}
	send
	[ "$(cut -f 1 results | sort | uniq -c | tr -s ' ')" = ' 1000 sent' ]
	arrive 1000
	[ "$(find mail/news/new -type f | wc -l)" = 100 ]
	rm -rf mail/user*

	bounceparse -m -k key -E 'news+[verp]@pth.ua' mail/news |
		suppress -o gone
	cut -f 1,2 gone | sort >got
	sed 's/.*/&@pth.ua\tfailed/' wrong | sort | diff - got
	[ -z "$(ls mail/news/new)" ]
	[ "$(orderparse -n -X gone order)" = 900 ]
	send -X gone
	arrive 900
	(cd mail && printf '%s\n' user*) | sort >got
	grep user users | sort | diff - got
}
