#!/usr/bin/env bats
# What an order may say beside recipients, subject and body: [Headers:] and
# [Html:]; other character sets; copies for many.

# shellcheck disable=SC2154 # run sets stderr, stderr_lines

load lib
load letter

# An order with the given recipients, and sections before the body.
order() {
	printf '[Recipients:]\n%b\n[Subject:] s\n%b\n[Body:]\n%b' "$@" >order
}

# refuses LINE:COLUMN ...: orderparse refuses the file order, with a fault at
# exactly these places, in this order.
refuses() {
	local status=0
	orderparse -S order >out 2>err || status=$?
	cat err
	[ "$status" = 65 ]
	[ ! -s out ]
	sed -n 's/^orderparse: order:\([0-9]*:[0-9]*\): .*/\1/p' err >got
	printf '%s\n' "$@" | diff -u - got
	[ "$(wc -l <got)" = "$(wc -l <err)" ]
}

# parts FILE: the type, charset and encoding of the message and of each part,
# and its text behind it.
parts() {
	local n=-1 line
	readmail "$1" | cut -d ' ' -f 1-3 >all_parts
	while read -r line; do
		[ "$n" -ge 0 ] || line=${line%% *}
		echo "$line"
		[ "$n" -lt 0 ] || cat "part.$n"
		n=$((n + 1))
	done <all_parts
}

@test "headers: extra fields, with placeholders" {
	order 'a@b.c k=1, Оля <o@b.c> k="2, 3"' '[headers:]
# not this one
X-Constant:  one   two  
List-Unsubscribe: <https://pth.ua/u?a=[email]&k=[k|0]>
X-Ukrainian: Привіт, [name|друже]!
X-Empty:' 'Hi\n'
	letter a@b.c
	grep -Fx 'X-Constant: one   two' header
	grep -Fx 'List-Unsubscribe: <https://pth.ua/u?a=a@b.c&k=1>' header
	grep -x 'X-Ukrainian: =?utf-8?b?.*' header
	grep -x 'X-Empty: *' header
	run -1 grep 'not this' letter
	letter o@b.c
	grep -Fx 'List-Unsubscribe: <https://pth.ua/u?a=o@b.c&k=2, 3>' header
	[ "$(readmail -f X-Ukrainian letter)" = 'Привіт, Оля!' ]
}

@test "headers: fields that letters have of their own are refused" {
	order 'a@b.c' '[Headers:]
from: x@y.z
To: x@y.z
CC: x@y.z
Bcc: x@y.z
SUBJECT: x
Date: x
Message-Id: <x@y>
MIME-Version: 1.0
Content-Type: text/html
content-x: y
X-Good: y'
	refuses 5:1 6:1 7:1 8:1 9:1 10:1 11:1 12:1 13:1 14:1
}

@test "headers: fields of those who send or carry a letter are refused" {
	order 'a@b.c' '[Headers:] Sender: x@y.z
RETURN-PATH: <x@y.z>
Received: from a by b; Sat, 21 Nov 2026 23:46:12 +0000
received-spf: pass
Resent-From: x@y.z
Resent-To: x@y.z
Resent-Bcc: x@y.z
Resent-: x
Delivered-To: x@y.z
X-Original-To: x@y.z
Envelope-To: x@y.z
X-Envelope-To: x@y.z
X-Envelope-From: x@y.z
Authentication-Results: x; dkim=pass
ARC-Seal: i=1
Dkim-Signature: v=1
X-Received: y
Resent: y
Sender-ID: y'
	refuses 4:12 5:1 6:1 7:1 8:1 9:1 10:1 11:1 12:1 13:1 14:1 15:1 16:1 \
		17:1 18:1 19:1
	grep -q ': Sender: not allowed here: only who sends or carries a letter adds it$' err
}

@test "headers: what is no field, or there twice" {
	order 'a@b.c' "[Reply-To:] a@b.c
[Headers:] X-A: 1
no field
x-a: 2
X B: 3
 X-C: 4
: 5
X-D\\r: 6
Reply-To: b@b.c
$(printf 'X%.0s' {1..73}): 7
[Htm:] x: y
X-\xd1\x97: 8"
	refuses 6:1 7:1 8:1 9:1 10:1 11:1 11:4 12:1 13:1 14:1 15:1
}

