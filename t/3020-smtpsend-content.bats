#!/usr/bin/env bats
# smtpsend: what happens to the text of a message.

# shellcheck disable=SC2154 # run sets stderr, stderr_lines

load lib
load smtpsend

setup() {
	lib_setup
	HEAD=$'From: me@x\nDate: Sat, 21 Nov 2026 23:46:12 +0000\nMessage-ID: <1@x>'
	printf '%s\n' "$HEAD" >fields
}

# text: got.1 without the CRs, the form in which it was written.
text() {
	tr -d '\r' <got.1
}

# decode FILE: the text of a message's body.
decode() {
	readmail "$1" >parts && tr -d '\r' <part.0
}

@test "LF, CRLF and a missing last ending: all lines end in CRLF" {
	fake
	printf '%s\n\na\r\nb\nc' "$HEAD" | run -0 smtpsend -s "$ADDR" a@x
	{ cat fields; printf '\na\nb\nc\n'; } | sed 's/$/\r/' >want
	cmp want got.1
}

@test "lines that begin with dots arrive as they are" {
	fake
	{ cat fields; printf '\n.\n..\n.a\nb.\n\n.\n'; } >letter
	run -0 smtpsend -s "$ADDR" a@x <letter
	text | cmp letter
}

@test "a dot line in every place of a large message" {
	fake
	(cat fields; echo; for i in $(seq 3000); do
		printf '.%*s\n.\n' $((i % 80)) x
	done) >letter
	run -0 smtpsend -s "$ADDR" a@x <letter
	text | cmp letter
}

@test "a CR that ends no line: refused, 65, before the network" {
	for cr in 'a\rb\n' '\r' 'a\r\r\n' 'a\n\r'; do
		run -65 --separate-stderr smtpsend -s 127.0.0.1:1 a@x \
			< <(cat fields; printf '\n%b' "$cr")
		[ "$stderr" = 'smtpsend: stdin: a CR in the message ends no line' ]
	done
}

@test "8-bit text: BODY=8BITMIME where it is offered" {
	fake -c 8BITMIME
	{ cat fields; printf 'MIME-Version: 1.0\nContent-Type: text/plain; charset=utf-8\n'
		printf 'Content-Transfer-Encoding: 8bit\n\nПривіт\n'; } >letter
	run -0 smtpsend -s "$ADDR" a@x <letter
	text | cmp letter
	grep -q '^MAIL FROM:<.*> BODY=8BITMIME$' dialog
}

@test "8-bit text: quoted-printable where it is not" {
	fake -c PIPELINING
	{ cat fields; printf 'MIME-Version: 1.0\nContent-Type: text/plain; charset=utf-8\n'
		printf 'Content-Transfer-Encoding: 8bit\n\nПривіт = ok \n.\n'; } >letter
	run -0 smtpsend -s "$ADDR" a@x <letter
	run -1 grep -q BODY= dialog
	LC_ALL=C run -1 grep -q '[^ -~]' <(text)
	[ "$(grep -ci '^content-transfer-encoding' got.1)" = 1 ]
	printf 'Привіт = ok \n.\n' >want
	decode got.1 | cmp want
}

@test "8-bit text without a MIME header gets one" {
	fake -c PIPELINING
	{ cat fields; printf '\nПривіт\n'; } | run -0 smtpsend -s "$ADDR" a@x
	decode got.1 | cmp <(echo Привіт)
	[ "$(grep -c '^MIME-Version: 1.0' got.1)" = 1 ]
}

@test "lines over 998 octets: quoted-printable, on any server" {
	fake
	{ cat fields; echo; head -c 999 /dev/zero | tr '\0' x; echo; } >letter
	run -0 smtpsend -s "$ADDR" a@x <letter
	[ "$(awk 'length > m { m = length } END { print m }' got.1)" -le 78 ]
	decode got.1 | cmp <(tail -n 1 letter)
}

