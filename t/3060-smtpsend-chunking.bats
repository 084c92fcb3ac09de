#!/usr/bin/env bats
# smtpsend and BDAT: messages on their way without an answer.

# shellcheck disable=SC2154 # run sets stderr, stderr_lines

load lib
load smtpsend

CAPS=PIPELINING,CHUNKING,8BITMIME

@test "BDAT where it is offered: the text as it is, dots and all" {
	fake -c "$CAPS"
	printf 'Subject: s\n\n.\n..\nПривіт' |
		run -0 smtpsend -v -s "$ADDR" -f me@x a@x b@x
	grep -qx 'BDAT [0-9]* LAST' dialog
	run -1 grep DATA <(grep -v BDAT dialog)
	tail -n 4 got.1 | diff - <(printf '\r\n.\r\n..\r\nПривіт\r\n')
}

@test "the whole batch is on its way before the first answer" {
	fake -c "$CAPS" rset:3:lag
	batch 20 >in
	send 0 -v <in
	seq -f 'sent r%.0f@x 250 dot' 20 | diff - short
	printf '%s\n' "${stderr_lines[@]}" >dialogue
	[ "$(grep -n 'C: BDAT' dialogue | sed -n '20s/:.*//p')" -lt \
		"$(grep -n 'S: 250 2.0.0' dialogue | sed -n '1s/:.*//p')" ]
	send 0 -v -p 5 <in
	printf '%s\n' "${stderr_lines[@]}" >dialogue
	awk '/^C: BDAT/ { if (++open > 5) bad = 1 }
		/^S: 250 2.0.0/ { open-- } END { exit bad }' dialogue
}

# one_message CAP: a server for -C that answers one message, and then has hung up
# without a word, although what is sent to it still leaves; then there is a file
# gone.
one_message() {
	cat >server <<-EOF
	#!/bin/sh
	printf '220 x\r\n'
	end=.
	while read -r verb rest; do
		case \$verb in
		EHLO) printf '250-x\r\n250-PIPELINING\r\n250 $1\r\n' ;;
		MAIL | RCPT) printf '250 ok\r\n' ;;
		DATA*) printf '354 go on\r\n' ;;
		BDAT) end=Hi. ;;
		"\$end"*) break ;;
		esac
	done
	printf '250 ok\r\n'
	exec >&-
	: >gone
	cat >taken
	EOF
	chmod +x server
}

@test "a server that has hung up between two messages is left for another connection" {
	mkfifo pipe
	for cap in CHUNKING HELP; do
		one_message "$cap"
		smtpsend -bS -T 5 -C ./server <pipe >results 3>&- &
		exec 8>pipe
		letter me@x 1@x >&8
		wait_for [ -e gone ]
		rm gone
		{ letter me@x 2@x; echo QUIT; } >&8
		exec 8>&-
		ended 0 "$!"
		diff <(printf 'sent %s 250 dot\n' 1@x 2@x) <(short results)
	done
}

@test "with a journal one at a time, each with its line before" {
	fake -c "$CAPS"
	batch 10 >in
	send 0 -v -l journal <in
	printf '%s\n' "${stderr_lines[@]}" >dialogue
	awk '/^C: BDAT/ { if (++open > 1) bad = 1 }
		/^S: 250 2.0.0/ { open-- } END { exit bad }' dialogue
	[ "$(cut -f 1 journal | uniq | wc -l)" = 20 ]
}

@test "a sending line names the server that the message goes to" {
	# one is not there, one turns each message away
	echo 'at mail every 1 reply 421 4.3.2 busy' >rules
	start -n two smtpd-lite -l ./two -o sink -R rules
	start -n three smtpd-lite -l ./three -o sink
	batch 3 >in
	for jobs in 1 2; do
		rm -f journal
		run -0 smtpsend -bS -s ./one,./two,./three -j "$jobs" \
			-l journal <in
		[ "$(cut -f 5 journal | sort -u)" = $'./three\n./two' ]
		awk -F '\t' '$1 == "sending" { at[$2] = $5; next }
			$5 != "./three" || at[$2] != $5 { bad = 1 }
			END { exit bad }' journal
	done
}

@test "a journal and -p: more sending lines, all settled" {
	fake -c "$CAPS"
	batch 10 >in
	send 0 -p 4 -l journal <in
	[ "$(grep -c '^sending' journal)" = 10 ]
	[ "$(grep -c '^sent' journal)" = 10 ]
}

@test "refused ones stop nobody, and RSET comes between" {
	fake -c "$CAPS" 'rcpt:2:550 no' 'mail:4:451 later' 'dot:4:554 spam'
	batch 7 >in
	send 75 <in
	printf '%s\n' 'sent r1@x 250 dot' 'failed r2@x 550 rcpt' \
		'sent r3@x 250 dot' 'deferred r4@x 451 mail' \
		'sent r5@x 250 dot' 'failed r6@x 554 dot' \
		'sent r7@x 250 dot' | diff - short
	[ "$(received)" = $'r1@x\nr3@x\nr5@x\nr7@x' ]
	[ "$(grep -c RSET dialog)" = 6 ]
}

