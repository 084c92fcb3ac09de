#!/usr/bin/env bats
# mkbatch: messages in files to a batch.

# shellcheck disable=SC2154 # run sets stderr, stderr_lines

load lib
load smtpsend

setup() {
	lib_setup
	export EMAIL=me@x.test SOURCE_DATE_EPOCH=0
}

# message TO TEXT: one, without From and the like.
message() {
	printf 'To: %s\nSubject: s\nBcc: hidden@x.test\n\n%s\n' "$1" "$2"
}

# patch N: as git format-patch writes it.
patch() {
	printf 'From %040d Mon Sep 17 00:00:00 2001\n' "$1"
	printf 'From: A <a@x.test>\nDate: Mon, 30 Nov 2026 04:02:00 +0000\n'
	printf 'Subject: [PATCH %d/9] p\nTo: list%d@x.test\n\n' "$1" "$1"
	printf '>From here\n---\n a | 1 +\n\n-- \n2.39.5\n\n'
}

# paths FILE: the envelopes of a batch, one on a line.
paths() {
	awk '/^MAIL/ { printf "%s%s", n++ ? "\n" : "", $2 }
		/^RCPT/ { printf " %s", $2 } END { print "" }' "$1" | tr -d '\r'
}

# makes CODE [arg ...]: mkbatch ends so; its output to made.
makes() {
	local code=0
	mkbatch "${@:2}" >made 2>err || code=$?
	[ "$code" = "$1" ] || { cat err; return 1; }
}

@test "a message, from a file and standard input: as smtpsend -t would" {
	message 'You <you@y.test>, bob' '.dot' >a.eml
	makes 0 -f news@x.test -H h.test a.eml - <a.eml
	one='FROM:<news@x.test> TO:<you@y.test> TO:<bob@h.test> TO:<hidden@x.test>'
	printf '%s\n' "$one" "$one" | diff - <(paths made)
	[ "$(head -n 1 made)" = $'EHLO h.test\r' ]
	[ "$(tail -n 1 made)" = $'QUIT\r' ]
	grep -q $'^\.\.dot\r$' made
	lacks 'hidden@x.test$' made
	lacks '^Bcc' made
	# The same as is sent.
	fake
	run -0 smtpsend -t -f news@x.test -H h.test -s "$ADDR" -l j <a.eml
	sed -n '/^DATA/,/^\.\r$/p' made | sed '1d; s/^\.\././; /^\.\r$/,$d' |
		cmp - got.1
	makes 0 </dev/null
	[ "$(wc -l <made)" = 2 ]
}

@test "an mbox, a Maildir, patches; 8-bit text is declared" {
	{
		printf 'From me Mon Nov 23 10:00:00 2026\n'
		message 1@x.test $'>From there\n>>From here\n\nFrom me to you'
		printf '\nFrom me Mon Nov 23 10:00 2026\r\n'
		message 2@x.test 'дід' | sed 's/$/\r/'
	} >box
	mkdir -p md/new md/cur md/tmp
	message 4@x.test b >md/new/20.x
	message 3@x.test a >md/cur/3.x:2,S
	message 5@x.test c >md/tmp/1.x
	patch 6 >0006.patch
	makes 0 box md 0006.patch
	printf 'FROM:<me@x.test> TO:<%s>%s\n' 1@x.test ' TO:<hidden@x.test>' \
		2@x.test ' TO:<hidden@x.test>' 3@x.test ' TO:<hidden@x.test>' \
		4@x.test ' TO:<hidden@x.test>' list6@x.test '' |
		diff - <(paths made)
	[ "$(grep -c '^MAIL.* BODY=8BITMIME' made)" = 1 ]
	printf '%s\r\n' 'From there' '>From here' '' 'From me to you' . |
		diff - <(sed -n '/^From there/,/^\.\r$/p' made)
	# What git writes is not quoted, and ends in one empty line less.
	tail -n 8 made | tr -d '\r' | sed -n 1,3p |
		diff - <(printf '%s\n' '>From here' --- ' a | 1 +')
	tail -n 3 made | tr -d '\r' | diff - <(printf '%s\n' 2.39.5 . QUIT)
}

@test "what is wrong is told, with its line; the others go: 65, 66" {
	{
		printf 'From me Mon Nov 23 10:00:00 2026\nSubject: 1\n\nHi.\n\n'
		printf 'From me Mon Nov 23 10:00:00 2026\nTo: a@@x, b@x\n\nHi.\n\n'
		printf 'From me Mon Nov 23 10:00:00 2026\nTo: c@x\n\nH\ri.\n\n'
		printf 'From me Mon Nov 23 10:00:00 2026\nTo: d@x\n\nHi.\n'
	} >box
	makes 65 box
	printf 'mkbatch: box:%s\n' '1: no recipient' \
		'6: a@@x: malformed domain' \
		'11: a CR in the message ends no line' | diff - err
	printf 'FROM:<me@x.test> TO:<%s>\n' b@x d@x | diff - <(paths made)
	mkdir plain
	makes 66 missing plain box
	grep -q '^mkbatch: missing: No such file' err
	grep -q '^mkbatch: plain: a directory, but not a Maildir' err
	[ "$(grep -c ^MAIL made)" = 2 ]
	[ "$(tail -n 1 made)" = $'QUIT\r' ]
	makes 64 -f 'a@@x' box
	[ ! -s made ]
	makes 64 -x
	makes 66 <&-
	[ "$(cat err)" = 'mkbatch: stdin:1: Bad file descriptor' ]
	run -74 sh -c 'mkbatch box >/dev/full'
}

@test "a series that is killed goes on, and nobody gets a patch twice" {
	fake
	for i in 1 2 3 4 5 6 7 8 9; do
		patch "$i" >"000$i.patch"
	done
	mkbatch 00*.patch >in
	: >journal
	killed 5 smtpsend -bS -r 20/s -s "$ADDR" -l journal
	[ "$(wc -l <got.log)" -lt 9 ]
	mkbatch 00*.patch >again
	cmp in again
	run smtpsend -bS -s "$ADDR" -l journal <again
	[ "$status" = 0 ] || [ "$status" = 80 ]
	[ "$(grep -cE '^(sent|unknown)' <<<"$output")" = 9 ]
	[ "$(received | sort | uniq -d)" = '' ]
	[ "$(received | wc -l)" -ge 8 ]
}
