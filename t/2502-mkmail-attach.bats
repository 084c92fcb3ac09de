#!/usr/bin/env bats
# mkmail -a: what is attached comes out to the byte, under its name.

# shellcheck disable=SC2154 # run sets stderr

load lib

# parts FILE: writes each part's content to part.N and prints its type,
# charset, disposition and file name.
parts() {
	readmail "$1" >all_parts || return
	sed '/^multipart/d' all_parts | cut -d ' ' -f 1,2,4-
}

@test "all byte values, an empty file, a text: to the byte" {
	printf "$(printf '\\%03o' {0..255}{,,,,,,,,})" >all.bin
	: >empty
	printf 'Привіт\r\n\nno newline' >note.txt
	printf 'Hello\nїжак\n' >text
	mkmail -v -f a@b -s x -a all.bin -a empty -a note.txt c@d \
		<text >out 2>said
	printf 'mkmail: %s: attached, %d octets\n' all.bin 2304 empty 0 \
		note.txt 25 | diff - said
	parts out >got
	cat >want <<-'END'
	text/plain utf-8 - -
	application/octet-stream - attachment all.bin
	application/octet-stream - attachment empty
	text/plain utf-8 attachment note.txt
	END
	diff want got
	cmp part.0 text
	cmp part.1 all.bin
	cmp part.2 empty
	cmp part.3 note.txt
	[ "$(awk '{ print length($0) }' out | sort -n | tail -n 1)" -le 78 ]
}

@test "sizes around a line of base64" {
	local sizes=(1 2 3 56 57 58 113 114 115 65536) files=() i
	for n in "${sizes[@]}"; do
		head -c "$n" /dev/urandom >"f$n"
		files+=(-a "f$n")
	done
	mkmail -f a@b "${files[@]}" c@d </dev/null >out
	parts out >/dev/null
	for i in "${!sizes[@]}"; do
		cmp "part.$((i + 1))" "f${sizes[i]}"
	done
}

@test "types by extension; text in an unknown charset is bytes" {
	printf '\377 latin\n' >bad.txt
	printf 'a\0b\n' >nul.txt
	touch a.PDF b.html c.tar.gz noextension .txt x.unknown
	mkmail -f a@b -a a.PDF -a b.html -a c.tar.gz -a noextension -a .txt \
		-a x.unknown -a bad.txt -a nul.txt c@d </dev/null >out
	[ "$(parts out | sed 1d | cut -d ' ' -f 1,2)" = "application/pdf -
text/html utf-8
application/gzip -
application/octet-stream -
text/plain utf-8
application/octet-stream -
application/octet-stream -
application/octet-stream -" ]
	cmp part.7 bad.txt
}

@test "names: Cyrillic, blanks, quotes, commas, semicolons, 300 bytes" {
	local names=('звіт' 'a b' 'say "hi"; or, (not) \n' "it's 100% * done"
		'=?utf-8?q?x?=' "$(printf 'n%.0s' {1..255})"
		"$(printf 'ї%.0s' {1..127})" '漢字😀' '-a') files=() name
	for name in "${names[@]}"; do
		echo x >"./$name"
		files+=(-a "./$name")
	done
	mkmail -f a@b "${files[@]}" c@d </dev/null >out
	parts out | sed 1d >got
	printf 'application/octet-stream - attachment %s\n' "${names[@]}" |
		diff - got
	# folded
	[ "$(awk '{ print length($0) }' out | sort -n | tail -n 1)" -le 78 ]
}

@test "a name with controls stays one parameter" {
	name=$'a\nBcc: e@v\r\tb'
	echo x >"$name"
	mkmail -f a@b -a "$name" c@d </dev/null >out
	run -1 grep -q '^Bcc' out
	run -1 grep -q "$(printf '\r')" out
	grep -q '%0ABcc' out
	[ "$(grep -c "^ filename\*=utf-8''a%0ABcc%3A%20e%40v%0D%09b$" out)" = 1 ]
}

@test "a name that is not UTF-8 names no charset" {
	name=$'caf\351'
	echo x >"$name" || skip "the file system takes UTF-8 alone"
	mkmail -f a@b -a "$name" c@d </dev/null >out
	grep -qx " filename\*=''caf%E9" out
}

@test "from a pipe" {
	mkmail -f a@b -a <(echo piped) c@d </dev/null >out
	parts out >/dev/null
	[ "$(cat part.1)" = piped ]
}

@test "a text that looks like a boundary does no harm" {
	echo x >f
	export SOURCE_DATE_EPOCH=0
	mkmail -f a@b -a f c@d </dev/null >text
	mkmail -f a@b -a f c@d <text >out
	parts out >/dev/null
	cmp part.0 text
}

@test "no file, a directory, unreadable: 66; -: 64" {
	run --separate-stderr -66 mkmail -f a@b -a none c@d </dev/null
	[ -z "$output" ]
	[ "$stderr" = 'mkmail: none: No such file or directory' ]
	run --separate-stderr -66 mkmail -v -f a@b -a none -R no -A html -a nor \
		c@d </dev/null
	[ -z "$output" ]
	diff - <(echo "$stderr") <<-'END'
		mkmail: no: No such file or directory
		mkmail: none: No such file or directory
		mkmail: nor: No such file or directory
		mkmail: html: No such file or directory
	END
	run --separate-stderr -66 mkmail -f a@b -a . c@d </dev/null
	[ -z "$output" ]
	run --separate-stderr -64 mkmail -f a@b -a - c@d </dev/null
	[ -z "$output" ]
}

@test "a large attachment" {
	head -c 5000000 /dev/urandom >big
	mkmail -f a@b -a big c@d </dev/null >out
	parts out >/dev/null
	cmp part.1 big
}

@test "the attachment of the manual page, into a mailbox" {
	echo 'Plan' >план.txt
	echo 'Here it is.' >text
	start smtpd-lite -l :0 -d mail
	mkmail -s Plan -a 'план.txt' user1@pth.ua <text |
		SMTPSERVER=$ADDR smtpsend -t
	parts mail/user1/new/* >got
	cmp part.0 text
	cmp part.1 план.txt
	grep -q ' план.txt$' got
}

@test "a name with what RFC 2231 has a meaning for stands in quotes" {
	for name in "O'Neil.pdf" 'star*.txt' '50%41.txt' "utf-8''a"; do
		echo data >"$name"
		mkmail -f me@x -a "$name" a@x <<<Hi. >out
		grep -Fq "filename=\"$name\"" out
	done
}