@test "lines of 998 octets stay" {
	fake
	{ cat fields; echo; head -c 998 /dev/zero | tr '\0' x; echo; } >letter
	run -0 smtpsend -s "$ADDR" a@x <letter
	text | cmp letter
}

# part NAME: what a multipart has between its n-th delimiter and the next.
part() {
	tr -d '\r' <got.1 | awk -v n="$1" '/^--=_/ { at++; next } at == n'
}

# seven: got.1 is ASCII, with short lines, and says so.
seven() {
	LC_ALL=C run -1 grep -q '[^ -~]' <(text)
	[ "$(awk 'length > m { m = length } END { print m }' got.1)" -le 998 ]
	run -1 grep -qi '^content-transfer-encoding: *8bit' got.1
	run -1 grep -q BODY= dialog
}

@test "an order with HTML that is not ASCII: each of its parts is converted" {
	fake -c PIPELINING
	printf '%s\n' '[Recipients:] a@x, b@x' '[Subject:] News' '[Html:]' \
		'<p>Grüße, [login]</p>' '[Body:]' 'Grüße, [login]' >order
	orderparse -f me@x -S order >letters
	run -0 smtpsend -bS -s "$ADDR" <letters
	[ "$(cut -f 1,2 <<<"$output")" = $'sent\ta@x\nsent\tb@x' ]
	seven
	part 1 | grep '^Content-Type: text/plain; charset=utf-8$'
	part 1 | grep '^Content-Transfer-Encoding: quoted-printable$'
	part 1 | grep '^Gr=C3=BC=C3=9Fe, a$'
	part 2 | grep '^Content-Type: text/html; charset=utf-8$'
	part 2 | grep '^<p>Gr=C3=BC=C3=9Fe, a</p>$'
	# the rest is what it was where nothing had to be converted
	tr -d '\r' <got.1 >converted
	fake -c 8BITMIME
	run -0 smtpsend -bS -s "$ADDR" <letters
	diff <(text) converted >differ || :
	[ "$(grep -c '^<' differ)" = 5 ]
	[ "$(grep -c '^>' differ)" = 5 ]
}

@test "a text with an attachment: the text is converted, the file stays" {
	fake -c PIPELINING
	head -c 300 /dev/urandom >file.bin
	echo Grüße | mkmail -f me@x -s Plan -a file.bin a@x >letter
	run -0 smtpsend -t -s "$ADDR" <letter
	seven
	part 1 | grep '^Gr=C3=BC=C3=9Fe$'
	awk '/^--=_/ { at++; next } at == 2' letter | tr -d '\r' | cmp - <(part 2)
}

@test "a report with what somebody's server said in UTF-8: sent" {
	fake -c PIPELINING
	printf 'failed\tb@x\t550\trcpt\th:25\t1\t2026-11-21T23:46:12Z\t<1@x>\t550 5.1.1 ящика нет\n' >results
	echo Звіт | mkmail -f me@x -s Report -R results a@x >letter
	run -0 smtpsend -t -s "$ADDR" <letter
	seven
	part 2 | grep '^Final-Recipient: rfc822; b@x$'
}

@test "what cannot be converted: deferred, or where no server can, refused" {
	fake -c PIPELINING
	printf '%s\nContent-Type: multipart/signed; boundary=b\n\n--b\n\nПривіт\n--b--\n' \
		"$HEAD" >signed
	run -75 --separate-stderr smtpsend -s "$ADDR" a@x <signed
	[ "$stderr" = 'smtpsend: a@x: deferred at mail: signed, so it cannot be converted, and the server does not offer 8BITMIME' ]
	printf '%s\nContent-Type: multipart/mixed; boundary=b\n\nПривіт\n' \
		"$HEAD" >multi
	run -75 --separate-stderr smtpsend -s "$ADDR" a@x <multi
	[[ $stderr == *'a multipart without parts, '*' 8BITMIME' ]]
	{ printf '%s\nX-Long: ' "$HEAD"
		head -c 2000 /dev/zero | tr '\0' x; printf '\n\nx\n'; } >header
	run -65 --separate-stderr smtpsend -s "$ADDR" a@x <header
	[[ $stderr == *'header line is too long'* ]]
	printf '%s\nSubject: Привіт\n\nx\n' "$HEAD" >utf8
	run -75 --separate-stderr smtpsend -s "$ADDR" a@x <utf8
	[[ $stderr == *'does not offer 8BITMIME'* ]]
	run -1 received
}

