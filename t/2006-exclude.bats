#!/usr/bin/env bats
# orderparse -X: who is on a list of gone(5) gets no letter.

# shellcheck disable=SC2154 # run sets stderr_lines

load lib

setup() {
	lib_setup
	cat >order <<-'END'
	[Recipients:]
	Ann@x.org f=1, ann@x.org, bob@X.org, bob@x.org, "q q"@x.org, nobody
	C <cy@sub.x.org>
	[Subject:] s
	[Body:]
	[f|none]
	END
}

@test "-X: letters of the local part that are no other case, domains in any" {
	# a line of a list, and who then gets a letter
	while IFS='|' read -r line want; do
		printf '%b\n' "$line" >gone
		orderparse -X gone -r order | tr '\n' ' ' >got
		printf '%s: %s\n' "$line" "$(<got)" >&2
		[ "$(<got)" = "${want:+$want }" ]
	done <<-'END'
	# bob@x.org|Ann@x.org ann@x.org bob@X.org "q q"@x.org cy@sub.x.org
	bob@x.org|Ann@x.org ann@x.org "q q"@x.org cy@sub.x.org
	BOB@X.ORG\tfailed\t2026-11-21T23:46:12Z\t1\t550 no|Ann@x.org ann@x.org "q q"@x.org cy@sub.x.org
	 bob@x.org \r|Ann@x.org ann@x.org "q q"@x.org cy@sub.x.org
	\xef\xbb\xbfaNN@x.org|bob@X.org "q q"@x.org cy@sub.x.org
	"Q q"@x.org|Ann@x.org ann@x.org bob@X.org cy@sub.x.org
	cy@x.org\n\nnobody|Ann@x.org ann@x.org bob@X.org "q q"@x.org cy@sub.x.org
	ann@x.org\ncy@sub.x.org\nbob@x.org\n"q q"@x.org|
	END
}

@test "-X: each line of a list counts, however many there are" {
	seq 100 | sed 's/.*5$/U&@x.org/; t
		s/.*/u&@x.org/' >all
	(echo '[Recipients:]'; cat all; printf '[Subject:] s\n[Body:]\n') >order
	for n in 1 15 16 17 31 32 33 99; do
		sed "${n}q" all | tr u U >gone
		orderparse -X gone -r order >got
		sed "1,${n}d" all | diff -u - got
	done
}

@test "-X: a domain that is not ASCII, and the same as A-labels" {
	printf '%s\n' '[Recipients:] Їжак@Пошта.укр, b@xn--80a1acn3a.xn--j1amh' \
		'[Subject:]' '[Body:]' >order
	while read -r line want; do
		echo "$line" >gone
		orderparse -X gone -r order >got
		[ "$(<got)" = "$want" ]
	done <<-'END'
	Їжак@xn--80a1acn3a.xn--j1amh b@xn--80a1acn3a.xn--j1amh
	B@ПОШТА.укр Їжак@Пошта.укр
	END
}

@test "-X: several lists, counted; the letters are the same ones" {
	echo bob@x.org >one
	printf ann@x.org >two
	orderparse -n -v -X one -X - order <two >got
	printf '%s\n' 3 'good 2' 'bad 1' 'duplicates 1' 'left out 3' \
		'field f 0' 'missing f "q q"@x.org' \
		'missing f cy@sub.x.org' | diff -u - <(sed '/^size /,$d' got)
	export SOURCE_DATE_EPOCH=0
	orderparse -f a@b.c -S order | grep Message-ID >all
	orderparse -f a@b.c -S -X one -X two order | grep Message-ID >some
	sed -n '4,$p' all | diff -u - some
	run -67 orderparse -f a@b.c -X one -m bob@x.org order
	orderparse -d -n -X one order >count
	[ "$(<count)" = 5 ]
}

