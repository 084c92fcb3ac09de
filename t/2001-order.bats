#!/usr/bin/env bats
# What orderparse reads: the form of orders (order(5)), and what it says of
# mistakes in them.

# shellcheck disable=SC2154 # run sets stderr, stderr_lines

load lib

# parses [option ...]: orderparse on standard input says exactly what is in
# the file want, and nothing on standard error.
parses() {
	orderparse "$@" >out 2>err
	[ ! -s err ]
	diff -u want out
}

# refuses LINE:COLUMN ...: orderparse refuses the file order, with a fault at
# exactly these places, in this order.
refuses() {
	local status=0
	orderparse order >out 2>err || status=$?
	cat err
	[ "$status" = 65 ]
	[ ! -s out ]
	sed -n 's/^orderparse: order:\([0-9]*:[0-9]*\): .*/\1/p' err >got
	printf '%s\n' "$@" | diff -u - got
	[ "$(wc -l <got)" = "$(wc -l <err)" ]
}

@test "the order of the first example, to the byte" {
	cat >want <<-'END'
	[Recipients:]
	user1@pth.ua, user2@pth.ua, user3@pth.ua [Subject:]
	Session is soon!
	[Body:]
	Hello [login]!
	We are happy to inform you about the upcoming exam. Complete all assignments and submit all reports.
	Regards, your nerves:)
	END
	cmp want "$TOP/examples/session.txt"
}

@test "without an option: recipients, an empty line, the letter" {
	cat >want <<-'END'
	user1@pth.ua
	user2@pth.ua
	user3@pth.ua

	Subject: Session is soon!

	Hello [login]!
	We are happy to inform you about the upcoming exam. Complete all assignments and submit all reports.
	Regards, your nerves:)
	END
	parses "$TOP/examples/session.txt"
	parses - <"$TOP/examples/session.txt"
	parses <"$TOP/examples/session.txt"
}

@test "an order in Ukrainian: all it says" {
	printf '%s\n' olena@pth.ua taras@pth.ua user3@pth.ua user1@pth.ua >want
	parses -r "$TOP/examples/sesiya.txt"
	echo 'Сесія вже скоро, [name|студенте]! Складіть усі завдання і подайте всі звіти вчасно' >want
	parses -s "$TOP/examples/sesiya.txt"
	sed '1,/^\[Body:\]/d' "$TOP/examples/sesiya.txt" >want
	parses -b "$TOP/examples/sesiya.txt"
	printf '5\n' >want
	parses -n "$TOP/examples/sesiya.txt"
	printf 'failed\tnot-an-address\t-\torder\t-\t5\t2026-11-21T23:46:12Z\t-\tno @ in the address\n' >want
	SOURCE_DATE_EPOCH=1795304772 parses -e "$TOP/examples/sesiya.txt"
}

@test "CRLF, a byte order mark and trailing blanks change nothing" {
	for option in '' -r -s -b -n -S; do
		# shellcheck disable=SC2086 # none or one word
		SOURCE_DATE_EPOCH=0 orderparse $option -f a@b.c \
			"$TOP/examples/session.txt" >want
		[ -s want ]
		sed 's/$/\r/' "$TOP/examples/session.txt" >crlf
		# the digest, and so each Message-ID, is that of other bytes
		for prefix in '' '\xef\xbb\xbf'; do
			printf '%b' "$prefix" | cat - crlf >order
			# shellcheck disable=SC2086
			SOURCE_DATE_EPOCH=0 orderparse $option -f a@b.c order |
				sed 's/^Message-ID: .*@/Message-ID: <@/' >out
			sed 's/^Message-ID: .*@/Message-ID: <@/' want |
				diff -u - out
		done
	done
	sed '/^\[Body/,$!s/$/ \t/' "$TOP/examples/session.txt" >order
	orderparse "$TOP/examples/session.txt" >want
	parses order
}

