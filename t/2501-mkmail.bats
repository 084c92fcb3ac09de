#!/usr/bin/env bats
# mkmail: the header and the text.  What it makes is read with t/tools/readmail,
# which must find exactly what went in.

# shellcheck disable=SC2154 # run sets stderr

load lib

# decode FILE FIELD: a field as a reader's program shows it.
decode() {
	readmail -f "$2" "$1"
}

# Every line of a header is at most 998 long, and 78 where it has a blank
# to be folded at; none is blank.
well_folded() {
	awk '
	/^$/ { exit }
	length($0) > 998 || /^[ \t]*$/ { exit 1 }
	length($0) > 78 && substr($0, index($0, ": ") + 2) ~ /[^ ] / { exit 1 }' "$1"
}

@test "a plain letter, to the byte" {
	printf 'Hello!\n\n.\nFrom here\n' >text
	SOURCE_DATE_EPOCH=1795305600 mkmail -f news@pth.ua -s 'Session is soon!' \
		user1@pth.ua <text >out
	sed 's/^Message-ID: <[0-9a-f]\{32\}@pth\.ua>$/Message-ID: <>/' out >got
	cat >want <<-'END'
	From: news@pth.ua
	To: user1@pth.ua
	Subject: Session is soon!
	Date: Sun, 22 Nov 2026 00:00:00 +0000
	Message-ID: <>
	MIME-Version: 1.0
	Content-Type: text/plain; charset=us-ascii
	Content-Transfer-Encoding: 7bit

	Hello!

	.
	From here
	END
	cmp got want
}

@test "lines end in LF, whatever they ended in" {
	printf 'one\r\ntwo\nthree' >text
	mkmail -f a@b -s x c@d <text >out
	run -1 grep -q "$(printf '\r')" out
	sed '1,/^$/d' out >got
	printf 'one\ntwo\nthree\n' | cmp - got
}

@test "no text: a header and an empty line" {
	mkmail -f a@b c@d </dev/null >out
	[ "$(tail -n 1 out)" = '' ]
	[ "$(grep -c '^$' out)" = 1 ]
	run -1 grep -q '^Subject' out
}

@test "text in UTF-8 is 8bit, and comes out as it went in" {
	printf 'Привіт!\nЇжак 😀\n' >text
	mkmail -f a@b c@d <text >out
	grep -qx 'Content-Type: text/plain; charset=utf-8' out
	grep -qx 'Content-Transfer-Encoding: 8bit' out
	sed '1,/^$/d' out | cmp - text
}

@test "a line over 998 octets, or a CR in a line: quoted-printable" {
	{ printf 'ї%.0s' {1..1000}; printf ' =\t\n \n.\n'; } >text
	printf 'a\rb\nc \n' >text2
	for text in text text2; do
		mkmail -f a@b c@d <$text >out
		grep -qx 'Content-Transfer-Encoding: quoted-printable' out
		[ "$(awk '{ print length($0) }' out | sort -n | tail -n 1)" -le 78 ]
		readmail out
		cmp $text part.0
	done
}

@test "subjects: long, in many scripts, like encoded ones: exactly as given" {
	while read -r subject; do
		mkmail -f a@b -s "$subject" c@d </dev/null >out
		[ "$(decode out Subject)" = "$subject" ]
		well_folded out
	done <<-'END'
	Сесія вже скоро! 😀 漢字 and some plain words, with [12] at the very end
	дужедовгесловобезжодногопробілущоненемаєкінцяіповториться дужедовгесловобезжодногопробілущоненемаєкінця
	a =?utf-8?q?=C3=A9?= b
	plain words that go on and on until a line of seventy-eight columns cannot hold them any more
	a   b    c
	漢字仮名交じり文漢字仮名交じり文漢字仮名交じり文漢字仮名交じり文漢字仮名交じり文
	END
	long=$(printf 'x%.0s' {1..3000})
	mkmail -f a@b -s "$long" c@d </dev/null >out
	[ "$(decode out Subject)" = "$long" ]
	well_folded out
}