@test "a message the next server can take goes there unchanged" {
	another -c PIPELINING 'rcpt:*:drop'
	first=$ADDR
	fake -c 8BITMIME
	{ cat fields; printf 'Content-Type: text/plain; charset=utf-8\n\nПривіт\n'; } >letter
	run -0 smtpsend -s "$first,$ADDR" a@x <letter
	text | cmp letter
}

@test "NUL in the text: quoted-printable" {
	fake
	{ cat fields; printf '\na\0b\n'; } | run -0 smtpsend -s "$ADDR" a@x
	grep -q 'a=00b' got.1
}

@test "a header in UTF-8: SMTPUTF8 where it is offered" {
	fake
	printf '%s\nSubject: Привіт\n\nx\n' "$HEAD" >letter
	run -0 smtpsend -s "$ADDR" a@x <letter
	grep -q '^MAIL FROM:<.*> BODY=8BITMIME SMTPUTF8$' <(sed 's/ SIZE=[0-9]*//' dialog)
	text | cmp letter
	fake -c 8BITMIME
	run -0 smtpsend -s "$ADDR" a@x <letter
	grep -q '^MAIL FROM:<.*> BODY=8BITMIME$' dialog
}

@test "an address in UTF-8 needs SMTPUTF8; others are served without" {
	fake
	{ cat fields; printf '\nx\n'; } >letter
	run -0 smtpsend -s "$ADDR" -f me@x юзер@пошта.test b@x <letter
	grep -q 'SMTPUTF8$' dialog
	grep -q '^RCPT TO:<юзер@пошта.test>$' dialog
	fake -c PIPELINING
	run -75 --separate-stderr smtpsend -s "$ADDR" -l - -f me@x \
		юзер@пошта.test b@x <letter
	[ "$(short <<<"$output")" = \
		$'sent b@x 250 dot\ndeferred юзер@пошта.test - rcpt' ]
	run -75 smtpsend -s "$ADDR" -f юзер@x b@x <letter
}

@test "a domain in UTF-8 is an A-label where SMTPUTF8 is not offered" {
	printf 'To: Оля <olia@пошта.test>\nSubject: s\n\nx\n' >letter
	fake
	run -0 smtpsend -s "$ADDR" -f news@пошта.test olia@пошта.test <letter
	grep -q '^RCPT TO:<olia@пошта.test>$' dialog
	fake -c PIPELINING,8BITMIME
	run -0 --separate-stderr smtpsend -s "$ADDR" -l - -f news@пошта.test \
		olia@пошта.test b@x <letter
	[ "$(short <<<"$output")" = \
		$'sent olia@пошта.test 250 dot\nsent b@x 250 dot' ]
	grep -q '^MAIL FROM:<news@xn--80a1acn3a.test> BODY=8BITMIME$' dialog
	grep -q '^RCPT TO:<olia@xn--80a1acn3a.test>$' dialog
	grep -q '^To: Оля <olia@xn--80a1acn3a.test>' got.1
	# nothing else in the header: then no 8BITMIME is needed
	sed 's/Оля //' letter >plain
	fake -c PIPELINING
	run -0 smtpsend -s "$ADDR" -f me@x olia@пошта.test <plain
	grep -q '^MAIL FROM:<me@x>$' dialog
	grep -q '^To: <olia@xn--80a1acn3a.test>' got.1
	run -75 smtpsend -s "$ADDR" -f me@x olia@☃.test <plain
}

@test "an empty message is one" {
	fake
	run -0 smtpsend -s "$ADDR" -f me@x a@x </dev/null
	grep -q '^From: me@x' got.1
}