@test "tags: any case, after a blank, text on their line" {
	printf 'one@a.b\n\nSubject: Hi [there:]\n\ntext [Subject:]\n[Body:]\n' >want
	parses <<-'END'
	  # a comment

	# [Body:]
	[RECIPIENTS:] one@a.b [subject:]  Hi [there:]   [bODY:] text [Subject:]
	[Body:]
	END
}

@test "tags: the sections before the body in any order" {
	printf 'a@b.c\n\nSubject: x\n\nend\n' >want
	parses <<-'END'
	[Subject:] x
	[Recipients:] a@b.c
	[Body:]
	end
	END
}

@test "tags: none inside quotes, none inside a word" {
	printf '2\n' >want
	parses -n <<-'END'
	[Recipients:]
	"a [Subject:] b" <a@b.c> k="x [Body:]"
	x[Body:]@b.c
	[Subject:] x
	[Body:]
	END
}

@test "tags: a word that looks like one begins no entry" {
	printf '%s\n' '[Recipients:] a@b.c,[Subject:] N <n@b.c>' \
		'[x:] <m@b.c> k=1' '[Subject:] x' '[Body:]' >order
	refuses 1:21 2:1
}

@test "recipients: separators, comments, names and fields" {
	cat >want <<-'END'
	a@b.c
	b@b.c
	c@b.c
	d@b.c
	e@b.c
	f@b.c
	"g h"@b.c
	i@b.c
	END
	parses -r <<-'END'
	[Recipients:] a@b.c,b@b.c;c@b.c
	# x@b.c, y@b.c
	  # z@b.c
	,,; Dee Dee <d@b.c> k=1, "E, e" <e@b.c> k="a, b; c" ;
	<f@b.c>
	"g h"@b.c
	i@x.y <i@b.c>
	[Subject:] [k|]
	[Body:]
	END
}

@test "recipients: duplicates are dropped, domains without case" {
	printf '4\ngood 3\nbad 1\nduplicates 4\n' >want
	cat >order <<-'END'
	[Recipients:]
	a@b.c, a@B.C, A@b.c, Name <a@b.C> k=1, b@b.c, b@b.c
	nobody
	nobody
	[Subject:]
	[Body:]
	END
	orderparse -nv order >out 2>err
	sed '/^size /,$d' out | diff -u want -
	printf 'a@b.c\nA@b.c\nb@b.c\n' >want
	parses -r order
}

@test "recipients: a domain in UTF-8 is that with A-labels, and without case" {
	cat >order <<-'END'
	[Recipients:]
	u@пошта.укр, u@ПОШТА.Укр, U@пошта.укр, u@xn--80a1acn3a.XN--j1amh
	u@пошта.укр k=1, u@a--b.c, u@A--b.c, v@xn--80a1acn3a.укр, v@Пошта.укр
	w@xn--80a1acn3.xn--j1amh
	[Subject:]
	[Body:]
	END
	printf '%s\n' u@пошта.укр U@пошта.укр u@a--b.c v@xn--80a1acn3a.укр \
		w@xn--80a1acn3.xn--j1amh >want
	parses -r order
	[ "$(orderparse -nv order 2>/dev/null | grep dupl)" = 'duplicates 5' ]
	echo v@xn--80a1acn3a.xn--j1amh >gone
	grep -v ^v want >left
	mv left want
	parses -r -X gone order
	[ "$(orderparse -dr -X gone order | wc -l | tr -d ' ')" = 8 ]
	orderparse -m U@xn--80a1acn3a.xn--j1amh order | grep '^To: U@пошта.укр'
	# Nor is a row of a letter lost.
	printf '%s\n' '[Recipients:]' 'u@пошта.укр k=1, u@ПОШТА.УКР k=2' \
		'[Subject:]' '[Body:]' '[rows][k][/rows]' >order
	orderparse -G email -m u@пошта.укр order >letter
	[ "$(sed '1,/^$/d' letter)" = 12 ]
}

