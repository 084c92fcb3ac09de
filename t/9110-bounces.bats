#!/usr/bin/env bats
# pipeline.sh with BOUNCES and GONE: what comes back is read before the next
# letters go out, and support learns of it, once.

# shellcheck disable=SC2154 # run sets stderr

load lib

export FROM=news@pth.ua SUPPORT=support@pth.ua BOUNCES=box GONE=gone

setup() {
	lib_setup
	mkdir incoming box box/new box/cur box/tmp
	printf 'user1\nuser2\nuser3\nsupport\n' >users
	start smtpd-lite -l localhost:0 -d mail -u users
	export SMTPSERVER=$ADDR
}

pipeline() {
	"$TOP/pipeline.sh"
}

# order NAME user ...
order() {
	{
		echo '[Recipients:]'
		printf '%s@pth.ua\n' "${@:2}"
		printf '[Subject:]\nHello\n[Body:]\nHello [login]!\n'
	} >"incoming/$1"
}

letters() {
	find "mail/$1/new" -type f 2>/dev/null | wc -l
}

# bounce RESULTS USER: what a server says later of a letter that it has taken.
bounce() {
	awk -F '\t' -v OFS='\t' -v user="$2@pth.ua" '$1 == "sent" &&
		$2 == user { $1 = "failed"; $3 = 550
		$9 = "5.1.1 no such user"; print }' "$1" >result
	id=$(cut -f 8 result)
	[ -n "$id" ]
	BOUNCED+=.
	mkmail -f MAILER-DAEMON@mx.pth.ua -s 'Not delivered' -R result \
		-H "In-Reply-To: $id" -H 'Auto-Submitted: auto-replied' \
		news@pth.ua </dev/null >"box/new/1$BOUNCED"
}

# report N: the text of the N-th report, in the order they came.
report() {
	find mail/support/new -type f | sort | sed -n "$1p" | xargs cat |
		tr -d '\r'
}

@test "a bounce after the report: listed, left out, and a second report, once" {
	order one.txt user1 user2 user3
	pipeline
	bounce ARC/one-*.results user2
	pipeline
	[ "$(cut -f 1-2 gone)" = $'user2@pth.ua\tfailed' ]
	[ -z "$(ls box/new)" ]
	[ "$(letters support)" = 2 ]
	report 2 >second
	grep -Eqx 'Subject: one-[0-9]{8}-[0-9]{6}: 1 came back' second
	grep -q 'user2@pth.ua  *failed  *550 5.1.1 no such user' second
	grep -qx 'Final-Recipient: rfc822; user2@pth.ua' second
	[ "$(cat ARC/one-*.bounces | cut -f 1-2)" = $'failed\tuser2@pth.ua' ]

	order two.txt user1 user2 user3 user3
	pipeline
	[ "$(letters user1) $(letters user2) $(letters user3)" = '2 1 2' ]
	[ "$(letters support)" = 3 ]
	report 3 >third
	for line in 'Order two\.txt: 3 recipients\.' 'sent: 2' 'left out: 1' \
		'dropped duplicates: 1'; do
		grep -qx "$line" third
	done
	bounce ARC/one-*.results user3
	pipeline
	pipeline
	[ "$(letters support)" = 4 ]
	report 4 | lacks user2@ -
}

@test "a bounce before the report waits for that" {
	printf 'at rcpt when rcpt=user3@* first 1 reply 451 4.2.0 later\n' >rules
	start smtpd-lite -l localhost:0 -d mail -u users -R rules
	export SMTPSERVER=$ADDR
	order one.txt user1 user3
	RETRY=0s run -75 pipeline
	bounce work/one.txt.results user1
	RETRY=0s pipeline
	# Who has had the letter is in the results, not left out of it.
	[ "$(cut -f 1-2 ARC/one-*.results | sort | tr '\t\n' '  ')" = \
		'sent user1@pth.ua sent user3@pth.ua ' ]
	[ "$(letters user1) $(letters support)" = '1 1' ]
	report 1 | grep -x 'left out: 0'
	pipeline
	[ "$(letters support)" = 2 ]
	report 2 | grep 'user1@pth.ua  *failed'
}

