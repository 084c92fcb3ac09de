#!/usr/bin/env bats
# orderparse -G: several rows of a table, or entries, on one letter.

# shellcheck disable=SC2154 # run sets stderr

load lib

setup() {
	lib_setup
	cat >table <<-'END'
	E-Mail;Name;Course;Grade
	a@b.c;Olia;Math;5
	b@b.c;Ivan;Art;4
	a@b.c;Olia;.Їжа;3
	a@b.c;Olia;Math;5
	END
}

# letter BODY [HTML]: a template.
letter() {
	printf '[Subject:] Hi [Name]\n'
	[ $# = 1 ] || printf '[Html:]\n%s\n' "$2"
	printf '[Body:]\n%b\n' "$1"
} >letter

@test "rows of one address fill the block once each, in body and HTML" {
	letter 'Dear [Name],\n[rows]\n[Course]: [Grade|-]\n  [/rows]\n[Grade]. All: [rows][Course], [/rows]end' \
		'<ul>[rows]<li>[Course] & [Name]</li>[/rows]</ul>'
	orderparse -t table -G email -f n@b.c -S letter | tr -d '\r' >all
	grep -c '^MAIL' all | grep -x 2
	sed -n '/^RCPT TO:<a@/,/^\.$/p' all >one
	sed -n '/^Dear/,/^$/p' one >got
	printf '%s\n' 'Dear Olia,' 'Math: 5' '..Їжа: 3' 'Math: 5' \
		'5. All: Math, .Їжа, Math, end' '' | diff -u - got
	grep -Fx '<ul><li>Math & Olia</li><li>.Їжа & Olia</li><li>Math & Olia</li></ul>' one
	sed -n '/^RCPT TO:<b@/,/^\.$/p' all >two
	grep -Fx '4. All: Art, end' two
	grep -Fxc 'Content-Transfer-Encoding: 7bit' two | grep -x 3
	# by the heading; counted; the order that is made says the same
	[ "$(orderparse -t table -G E-Mail -n letter)" = 2 ]
	orderparse -t table -G E-Mail -n -v letter 2>err |
		sed -n '/^rows/,/^field G/p' >got
	printf 'rows 2\nfield Course 4\nfield Grade 4\n' | diff -u - got
	[ ! -s err ]
	export SOURCE_DATE_EPOCH=0
	orderparse -t table -G email letter >order
	orderparse -G email -f n@b.c -S order | grep -v '^Message-ID' >got
	orderparse -t table -G email -f n@b.c -S letter |
		grep -v '^Message-ID' | diff - got
	# those not reached get all of their rows
	printf 'deferred\ta@b.c\t-\tdot\th:25\t1\t2026-11-21T23:46:12Z\t-\t\n' >results
	orderparse -t table -G email -R results -f n@b.c -m a@b.c letter |
		grep -Fx '5. All: Math, .Їжа, Math, end'
}

@test "rows by another key: each of its values is a letter" {
	letter '[rows]\n[Course]\n[/rows]'
	[ "$(orderparse -t table -G Course -n letter)" = 3 ]
	orderparse -t table -G Course -f n@b.c -S letter | tr -d '\r' >all
	[ "$(grep -c '^RCPT TO:<a@b.c>' all)" = 2 ]
	[ "$(grep '^Message-ID' all | sort -u | wc -l)" = 3 ]
	[ "$(grep -c '^Math' all)" = 2 ]
}

@test "-X: rows of those left out are no duplicates; the other letters stay the same" {
	letter '[rows]\n[Course]: [Grade]\n[/rows]'
	printf '%s\n' 'b@b.c;Ivan;Art;2' 'b@b.c;Ivan;Physics;1' 'bad;;;' >>table
	export SOURCE_DATE_EPOCH=0
	echo a@b.c >gone
	for key in email Course; do
		set -- orderparse -t table -G "$key" -f n@b.c
		"$@" -S letter | awk '/^RCPT TO:<a@/ { skip = 1 }
			/^MAIL/ { mail = $0; next } /^NOOP/ { next }
			/^RCPT TO:<b@/ { skip = 0; print mail }
			!skip; /^\.\r$/ { skip = 0 }' >before
		"$@" -X gone -S letter 2>err | sed '/^NOOP/d' | diff before -
		[ ! -s err ]
		"$@" -X gone -n -v letter 2>/dev/null | sed -n 2,6p | tr '\n' ' '
		"$@" -X gone -e letter | cut -f 6
		"$@" -e letter | cut -f 6
	done >got
	printf '%s\n' 'good 1 bad 1 duplicates 0 rows 4 left out 1 3' 3 \
		'good 2 bad 1 duplicates 0 rows 2 left out 2 5' 5 | diff - got
	orderparse -t table -G Course -X gone letter | lacks '^a@' -
	# a key that two have is a mistake, but not where one is left out
	printf '%s\n' 'E-Mail;Id' 'a@b.c;1' 'b@b.c;1' 'a@b.c;1' >table
	printf '[Subject:]\n[Body:]\n[rows][Id][/rows]\n' >letter
	run -65 orderparse -t table -G Id -n letter
	[ "$(orderparse -t table -G Id -X gone -n letter)" = 1 ]
}

@test "what is wrong with -G and its block is told" {
	letter '[rows][Course][/rows]'
	sed -i 's/^b@b.c;Ivan;Art;4/b@b.c;Ivan;Art;5/' table
	run -65 --separate-stderr orderparse -t table -G Grade -n letter
	[ "$stderr" = 'orderparse: table:3:1: b@b.c: the key of -G is that of another letter, to a@b.c' ]
	run -65 --separate-stderr orderparse -t table -G none -n letter
	[ "$stderr" = 'orderparse: table:1:1: no recipient has the field none of -G' ]
	run -65 --separate-stderr orderparse -t table -n letter
	[[ $stderr = *'letter:3:1: [rows] needs the key by which rows are put together (-G)' ]]
	letter '[rows]\n[rows] [/rows]\n[/rows]'
	run -65 --separate-stderr orderparse -t table -G email -n letter
	[ "$stderr" = 'orderparse: letter:3:1: [rows] without [/rows] after it' ]
	letter 'x [/rows]'
	run -65 --separate-stderr orderparse -t table -G email -n letter
	[[ $stderr = *'letter:3:3: [/rows] without [rows] before it'* ]]
	letter '[Course]'
	run -65 --separate-stderr orderparse -t table -G email -n letter
	[ "$stderr" = 'orderparse: letter:3:1: there is no text between [rows] and [/rows], which -G needs' ]
	printf '[Subject:] [rows][Course][/rows]\n[Body:]\n[rows]x[/rows]' >letter
	for group in '-G email' ''; do
		# shellcheck disable=SC2086
		run -65 --separate-stderr orderparse -t table $group -n letter
		[[ $stderr = *'letter:1:12: [rows] is allowed in the body and the HTML only'* ]]
	done
	# a cell that a row lacks matters in the block alone
	printf 'c@b.c;;X;\na@b.c;;Y;\n' >>table
	letter '[rows][Course] [Grade][/rows] [Course]'
	run -65 --separate-stderr orderparse -t table -G email -n letter
	[ "$stderr" = 'orderparse: letter:3:16: c@b.c has no field Grade, and there is no default
orderparse: letter:3:16: a@b.c has no field Grade, and there is no default' ]
	letter '[rows][Course][/rows] [Grade|]'
	run -0 orderparse -t table -G email -n letter
	for other in '-d' '-g 5'; do
		# shellcheck disable=SC2086 # words
		run -64 orderparse -t table -G email $other -n letter
	done
}