# With a letter for each, whose Message-IDs differ: to a journal they are two.
@test "recipients: -d keeps duplicates" {
	cat >order <<-'END'
	[Recipients:]
	a@b.c, a@B.C, b@b.c, nobody, nobody, a@b.c
	[Subject:]
	s
	[Body:]
	b
	END
	printf '6\ngood 4\nbad 2\nduplicates 0\n' >want
	orderparse -dnv order 2>err | sed '/^size /,$d' | diff -u want -
	printf 'a@b.c\na@B.C\nb@b.c\na@b.c\n' >want
	orderparse -dr order | diff -u want -
	orderparse -dS -f x@y.z order >stream
	tr -d '\r' <stream | sed -n 's/^RCPT TO:<\(.*\)>/\1/p' | diff -u want -
	grep -x $'NOOP 4 messages\r' stream
	[ "$(grep '^Message-ID' stream | sort -u | wc -l)" = 4 ]
	orderparse -S -f x@y.z order | grep '^Message-ID' >once
	grep '^Message-ID' stream | grep -Fxf once | diff -u once -
	[ "$(orderparse -de order | cut -f 1,2,6)" = \
		$'failed\tnobody\t4\nfailed\tnobody\t5' ]
	run -64 orderparse -d -g 2 order
}

@test "recipients: no address is a failed recipient, not an error" {
	cat >order <<-'END'
	[Recipients:]
	nobody, good@b.c, a b@c.d, @b.c
	Name <x>, Name <, "x" <a@b..c>
	[Subject:]
	[Body:]
	END
	printf '7\n' >want
	parses -n order
	printf 'good@b.c\n' >want
	parses -r order
	orderparse -e order | cut -f 1-6 >out
	cat >want <<-'END'
	failed	nobody	-	order	-	1
	failed	a b@c.d	-	order	-	3
	failed	@b.c	-	order	-	4
	failed	Name <x>	-	order	-	5
	failed	Name <	-	order	-	6
	failed	"x" <a@b..c>	-	order	-	7
	END
	diff -u want out
	orderparse -rv order >out 2>err
	[ "$(grep -c '^orderparse: order:[23]:[0-9]*: ' err)" = 6 ]
}

@test "recipients: what is no address is dropped, too, when it is there again" {
	printf '%s\n' '[Recipients:]' a@b.c 'Ivan Petrenko' 'Ivan Petrenko' \
		'c@b.c <a b> k=1' 'c@b.c <a b> k=1' c@b.c c@b.c \
		'[Subject:] s' '[Body:]' '[rows]x' '[/rows]' >rows
	sed '/rows\]/d' rows >order
	orderparse -n -v order | sed -n 1,4p |
		diff -u - <(printf '%s\n' 4 'good 2' 'bad 2' 'duplicates 3')
	orderparse -G email -n -v rows | sed -n 1,5p | diff -u - \
		<(printf '%s\n' 4 'good 2' 'bad 2' 'duplicates 2' 'rows 1')
}

@test "an order of bad entries alone is one, and a batch without letters" {
	printf '[Recipients:] x, y\n[Subject:]\n[Body:]\n' >order
	printf '2\n' >want
	parses -n order
	printf 'EHLO b.c\r\nNOOP 0 messages\r\nQUIT\r\n' >want
	parses -S -f a@b.c order
}

