#!/usr/bin/env bats
# Maildirs, as smtpd-lite fills them.

load lib
load deliver

# shellcheck disable=SC2034 # for serve
BOX=maildir

files() {
	find mail -type f ! -name .lock | LC_ALL=C sort
}

large() {
	seq 100000
}

@test "a Maildir is made for the first message, for its owner alone" {
	umask 022
	[ "$(echo x | letter u | serve)" = '250 ' ]
	[ "$(find mail -type d | LC_ALL=C sort | tr '\n' ' ')" = \
		'mail mail/u mail/u/cur mail/u/new mail/u/tmp ' ]
	[ -z "$(find mail -type d ! -perm 700)" ]
	[ -z "$(find mail -type f ! -perm 600)" ]
	[[ $(files) =~ ^mail/u/new/[0-9]+\.M[0-9]{6}P[0-9]+Q[0-9]+\.[A-Za-z0-9.-]+,S=[0-9]+,W=[0-9]+$ ]]
}

@test "a name tells its file's size, and that with CRLF (Maildir++)" {
	{
		printf 'Subject: x\n\n.\n\nend\n' | letter u v
		letter u </dev/null
		seq 20000 | letter u longer-name
	} | serve >codes
	[ "$(cat codes)" = '250 250 250 ' ]
	[ "$(files | wc -l)" = 5 ]
	for f in $(files); do
		[[ $f = *",S=$(wc -c <"$f"),W=$(sed 's/$/\r/' "$f" | wc -c)" ]]
	done
}

@test "messages of one moment have names of their own" {
	for i in $(seq 80); do
		echo "number $i" | letter u
	done >in
	serve <in >codes
	[ "$(find mail/u/new -type f | wc -l)" = 80 ]
	[ "$(cat mail/u/new/* | grep -c '^number ')" = 80 ]
	[ "$(cat mail/u/new/* | grep '^number ' | sort -u | wc -l)" = 80 ]
	[ "$(wc -w <codes)" = 80 ]
	[ -z "$(find mail/u/tmp -type f)" ]
}

@test "several servers at once deliver to one Maildir" {
	for i in $(seq 20); do
		echo "number $i" | letter u v
	done >in
	for i in 1 2 3 4; do
		smtpd-lite -i -d mail <<<"HELO x"$'\n'"$(cat in)" >"out$i" 3>&- &
	done
	wait
	[ "$(find mail/u/new -type f | wc -l)" = 80 ]
	[ "$(find mail/v/new -type f | wc -l)" = 80 ]
	[ "$(files | wc -l)" = 160 ]
}

@test "a message for several boxes is stored in all or in none" {
	mkdir mail
	: >mail/v
	{
		echo x | letter u v w
		echo y | letter u
	} | serve >codes
	[ "$(cat codes)" = '451 250 ' ]
	grep -q '^451 4.3.0 ' out
	grep -qx 'smtpd-lite: mail/v: Not a directory' err
	[ "$(find mail -path '*/new/*' | wc -l)" = 1 ]
	[ "$(tail -n 1 mail/u/new/*)" = y ]
	[ "$(files | wc -l)" = 2 ]
	rm mail/v mail/u/new/*
	mkdir mail/v mail/v/tmp mail/v/cur
	: >mail/v/new
	[ "$(echo x | letter u v | serve)" = '451 ' ]
	[ "$(files)" = mail/v/new ]
	[ "$(large | letter u v | serve)" = '451 ' ]
	[ "$(files)" = mail/v/new ]
}

@test "a mailbox half made by a crash is made whole by the next message" {
	for have in '' tmp new cur 'tmp new' 'tmp cur' 'new cur'; do
		mkdir -p mail/u
		for part in $have; do
			mkdir "mail/u/$part"
		done
		[ "$(echo x | letter u | serve)" = '250 ' ]
		[ "$(ls mail/u | tr '\n' ' ')" = 'cur new tmp ' ]
		[ "$(files | wc -l)" = 1 ]
		rm -r mail
	done
}

@test "more boxes than files are open at once" {
	# shellcheck disable=SC2046 # words
	[ "$(echo x | letter $(seq -f u%.0f 150) | serve)" = '250 ' ]
	[ "$(files | wc -l)" = 150 ]
	[ "$(ls mail | wc -l)" = 150 ]
}

@test "no room: 452, nothing is left, and the session goes on" {
	{
		large | letter u v
		echo x | letter u v
	} >in
	[ "$(ulimit -f 100; serve <in)" = '452 250 ' ]
	grep -q '^452 4.3.1 ' out
	grep -qx 'smtpd-lite: mail/u: File too large' err
	[ "$(files | wc -l)" = 2 ]
	[ "$(tail -qn 1 mail/*/new/* | tr '\n' ' ')" = 'x x ' ]
	rm -r mail
	{
		seq 5000 | letter u v
		echo x | letter u
	} >in
	[ "$(ulimit -f 8; serve <in)" = '452 250 ' ]
	[ "$(files | wc -l)" = 1 ]
}

# pour: a server whose input stays open after a large half of a message.
pour() {
	mkfifo fifo
	smtpd-lite -i -d mail <fifo >out 3>&- &
	PID=$!
	STARTED+=("$PID")
	exec 4>fifo
	{
		echo 'HELO x'
		large | letter u | sed '$d'
	} >&4
	wait_for half
}

half() {
	[ -n "$(find mail -path 'mail/u/tmp/.tmp.*' 2>/dev/null)" ]
}

@test "kill -9 in a message leaves nothing, once a server has started" {
	pour
	kill -9 "$PID"
	status=0
	wait "$PID" || status=$?
	exec 4>&-
	half
	[ "$(echo x | letter v | serve)" = '250 ' ]
	[ "$(files | wc -l)" = 1 ]
	[ "$(tail -n 1 mail/v/new/*)" = x ]
}

@test "a server that starts leaves the living ones' files alone" {
	pour
	[ "$(echo x | letter v | serve)" = '250 ' ]
	half
	printf '.\nQUIT\n' >&4
	exec 4>&-
	wait "$PID"
	grep -q '^250 2.0.0 Ok: queued' out
	[ "$(tail -n 1 mail/u/new/*)" = 100000 ]
	[ "$(files | wc -l)" = 2 ]
}

@test "an end of input, and SIGTERM, in a message leave nothing" {
	pour
	exec 4>&-
	wait "$PID"
	[ -z "$(files)" ]
	rm -r mail fifo
	pour
	kill "$PID"
	wait "$PID"
	exec 4>&-
	[ -z "$(files)" ]
}