@test "headers: no value brings a line of its own" {
	order 'a@b.c k="x\rBcc: e@v"' '[Headers:] X-A: [k]'
	refuses 2:11
	order 'a@b.c' '[Headers:] X-A: b\rBcc: e@v'
	refuses 4:18
	order "a@b.c k=$(printf 'x%.0s' {1..3000})" \
		'[Headers:] X-A: [k] [k]\nX-B: [k]'
	orderparse -S -f a@b.c order | awk 'length > 999 { exit 1 }'
}

@test "headers: a hundred fields and no more" {
	order 'a@b.c' "[Headers:]\n$(printf 'X-%d: 1\\n' {1..100})"
	letter a@b.c
	[ "$(grep -c '^X-' header)" = 100 ]
	order 'a@b.c' "[Headers:]\n$(printf 'X-%d: 1\\n' {1..101})"
	refuses 105:1
}

@test "html: a second form of the body" {
	order 'Tom & "J" <a@b.c> k="<b>"' '[Headers:] X-A: b [Html:]
<p title="[k]">[name], [[k] &amp; [login] [Subject:] [no]</p>
.
' 'Hi [k]\n.'
	letter a@b.c
	parts letter >got
	cat >want <<-'END'
	multipart/alternative
	text/plain us-ascii 7bit
	Hi <b>
	.
	text/html us-ascii 7bit
	<p title="&lt;b&gt;">Tom &amp; &quot;J&quot;, [k] &amp; a [Subject:] [no]</p>
	.

	END
	diff -u want got
	orderparse -S -f a@b.c order | tr -d '\r' | grep -c '^\.\.$' |
		grep -x 2
}

@test "html: each part has its own encoding, and the whole that of the worst" {
	order 'a@b.c k=1, b@b.c k=ї' '[Html:]\n<p>[k|ї]</p>' 'x\n'
	letter a@b.c
	parts letter | grep -Fx 'text/html us-ascii 7bit'
	grep -Fx 'Content-Transfer-Encoding: 7bit' header
	letter b@b.c
	parts letter | grep -Fx 'text/html utf-8 8bit'
	parts letter | grep -Fx 'text/plain us-ascii 7bit'
	grep -Fx 'Content-Transfer-Encoding: 8bit' header
	orderparse -S -f a@b.c order | tr -d '\r' | grep -A 1 ^MAIL >got
	printf '%s\n' 'MAIL FROM:<a@b.c>' 'RCPT TO:<a@b.c>' -- \
		'MAIL FROM:<a@b.c> BODY=8BITMIME' 'RCPT TO:<b@b.c>' |
		diff -u - got
	order 'a@b.c k="'"$(printf '&%.0s' {1..400})"'"' \
		'[Html:]\n<p>[k]</p>' '[k]\n'
	letter a@b.c
	parts letter | grep -Fx 'text/html us-ascii quoted-printable'
	parts letter | grep -Fx 'text/plain us-ascii 7bit'
	[ "$(parts letter | tail -n 2 | grep -o '&amp;' | wc -l)" = 400 ]
}

@test "html: the boundary differs by order and mailing, not by run" {
	boundary() {
		letter a@b.c
		sed -n 's/.*boundary="\(.*\)"/\1/p' header
	}
	order 'a@b.c' '[Html:] x' 'y\n'
	one=$(boundary)
	[ "$(boundary)" = "$one" ]
	[ ${#one} -gt 30 ]
	order 'a@b.c' "[Html:]\n--$one--" "--$one--\n--$one\n"
	[ "$(boundary)" != "$one" ]
	parts letter | grep -Fxc -e "--$one--" | grep -x 2
}

@test "html: [Body:] must follow it" {
	printf '[Recipients:] a@b.c\n[Subject:] s\n[Html:]\n<p>\n[Subject:] x\n' >order
	refuses 6:1
	printf '[Recipients:] a@b.c\n[Html:]\n<p>\n[Subject:]\n[Body:]\n' >order
	refuses 6:1
}

@test "charset: the same letters, and places in the converted text" {
	sed 's/^ *#.*//' "$TOP/examples/sesiya.txt" |
		iconv -f UTF-8 -t KOI8-U >koi
	iconv -f KOI8-U -t UTF-8 koi >utf
	export SOURCE_DATE_EPOCH=0
	orderparse -f a@b.c -S utf >want
	for set in KOI8-U WINDOWS-1251 UTF-16 UTF-16LE; do
		iconv -f UTF-8 -t "$set" utf >other
		orderparse -f a@b.c -c "$set" -S other | cmp want -
		orderparse -f a@b.c -c "$set" -S <other | cmp want -
	done
	run -65 --separate-stderr orderparse -n koi
	[ -z "$output" ]
	printf '[Recipients:] a@b.c\n[Subject:] \xef\xbf\x98 \x98\n[Body:]\nx\x98\n' >order
	run -65 --separate-stderr orderparse -c WINDOWS-1251 -n order
	[ "${#stderr_lines[@]}" = 2 ]
	[[ ${stderr_lines[0]} == 'orderparse: order:2:14: '* ]]
	[[ ${stderr_lines[1]} == 'orderparse: order:4:2: '* ]]
	# what is UTF-8 already is not converted once more
	run -0 --separate-stderr orderparse -f a@b.c -c KOI8-U -S utf
	cmp want - <<<"$output"
	[ "$stderr" = 'orderparse: utf: is UTF-8 already: -c KOI8-U is not applied' ]
	# UTF-16 says of itself what it is
	iconv -f UTF-8 -t UTF-16 utf | orderparse -f a@b.c -S | cmp want -
}

@test "charset: an unknown one is wrong usage" {
	order 'a@b.c' '' ''
	run -64 --separate-stderr orderparse -c no-such-set -n order
	[ -z "$output" ]
	[ "$stderr" = 'orderparse: -c: no-such-set: unknown character set' ]
	run -64 --separate-stderr orderparse -c '' -n order
	[ "$stderr" = 'orderparse: -c: : unknown character set' ]
	# also where it would not be needed; UTF-8 itself is
	sed -i 's/^\[Body:\]/&їжак/' order
	run -64 --separate-stderr orderparse -c no-such-set -n order
	[ "$stderr" = 'orderparse: -c: no-such-set: unknown character set' ]
	run -0 --separate-stderr orderparse -c utf-8 -n order
	[ -z "$stderr" ]
}

@test "copies: recipients of one domain share them" {
	order 'a@x.y, N <b@z.y>, c@X.Y, d@x.y, not, e@z.y k=1, a@x.y' '' 'Hi [no]\n'
	SOURCE_DATE_EPOCH=0 orderparse -g 2 -f a@b.c -S order | tr -d '\r' >out
	grep -E '^(NOOP|RCPT|DATA|To)' out >got
	printf '%s\n' 'NOOP 3 messages' \
		'RCPT TO:<a@x.y>' 'RCPT TO:<c@X.Y>' DATA \
		'To: undisclosed-recipients:;' \
		'RCPT TO:<d@x.y>' DATA 'To: undisclosed-recipients:;' \
		'RCPT TO:<b@z.y>' 'RCPT TO:<e@z.y>' DATA \
		'To: undisclosed-recipients:;' | diff -u - got
	grep '^Message-ID' out | sort -u | wc -l | grep -x 3
	SOURCE_DATE_EPOCH=0 orderparse -g 2 -f a@b.c -m C@x.y order >one ||
		SOURCE_DATE_EPOCH=0 orderparse -g 2 -f a@b.c -m c@x.y order >one
	sed -n '/^DATA/,/^\.$/p' out | sed -e 1d -e '/^\.$/,$d' | cmp - one
	run -67 orderparse -g 2 -f a@b.c -m z@x.y order
}

@test "copies: none where there is a placeholder, and none of one" {
	export SOURCE_DATE_EPOCH=0
	for section in '[Headers:] X-A: [login]' '[Html:] [k|x]'; do
		order 'a@x.y, b@x.y k=1' "$section" 'Hi\n'
		orderparse -g 9 -f a@b.c -S order >out
		orderparse -g 1 -f a@b.c -S order | cmp - out
		orderparse -f a@b.c -S order | cmp - out
		[ "$(grep -c '^DATA' out)" = 2 ]
	done
	order 'a@x.y, b@x.y k=1' '' '[[k] [kk] [login'
	[ "$(orderparse -g 9 -f a@b.c -S order | grep -c '^DATA')" = 1 ]
	for n in 0 x -1 100001; do
		run -64 orderparse -g "$n" -S order
	done
}

@test "copies: one address that is not ASCII asks for SMTPUTF8 for all" {
	order 'a@x.y, ї@x.y, b@z.y' '' 'Hi\n'
	orderparse -g 9 -f a@b.c -S order | tr -d '\r' | grep '^MAIL' >got
	printf '%s\n' 'MAIL FROM:<a@b.c> BODY=8BITMIME SMTPUTF8' \
		'MAIL FROM:<a@b.c>' | diff -u - got
}