@test "-X and -g: who shares a copy with whom, and its Message-ID, stay the same" {
	printf '[Recipients:] a@x.y, b@x.y, z@y.x, c@x.y, d@X.y, e@x.y\n' >order
	printf '[Subject:] s\n[Body:]\nhello\n' >>order
	printf '%s\n' a@x.y z@y.x e@x.y >gone
	export SOURCE_DATE_EPOCH=0
	orderparse -g 2 -f n@b.c -S order | tr -d '\r' |
		sed -n '/^RCPT/p; /^Message-ID/p' >all
	orderparse -g 2 -f n@b.c -X gone -S order | tr -d '\r' >stream
	sed -n '/^RCPT/p; /^Message-ID/p' stream >got
	grep -e '<[bcd]@' all | diff - <(grep '^RCPT' got)
	sed -n '/^Message-ID/p' all | sed -n 1,2p | diff - <(grep ^M got)
	grep -x 'NOOP 2 messages' stream
	orderparse -g 2 -f n@b.c -X gone -m b@x.y order |
		grep -F "$(sed -n '/^Message-ID/{p;q;}' all)"
	run -67 orderparse -g 2 -f n@b.c -X gone -m e@x.y order
	printf '%s\n' b@x.y c@x.y d@x.y >>gone
	orderparse -g 2 -f n@b.c -X gone -S order | tr -d '\r' >got
	printf '%s\n' 'EHLO b.c' 'NOOP 0 messages' QUIT | diff - got
}

@test "-X: -t makes an order without them, -R looks at them too" {
	printf 'email,f\nann@x.org,1\nbob@x.org,2\n' >table
	sed '/^\[Rec/,/^C /d' order >letter
	echo ANN@x.org >gone
	orderparse -t table -X gone letter >got
	orderparse -r got | diff -u - <(echo bob@x.org)
	t=2026-11-21T23:46:12Z
	printf 'deferred\t%s\t-\tconnect\t-\t1\t'$t'\t-\tx\n' ann@x.org \
		cy@sub.x.org >results
	orderparse -R results -X gone -r order | diff -u - <(echo cy@sub.x.org)
	orderparse -R results -X gone -n -v order | grep -x 'left out 1'
	printf 'ann@x.org\nbob@x.org\n' >gone
	run -67 orderparse -t table -X gone letter
}

@test "-X: every mistake in a list is told, and nothing written" {
	printf 'a@b.c\nno address\n\na@@b.c\tfailed\n' >gone
	run -65 --separate-stderr orderparse -X gone -S -f a@b.c order
	[ -z "$output" ]
	[ "${stderr_lines[0]}" = \
		'orderparse: gone:2: character not allowed before the @' ]
	[ "${stderr_lines[1]}" = 'orderparse: gone:4: malformed domain' ]
	# Those of the order, too.
	printf '[Recipients:]\na@b.c =\n[Subject:]\n[Body:]\n' >wrong
	run -65 --separate-stderr orderparse -X gone -S -f a@b.c wrong
	[ -z "$output" ]
	[ "${#stderr_lines[@]}" = 3 ]
	[[ ${stderr_lines[2]} = 'orderparse: wrong:2:7: '* ]]
	run -66 --separate-stderr orderparse -X missing -n wrong
	[ "${#stderr_lines[@]}" = 2 ]
	printf 'failed\tbob@x.org\t550\trcpt\t-\t1\t%s\t-\tno\n' \
		2026-11-21T23:46:12Z >results
	run -65 --separate-stderr orderparse -X results -r order
	[ "$stderr" = 'orderparse: results:1: a line of results(5): suppress(1) makes a list of such' ]
	run -65 orderparse -r -X /dev/zero order
	run -66 orderparse -r -X missing order
	run -64 orderparse -r -X - <order
}

@test "-l: who has had a letter by the journal is not left out" {
	printf '%s\n' ann@x.org BOB@x.org cy@sub.x.org '"Q Q"@x.org' >gone
	for line in 'sending|Ann@X.org' 'sent|Ann@x.org' 'sending|bob@x.org' \
		'deferred|bob@x.org' 'deferred|cy@sub.x.org' \
		'unknown|cy@sub.x.org' 'failed|"q q"@x.org' 'sent|z@x.org'; do
		printf '%s\t%s\t-\tdot\t-\t1\t%s\t-\tx\n' "${line%|*}" \
			"${line#*|}" 2026-11-21T23:46:12Z
	done >journal
	printf 'sent\tbob@x.org' >>journal
	[ "$(orderparse -X gone -l journal -r order | tr '\n' ' ')" = \
		'Ann@x.org "q q"@x.org cy@sub.x.org ' ]
	orderparse -X gone -l journal -n -v order | grep -x 'left out 2'
	orderparse -X gone -l missing -r order | cmp - /dev/null
	run -66 orderparse -X gone -l . -r order
}
