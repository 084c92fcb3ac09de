#!/usr/bin/env bats
# bounceparse: what came back, as results.  bounces/NAME.eml are messages as
# many kinds of servers write them, NAME.results the lines that each gives; one
# without such a file gives none.

# shellcheck disable=SC2154 # run sets stderr, stderr_lines

load lib

BOUNCES=$TOP/t/bounces

setup() {
	lib_setup
	printf secret >key
	chmod 600 key
}

# lines FILE ...: status and recipient of each line that bounceparse gives.
lines() {
	bounceparse "$@" >lines || return
	cut -f 1,2 lines | tr '\t' ' '
}

# signed TO RECIPIENT ACTION: a report that came to TO.
signed() {
	printf '%s\n' 'Return-Path: <>' "Delivered-To: $1" \
		'Date: Sat, 21 Nov 2026 12:00:00 +0200' \
		'From: MAILER-DAEMON@mx.example' 'MIME-Version: 1.0' \
		'Content-Type: multipart/report; boundary=b;' \
		' report-type=delivery-status' '' \
		--b 'Content-Type: message/delivery-status' '' \
		"Final-Recipient: rfc822; $2" "Action: ${3-failed}" \
		'Status: 5.1.1' '' --b--
}

@test "each message of the collection gives its lines, and no others" {
	(
		cd "$BOUNCES"
		[ "$(ls -- *.eml | wc -l)" -ge 90 ]
		for f in *.eml; do
			[ ! -e "${f%.eml}.results" ] || cat "${f%.eml}.results"
		done
	) >want
	(cd "$BOUNCES" && bounceparse -v -- *.eml) >got 2>told ||
		{ cat told; false; }
	diff want got
	grep -qx 'bounceparse: vacation.eml:1: nothing known here: 0 lines' told
	grep -qx 'bounceparse: qmail.eml:1: qmail: 2 lines' told
}

@test "standard input, an mbox with long messages, a Maildir: the same lines" {
	mkdir -p box/new box/cur
	yes 'a line, of no meaning, that goes on and on' | head -n 40000 >long
	for name in exim qmail vacation; do
		printf 'From <> Sat Nov 21 10:00:00 2026\n'
		cat "$BOUNCES/$name.eml"
		# more than is read, and then not what it seems
		[ "$name" != qmail ] ||
			{ cat long; printf '%s\n' '' '<late@example.org>:' late; }
		echo
		cp "$BOUNCES/$name.eml" "box/new/$name"
	done >mbox
	cat box/new/qmail long >box/cur/qmail:2,S
	rm box/new/qmail
	echo junk >box/new/.hidden
	cat "$BOUNCES"/{exim,qmail}.results >want
	bounceparse mbox | diff want -
	bounceparse <mbox | diff want -
	bounceparse box | diff want -
	bounceparse - box <"$BOUNCES/exim.eml" |
		diff <(cat "$BOUNCES/exim.results" want) -
	sed 's/$/\r/' "$BOUNCES/exim.eml" | bounceparse |
		diff "$BOUNCES/exim.results" -
}

