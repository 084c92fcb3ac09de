#!/usr/bin/env bats
# orderparse -k: what only the holder of a key can make, in letters and as their
# envelope senders (-E).  The expected tags are those of Python's hmac module.

# shellcheck disable=SC2154 # run sets output, stderr_lines

load lib

setup() {
	lib_setup
	echo sekret >key
	chmod 600 key
	cat >order <<-'END'
	[Recipients:]
	User+x@pth.ua, "q q"@x.org
	averyveryveryverylongloginaveryveryveryverylongloginaveryver@example.org
	[Headers:]
	List-Unsubscribe: <https://pth.ua/unsub?a=[email%]&t=[token]>, <mailto:leave@pth.ua?subject=[email%]%20[token]>
	List-Unsubscribe-Post: List-Unsubscribe=One-Click
	[Subject:] about [token]
	[Html:] <a href="?[email%]">[token]</a>
	[Body:]
	[email%] [[token] [token]
	END
}

@test "[token] and [email%]: in header fields, subject, HTML and body" {
	orderparse -f a@b.c -k key -m User+x@pth.ua order >letter
	token=yryfb2m7xds6qjjofeg3nx27oy
	for line in "Subject: about $token" \
		"List-Unsubscribe: <https://pth.ua/unsub?a=User%2Bx%40pth.ua&t=$token>," \
		" <mailto:leave@pth.ua?subject=User%2Bx%40pth.ua%20$token>" \
		'List-Unsubscribe-Post: List-Unsubscribe=One-Click' \
		"User%2Bx%40pth.ua [token] $token" \
		"<a href=\"?User%2Bx%40pth.ua\">$token</a>"; do
		grep -Fqx -- "$line" letter
	done
	orderparse -f a@b.c -k key -L news -m User+x@pth.ua order |
		grep -x 'Subject: about yqps2obn5dxhfk66us3mv7upip'
}

@test "-E: a sender for each, in 64 octets before the @; the letters are the same" {
	export SOURCE_DATE_EPOCH=0
	orderparse -f a@b.c -k key -S order | sed /^MAIL/d >want
	orderparse -f a@b.c -k key -E 'news+[verp]@pth.ua' -S order >letters
	sed /^MAIL/d letters | cmp - want
	sed -n 's/^MAIL FROM:\(.*\)\r$/\1/p' letters >senders
	head -n 1 senders | grep -Fx \
		'<news+ccrga5pxoh-User+2Bx=pth.ua@pth.ua>'
	sed -n 2p senders | grep -Ex \
		'<news\+[a-z2-7]{10}-\+22q\+20q\+22=x\.org@pth\.ua>'
	sed -n 3p senders | grep -Ex '<news\+[a-z2-7]{10}-[a-z2-7]{16}@pth\.ua>'
}

@test "-X: who was told by the hash of a long sender is left out, by the key" {
	orderparse -f a@b.c -k key -E '[verp]@pth.ua' -S order |
		sed -n 's/^MAIL FROM:<\([^-]*-[a-z2-7]*\)@.*/\1/p' >gone
	[ "$(wc -l <gone)" = 1 ]
	orderparse -k key -X gone -n order | grep -x 2
	orderparse -k key -X gone -r order | lacks averyvery -
	echo other >key
	orderparse -k key -X gone -n order | grep -x 3
}

@test "a token without a key is a mistake, but not where it is a field" {
	run -78 --separate-stderr orderparse -r order
	[ -z "$output" ]
	[ "${stderr_lines[0]}" = \
		'orderparse: order:5:54: [token] is made with a key (-k)' ]
	[ "${#stderr_lines[@]}" = 5 ]
	sed '/^\[Subject/s/^/[From:] x@y.z\n/' order | run -65 orderparse -r
	printf '%s\n' '[Recipients:] a@b.c token=1' '[Subject:]' '[Body:]' \
		'[token]' >order
	orderparse -f a@b.c -m a@b.c order | tail -n 1 | grep -x 1
	printf 'email,token\na@b.c,1\n' >table
	sed 1d order | orderparse -t table -n | grep -x 1
	run -65 --separate-stderr orderparse -r -k key order
	[ "${stderr_lines[0]}" = 'orderparse: order:1:21: token is not a field: it comes from the address' ]
}

@test "-k, -E and -L: what is wrong with them, or has no key" {
	while read -r code options; do
		# shellcheck disable=SC2086 # words
		run "-$code" --separate-stderr orderparse -S $options order
		[ -z "$output" ]
	done <<-'END'
	64 -E news+[verp]@pth.ua
	64 -L news
	64 -k key -g 2 -E news+[verp]@pth.ua
	64 -k key -E news@pth.ua
	64 -k key -E news+[verp]
	64 -k key -E averyveryveryverylongloginaveryveryveryverylonglogin+[verp]@b.c
	78 -k missing
	78 -k order
	END
	: >key
	run -78 orderparse -S -k key order
}