@test "bounces of others are read; without a list nobody is left out" {
	order one.txt user1
	pipeline
	bounce ARC/one-*.results user1
	sed 's/<[0-9a-f]*@pth.ua>/<other@pth.ua>/' box/new/* >box/new/2
	rm box/new/1.
	GONE='' pipeline
	[ ! -s gone ]
	[ "$(letters support)" = 1 ]
	bounce ARC/one-*.results user1
	GONE='' pipeline
	[ "$(letters support)" = 2 ]
}

@test "make demo-loop's script: all is as it should be" {
	mkdir demo
	unset BOUNCES GONE
	TMPDIR=$PWD/demo run -0 --separate-stderr "$TOP/examples/demo-loop.sh"
	[ "${lines[-1]}" = '=== All is as it should be.' ]
	[ -z "$(ls -A demo)" ]
}

@test "GONE alone: a list by hand; one that is wrong holds all up" {
	export BOUNCES=
	order one.txt user1 user2
	# what a letter says is no count
	printf 'duplicates 7\nleft out 7\n' >>incoming/one.txt
	pipeline
	report 1 | lacks 'left out' -
	echo user2@pth.ua >gone
	order two.txt user1 user2
	pipeline
	[ "$(letters user1) $(letters user2)" = '2 1' ]
	[ "$(<gone)" = user2@pth.ua ]
	echo 'no address' >gone
	order three.txt user1 user2
	run -78 --separate-stderr pipeline
	[ "$stderr" = 'orderparse: gone:1: character not allowed before the @' ]
	[ -e work/three.txt ]
	[ "$(letters user1) $(letters support)" = '2 2' ]
}

@test "a mailbox that nothing has come to yet; one that cannot be: 66" {
	order one.txt user1
	BOUNCES=mail/news run -0 --separate-stderr pipeline
	[ -z "$stderr" ]
	order two.txt user1
	BOUNCES=missing/news run -66 pipeline
	[ "$(letters user1)" = 2 ]
	sender=$(find ARC -name 'one-*.results')
	bounce "$sender" user1
	smtpsend -s "$SMTPSERVER" -f '<>' support@pth.ua <box/new/1.
	BOUNCES=mail/support run -0 pipeline
	[ "$(cut -f 1-2 gone)" = $'user1@pth.ua\tfailed' ]
}

@test "killed at any step of what comes back: one report, one line in the list" {
	order one.txt user1 user2
	pipeline
	bounce ARC/one-*.results user2
	mkdir killers
	for program in bounceparse suppress bouncematch savefile mkmail smtpsend \
		archive-stamp rm; do
		real=$(command -v $program)
		printf '%s\n' '#!/bin/sh' \
			'calls=$(cat calls); echo $((calls + 1)) >calls' \
			'[ "$calls" != "$KILL" ] || kill -9 $PPID' \
			"$real"' "$@"; code=$?' \
			'[ "$calls.5" != "$KILL" ] || kill -9 $PPID' \
			'exit $code' >killers/$program
		chmod +x killers/$program
	done
	# Before a call, or when it is done.
	for ((i = 0; i < 60; i++)); do
		at=$i
		((i % 2)) || at+=.5
		echo 0 >calls
		KILL=$at PATH=$PWD/killers:$PATH pipeline || :
		[ "$(cat calls)" -gt "$i" ] || break
	done
	[ "$i" -lt 60 ]
	pipeline
	[ "$(letters support)" = 2 ]
	[ "$(cut -f 1 gone)" = user2@pth.ua ]
	[ "$(find work -type f ! -name .lock)" = work/..bounces/reported ]
}

@test "who leaves a list by mail is left out, with the list's name in ORDEROPTIONS" {
	(umask 077 && echo sekret >key)
	export ORDEROPTIONS='-k key -L news'
	order one.txt user1 user2
	printf '\n[token]\n' >>incoming/one.txt
	# shellcheck disable=SC2086
	token=$(orderparse $ORDEROPTIONS -f news@pth.ua -m user1@pth.ua \
		incoming/one.txt | tail -n 1)
	printf 'To: leave@pth.ua\nSubject: user1@pth.ua %s\n\n' "$token" >box/new/1
	pipeline
	[ "$(cut -f 1-2 gone)" = $'user1@pth.ua\tleft' ]
	[ "$(letters user1) $(letters user2)" = '0 1' ]
	[ -z "$(ls box/new)" ]
}

@test "[token] without a key: the settings are wrong, 78, and support hears nothing" {
	export BOUNCES='' GONE=''
	order one.txt user1
	printf '[token]\n' >>incoming/one.txt
	run -78 --separate-stderr pipeline
	[[ $stderr = 'orderparse: work/one.txt:7:1: [token] is made with a key'* ]]
	[ "$(letters support)$(letters user1)" = 00 ]
	(umask 077 && echo sekret >key)
	ORDEROPTIONS='-k key' pipeline
	[ "$(letters support)$(letters user1)" = 11 ]
	# a fault of the order's own beside it
	order two.txt user1
	printf '[token] [nobody|\n' >>incoming/two.txt
	echo 'user2@pth.ua nobody=1' | sed -i '/user1/r /dev/stdin' incoming/two.txt
	sed -i 's/^Hello \[login.*/[nobody]/' incoming/two.txt
	pipeline
	[ "$(letters support)$(letters user1)" = 21 ]
}
