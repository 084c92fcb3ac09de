#!/usr/bin/env bats
# Mailers that write letters, and mail systems that send them on, deliver to
# smtpd-lite; what they were given arrives byte for byte.

load ../lib
load mailers
. "$TOP/t/postfix.sh"

PATH=$PATH:/usr/sbin

setup() {
	lib_setup
	printf 'u1\nu2\n' >users
	start smtpd-lite -l 127.0.0.1:0 -u users -D pth.ua
	{
		printf '%s\n' . .. '.x' 'From here' 'Привіт' ''
		seq 2000
	} >body
	{
		printf '%s\n' 'From: a@b.test' 'To: u1@pth.ua' \
			'Date: Sat, 21 Nov 2026 23:46:12 +0200' \
			'Message-ID: <1@b.test>' 'Subject: dots' \
			'MIME-Version: 1.0' \
			'Content-Type: text/plain; charset=UTF-8' \
			'Content-Transfer-Encoding: 8bit' ''
		cat body
	} >letter
	export HOME=$PWD DEAD=$PWD/dead.letter
}

teardown() {
	[ ! -d postfix ] || postfix -c "$PWD/postfix" stop 2>/dev/null || :
	lib_teardown
}

has_mail() {
	[ -n "$(find "mail/$1/new" -type f 2>/dev/null)" ]
}

# arrived FILE [SED-SCRIPT]: both have one message; what the script leaves of
# it is the file.
arrived() {
	local u
	for u in u1 u2; do
		wait_for has_mail "$u"
		[ "$(find "mail/$u/new" -type f | wc -l)" = 1 ] || return
		sed "${2:-1,/^\$/d}" "mail/$u/new"/* | cmp - "$1" || return
	done
}

# a system's own user must find its way here.
let_in() {
	[ "$(id -u)" = 0 ] || skip "not root"
	chmod a+x "$BATS_RUN_TMPDIR" "$BATS_RUN_TMPDIR/test" .
}

@test "mutt" {
	need mutt
	cat >muttrc <<-END
	set smtp_url="smtp://127.0.0.1:$PORT"
	set from="a@b.test" realname="" hostname="me.b.test"
	set use_envelope_from=yes copy=no send_charset="us-ascii:utf-8"
	set ssl_starttls=no ssl_force_tls=no folder="$PWD" tmpdir="$PWD"
	END
	mutt -n -F muttrc -s dots u1@pth.ua u2@pth.ua <body
	arrived body
	run -1 mutt -n -F muttrc -s dots nobody@pth.ua <body
	[[ $output = *'550 5.1.1 No such user here'* ]]
}

@test "s-nail" {
	need s-nail
	set -- s-nail -: / -S v15-compat -S "mta=smtp://127.0.0.1:$PORT" \
		-S smtp-auth=none -S from=a@b.test -S ttycharset=utf-8 \
		-S mime-encoding=8bit -S hostname=me.b.test -s dots
	"$@" u1@pth.ua u2@pth.ua <body
	arrived body
	run ! "$@" nobody@pth.ua <body
	[[ $output = *'550 5.1.1 No such user here'* ]]
}

@test "smtp-source" {
	need smtp-source
	smtp-source -s 4 -m 20 -l 3000 -f a@b.test -t u1@pth.ua \
		"127.0.0.1:$PORT"
	smtp-source -d -s 4 -m 20 -F letter -f a@b.test -t u2@pth.ua \
		"127.0.0.1:$PORT"
	[ "$(find mail/u1/new -type f | wc -l)" = 20 ]
	[ "$(find mail/u2/new -type f | wc -l)" = 20 ]
	# It sends an empty line of its own behind the file.
	echo >>letter
	for f in mail/u2/new/*; do
		sed '1,/^	.*[+-][0-9]*$/d' "$f" | cmp - letter
	done
}

@test "Postfix, we are its relayhost" {
	need postfix
	let_in
	start_postfix "$PWD" "myhostname = me.b.test
	mydestination =
	relayhost = [127.0.0.1]:$PORT
	inet_interfaces = loopback-only
	smtp_tls_security_level = none" \
		'pickup unix n - n 60 1 pickup
	smtp unix - - n - - smtp'
	sendmail=$(command -v postfix)
	sendmail=${sendmail%/*}/sendmail
	MAIL_CONFIG=$PWD/postfix "$sendmail" -i -f a@b.test \
		u1@pth.ua u2@pth.ua <letter
	arrived letter '1,/^From: a@b/{/^From: a@b/!d}'
	MAIL_CONFIG=$PWD/postfix "$sendmail" -i -f '<>' nobody@pth.ua \
		<letter
	wait_for grep -q 'said: 550 5.1.1 No such user here' log
}

@test "Exim, we are its smarthost" {
	need exim4
	let_in
	exim_smarthost
	exim4 -C "$PWD/exim.conf" -odf -i -f a@b.test u1@pth.ua u2@pth.ua \
		<letter 3>&-
	arrived letter '1,/^From: a@b/{/^From: a@b/!d}'
	exim4 -C "$PWD/exim.conf" -odf -i -f '<>' nobody@pth.ua <letter 3>&-
	grep -q '550 5.1.1 No such user here' log/main
}

@test "Exim takes a batch, without the parameters of MAIL" {
	need exim4
	let_in
	exim_smarthost
	printf '%s\n' '[Recipients:] u1@pth.ua, u2@pth.ua' '[Subject:] ї' \
		'[Body:]' . 'MAIL FROM:<a@b.c> ї' >order
	orderparse -f a@b.test -S order >letters
	sed '/^DATA/,/^\.[[:cntrl:]]*$/!s/^\(MAIL.*>\) .*/\1/' letters |
		exim4 -C "$PWD/exim.conf" -bS -odf 3>&-
	for user in u1 u2; do
		orderparse -f a@b.test -m "$user@pth.ua" order |
			sed '1,/^$/d' >want
		sed '1,/^$/d' mail/"$user"/new/* | cmp - want
	done
}

@test "Python's mailbox reads what was written to an mbox file" {
	need python3
	for i in 1 2 3; do
		printf '%s\n' HELO\ x 'MAIL FROM:<a@b.test>' 'RCPT TO:<u>' DATA \
			"Subject: number $i" '' "From $i" . QUIT |
			smtpd-lite -i -o mbox -d boxes
	done
	python - <<-'END'
	import mailbox
	box = mailbox.mbox("boxes/u.txt")
	assert [m["Subject"] for m in box] == \
	    ["number 1", "number 2", "number 3"]
	assert [m.get_payload() for m in box] == \
	    [">From 1\n", ">From 2\n", ">From 3\n"]
	END
}
