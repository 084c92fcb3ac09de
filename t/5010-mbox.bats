#!/usr/bin/env bats
# mbox files, as smtpd-lite fills them.

load lib
load deliver
load dial

# shellcheck disable=SC2034 # for serve
BOX=mbox

# hold FILE: another process has FILE locked until release.
hold() {
	withlock "$1" sh -c 'echo held >held
		until [ -e release ]; do sleep 1; done' 3>&- &
	HOLDER=$!
	wait_for grep -qs held held
}

release() {
	: >release
	wait "$HOLDER"
}

@test "a message begins with its From line and ends with an empty one" {
	printf 'Subject: hi\n\ntext\n' | letter u@pth.ua >in
	[ "$(serve <in)" = '250 ' ]
	[ -z "$(find mail/u.txt ! -perm 600)" ]
	sed '1s/ [A-Z][a-z][a-z] [A-Z].*/ DATE/
		/^Received/,/^	.*+0000/d' mail/u.txt >got
	cat >want <<-'END'
	From a@b.test DATE
	Return-Path: <a@b.test>
	Delivered-To: u@pth.ua
	Subject: hi

	text

	END
	cmp want got
	grep -Eqx 'From a@b.test [A-Z][a-z]{2} [A-Z][a-z]{2} [ 0-9]{2} [0-9:]{8} 20[0-9]{2}' mail/u.txt
	printf '%s\n' 'MAIL FROM:<>' 'RCPT TO:<u>' DATA second . >in
	[ "$(serve <in)" = '250 ' ]
	[ "$(grep -c '^From ' mail/u.txt)" = 2 ]
	grep -q '^From MAILER-DAEMON ' mail/u.txt
	printf '%s\n' 'MAIL FROM:<"a b"@c>' 'RCPT TO:<u>' DATA third . >in
	[ "$(serve <in)" = '250 ' ]
	grep -q '^From "a_b"@c [A-Z]' mail/u.txt
}

@test "a line that looks like a From line is quoted" {
	printf '%s\n' 'From x' '>From x' '>>>From' '>>>From ' 'Fro' 'Fromage' \
		'>' '>>' 'From' '' ' From x' 'FFrom x' >text
	{ echo; cat text; } | letter u | serve
	sed '1,/^$/d; $d' mail/u.txt >got
	sed -E 's/^(>*From )/>\1/' text | cmp - got
	sed -E 's/^>(>*From )/\1/' got | cmp - text
}

@test "From lines are quoted wherever the text is cut" {
	for ((i = 0; i < 40; i++)); do
		head -c $((65500 + i)) /dev/zero | tr '\0' x
		printf '\nFrom x\n>From y\nFromm\n'
	done | fold -w 70000 >text
	{ echo; cat text; } | letter u | serve
	sed '1,/^$/d; $d' mail/u.txt |
		sed -E 's/^>(>*From )/\1/' | cmp - text
	[ "$(grep -c '^From ' mail/u.txt)" = 1 ]
}

@test "what a crash left half ends where the next message begins" {
	mkdir mail
	for half in 'From a Sun' $'From a Sun\n' $'From a Sun\n\n' x $'\n'; do
		printf %s "$half" >mail/u.txt
		[ "$(echo x | letter u | serve)" = '250 ' ]
		grep -B 1 '^From a@b.test' mail/u.txt | sed -n 1p >before
		echo | cmp - before
	done
}

@test "a message for several boxes is stored in all or in none" {
	mkdir mail mail/w.txt
	echo old | letter u | serve
	cp mail/u.txt before
	{
		echo x | letter u v w
		echo y | letter v
	} | serve >codes
	[ "$(cat codes)" = '451 250 ' ]
	grep -qx 'smtpd-lite: mail/w.txt: Is a directory' err
	cmp before mail/u.txt
	[ "$(grep -c '^From ' mail/v.txt)" = 1 ]
	[ "$(tail -n 2 mail/v.txt | head -n 1)" = y ]
}

@test "no room: 452, the boxes are as before, and the session goes on" {
	seq 100 | letter u | serve
	seq 3500 | letter v | serve
	cp -r mail before
	{
		seq 500 | letter u v new
		echo x | letter u
		echo y | letter v
	} >in
	[ "$(ulimit -f 18; serve <in)" = '452 250 250 ' ]
	grep -q '^452 4.3.1 ' out
	grep -qx 'smtpd-lite: mail/v.txt: File too large' err
	[ ! -e mail/new.txt ]
	for u in u v; do
		head -c "$(wc -c <before/$u.txt)" mail/$u.txt |
			cmp - before/$u.txt
		[ "$(grep -c '^From ' mail/$u.txt)" = 2 ]
	done
	rm -r mail
	[ "$(ulimit -f 18; seq 20000 | letter u | serve)" = '452 ' ]
	[ "$(cd mail && ls -A)" = .lock ]
}

@test "several servers at once append to one box" {
	for i in $(seq 20); do
		echo "number $i" | letter u v
	done >in
	for i in 1 2 3 4; do
		smtpd-lite -i -o mbox -d mail \
			<<<"HELO x"$'\n'"$(cat in)" >"out$i" 3>&- &
	done
	wait
	[ "$(cat out? | grep -c '^250 2.0.0 Ok: queued')" = 80 ]
	for u in u v; do
		[ "$(grep -c '^From a@b.test ' mail/$u.txt)" = 80 ]
		[ "$(grep -c '^number ' mail/$u.txt)" = 80 ]
		[ "$(grep -c '^$' mail/$u.txt)" = 160 ]
	done
}

@test "a locked box is waited for" {
	mkdir mail
	: >mail/u.txt
	hold mail/u.txt
	echo x | letter u v | serve >codes 3>&- &
	wait_for grep -q '^354' out
	[ ! -s mail/u.txt ]
	[ ! -s mail/v.txt ]
	release
	wait $!
	[ "$(cat codes)" = '250 ' ]
	[ "$(grep -c '^From ' mail/u.txt mail/v.txt | tr '\n' ' ')" = \
		'mail/u.txt:1 mail/v.txt:1 ' ]
}

@test "a box that stays locked: 451, and the others are served meanwhile" {
	mkdir mail
	: >mail/u.txt
	hold mail/u.txt
	start smtpd-lite -o mbox -d mail -l :0
	hello slow quick
	say slow 'MAIL FROM:<a>' 250
	say slow 'RCPT TO:<u>' 250
	say slow 'RCPT TO:<v>' 250
	say slow DATA 354
	tell slow x .
	mail quick v y
	quit quick
	hear slow '451 4.3.0 Error: a mailbox is locked'
	mail slow v z
	quit slow
	release
	[ ! -s mail/u.txt ]
	[ "$(grep -c '^From ' mail/v.txt)" = 2 ]
	run -1 grep -qx x mail/v.txt
}

@test "a box that is a link to nowhere: 451, and the server lives" {
	mkdir mail
	ln -s nowhere mail/u.txt
	printf '%s\r\n' 'EHLO x' 'MAIL FROM:<a@b>' 'RCPT TO:<u>' DATA hi . QUIT |
		launch -t 20 smtpd-lite -i -o mbox >out 2>err
	grep '^451 4\.3\.0 ' out
	[ "$(cat err)" = 'smtpd-lite: mail/u.txt: No such file or directory' ]
}
