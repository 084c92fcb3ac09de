#!/usr/bin/env bats
# smtpsend in sendmail's place for programs that people have, to Postfix, and
# with dnsmasq's word for where mail goes.

# shellcheck disable=SC2154 # run sets stderr, stderr_lines

load ../lib
load ../smtpsend
load mailers

PATH=$PATH:/usr/sbin

# A server for whatever they send.
setup() {
	lib_setup
	mkdir mail
	start smtpd-lite -d mail -D x.test -l :0
	export SMTPSERVER=$ADDR HOME=$PWD EMAIL=me@x.test
}

# letter_of USER: the one letter in that mailbox.
letter_of() {
	[ "$(find "mail/$1/new" -type f | wc -l)" = 1 ]
	cat "mail/$1"/new/*
}

@test "git send-email" {
	need git
	[ -x "$(git --exec-path)/git-send-email" ] || need git-send-email
	git init -q repo
	cd repo
	git config user.name Me
	git config user.email me@x.test
	for i in 1 2; do
		echo "$i" >file
		git add file
		git commit -q -m "change $i"
	done
	run -0 git send-email --quiet --confirm=never --suppress-cc=all \
		--sendmail-cmd="$BINDIR/smtpsend -i" --to=a@x.test \
		--cc=b@x.test --root HEAD
	cd ..
	[ "$(find mail/a/new mail/b/new -type f | wc -l)" = 4 ]
	grep -q '^Subject: \[PATCH 2/2\] change 2' mail/a/new/*
}

@test "mutt" {
	need mutt
	echo 'Hello.' | run -0 mutt -n -F /dev/null -e "set sendmail='smtpsend -oem -oi'" \
		-e 'set use_from=yes from=me@x.test copy=no' -s Привіт -c b@x.test \
		a@x.test
	# A mailbox is there before its letter is.
	wait_for letter_of b >/dev/null 2>&1
	letter_of a | grep '^Hello\.'
	letter_of b | grep '^To: a@x.test'
}

@test "s-nail" {
	need s-nail
	echo 'Hello.' | run -0 s-nail -:/ -S mta="$BINDIR/smtpsend" \
		-S sendwait -S from=me@x.test -s subject a@x.test b@x.test
	letter_of a | grep '^Hello\.'
	letter_of b | grep '^Subject: subject'
}

@test "cron's way" {
	printf 'From: root (Cron Daemon)\nTo: user1\nSubject: job\n\nout\n' |
		run -0 smtpsend -H x.test -FCronDaemon -i -B8BITMIME -oem -t
	letter_of user1 | grep '^out'
}

@test "dnsmasq says where mail goes" {
	need dnsmasq
	port=$(free_port)
	dnsmasq --no-daemon --no-resolv --no-hosts --port="$port" \
		--listen-address=127.0.0.1 --bind-interfaces --conf-file=/dev/null \
		--user="$(id -un)" --mx-host=x.test,mx1.x.test,10 \
		--mx-host=x.test,mx2.x.test,20 --address=/mx1.x.test/127.0.0.9 \
		--address=/mx2.x.test/127.0.0.1 --address=/none.test/ \
		>dns.log 2>&1 3>&- &
	STARTED+=("$!")
	wait_for mxlookup -d "127.0.0.1:$port" x.test
	{ letter me@x a@x.test; letter me@x b@x.test nobody@none.test
		echo QUIT; } >in
	run -68 --separate-stderr smtpsend -bS -x -d "127.0.0.1:$port" \
		-s ":$PORT" <in
	short <<<"$output" | sort | diff - <(printf '%s\n' \
		'failed nobody@none.test - connect' 'sent a@x.test 250 dot' \
		'sent b@x.test 250 dot')
	cut -f 5 <<<"$output" | grep -x "mx2.x.test:$PORT"
}

# A Postfix that takes mail on standard input, as sendmail -bs, and drops it
# in spool/maildrop.
@test "Postfix takes a batch, one by one and by BDAT" {
	need postconf
	[ "$(id -u)" = 0 ] || skip "only root can set a queue up"
	mkdir -p etc spool/maildrop spool/public data
	chmod 755 .
	cat >etc/main.cf <<-END
	compatibility_level = 3.6
	queue_directory = $PWD/spool
	data_directory = $PWD/data
	myhostname = x.test
	mydestination = x
	local_recipient_maps =
	END
	: >etc/master.cf
	export MAIL_CONFIG=$PWD/etc
	batch 30 >in
	run -0 --separate-stderr smtpsend -bS -v -s x:25 \
		-C '/usr/sbin/sendmail -bs' <in
	[ "$(grep -c '^sent' <<<"$output")" = 30 ]
	printf '%s\n' "${stderr_lines[@]}" | grep 'C: BDAT'
	[ "$(find spool/maildrop -type f | wc -l)" = 30 ]
	run -0 --separate-stderr smtpsend -bS -j 3 -l journal -s x:25 \
		-C '/usr/sbin/sendmail -bs' <in
	[ "$(find spool/maildrop -type f | wc -l)" = 60 ]
	# those it refuses stop nobody, in a window or not
	{ letter me@x 'a b'@x r1@x; letter me@x '"@x'
		letter me@x r2@x; letter me@nowhere.invalid r3@x; echo QUIT; } >in
	for options in '' '-l journal2'; do
		# shellcheck disable=SC2086
		run -67 --separate-stderr smtpsend -bS $options -s x:25 \
			-C '/usr/sbin/sendmail -bs' <in
		short <<<"$output" >short
		grep -qx 'sent r1@x 250 dot' short
		grep -qx 'sent r2@x 250 dot' short
		grep -qx 'sent r3@x 250 dot' short
	done
}
