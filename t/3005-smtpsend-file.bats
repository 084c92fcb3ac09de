#!/usr/bin/env bats
# smtpsend: its configuration file, aliases, and the ways of sendmail.

# shellcheck disable=SC2154 # run sets stderr, stderr_lines

load lib
load smtpsend

setup() {
	lib_setup
	umask 077
	export LOGNAME=me
	fake
	export MAILORDERRC=rc
}

rc() {
	printf '%s\n' "$@" >rc
}

# sent [option ...] <message: it is, without a word.
sent() {
	fake ${CAPS:+-c "$CAPS"}
	run -0 smtpsend "$@"
	[ -z "$output" ]
}

@test "a file says what nobody else does; -K, MAILORDERRC, ~, in this order" {
	rc '# ours' '' "server  $ADDR " 'from Office <office@x.test>' \
		'helo mail.x.test' 'timeout 5' "aliases $PWD/aliases"
	printf '%s\n' '# who' 'root: admin@x.test,' '  ops' 'OPS: "B C"@y' >aliases
	sent -FCronDaemon -i -B8BITMIME -oem root <<<$'Subject: s\n\nHi.'
	grep -x 'EHLO mail.x.test' dialog
	[ "$(cat got.log)" = '1 office@x.test admin@x.test "B C"@y' ]
	grep 'From: CronDaemon <office@x.test>' got.1
	# Names in the header, too; one without an alias is at our own name.
	sent -t <<<$'To: Root, you\n\nHi.'
	[ "$(received)" = 'admin@x.test "B C"@y you@mail.x.test' ]
	grep 'From: Office <office@x.test>' got.1
	# The environment, and before it the command line, win.
	EMAIL=e@e.test sent you@x <<<$'Subject: s\n'
	[ "$(cat got.log)" = '1 e@e.test you@x' ]
	EMAIL=e@e.test sent -f f@f.test -H other.test you@x <<<$'Subject: s\n'
	grep -x 'EHLO other.test' dialog
	[ "$(cat got.log)" = '1 f@f.test you@x' ]
	SMTPSERVER=127.0.0.1:1 run -75 smtpsend you@x <<<$'Subject: s\n'
	# Other places.
	rc 'server 127.0.0.1:1'
	printf '%s\n' "server $ADDR" 'aliases ~/aliases' >other
	mkdir home
	echo 'root: admin@home.test' >home/aliases
	HOME=$PWD/home sent -K other you@x <<<$'Subject: s\n'
	mv other home/.mailorderrc
	unset MAILORDERRC
	HOME=$PWD/home sent root <<<$'Subject: s\n'
	[ "$(received)" = admin@home.test ]
	# None at all.
	for none in '' /dev/null; do
		HOME=$PWD/home run -75 smtpsend -T 1 -K "$none" \
			-s 127.0.0.1:1 you@x </dev/null
	done
}

@test "a From that no other host knows is the sender, with that name" {
	rc "server $ADDR" 'from machine@x.test'
	for from in 'root (Cron Daemon):root' '"C D" <root>:"C D"' \
		'=?utf-8?q?=41?= <root>:=?utf-8?q?=41?='; do
		sent a@x <<<"From: ${from%:*}"$'\nSubject: s\n'
		tr -d '\r' <got.1 | grep -Fx "From: ${from##*:} <machine@x.test>"
		[ "$(grep -c '^From:' got.1)" = 1 ]
	done
	sent -FCronDaemon a@x <<<$'From: root (Cron Daemon)\nSubject: s\n'
	grep 'From: CronDaemon <machine@x.test>' got.1
	# Others stay.
	sent a@x <<<$'From: root@y (Cron Daemon)\nSubject: s\n'
	tr -d '\r' <got.1 | grep -x 'From: root@y (Cron Daemon)'
}

@test "profiles: by a pattern of the sender, or by its own from" {
	rc "server $ADDR" 'helo all.test' 'profile *@news.test' \
		'helo news.test' 'profile work' 'from Me <Me@work.test>' \
		'helo work.test'
	for f in a@x:all a@NEWS.test:news me@work.test:work; do
		sent -f "${f%:*}" you@x <<<$'Subject: s\n'
		grep -x "EHLO ${f#*:}.test" dialog
	done
	EMAIL='N <n@news.test>' sent you@x <<<$'Subject: s\n'
	grep -x 'EHLO news.test' dialog
	grep 'From: N <n@news.test>' got.1
}

@test "what is wrong with a file, or who can touch it: 78, all of it told" {
	rc 'server x' 'sever y' 'tls maybe' 'timeout 0' 'helo a..b' 'server z' \
		'from a b' 'user' "name $(printf '%05000d' 1)"
	run -78 smtpsend you@x <<<$'Subject: s\n'
	printf 'smtpsend: rc:%s\n' '2: sever: no such setting' \
		'3: tls: neither off, starttls nor direct' \
		'4: timeout: not a number from 1 to 86400' \
		'5: helo: not a host name' '6: server: repeated' \
		'7: from: not an address' '8: user: it has no value' \
		'9: name: too long' |
		diff - <(echo "$output")
	rc "server $ADDR"
	chmod 666 rc
	run -78 smtpsend you@x <<<$'Subject: s\n'
	[ "$output" = 'smtpsend: rc: others can write it' ]
	chmod 644 rc
	sent you@x <<<$'Subject: s\n'
	echo 'secret s' >>rc
	run -78 smtpsend you@x <<<$'Subject: s\n'
	[ "$output" = 'smtpsend: rc: a secret is in it, and others can read it' ]
	run -78 smtpsend -K missing you@x <<<$'Subject: s\n'
	[ "$output" = 'smtpsend: missing: No such file or directory' ]
	rc "server $ADDR" 'aliases a'
	printf '%s\n' 'root: |cat' 'a: b@@c' 'no colon' 'z:' 'ok: x@y' >a
	run -78 smtpsend root <<<$'Subject: s\n'
	[ "$(cut -d : -f 2,3 <<<"$output")" = $' a:1\n a:2\n a:3\n a:4' ]
	printf 'a: b\nb: a\ndefault: c@x\n' >a
	sent a nobody <<<$'Subject: s\n'
	[[ $(received) = a@*' c@x' ]]
}