@test "a signed sender says who it was; a forged one says nothing" {
	one=news+ndgiad6a6i-user1=pth.ua@pth.ua
	signed "$one" unknown >nobody
	signed "${one/user1/user2}" unknown >forged
	signed "$one" other@elsewhere.example >forwards
	signed "${one^^}" unknown >capitals
	signed "${one^^}" User1@pth.ua >changed
	signed "$one" unknown delayed >delayed
	signed 'news+[x]@pth.ua' unknown >not
	# where it says no recipient at all, in a text and in a complaint
	sed "s/^To:.*/To: <$one>/" "$BOUNCES/groupwise-no-address.eml" >text
	sed "s/^Source-IP.*/Original-Mail-From: <$one>/" \
		"$BOUNCES/arf-redacted.eml" >complaint
	[ "$(lines nobody forged forwards)" = 'failed other@elsewhere.example' ]
	[ "$(lines -k key nobody forged forwards capitals changed delayed not \
		"$BOUNCES/vacation.eml" text complaint)" = \
'failed user1@pth.ua
failed user1@pth.ua
failed USER1@PTH.UA
failed User1@pth.ua
deferred user1@pth.ua
failed user1@pth.ua
complained user1@pth.ua' ]
	[ "$(lines -k key -E 'news+[verp]@pth.ua' nobody forged)" = \
		'failed user1@pth.ua' ]
	[ -z "$(lines -k key -E 'old+[verp]@pth.ua' nobody)" ]
	signed news@pth.ua '"a \" (b)"@pth.ua (him)' >quoted
	[ "$(lines quoted)" = 'failed "a \" (b)"@pth.ua' ]
	# what orderparse makes of an address too long for it: only the one it
	# was made for may be named
	long=$(printf '%050d@example.org' 1)
	printf '[Recipients:] %s\n[Subject:] s\n[Body:]\n' "$long" |
		orderparse -k key -E 'news+[verp]@pth.ua' -f a@b.c -S |
		sed -n 's/^MAIL FROM:<\(.*\)>.*/\1/p' >sender
	tag=$(sed 's/news+\(.*\)@.*/\1/' sender)
	signed "$(cat sender)" unknown >long
	signed "$(cat sender)" other@elsewhere.example >forwards
	signed "$(cat sender)" "${long^^}" >named
	signed "$(cat sender)" user1@xn--80a1acn3a.xn--j1amh >labels
	[ "$(lines -k key long forwards named labels)" = "failed $tag
failed $tag
failed ${long^^}
failed user1@xn--80a1acn3a.xn--j1amh" ]
}

@test "who asks to be left out has the token; it counts with the key alone" {
	date='Date: Sat, 21 Nov 2026 12:00:00 +0200'
	printf '%s\n' "$date" 'From: someone@else.example' \
		'Subject: user1@pth.ua EBMHN6DOCISX7TFF4KZMT57EER' '' >leaves
	printf '%s\n' "$date" \
		'Subject: user2@pth.ua ebmhn6docisx7tff4kzmt57eer' '' >forged
	printf '%s\n' "$date" \
		'Subject: user1@pth.ua rfhtqcuqxryd5elknj2lpi3une' '' >list
	bounceparse -k key leaves forged list >got
	printf 'left\tuser1@pth.ua\t-\tleave\t-\t0\t%s\t-\tby message\n' \
		2026-11-21T10:00:00Z | diff - got
	[ "$(lines -k key -L news leaves forged list)" = 'left user1@pth.ua' ]
	[ -z "$(lines leaves)" ]
}

@test "-m moves what was understood, once its lines are written" {
	mkdir -p box/new box/cur/sub
	mkfifo box/cur/fifo	# is no message, and not waited for
	cp "$BOUNCES"/{exim,vacation,postfix-relayed}.eml box/new
	if [ -w /dev/full ]; then
		run -74 bash -c 'bounceparse -m box >/dev/full'
	fi
	[ "$(ls box/new | wc -l)" = 3 ]
	bounceparse -m box >lines
	diff "$BOUNCES/exim.results" lines
	[ "$(ls box/*/*.eml*)" = 'box/cur/exim.eml:2,S
box/new/postfix-relayed.eml
box/new/vacation.eml' ]
	# Whoever read the lines may have been killed: they come again.
	bounceparse -m box | cmp - lines
}

@test "what is wrong: 64, 66, 74, 78; the other files are read" {
	mkdir empty
	run -66 --separate-stderr bounceparse none empty "$BOUNCES/exim.eml"
	[ "$output" = "$(cat "$BOUNCES/exim.results")" ]
	[ "$stderr" = 'bounceparse: none: No such file or directory
bounceparse: empty: a directory, but not a Maildir' ]
	run -64 --separate-stderr bounceparse -E news@pth.ua </dev/null
	[ "$stderr" = 'bounceparse: -E: news@pth.ua: there is no [verp] in it' ]
	run -0 --separate-stderr bounceparse -E '[verp]@pth.ua' </dev/null
	[ "$stderr" = 'bounceparse: -E: [verp]@pth.ua: nobody is recognized without -k' ]
	chmod 644 key
	run -78 --separate-stderr bounceparse -k key </dev/null
	[ "$stderr" = 'bounceparse: key: others can read or write it' ]
	run -64 bounceparse -x
	if [ -w /dev/full ]; then
		run -74 bash -c 'bounceparse "$1" >/dev/full' - \
			"$BOUNCES/exim.eml"
	fi
}

@test "what nobody should write costs little, and names nobody" {
	head='Return-Path: <>
From: MAILER-DAEMON@mx.example
Content-Type: multipart/report; report-type=delivery-status; boundary='
	(
		printf '%s\n' "${head}1"
		for ((i = 1; i < 1000; i++)); do
			printf '\n--%d\nContent-Type: multipart/mixed; boundary=%d\n' \
				"$i" $((i + 1))
		done
		printf '\n--1000\nContent-Type: message/delivery-status\n\n'
		printf 'Final-Recipient: rfc822; deep@example.org\nAction: failed\n'
	) >nested
	{
		printf '%s(' "$head"
		head -c 500000 /dev/zero | tr '\0' '('
		printf '\n\n--x\n'
	} >brackets
	{
		printf 'Return-Path: <>\nFrom: \377\376 MAILER-DAEMON@mx\nX\0: y\n'
		printf 'Content-Type: text/plain\n\n'
		printf "I'm afraid I wasn't able to deliver your message to the following addresses\n\n"
		printf '<a\0@example.org>:\n<b@example.org\r>: x\n'
	} >nul
	{
		printf '%s\n' "${head}x" '' --x \
			'Content-Type: message/delivery-status' ''
		yes 'Final-Recipient: rfc822; @' | head -n 20000
		echo 'Action: failed'
	} >blocks
	head -c 2000000 /dev/zero >zeros
	run -0 --separate-stderr bounceparse nested brackets nul blocks zeros \
		/dev/null
	[ -z "$output$stderr" ]
}