@test "an encoded word has at most 75 octets and splits no character" {
	mkmail -f a@b -s "$(printf 'ї%.0s' {1..300})$(printf '😀é%.0s' {1..100})" \
		c@d </dev/null >out
	# readmail refuses others.
	[ "$(grep -o '=?utf-8?' out | wc -l)" -gt 20 ]
	[ "$(decode out Subject)" = \
		"$(printf 'ї%.0s' {1..300})$(printf '😀é%.0s' {1..100})" ]
}

# random SIZE: about so many characters of several scripts, in runs.
random() {
	local sets=('abc XYZ.,;:"\()<>[]@=?_-/!#%' ' ' 'абвгґїжз' '漢字仮名'
		'😀🎉👨👩' $'é\u200d\u0301' '=?utf-8?q?x?= ') s='' set n
	while [ ${#s} -lt "$1" ]; do
		set=${sets[RANDOM % ${#sets[@]}]}
		for ((n = RANDOM % 30; n >= 0; n--)); do
			s+=${set:RANDOM % ${#set}:1}
		done
	done
	s=${s:0:$1}
	while [[ $s = *' ' ]]; do
		s=${s% }
	done
	printf %s "x$s"
}

@test "random text: what a reader decodes is what went in" {
	dice
	sizes=(1 30 100 400 2000)
	for _ in {1..25}; do
		subject=$(random "${sizes[RANDOM % 5]}")
		printf '%s\n' "$subject"
		quoted=$(sed 's/[\\"]/\\&/g' <<<"$subject")
		mkmail -f "\"$quoted\" <a@b.c>" -s "$subject" \
			-H "X-Test: $subject" c@d </dev/null >out
		well_folded out
		[ "$(decode out Subject)" = "$subject" ]
		[ "$(decode out X-Test)" = "$subject" ]
		[ "$(readmail -a From out)" = $'a@b.c\t'"$subject" ]
	done
}

@test "recipients: names, commas, quotes, several; an address in UTF-8" {
	mkmail -f 'Деканат <a@b.c>' 'user1@pth.ua' 'Іван Доу <ivan@pth.ua>' \
		'"Doe, \"Joe\" J." <joe@pth.ua>' 'root' 'x@y, z@w' \
		'їжак@пошта.укр' 'Plain Name (comment) <p@q>' </dev/null >out
	well_folded out
	[ "$(readmail -a From out)" = $'a@b.c\tДеканат' ]
	readmail -a To out >got
	cat >want <<-'END'
	user1@pth.ua	
	ivan@pth.ua	Іван Доу
	joe@pth.ua	Doe, "Joe" J.
	x@y	
	z@w	
	p@q	Plain Name
	END
	grep -v -e їжак -e '^root' got | diff want -
	grep -q 'їжак@пошта.укр' out
}

@test "-H: any field, kept in order, addresses and ids checked" {
	mkmail -f a@b -H 'Auto-Submitted: auto-generated' -H 'X-A:one' \
		-H 'x-a:	два	три ' -H 'Cc: "Доу, Іван" <i@d>' -H 'X-Empty:' \
		-H 'Message-ID: <42.x@pth.ua>' -H 'Reply-To: c@d' \
		c@d </dev/null >out
	grep -qx 'Auto-Submitted: auto-generated' out
	grep -qx 'X-A: one' out
	grep -qx 'Message-ID: <42.x@pth.ua>' out
	[ "$(grep -ci '^message-id:' out)" = 1 ]
	[ "$(decode out X-A)" = $'one\nдва три' ]
	[ -z "$(decode out X-Empty)" ]
	[ "$(readmail -a Cc out)" = $'i@d\tДоу, Іван' ]
}

@test "To, From and Subject may come from -H, once" {
	mkmail -H 'From: a@b' -H 'To: undisclosed-recipients:;' -H 'Subject: ї' \
		</dev/null >out
	grep -qx 'From: a@b' out
	grep -qx 'To: undisclosed-recipients:;' out
	[ "$(decode out Subject)" = 'ї' ]
}

@test "SOURCE_DATE_EPOCH: the same bytes each time; else another Message-ID" {
	export SOURCE_DATE_EPOCH=0
	echo x | mkmail -f a@b -a "$BATS_TEST_FILENAME" c@d >one
	echo x | mkmail -f a@b -a "$BATS_TEST_FILENAME" c@d >two
	cmp one two
	grep -qx 'Date: Thu, 1 Jan 1970 00:00:00 +0000' one
	echo y | mkmail -f a@b -a "$BATS_TEST_FILENAME" c@d >three
	[ "$(grep ^Message-ID one)" != "$(grep ^Message-ID three)" ]
	unset SOURCE_DATE_EPOCH
	echo x | mkmail -f a@b c@d >one
	echo x | mkmail -f a@b c@d >two
	[ "$(grep ^Message-ID one)" != "$(grep ^Message-ID two)" ]
}

@test "the date is local time, with its zone" {
	TZ=XXX-5:30 mkmail -f a@b c@d </dev/null >out
	grep -q '^Date: .* +0530$' out
	TZ=XXX3:30 mkmail -f a@b c@d </dev/null >out
	grep -q '^Date: .* -0330$' out
}

@test "without -f the author is EMAIL, else the user" {
	EMAIL='Ян <a@b>' mkmail c@d </dev/null >out
	[ "$(decode out From)" = 'Ян <a@b>' ]
	EMAIL='' LOGNAME=jan mkmail c@d </dev/null >out
	grep -q '^From: jan@' out
	env -u LOGNAME -u EMAIL "$BINDIR/mkmail" c@d </dev/null >out
	user=$(id -un 2>/dev/null) || user=nobody	# has no name
	grep -q "^From: $user@" out
}

# refused CODE REGEX arg ...: nothing on standard output, and a reason.
refused() {
	run --separate-stderr "-$1" mkmail "${@:3}" </dev/null
	[ -z "$output" ]
	[[ $stderr =~ $2 ]]
}

@test "no option brings a line of its own into the header" {
	nl=$'\n' cr=$'\r'
	refused 64 'mkmail: -s: Subject: .*control' -f a@b -s "x${nl}Bcc: e@v" c@d
	refused 64 control -f a@b -s "x${cr}Bcc: e@v" c@d
	refused 64 control -f a@b -H "X: y${nl} z" c@d
	refused 64 'not the name' -f a@b -H "X${nl}Y: y" c@d
	refused 64 control -f "x${nl}Bcc: y <a@b>" c@d
	refused 64 control -f a@b "c@d${nl}Bcc: e@v"
	EMAIL="a@b${nl}Bcc: e@v" refused 64 control c@d
}

@test "fields that are malformed, doubled or ours: 64" {
	refused 64 'not a Name: value' -f a@b -H nothing c@d
	refused 64 'not the name' -f a@b -H 'X Y: z' c@d
	refused 64 'not the name' -f a@b -H ': z' c@d
	refused 64 'has this field already' -f a@b -H 'From: b@c' c@d
	refused 64 'has this field already' -f a@b -H 'to: b@c' c@d
	refused 64 'has this field already' -f a@b -s x -H 'SUBJECT: y' c@d
	refused 64 'has this field already' -f a@b -H 'Message-ID: <a@b>' \
		-H 'Message-ID: <a@c>' c@d
	for name in Date MIME-Version Content-Type content-x; do
		refused 64 'made here' -f a@b -H "$name: x" c@d
	done
	for name in Received return-path Resent-To Delivered-To; do
		refused 64 'for those who carry' -f a@b -H "$name: x@y" c@d
	done
	for id in a@b '<a b@c>' '<>' '<ab>' '<a@b> <c@d>' '<ї@b>'; do
		refused 64 'message@id' -f a@b -H "Message-ID: $id" c@d
	done
	refused 64 'UTF-8' -f a@b -s $'\xff' c@d
	refused 64 'too long' -f a@b -H "$(printf 'x%.0s' {1..80}): y" c@d
}

@test "addresses that are none: 64" {
	refused 64 'no address' -f '' c@d
	refused 64 'author|From' -f 'two words' c@d
	refused 64 'recipient: To: a@@b' -f a@b 'a@@b'
	refused 64 'quoted string' -f a@b '"a' 'b" <c@d>'
	refused 64 'options come first' -f a@b c@d -s x
	refused 64 'no address' -f a@b ''
}

@test "text that is no text: 65, with each line" {
	printf 'ok\n\377\nok\n\0\n' >text
	run --separate-stderr -65 mkmail -f a@b c@d <text
	[ -z "$output" ]
	[ "$stderr" = "mkmail: stdin:2: not text in UTF-8
mkmail: stdin:4: not text in UTF-8" ]
}

@test "a date that is no number: 78" {
	SOURCE_DATE_EPOCH=soon refused 78 'SOURCE_DATE_EPOCH: soon' -f a@b c@d
	SOURCE_DATE_EPOCH='' refused 78 'SOURCE_DATE_EPOCH' -f a@b c@d
}

@test "standard output full: 74; closed: 74; input a directory: 66" {
	run -74 bash -c 'echo x | mkmail -f a@b c@d >/dev/full'
	run -74 bash -c 'head -c 1000000 /dev/zero | tr "\0" x |
		mkmail -f a@b c@d >/dev/full'
	run -74 bash -c 'echo x | mkmail -f a@b c@d >&-'
	run -66 bash -c 'mkmail -f a@b c@d </'
}

@test "-A: the text and its HTML; with attachments and a report, too" {
	printf 'Привіт\n' >text
	printf '<p>Привіт &amp; %s</p>\n' "$(printf 'x%.0s' {1..1000})" >letter.html
	mkmail -f a@b -s x -A letter.html c@d <text >out
	readmail out | cut -d ' ' -f 1,3 >got
	printf '%s\n' 'multipart/alternative 8bit' 'text/plain 8bit' \
		'text/html quoted-printable' | diff -u - got
	cmp letter.html part.1
	cmp text part.0
	export SOURCE_DATE_EPOCH=0
	mkmail -f a@b -A letter.html -a text c@d <text >out
	readmail out | cut -d ' ' -f 1,3 >got
	printf '%s\n' 'multipart/mixed 8bit' 'multipart/alternative 8bit' \
		'text/plain 8bit' 'text/html quoted-printable' \
		'application/octet-stream base64' | diff -u - got
	cmp letter.html part.1
	mkmail -f a@b -A letter.html -a text c@d <text | cmp - out
	printf '\377' >letter.html
	run --separate-stderr -65 mkmail -f a@b -A letter.html c@d <text
	[ -z "$output" ]
	[ "$stderr" = 'mkmail: letter.html:1: not text in UTF-8' ]
	run -66 mkmail -f a@b -A nowhere c@d <text
	run -64 mkmail -f a@b -A - c@d <text
}

@test "-l: text and subject of any origin" {
	printf 'a\377b\tc\r\n\033[31mx\0y\n\320\256' >raw
	run -65 mkmail -f a@b -s x c@d <raw
	mkmail -l -f a@b -s $'x\n\377y' c@d <raw >out
	grep -qx 'Subject: x ?y' out
	sed '1,/^$/d' out >got
	printf 'a?b c\n [31mx y\nЮ\n' | cmp - got
}

@test "the letter of the manual page" {
	echo 'Hello!' | mkmail -f news@pth.ua -s 'Session is soon!' \
		user1@pth.ua >letter
	[ "$(grep -E '^(From|To|Subject)' letter)" = "From: news@pth.ua
To: user1@pth.ua
Subject: Session is soon!" ]
}
