#!/usr/bin/env bats
# The letters that orderparse makes of an order.

load lib
load letter

# An order with the given recipients, subject and body.
order() {
	printf '[Recipients:]\n%b\n[Subject:]\n%b\n[Body:]\n%b' "$@" >order
}

@test "a batch, to the byte" {
	order 'user1@pth.ua' 'Hi' 'Hello [login]!\n.\n..x\n'
	SOURCE_DATE_EPOCH=1795304772 orderparse -f news@pth.ua -S order >out
	id=$(sed -n 's/^Message-ID: <\(.*\)@pth.ua>\r$/\1/p' out)
	[[ $id =~ ^[0-9a-f]{32}$ ]]
	sed 's/$/\r/' >want <<-END
	EHLO pth.ua
	NOOP 1 messages
	MAIL FROM:<news@pth.ua>
	RCPT TO:<user1@pth.ua>
	DATA
	From: news@pth.ua
	To: user1@pth.ua
	Subject: Hi
	Date: Sat, 21 Nov 2026 23:46:12 +0000
	MIME-Version: 1.0
	Message-ID: <$id@pth.ua>
	Content-Type: text/plain; charset=us-ascii
	Content-Transfer-Encoding: 7bit

	Hello user1!
	..
	...x
	.
	QUIT
	END
	cmp want out
}

@test "-m is the same letter, with LF and without stuffed dots" {
	export SOURCE_DATE_EPOCH=0
	for rcpt in olena taras user1 user3; do
		orderparse -f news@pth.ua -m "$rcpt@PTH.ua" \
			"$TOP/examples/sesiya.txt" >letter
		orderparse -f news@pth.ua -S "$TOP/examples/sesiya.txt" |
			tr -d '\r' | sed -n "/^RCPT TO:<$rcpt@/,/^\.\$/p" |
			sed -e '1,2d' -e '$d' -e 's/^\.\./\./' >want
		[ -s want ]
		cmp want letter
	done
}

@test "a mail reader reads what the order says" {
	orderparse -f news@pth.ua -S "$TOP/examples/sesiya.txt" |
		tr -d '\r' >whole
	for rcpt in olena taras user3 user1; do
		grep -B 1 "^RCPT TO:<$rcpt@pth.ua>\$" whole | tr '\n' ' '
		orderparse -f news@pth.ua -m "$rcpt@pth.ua" \
			"$TOP/examples/sesiya.txt" >letter
		readmail -a To letter
		readmail -f Subject letter
		readmail letter
		cat part.0
	done >out
	tail='Складіть усі завдання і подайте всі звіти вчасно'
	show() {
		printf '%s ' 'MAIL FROM:<news@pth.ua> BODY=8BITMIME' \
			"RCPT TO:<$1@pth.ua>"
		printf '%s\n' "$1@pth.ua	$2" "Сесія вже скоро, $3! $tail" \
			'text/plain utf-8 8bit - -' "Вітаємо, $1!" \
			"Ваш бал: $4. Кімната: $5." . \
			'..крапка на початку рядка' \
			'[sic] і [login] лишаються як є.'
	}
	{
		show olena 'Олена Коваль' 'Олена Коваль' 95 'Б 12'
		show taras 'Taras Shevchuk' 'Taras Shevchuk' 71 'див. розклад'
		show user3 '' студенте 'ще не виставлено' 'див. розклад'
		show user1 '' студенте 'ще не виставлено' 'див. розклад'
	} >want
	diff -u want out
}

@test "two runs give the same bytes; Message-IDs differ by what they must" {
	export SOURCE_DATE_EPOCH=1
	ids() {
		orderparse -f news@pth.ua -S "$@" >out
		sed -n 's/^Message-ID: //p' out
	}
	ids "$TOP/examples/session.txt" >one
	mv out first
	ids "$TOP/examples/session.txt" >two
	cmp first out
	SOURCE_DATE_EPOCH=2 ids "$TOP/examples/session.txt" >>two
	sed 's/soon/later/' "$TOP/examples/session.txt" >order
	ids order >three
	ids -i again "$TOP/examples/session.txt" >four
	cat one three four | sort -u >all
	[ "$(wc -l <all)" = 9 ]
	cat one one | cmp - two
}

@test "7bit, 8bit, and quoted-printable for a line over 998 octets" {
	long=$(printf '%0998d' 0)
	order 'a@b.c k=x, é@b.c k=é, b@b.c k=' '' '[k]'
	letter a@b.c
	grep -qx 'Content-Transfer-Encoding: 7bit' header
	grep -qx 'Content-Type: text/plain; charset=us-ascii' header
	letter é@b.c
	grep -qx 'Content-Transfer-Encoding: 8bit' header
	grep -qx 'Content-Type: text/plain; charset=utf-8' header

	order 'a@b.c k=1, b@b.c k=' '' "x\n${long}[k]\n.=\n"
	letter b@b.c
	grep -qx 'Content-Transfer-Encoding: 7bit' header
	letter a@b.c
	grep -qx 'Content-Transfer-Encoding: quoted-printable' header
	grep -qx 'Content-Type: text/plain; charset=us-ascii' header
	awk 'length > 76 { exit 1 }' body
	printf 'x\n%s1\n.=\n' "$long" >want
	readmail letter
	cmp want part.0

	order 'a@b.c k=é, b@b.c k=' '' "${long}[k]"
	orderparse -f news@pth.ua -S order | tr -d '\r' >out
	grep -c '^MAIL FROM:<news@pth.ua>$' out | grep -x 2
	grep -qx '0*=C3=A9' out
}

