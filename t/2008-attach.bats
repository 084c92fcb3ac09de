#!/usr/bin/env bats
# [Attach:] and orderparse -a: files with letters.

# shellcheck disable=SC2154 # run sets stderr

load lib

setup() {
	lib_setup
	mkdir -p files/sub out
	printf 'hello\n' >files/a.txt
	printf '\211PNG\0\1' >files/logo.png
	printf 'one' >files/cert-a.pdf
	printf 'two' >'files/sub/Звіт №2.xlsx'
}

# order ATTACH [HTML]: for a@b.c and b@b.c.
order() {
	printf '[Recipients:] a@b.c k=1, b@b.c\n[Subject:] s\n[Attach:]\n%b\n' "$1"
	[ $# = 1 ] || printf '[Html:]\n%s\n' "$2"
	printf '[Body:]\nHi\n'
} >order

@test "types, names and contents; one file for all, one for each, one for some" {
	printf 'three' >files/cert-b.pdf
	order '# a comment\na.txt\n  cert-[login].pdf\nsub/[k|] \nsub/Звіт №2.xlsx'
	sed -i 's,sub/\[k|\],[k|],; s,k=1,k="sub/Звіт №2.xlsx",' order
	orderparse -a files -f n@b.c -m a@b.c order >letter
	readmail letter | cut -d ' ' -f 1,3- >got
	printf '%s\n' 'multipart/mixed 7bit - -' 'text/plain 7bit - -' \
		'text/plain base64 attachment a.txt' \
		'application/pdf base64 attachment cert-a.pdf' >want
	for _ in 1 2; do
		echo 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet base64 attachment Звіт №2.xlsx'
	done >>want
	diff -u want <(sed 's/ *$//' got)
	cmp part.1 files/a.txt
	cmp part.2 files/cert-a.pdf
	cmp part.3 'files/sub/Звіт №2.xlsx'
	grep -q "filename\*0\*=utf-8''\|filename\*=utf-8''" letter
	orderparse -a files -f n@b.c -m b@b.c order >letter
	[ "$(readmail letter | wc -l)" = 5 ]
	cmp part.2 files/cert-b.pdf
	# the batch has the same, whole
	orderparse -a files -f n@b.c -S order | tr -d '\r' |
		grep -c 'filename=a.txt' | grep -x 2
}

@test "pictures that the HTML names by cid: are inline" {
	order 'a.txt\nlogo.png' '<img src="CID:logo.png">, url(cid:logo.png)'
	orderparse -a files -f n@b.c -m a@b.c order >letter
	readmail letter | cut -d ' ' -f 1 >got
	printf '%s\n' multipart/mixed multipart/alternative text/plain \
		multipart/related text/html image/png text/plain >want
	diff -u <(sort want) <(sort got)
	grep -qx 'Content-ID: <logo.png>' letter
	grep -qx 'Content-Disposition: inline;' letter
	order 'logo.png' '<img src="cid:logo.png">'
	orderparse -a files -f n@b.c -m a@b.c order >letter
	lacks mixed letter
	order 'logo.png' '<img src=cid:other.png> a cid:word'
	run -65 --separate-stderr orderparse -a files -n order
	[ "$stderr" = 'orderparse: order:6:14: cid:other.png: no line of [Attach:] ends in this name' ]
	cp files/logo.png 'files/lo go.png'
	order 'lo go.png' '<img src="cid:lo">'
	run -65 orderparse -a files -n order
}

@test "without -a, and what leads out of it: refused, all of it" {
	order a.txt
	run -65 --separate-stderr orderparse -n order
	[ "$stderr" = 'orderparse: order:3:10: [Attach:] is not allowed: no directory is given to take files from (-a)' ]
	echo s >out/s
	ln -s ../out files/dir
	ln -s ../out/s files/file
	ln -s "$PWD/out/s" files/absolute
	ln -s round files/round
	ln -s sub/../a.txt files/fine
	mkfifo files/fifo
	order '../out/s\n/etc/passwd\nsub/../a.txt\ndir/s\nfile\nabsolute\nround\nfine\nfifo\nsub\nnone\ncert-[login].pdf\n[k|a.txt]'
	run -65 --separate-stderr orderparse -a files -S order
	[ -z "$output" ]
	sed 's/^orderparse: order://; s/:[^:]*$//' <<<"$stderr" >got
	printf '%s\n' '4:1: ../out/s: a path with .. in it' \
		'5:1: /etc/passwd: an absolute path' \
		'6:1: sub/../a.txt: a path with .. in it' \
		'7:1: dir/s' '8:1: file' '9:1: absolute' '10:1: round' \
		'12:1: fifo' '13:1: sub' '14:1: none' \
		'15:1: b@b.c: cert-b.pdf' '16:1: a@b.c: 1' | diff -u - got
	run -66 orderparse -a nowhere -n order
}

@test "values do not lead out, nor write header lines" {
	printf '[Recipients:] a@b.c k="../out/s", b@b.c k="/etc/passwd", c@b.c k="x\\"; y.txt"\n[Subject:]\n[Attach:] [k]\n[Body:]\n' >order
	printf x >'files/x"; y.txt'
	run -65 --separate-stderr orderparse -a files -n order
	[ "$(grep -c ' it has to lie below -a$' <<<"$stderr")" = 2 ]
	[ "$(wc -l <<<"$stderr")" = 2 ]
	sed -i 's/^.*c@b.c/[Recipients:] c@b.c/' order
	orderparse -a files -f n@b.c -m c@b.c order >letter
	readmail letter | grep -Fx 'text/plain utf-8 base64 attachment x"; y.txt'
}

@test "a table, defaults and -R go together with files" {
	printf 'email,file\na@b.c,a.txt\nb@b.c,\n' >table
	printf '[Subject:]\n[Attach:]\n[file|]\n[Body:]\n' >template
	orderparse -a files -f n@b.c -t table -S template | tr -d '\r' >got
	grep -c '^Content-Disposition' got | grep -x 1
	printf 'deferred\tb@b.c\t-\tdot\th:25\t1\t2026-11-21T23:46:12Z\t-\t\n' >results
	orderparse -a files -t table -R results template >again
	orderparse -a files -f n@b.c -S again | tr -d '\r' >got
	run -1 grep '^Content-Disposition' got
}
