#!/usr/bin/env bats
# orderparse -t: recipients from a table; -R: those not reached; -n -v: a dry
# run.

# shellcheck disable=SC2154 # run sets stderr, stderr_lines

load lib

template() {
	printf '[Subject:] %s\n[Body:]\n%s\n' "$@" >template
}

# entries TABLE: the recipients that the table makes, as the order has them.
entries() {
	printf "$1" >table
	orderparse -t table template >out
	sed -n '1,/^\[Subject/p' out | sed -e 1d -e '$d'
}

# told LINE:COLUMN ...: the table is refused, with mistakes at these places.
told() {
	run -65 --separate-stderr orderparse -t table template
	[ -z "$output" ]
	printf '%s\n' "${stderr_lines[@]}" |
		sed -n 's/^orderparse: table:\([0-9]*:[0-9]*\): .*/\1/p' >got
	printf '%s\n' "$@" | diff -u - got
	[ "${#stderr_lines[@]}" = $# ]
}

@test "table: CSV, as RFC 4180 has it" {
	template s b
	cat >want <<-'END'
	a@b.c grade="1"
	"Tom, \"T\" \\" <t@b.c> grade="x, y; \"\"z" note="[k] #"
	"ї" <o@b.c> note="two"
	END
	entries 'Email,name,grade,note\r\na@b.c,,1,\r\n
t@b.c,"Tom, ""T"" \\","x, y; """"z",[k] #\r\n o@b.c , ї ,, two ' |
		sed /^$/d | diff -u want -
	[ "$(head -n 1 out)" = '[Recipients:]' ]
	tail -n 3 out | diff -u template -
}

@test "table: TSV, semicolons, a byte order mark, one column" {
	template s b
	[ "$(entries 'k\tRecipient\n1,2;3\ta@b.c\n')" = 'a@b.c k="1,2;3"' ]
	[ "$(entries '\xef\xbb\xbfE-Mail;k\na@b.c;1,2\n')" = 'a@b.c k="1,2"' ]
	[ "$(entries 'address\na@b.c\nb@b.c\n' | tr '\n' ' ')" = 'a@b.c b@b.c ' ]
	[ "$(entries 'email,address,first name\na@b.c,here,A\n')" = \
		'a@b.c address="here" first_name="A"' ]
}

@test "table: the letters are those of the order that it makes" {
	template 'Hi [name|you]' '[grade|none], [first_name|]'
	printf '[Recipients:] x@y.z\n' >second
	printf 'email,name,grade,first name,\na@b.c,A "q",,F\\"[x],1\nb@b.c,,2,,\n,,,,\n' >table
	export SOURCE_DATE_EPOCH=0
	orderparse -f a@b.c -t table -S template >want
	orderparse -t table template | orderparse -f a@b.c -S |
		sed 's/^Message-ID.*//' >got
	sed 's/^Message-ID.*//' want | cmp - got
	orderparse -f a@b.c -t - -S template <table | cmp want -
	orderparse -f a@b.c -t table -S <template | cmp want -
	tr -d '\r' <want | grep -Fx 'none, F\"[x]'
	tr -d '\r' <want | grep -Fx 'Subject: Hi A "q"'
	cat second template >both
	run -65 --separate-stderr orderparse -t table both
	[[ $stderr == 'orderparse: both:1:1: [Recipients:] is here twice' ]]
}

@test "table: what is no address is a failed recipient, whatever it holds" {
	template s b
	printf 'email,k\nnobody,1\n"a@b.c, x@y.z",2\n"[Body:] <x@y.z>",3\n,4\n#x,5\n' >table
	[ "$(orderparse -t table -n template)" = 5 ]
	orderparse -t table -r template >out
	[ ! -s out ]
	orderparse -t table -e template | cut -f 2 >got
	printf '%s\n' nobody '"a@b.c, x@y.z"' '"[Body:] <x@y.z>"' '""' '"#x"' |
		diff -u - got
}

@test "table: mistakes, all of them, where they are" {
	template s b
	printf 'name,k\nx,1\n' >table
	told 1:1
	printf 'email,"a;b"\na@b.c,1\n' >table
	told 1:7
	printf 'email,ї,k,k\n' >table
	told 1:11
	printf 'email,login\n' >table
	told 1:7
	printf 'email,Name,name\n' >table
	told 1:12
	printf 'email,k\na@b.c\nb@b.c,1,2\nї,"x" y\n\nc@b.c,"two\nlines"\nd@b.c,"open\n' >table
	told 3:9 4:7 8:7
	printf 'email,k\n"a\nb",1,2\nc@b.c\n' >table
	told 3:6
	printf 'email,E-mail\n' >table
	told 1:7
	printf 'Kontakt,Name\na@b.c,x\n' >table
	told 1:1
	: >table
	told 1:1
	printf 'email\n' >table
	told 1:1
	printf 'email,k\na@b.c,x\ry\nї@b.c,\xff\nc@b.c,\0x\n' >table
	told 2:7 3:7 4:7
	printf '\xcf\xee\xf8\xf2\xe0,k\na@b.c,x\n' >table
	told 1:1
	[[ $stderr = *'name the character set of the table with -C' ]]
}

@test "table: mistakes in the template have its lines" {
	template '[k]' b
	printf 'email,k\na@b.c,1\nb@b.c,\n' >table
	run -65 --separate-stderr orderparse -t table template
	[[ $stderr == 'orderparse: template:1:12: b@b.c has no field k'* ]]
}

# both TABLE LINE ...: what is told of that table, and of the letter.
both() {
	printf "$1" >table
	shift
	run -65 --separate-stderr orderparse -t table letter
	[ -z "$output" ]
	sed 's/^orderparse: \([a-z]*:[0-9:]*\): .*/\1/' <<<"$stderr" >got
	printf '%s\n' "$@" | diff -u - got
}

@test "table: its mistakes and the letter's are told in one run" {
	printf '%s\n' '[From:] x@y.z' '[Subject:] [K] [token]' '[Headers:]' \
		'To: x' '[Body:]' '[k]' >letter
	both 'email,k\na@b.c,1\n' letter:1:9 letter:2:12 letter:2:16 letter:4:1
	both 'email,k\na@b.c,1,2\nb@b.c\nc@b.c,3\n' table:2:9 letter:1:9 \
		letter:2:12 letter:2:16 letter:4:1 letter:6:1
	both 'email,k\na@b.c,1,2\n' table:2:9 letter:1:9 \
		letter:2:12 letter:2:16 letter:4:1
	# Without a header line nobody knows what the fields are.
	both 'k\na@b.c,1,2\n' table:1:1 letter:1:9 letter:4:1
	# No key is not all that is wrong.
	template '[token]' b
	mv template letter
	both 'email,k\na@b.c,1,2\n' table:2:9 letter:1:12
	run -78 orderparse -t <(printf 'email\na@b.c\n') letter
}

@test "results and lists: mistakes are told with the order's" {
	printf '[Recipients:] a@b.c k=1, b@b.c\n[Subject:] [k]\n[Body:]\n' >order
	echo nonsense >results
	echo @ >list
	run -65 --separate-stderr orderparse -R results -X list order
	[ -z "$output" ]
	[ "${#stderr_lines[@]}" = 3 ]
	[[ $stderr == *'list:1: '*'order:2:12: '*'results:1: '* ]]
	printf '[Recipients:] a@b.c\n[Subject:] [token]\n[Body:]\n' >order
	run -78 orderparse order
	run -65 orderparse -R results order
	run -65 orderparse -X list order
}

@test "table: a column that is empty is known all the same" {
	printf 'email,room,k\na@b.c,,1\nb@b.c,,\n' >table
	printf '%s\n' '[Headers:] X-A: [room|a & b]' '[Subject:] [k|0] [room|no]' \
		'[Html:]' '[room|a & b]' '[Body:]' \
		'[room|tba] [[room] [[room|x] [[Room|x] [room|]' >template
	cat >want <<-'END'
	[Recipients:]
	a@b.c k="1"
	b@b.c
	[Headers:] X-A: a & b
	[Subject:] [k|0] no
	[Html:]
	a &amp; b
	[Body:]
	tba [room] [room|x] [Room|x]
	END
	orderparse -t table template | sed 's/ *$//' | diff -u want -
	export SOURCE_DATE_EPOCH=0
	orderparse -f a@b.c -t table -S template >letters
	orderparse -t table template | orderparse -f a@b.c -S | cmp - letters
	printf '[Subject:] [k|0]\n[Body:]\n[room] [room|x]\n[room]\n' >template
	run -65 --separate-stderr orderparse -t table -n template
	[ "$stderr" = 'orderparse: template:3:1: a@b.c has no field room, and there is no default
orderparse: template:3:1: b@b.c has no field room, and there is no default
orderparse: template:4:1: a@b.c has no field room, and there is no default
orderparse: template:4:1: b@b.c has no field room, and there is no default' ]
	printf 'email,room\na@b.c,\nnobody,5\n' >table
	printf 'deferred\ta@b.c\t-\torder\t-\t1\t2026-11-22T00:00:00Z\t-\tx\n' \
		>results
	printf '[Subject:] s\n[Body:]\n[[room] [room|x]\n' >template
	orderparse -t table -R results template | tail -n 1 >got
	echo '[room] x' | cmp - got
	run -0 --separate-stderr orderparse -v -t table -n template
	[ "$stderr" = 'orderparse: table:3:1: nobody: no @ in the address' ]
}

@test "table: a hundred thousand rows, a wide line, a character set" {
	template 'ї [k]' b
	{ echo email,k; seq 100000 | sed 's/.*/user&@b.c,&/'; } >table
	[ "$(orderparse -t table -n template)" = 100000 ]
	head -c 3000000 /dev/zero | tr '\0' , >table
	run -65 --separate-stderr launch -t 20 orderparse -t table -n template
	printf 'email;k\na@b.c;\xbf\n' >table
	iconv -f UTF-8 -t WINDOWS-1251 template >t1251
	orderparse -C WINDOWS-1251 -t table template |
		grep -Fx 'a@b.c k="ї"'
	run -65 orderparse -t table template
	run -65 orderparse -c WINDOWS-1251 -t table t1251
	orderparse -c WINDOWS-1251 -C WINDOWS-1251 -t table -s t1251 |
		grep -Fx 'ї [k]'
	run -64 orderparse -C WINDOWS-1251 template
}

# columns N: a table of so many.
columns() {
	awk -v n="$1" 'BEGIN {
		printf "email"
		for (i = 2; i <= n; i++)
			printf ",c%d", i
		print "\na@b.c"
	}'
}

@test "table: 1000 cells are a line, and no more" {
	template s b
	columns 1000 >table
	orderparse -t table template | grep -x a@b.c
	columns 1001 >table
	run -65 --separate-stderr orderparse -t table template
	[[ $stderr = *': too many cells in this line' ]]
}

@test "table: as spreadsheets write them" {
	template s b
	# rows without trailing cells, blank rows, blanks, NBSP, quotes, an
	# address as it is pasted, a line end in a cell: lines stay the same
	entries 'sep=;\r\n\r\nFirst name ;E-Mail;Note\r\n\r\n;;\r\n \xc2\xa0; ;\r\nOlia;\xc2\xa0o@b.c.;"two\r\nlines" \r\n "T, ""x""" ; “t@b.c”\r\n;n@b.c;;;\r\n' >got
	printf '%s\n' '' '[Recipients:]' '' '' '' 'o@b.c First_name="Olia" Note="two lines"' \
		'' 't@b.c First_name="T, \"x\""' n@b.c | diff -u - got
	# lines that end in CR alone; a separator that a heading holds, too
	entries 'email,"a; b"\ra@b.c,"x\ny"\rb@b.c\r' >got 2>&1 || :
	grep -F 'table:1:7: a;_b: ' got
	entries 'note; more,email\rx,a@b.c\r"y\nz",b@b.c\r' >got 2>&1 || :
	grep -F 'table:1:1: note;_more: ' got
	printf '%s\n' 'a@b.c k="x"' 'b@b.c k="y z"' >want
	entries 'k,email\rx,a@b.c\r"y\nz",b@b.c\r' | sed /^$/d | diff -u want -
	# Unicode text
	for set in UTF-16 UTF-16BE; do
		printf '\xef\xbb\xbfk\temail\r\nx\ta@b.c\r\n"y z"\tb@b.c\r\n' |
			iconv -f UTF-8 -t "$set" >table
		orderparse -t table template | sed -n 2,3p | diff -u want -
	done
}

@test "table: the column of the addresses, in many languages or by -K" {
	template s b
	for heading in E-Mail-Adresse 'Email Address' 'Електронна пошта' \
		'CORREO ELECTRÓNICO' 'Adresse e-mail' 'Електронна адреса' \
		'Адрес электронной почты' E-posta; do
		[ "$(entries "k;Address;$heading\n1;x;a@b.c\n")" = \
			'a@b.c k="1" Address="x"' ]
	done
	printf 'Email,Kontakt,k\na@b.c,b@b.c,1\n' >table
	[ "$(orderparse -t table -K kontakt -r template)" = b@b.c ]
	[ "$(orderparse -t table -K Kontakt template | sed -n 2p)" = \
		'b@b.c Email="a@b.c" k="1"' ]
	run -65 --separate-stderr orderparse -t table -K nobody template
	[ "$stderr" = 'orderparse: table:1:1: nobody: no column is called so' ]
	run -64 orderparse -K Email template
}

@test "what is like a column, and is none, is a mistake" {
	printf 'Email,First name,Name,оцінка,ім\xe2\x80\x99я\na@b.c,Al,N,5,О\n' >table
	template '[First name] [Name]' \
		"[First_name|x] [First name|x] [Email] [[First name] [sic] [no|y]"
	cat >want <<-'END'
	[Subject:] [First_name] [name]
	[Body:]
	[First_name|x] [First_name|x] [email] [[First name] [sic] [no|y]
	END
	orderparse -t table template | sed 1,2d | diff -u want -
	orderparse -f a@b.c -t table -m a@b.c template | tail -n 1 >got
	echo 'Al Al a@b.c [First name] [sic] [no|y]' | diff -u - got
	# case, blanks, letters of another alphabet, an apostrophe
	template '[first name]' "[NAME] [оцiнка]  [ ім'я|x ] [е-mail] [Оцінка|5]"
	run -65 --separate-stderr orderparse -t table -S template
	sed 's/^orderparse: template://; s/ is not a placeholder: / /; s/ is, and.*//' \
		<<<"$stderr" >got
	printf '%s\n' '1:12: [first name] [First_name]' '3:1: [NAME] [name]' \
		'3:8: [оцiнка] [оцінка]' "3:18: [ ім'я] [ім’я]" \
		'3:29: [е-mail] [email]' '3:38: [Оцінка] [оцінка]' |
		diff -u - got
}

@test "in an order, what is only like a key is plain text; -v says so" {
	printf '[Recipients:] a@b.c K=1\n[Subject:] [K]\n[Body:]\n%s\n' \
		'[K] [k] [Login] [k|x] [[K] [[k] [Name|x]' >order
	for v in '' -v; do
		run -0 --separate-stderr orderparse $v -f a@b.c -m a@b.c order
		[ "${lines[-1]}" = '1 [k] [Login] [k|x] [K] [k] [Name|x]' ]
		[ -n "$v" ] || [ -z "$stderr" ]
	done
	sed 's/ is not a placeholder: / /; s/ is, and.*//' <<<"$stderr" >got
	printf 'orderparse: order:4:%s\n' '5: [k] [K]' '9: [Login] [login]' \
		'17: [k] [K]' '33: [Name] [name]' | diff -u - got
	[ "$(orderparse -f a@b.c -S order | grep -c '^RCPT')" = 1 ]
}

result() {
	printf '%s\t%s\t-\tdot\th:25\t1\t2026-11-21T23:46:12Z\t-\t\n' "$@"
}

@test "again: only those who are in such a state" {
	cat >order <<-'END'
	# a comment
	[recipients:] a@b.c, "B, b" <b@b.c> k="1, 2"
	# another
	c@b.c; d@b.c, bad, a@b.c [Subject:] x [k|0]
	[Body:]
	Hi
	.
	END
	result failed bad sent a@b.c deferred b@B.C sending c@b.c failed d@b.c \
		deferred z@b.c sending a@b.c sent a@b.c >results
	printf '# a comment\n[recipients:] \n%s\n[Subject:] x [k|0]\n[Body:]\nHi\n.\n' \
		'"B, b" <b@b.c> k="1, 2"' >want
	orderparse -R results order | diff -u want -
	orderparse -R results -w deferred order | diff -u want -
	[ "$(orderparse -R results -w unknown -r order)" = c@b.c ]
	orderparse -R results -w deferred,unknown order |
		orderparse -r >got
	printf 'b@b.c\nc@b.c\n' | diff -u - got
	[ "$(orderparse -R results -w failed -n order)" = 2 ]
	orderparse -R results -w failed -e order | cut -f 2 | grep -x bad
	orderparse -R - -w failed -r order <results | grep -x d@b.c
}

@test "again: placeholders of fields that nobody has any more" {
	cat >order <<-'END'
	[Recipients:] a@b.c k="1" j=1, b@b.c j=2
	[Headers:] X-A: [k|none] [j]
	[Subject:] [k|a & b] [[k] [no|x] [j]
	[Html:]
	[k|a & b] [[k|z]
	[Body:]
	[k|<none>] [[k] [[j]
	END
	result sent a@b.c deferred b@b.c >results
	orderparse -R results order >again
	letter() {
		orderparse -f a@b.c -m b@b.c "$1" |
			grep -Ev '^(Message-ID|Date| boundary|--)'
	}
	letter order >want
	letter again | diff -u want -
	grep -qx 'X-A: none 2' want
}

@test "an address that begins with # does not become a comment" {
	printf '[Recipients:] a@b.c, #b@b.c\n[Subject:] [k|]\n[Body:]\n' >order
	result sent a@b.c deferred '#b@b.c' >results
	[ "$(orderparse -R results -r order)" = '#b@b.c' ]
	template '[k|]' b
	printf 'email,k\n#b@b.c,1\n' >table
	[ "$(orderparse -t table -r template)" = '#b@b.c' ]
}

@test "again: nobody left is 67; what is wrong is told" {
	printf '[Recipients:] a@b.c\n[Subject:]\n[Body:]\n' >order
	result sent a@b.c >results
	run -67 --separate-stderr orderparse -R results order
	[ -z "$output" ]
	[ "$stderr" = 'orderparse: results: no recipient of the order is in such a state' ]
	echo nonsense >results
	run -65 --separate-stderr orderparse -R results order
	[ "$stderr" = 'orderparse: results:1: not a line of results(5)' ]
	run -66 orderparse -R nowhere order
	# What is wrong with the order is told, too.
	echo x >bad
	run -66 --separate-stderr orderparse -R nowhere bad
	[[ $stderr = *'orderparse: nowhere: '* ]]
	[[ $stderr = *'orderparse: bad:1:1: '* ]]
	run -64 orderparse -R results -w sent order
	run -64 orderparse -R results -w deferred, order
	run -64 orderparse -w deferred order
	run -64 orderparse -R - -t - order
	run -64 orderparse -R - <order
}

@test "dry run: recipients, fields, who lacks them, and the size" {
	cat >order <<-'END'
	[Recipients:] a@b.c k=1 j=2 z=3, b@b.c k=2, c@b.c, bad, a@b.c k=3
	[Subject:] [k|0]
	[Body:]
	[j|x] [no|y] [login] [some text] [no|y] [[login]
	END
	export SOURCE_DATE_EPOCH=0
	cat >want <<-END
	4
	good 3
	bad 1
	duplicates 1
	field k 2
	field j 1
	missing j b@b.c
	missing k c@b.c
	missing j c@b.c
	plain 4:7 [no|y]
	plain 4:22 [some text]
	size $(orderparse -f n@b.c -S order | wc -c)

	$(orderparse -f n@b.c -m a@b.c order)
	END
	orderparse -f n@b.c -n -v order >out 2>err
	diff -u want out
	[ "$(cat err)" = 'orderparse: order:1:52: bad: no @ in the address' ]
	[ "$(orderparse -n order)" = 4 ]
}

@test "addresses that nearly repeat each other are told" {
	printf '[Recipients:] a@b.c, A@b.c,\nA@B.C\nx@b.c\n[Subject:]\n[Body:]\n' >order
	run -0 --separate-stderr orderparse -n order
	[ "$output" = 3 ]
	[ "$stderr" = 'orderparse: order:1:22: A@b.c: differs only in case from the address in line 1: each gets a letter' ]
	template s b
	printf 'email,k\na@b.c,1\nb@b.c,"2\n3"\na@B.c,2\na@b.c,1\n' >table
	run -0 --separate-stderr orderparse -t table -n template
	[ "$output" = 2 ]
	[ "$stderr" = 'orderparse: table:5:1: a@B.c: dropped: the address is in line 2 with other cells (-G email puts both on one letter)' ]
	run -0 --separate-stderr orderparse -d -t table -n template
	[ "$output" = 4 ]
	[ -z "$stderr" ]
}