@test "one of several recipients refused: the others are served" {
	fake -c "$CAPS" 'rcpt:2:550 no'
	{ letter me@x a@x b@x c@x; echo QUIT; } >in
	send 67 <in
	[ "$(cat short)" = $'sent a@x 250 dot\nfailed b@x 550 rcpt\nsent c@x 250 dot' ]
	[ "$(received)" = 'a@x c@x' ]
}

@test "more recipients than a transaction takes: the rest in the next" {
	fake -c PIPELINING,CHUNKING 'rcpt:2:452 4.5.3 too many'
	{ letter me@x a@x b@x; letter me@x c@x; echo QUIT; } >in
	run -0 --separate-stderr smtpsend -bS -s "$ADDR" <in
	[ "$(short <<<"$output" | sort)" = \
		$'sent a@x 250 dot\nsent b@x 250 dot\nsent c@x 250 dot' ]
	[ "$(received)" = $'a@x\nc@x\nb@x' ]
}

@test "lost in a window: those without an answer are unknown, none repeated" {
	for fault in dot:3:drop dot:3:garbage; do
		fake -c "$CAPS" "$fault"
		batch 6 >in
		send 80 <in
		printf '%s\n' 'sent r1@x 250 dot' 'sent r2@x 250 dot' >want
		seq -f 'unknown r%.0f@x - dot' 3 6 >>want
		diff want short
		[ "$(received | sort | uniq -d)" = '' ]
		[ "$(received | head -n 2)" = $'r1@x\nr2@x' ]
	done
}

@test "421 in a window: what follows goes again, and nobody twice" {
	for fault in 'mail:3:421 enough' 'rcpt:3:421 enough'; do
		fake -c "$CAPS" "$fault"
		batch 6 >in
		send 0 <in
		sort short | diff - <(seq -f 'sent r%.0f@x 250 dot' 6)
		[ "$(received | sort)" = "$(seq -f r%.0f@x 6)" ]
	done
	fake -c "$CAPS" 'dot:3:421 enough'
	send 75 <in
	grep -qx 'deferred r3@x 421 dot' short
	[ "$(grep -c ^sent short)" = 5 ]
}

@test "421 for one in a window is no try of those behind it" {
	fake -c "$CAPS" 'rcpt:r1@:421 not you'
	batch 6 >in
	send 75 <in
	{ echo 'deferred r1@x 421 rcpt'
		seq -f 'sent r%.0f@x 250 dot' 2 6; } | diff - <(sort short)
	[ "$(received | sort)" = "$(seq -f r%.0f@x 2 6)" ]
}

@test "not all of a message has left: it goes again" {
	# on a narrow way the kernel cannot take all of it before the reset
	another -n -c "$CAPS" mail:1:rst
	{ TEXT=$(seq 30000) letter me@x a@x; echo QUIT; } >in
	send 0 <in
	[ "$(cat short)" = 'sent a@x 250 dot' ]
	cd another
	[ "$(received)" = a@x ]
	[ "$(grep -c '^BDAT' dialog)" = 1 ]
	[ "$(grep -c '^MAIL' dialog)" = 2 ]
}

@test "a large message waits for a yes to its envelope" {
	fake -c "$CAPS,SIZE 100000000" 'rcpt:2:550 no'
	{ batch 1 | sed '$d'
		TEXT=$(seq 60000) letter me@x no@x
		TEXT=$(seq 60000) letter me@x yes@x
		letter me@x last@x; echo QUIT; } >in
	send 67 <in
	printf '%s\n' 'sent r1@x 250 dot' 'failed no@x 550 rcpt' \
		'sent yes@x 250 dot' 'sent last@x 250 dot' | diff - short
	[ "$(grep -c '^BDAT' dialog)" = 2 ]
}

@test "a server that offers BDAT and does not know it" {
	fake -c "$CAPS" 'dot:1:502 what' 
	batch 4 >in
	send 0 <in
	[ "$(sort short)" = "$(seq -f 'sent r%.0f@x 250 dot' 4)" ]
	grep -qx DATA dialog
	# nor what comes behind it: the text is commands to it
	fake -c "$CAPS" 'dot:1:500 what|500 what|500 what'
	batch 1 >in
	send 0 <in
	[ "$(cat short)" = 'sent r1@x 250 dot' ]
}

@test "CHUNKING without PIPELINING: DATA" {
	fake -c CHUNKING
	batch 3 >in
	send 0 <in
	[ "$(grep -c '^DATA' dialog)" = 3 ]
}

@test "smtpd-lite takes a window" {
	mkdir mail
	start smtpd-lite -d mail -D x -l :0
	batch 200 >in
	send 0 <in
	[ "$(grep -c ^sent short)" = 200 ]
	[ "$(find mail -path '*/new/*' | wc -l)" = 200 ]
}