@test "subject: lines are joined by one space" {
	printf 'one two [x three\n' >want
	parses -s <<-'END'
	[Recipients:] a@b.c
	[Subject:]
	   one
	two [x  

	 three
	[Body:]
	END
}

@test "body: kept as it is, with a newline at its end" {
	printf '  a \n\n#b\n[Recipients:]\n\t.' >want
	{ printf '[Recipients:] a@b.c\n[Subject:]\n[Body:]\n'; cat want; } >order
	echo >>want
	parses -b order
	printf '[Recipients:] a@b.c\n[Subject:]\n[Body:]' >order
	: >want
	parses -b order
}

@test "placeholders: values, defaults, what is plain text" {
	cat >order <<-'END'
	[Recipients:] "A \"B\" C" <me@x.y> k=v empty= q="[k] \\"
	[Subject:] [k] [kk] [name] [q]
	[Body:]
	[login]|[email]|[domain]|[name|x]|[k]|[k|d]|[empty|d]
	[no]|[no|d]|[kk]|[]|[k |[[k]|[[k|d]|[[[k]]|[[no]
	END
	orderparse -m me@x.y -f a@b.c order >out
	grep -Fx 'Subject: v [kk] A "B" C [k] \' out
	sed '1,/^$/d' out >got
	cat >want <<-'END'
	me|me@x.y|x.y|A "B" C|v|v|
	[no]|[no|d]|[kk]|[]|[k |[k]|[k|d]|[[k]]|[[no]
	END
	diff -u want got
}

@test "placeholders: [name] without a name is the default, else the login" {
	printf '[Recipients:] me@x.y\n[Subject:]\n[Body:]\n[name] [name|D]\n' >order
	[ "$(orderparse -m me@x.y -f a@b.c order | tail -n 1)" = 'me D' ]
	printf '[Recipients:] "" <me@x.y>\n[Subject:]\n[Body:]\n[name|D]\n' >order
	[ "$(orderparse -m me@x.y -f a@b.c order | tail -n 1)" = D ]
}

@test "mistake: a key that some have and this one lacks, without a default" {
	cat >order <<-'END'
	[Recipients:]
	a@b.c k=1, b@b.c, c@b.c k=, d@b.c j=1
	[Subject:] [k] [j|0]
	[Body:]
	é [k|x] [k]
	END
	refuses 3:12 3:12 5:9 5:9
	grep -q '3:12: b@b\.c .*\bk\b' err
	grep -q '5:9: d@b\.c .*\bk\b' err
	printf '[Recipients:] a@b.c k=1, b@b.c\n[Subject:]\n[Body:]\né [k]\n' >order
	refuses 4:3
}

@test "mistake: a missing value at each place where it is used" {
	cat >order <<-'END'
	[Recipients:]
	a@b.c k=1 j=2
	d@e.f
	[Headers:]
	# [k]
	X-A: [[k] [k]
	[Subject:] [k] [j] [k]
	[Html:]
	<p>[j]</p>
	[Body:]
	[k]
	[j] [k]
	END
	refuses 6:11 7:12 7:16 7:20 9:4 11:1 12:1 12:5
	[ "$(grep -c 'd@e.f has no field j, ' err)" = 3 ]
	{
		echo '[Recipients:] a@b.c k=1 j=1 i=1, d@e.f i=1, e@e.f k=1'
		echo '[Subject:] [i]'
		echo '[Body:]'
		yes '[k] [k]' | head -n 600
		echo '[j]'
	} >order
	run -65 --separate-stderr orderparse -n order
	[ "${#stderr_lines[@]}" = 1000 ]
	[[ ${stderr_lines[0]} == *:2:12:\ e@e.f\ has\ no\ field\ i,* ]]
	[[ ${stderr_lines[1]} == *:4:1:\ d@e.f\ has\ no\ field\ k,* ]]
	[[ ${stderr_lines[2]} == *:4:5:\ d@e.f\ has\ no\ field\ k,* ]]
	[[ ${stderr_lines[999]} == *'too many mistakes'* ]]
}

@test "mistakes: all of them, in the order of the file" {
	printf '%s\n' 'hello' '[Recipients:]' 'a@b.c x, é <b@b.c> "y"' \
		'c@b.c login=1 k=1 k=2' 'd@b.c k="a' '[Subjct:]' \
		'[Subject:] [k]' '[Recipients:]' '[Body:]' >order
	refuses 1:1 3:7 3:20 4:7 4:19 5:9 6:1 7:12 7:12 8:1
}

@test "mistake: a missing section" {
	: >order
	refuses 1:1 1:1 1:1
	printf '[Recipients:]\na@b.c\n' >order
	refuses 3:1 3:1
	grep -q 'no \[Subject:\]' err
	grep -q 'no \[Body:\]' err
	printf '[Subject:]\n[Body:]\n[Recipients:]\na@b.c\n' >order
	refuses 5:1
	grep -q 'no \[Recipients:\]' err
}

@test "mistake: no recipient at all" {
	printf '[Recipients:]\n# a@b.c\n,;\n[Subject:]\n[Body:]\n' >order
	refuses 1:1
}

@test "mistake: a section twice" {
	printf '[Recipients:] a@b.c\n[Subject:]\n x [SUBJECT:] y\n[Body:]\n' >order
	refuses 3:4
}

@test "mistake: NUL and invalid UTF-8, anywhere" {
	printf '[Recipients:] a@b.c\n[Subject:] \0\n[Body:]\nx\0\n' >order
	refuses 2:12 4:2
	printf '[Recipients:] a@b.c\n[Subject:] \xd0\n[Body:]\né\xff\n\xed\xa0\x80' >order
	refuses 2:12 4:2 5:1
}

@test "mistake: a newline or control smuggled into a field or the subject" {
	printf '[Recipients:] a@b.c k="x\rBcc: e@b.c"\n[Subject:] [k]\n[Body:]\n' >order
	refuses 1:25
	printf '[Recipients:] a@b.c k=x\x0b\n[Subject:] a\rb\n[Body:]\n' >order
	refuses 1:24 2:13
	printf '[Recipients:] "a\xc2\x85b" <a@b.c>\n[Subject:] \x7f\n[Body:]\n' >order
	refuses 1:17 2:12
	printf '[Recipients:] a@b.c k="x\nBcc: e@b.c"\n[Subject:] [k]\n[Body:]\n' >order
	refuses 1:23
}

@test "mistakes beyond count: a thousand are told" {
	{
		printf '[Recipients:] a@b.c k=1\n'
		seq -f 'user%g@b.c' 3000
		printf '[Subject:] [k]\n[Body:]\n'
	} >order
	run -65 --separate-stderr orderparse order
	[ "${#stderr_lines[@]}" = 1000 ]
	[[ ${stderr_lines[999]} == *"too many mistakes"* ]]
}

@test "[From:] only where -F allows it" {
	printf '[Recipients:] a@b.c\n[From:] Boss <boss@pth.ua>\n[Subject:]\n[Body:]\n' >order
	refuses 2:9
	run -65 --separate-stderr orderparse -F '*@other.ua' order
	[[ $stderr == *order:2:15:*boss@pth.ua*'*@other.ua'* ]]
	orderparse -F '*@pth.ua' -f news@pth.ua -m a@b.c order >out
	grep -Fx 'From: Boss <boss@pth.ua>' out
	orderparse -F '*@pth.ua' -f news@pth.ua -S order | tr -d '\r' >out
	grep -Fx 'MAIL FROM:<news@pth.ua>' out
	grep -Fx 'From: Boss <boss@pth.ua>' out
}

@test "[Reply-To:] is checked and used" {
	printf '[Recipients:] a@b.c\n[Reply-To:]\n"D, d" <desk@pth.ua>\n[Subject:]\n[Body:]\n' >order
	orderparse -f news@pth.ua -m a@b.c order >out
	grep -Fx 'Reply-To: "D, d" <desk@pth.ua>' out
	printf '[Recipients:] a@b.c\n[Reply-To:]\nx\n[Subject:]\n[Body:]\n' >order
	refuses 3:1
	printf '[Recipients:] a@b.c\n[Reply-To:]\n[Subject:]\n[Body:]\n' >order
	refuses 3:1
	printf '[Recipients:] a@b.c\n[Reply-To:] a@b.c\nb@b.c\n[Subject:]\n[Body:]\n' >order
	refuses 3:1
}