@test "a bare CR in the body travels quoted" {
	order 'a@b.c' '' 'a\rb\n'
	orderparse -f news@pth.ua -S order >out
	printf 'a=0Db\r\n' | grep -Fxf - out
}

@test "a dot at the start of a line, wherever it comes from" {
	order 'a@b.c k=.x e=, b@b.c k=. e=.' '' '[k]\n[e].y\n[e][k]\n[k|z]\nz[k]\n'
	orderparse -f news@pth.ua -S order | tr -d '\r' >out
	sed -n '/^RCPT TO:<a@/,/^\.$/p' out | sed '1,/^$/d' >got
	printf '..x\n..y\n..x\n..x\nz.x\n.\n' | diff -u - got
	sed -n '/^RCPT TO:<b@/,/^\.$/p' out | sed '1,/^$/d' >got
	printf '..\n...y\n...\n..\nz.\n.\n' | diff -u - got
}

@test "names: a comma, quotes, other letters, none" {
	order '"A, b" <a@b.c>, "Q \\"q\\" \\\\" <q@b.c>, Оля <o@b.c>, n@b.c, "" <e@b.c>' '' ''
	letter a@b.c
	grep -Fx 'To: "A, b" <a@b.c>' header
	letter q@b.c
	grep -Fx 'To: "Q \"q\" \\" <q@b.c>' header
	letter o@b.c
	grep -Fx 'To: =?utf-8?b?0J7Qu9GP?= <o@b.c>' header
	letter n@b.c
	grep -Fx 'To: n@b.c' header
	letter e@b.c
	grep -Fx 'To: e@b.c' header
}

@test "an address that is not ASCII asks for SMTPUTF8" {
	order 'оля@пошта.укр, a@b.c' '' ''
	orderparse -f news@pth.ua -S order | tr -d '\r' >out
	grep -A 1 '^MAIL' out >got
	printf '%s\n' 'MAIL FROM:<news@pth.ua> BODY=8BITMIME SMTPUTF8' \
		'RCPT TO:<оля@пошта.укр>' -- \
		'MAIL FROM:<news@pth.ua>' 'RCPT TO:<a@b.c>' | diff -u - got
	orderparse -f новини@pth.ua -S order | tr -d '\r' >out
	grep -c '^MAIL FROM:<новини@pth.ua> BODY=8BITMIME SMTPUTF8$' out |
		grep -x 2
	orderparse -f news@пошта.укр -S order | sed -n 1p >got
	printf 'EHLO xn--80a1acn3a.xn--j1amh\r\n' | cmp - got
}

@test "a header cannot be injected through a field, a name or the subject" {
	order '"x\\nBcc: e@b.c" <a@b.c> k="\\r\\nBcc: e@b.c"' '[k]' ''
	letter a@b.c
	[ "$(wc -l <header)" = 9 ]
	lacks '^Bcc' header
}

@test "a subject's lines are joined, also where one is a placeholder alone" {
	order 'user1@pth.ua' '[login]\nhello\n[login]' x
	letter user1@pth.ua
	grep -qx 'Subject: user1 hello user1' header
}

@test "a subject with long words is folded, and encoded words stay short" {
	w=$(printf 'ї%.0s' {1..120})
	order 'a@b.c' "$w [login] $w plain words follow and follow and follow and follow and follow the others" ''
	letter a@b.c
	awk 'length > 78 { exit 1 }' <(sed '/^$/q' letter)
	sed '/^$/q' letter | tr ' ' '\n' | awk '/^=\?/ && length > 75 { exit 1 }'
}

@test "no line with an encoded word passes 76 columns, whatever is beside it" {
	local n x=''
	{
		echo '[Recipients:]'
		for n in {1..70}; do
			x+=x
			echo "\"ї $x\" <$n@b.c> k=$x"
		done
		printf '%s\n' '[Subject:] ї [k] [k]' '[Headers:]' \
			'X-A: [k] ї [k] ї [k]' '[Body:]'
	} >order
	orderparse -f n@b.c -S order >letters
	mkmail -f n@b.c -s ї "ї $x <a@b.c>" "ї ${x#x} <a@b.c>" \
		"ї ${x#xx} <a@b.c>" "ї ${x:40} <a@b.c>" "ї ${x:41} <a@b.c>" \
		>>letters
	[ "$(grep -c '^Subject: ' letters)" = 71 ]
	tr -d '\r' <letters | awk '/=[?]utf-8[?]/ && length > 76' >long
	diff /dev/null long
}

@test "the batch fills mailboxes without a network" {
	mkdir mail
	orderparse -f news@pth.ua -S "$TOP/examples/session.txt" |
		smtpd-lite -i -d mail -D pth.ua >replies
	for user in user1 user2 user3; do
		[ "$(find mail/$user/new -type f | wc -l)" = 1 ]
		grep -q "^Hello $user!" mail/$user/new/*
	done
}