@test "user and secret of a file are for its server alone" {
	CAPS='AUTH PLAIN'
	rc "server $ADDR" 'user news' 'secret a b' 'from me@x'
	sent you@x <<<$'Subject: s\n'
	grep -x "AUTH PLAIN $(printf '\0news\0a b' | b64)" dialog
	rc 'server 127.0.0.1:1' 'tls starttls' 'user news' 'secret a b'
	sent -s "$ADDR" you@x <<<$'Subject: s\n'
	lacks AUTH dialog
	# Another user of that server has another secret.
	rc "server $ADDR" 'user news' 'secret a b'
	run -77 smtpsend -a you you@x <<<$'Subject: s\n'
	# A profile that names another server or user has its own, or none.
	rc 'server 127.0.0.1:1' 'user news' 'secret a b' 'profile *@z' \
		"server $ADDR" 'profile *@y' "server $ADDR" 'user z' 'secret c'
	sent -f me@z you@x <<<$'Subject: s\n'
	lacks AUTH dialog
	sent -f me@y you@x <<<$'Subject: s\n'
	grep -x "AUTH PLAIN $(printf '\0z\0c' | b64)" dialog
	rc "server $ADDR" 'user news' 'secret a b' 'profile *@z' 'user you' \
		'profile *@y' "server $ADDR" 'helo y.test'
	run -77 smtpsend -f me@z you@x <<<$'Subject: s\n'
	sent -f me@y you@x <<<$'Subject: s\n'
	grep -x "AUTH PLAIN $(printf '\0news\0a b' | b64)" dialog
}

@test "-x: the servers of the file and of SMTPSERVER do not count; a port does" {
	echo 'x. MX 0 y.' >zone
	echo 'y. A 127.0.0.1' >>zone
	rc 'server mail.x.test' 'tls starttls' 'user news'
	run -68 --separate-stderr smtpsend -x -d zone you@z <<<$'Subject: s\n'
	[ "$stderr" = 'smtpsend: you@z: failed at connect: no such domain' ]
	SMTPSERVER=mail.y.test:26 run -68 smtpsend -x -d zone you@z </dev/null
	SMTPSERVER=:${ADDR##*:} sent -x -d zone you@x <<<$'Subject: s\n'
	rc "server :${ADDR##*:}"
	sent -x -d zone you@x <<<$'Subject: s\n'
	run -64 smtpsend -x -s mail.y.test you@x </dev/null
	[ "$output" = 'smtpsend: -s: mail.y.test: not a port, for -x' ]
}

@test "sendmail's options: taken, or refused loudly; nothing unsent is 0" {
	rc "server $ADDR"
	for option in '-rr@x.test' '-m -f r@x.test' '-e q -fr@x.test' \
		'-em -G -U -fr@x.test' \
		'-O DeliveryMode=b -oi -oem -f r@x.test' \
		'-N never -R hdrs -B 7BIT -bm -f r@x.test'; do
		# shellcheck disable=SC2086
		sent $option you@x <<<$'Subject: s\n'
		[ "$(cat got.log)" = '1 r@x.test you@x' ]
	done
	fake
	for option in -q -q15m -bp -bs -bd -bv '-n -i you@x' '-r 5 you@x'; do
		# shellcheck disable=SC2086
		run -64 --separate-stderr smtpsend $option <<<$'Subject: s\n'
		[ -z "$output" ]
		[[ $stderr = "smtpsend: "* ]]
	done
	[ ! -e got.1 ]
}

@test "empty From, Date and Message-ID are replaced; long lines are folded" {
	rc "server $ADDR"
	{
		printf '\357\273\277From me Mon Nov 23 10:00:00 2026\n'
		printf 'From:\nDate:  \nMessage-ID:\nTo: a@x\nReferences:'
		for ((i = 0; i < 40; i++)); do
			printf ' <%030d@x.test>' "$i"
		done
		printf '\nSubject: s\n\nFrom: body\n'
	} >in
	EMAIL='Дід <a@x>' sent -t <in
	tr -d '\r' <got.1 >plain
	grep -c '^From: ' plain | grep -x 2
	sed -n '/^$/q; s/^From: //p' plain | grep -x '=?utf-8?.*?= <a@x>'
	for field in Date Message-ID; do
		[ "$(grep -c "^$field:" plain)" = 1 ]
		grep "^$field: [^ ]" plain
	done
	[ "$(sed '/^$/q' plain | awk '{ if (length > 98) exit 1 }')" = '' ]
	sed -n '/^References/,/^Subject/p' plain | tr -d '\n' |
		grep ' <0*38@x.test> <0*39@x.test>Subject'
}
