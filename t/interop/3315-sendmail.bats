#!/usr/bin/env bats
# smtpsend for callers who say nothing but what they say to sendmail: the rest
# is in its configuration file.

load ../lib

PATH=$PATH:/usr/sbin

# A server, and a file that names it.  What needs files of the system put in
# place of others does so where nobody else sees it: as root, in a mount
# namespace of its own.
setup() {
	lib_setup
	mkdir mail
	start smtpd-lite -d mail -D x.test -l :0
	export MAILORDERRC=$PWD/rc HOME=$PWD
	printf '%s\n' "server $ADDR" "aliases $PWD/aliases" \
		'from Machine <machine@x.test>' >rc
	echo 'root: admin@x.test' >aliases
	chmod 644 rc aliases
	SENDMAIL=$BINDIR/smtpsend
}

# private: as root, with a place of our own for the files of the system.
private() {
	need unshare mount
	[ "$(id -u)" = 0 ] || skip 'not root'
	unshare -m true || skip 'no mount namespace'
}

# has_mail USER: a mailbox is there before its letter is.
has_mail() {
	[ -n "$(ls "mail/$1/new" 2>/dev/null)" ]
}

# letter_of USER: the one letter in that mailbox, its line ends made LF.
letter_of() {
	wait_for has_mail "$1"
	[ "$(find "mail/$1/new" -type f | wc -l)" = 1 ]
	tr -d '\r' <"$(find "mail/$1/new" -type f)"
}

@test "cron: what a job says arrives at root" {
	private
	need cron
	[ -e /usr/sbin/sendmail ] || need sendmail
	mkdir tabs
	echo '* * * * * echo out of the job' >tabs/root
	chmod 600 tabs/root
	cat >in <<-END
	mount --bind "$PWD/tabs" /var/spool/cron/crontabs &&
	mount --bind "$SENDMAIL" /usr/sbin/sendmail && exec cron -f
	END
	launch -s unshare -m sh in >cron.log 2>&1 3>&- &
	STARTED+=("$!")
	for ((i = 0; i < 75; i++)); do
		! has_mail admin || break
		sleep 1
	done
	letter_of admin >letter
	grep -x 'out of the job' letter
	grep '^Subject: Cron ' letter
	grep -x 'Return-Path: <machine@x.test>' letter
}

@test "sudo: what it was used for" {
	private
	need sudo
	cat >sudoers <<-END
	Defaults mailerpath=$SENDMAIL, mailerflags="-t -K $PWD/rc"
	Defaults mail_always, mailto=root
	root ALL=(ALL:ALL) ALL
	END
	chmod 440 sudoers
	run -0 unshare -m sh -c "mount --bind '$PWD/sudoers' /etc/sudoers &&
		sudo -n true"
	wait_for grep -rq 'COMMAND=.*/true' mail/admin/new
}

@test "PHP's mail()" {
	need php
	run -0 php -d sendmail_path="$SENDMAIL -t -i" -r 'exit((int)!mail(
		"root, b@x.test", "Тема", ".\nHi.\n", "Cc: c@x.test"));'
	letter_of admin >letter
	grep -x '\.' letter
	grep -x 'From: Machine <machine@x.test>' letter
	letter_of b
	letter_of c
	# Its fifth argument.
	run -0 php -d sendmail_path="$SENDMAIL -t -i" -r 'exit((int)!mail(
		"d@x.test", "s", "Hi.", "From: a@x.test", "-rbounces@x.test"));'
	letter_of d | grep -x 'Return-Path: <bounces@x.test>'
}

@test "bsd-mailx" {
	need bsd-mailx
	echo "set sendmail=$SENDMAIL" >mailrc
	echo 'Hello.' | MAILRC=$PWD/mailrc run -0 bsd-mailx -s subject root b@x.test
	letter_of admin | grep -x 'Hello\.'
	letter_of b | grep -x 'Subject: subject'
}

@test "mpop hands on what it gets" {
	need mpop
	mkdir -p box/joe/new
	printf 'From: a@x.test\nSubject: s\n\nHi.\n' >box/joe/new/1.a
	echo joe:secret >passwd
	chmod 600 passwd
	start pop3d-lite -u passwd -d box -l 127.0.0.1:0
	cat >mpoprc <<-END
	account default
	host 127.0.0.1
	port $PORT
	user joe
	auth user
	password secret
	tls off
	uidls_file $PWD/uidls
	delivery mda $SENDMAIL -i -f %F -- root
	END
	chmod 600 mpoprc
	run -0 mpop -C mpoprc
	letter_of admin | grep -x 'Hi\.'
}

@test "git format-patch: a series, gone on with" {
	need git
	git init -q repo
	cd repo
	git config user.name 'Дід'
	git config user.email me@x.test
	for i in 1 2 3; do
		echo "$i" >file
		git add file
		git commit -q -m "change $i" -m "From $i on"
	done
	run -0 git format-patch -q --root --to=list@x.test
	for i in 1 2; do
		mkbatch -f me@x.test 000*.patch >series
		run -0 smtpsend -bS -l ../journal <series
		[ "$(cut -f 1 <<<"$output" | sort | uniq -c | tr -s ' ')" = \
			' 3 sent' ]
	done
	[ "$(find ../mail/list/new -type f | wc -l)" = 3 ]
	run -0 git format-patch --root --stdout --to=other@x.test
	printf '%s\n' "$output" | mkbatch | run -0 smtpsend -bS
	[ "$(find ../mail/other/new -type f | wc -l)" = 3 ]
	git init -q ../copy
	cd ../copy
	git config user.name x
	git config user.email x@x.test
	for file in ../mail/other/new/*; do
		run -0 git am -q "$file"
	done
	[ "$(git log --format='%an %s' | head -n 1)" = 'Дід change 3' ]
}
