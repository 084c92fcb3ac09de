#!/usr/bin/env bats
# examples/labreport.sh: the parts of a lab as one page.

# shellcheck disable=SC2154 # run sets output, stderr, lines

load lib
load dialogue

setup() {
	lib_setup
	REPORT=$TOP/examples/labreport.sh
}

# One part of each kind.
parts() {
	printf 'Write a client.\n\n1. one\n2. two\n' >task
	printf 'int\nmain(void)\n{\n\treturn 0;\n}\n' >client.c
	printf '$ \e[1mls\e[0m\r\nclient.c\r\n' >typescript
	said smtp 'S 220 x' 'C EHLO a' 'S 250 x' 'C MAIL FROM: <a@x>' \
		'S 250 Ok' 'C QUIT' 'S 221 Bye' >dialogue
	printf 'sent\tu@x\t250\tdot\th:25\t1\t2026-11-21T23:46:12Z\t-\tOk\n' \
		>results
	printf 'letters\t1\t1\nreports\t1\t2\n' >checks
	printf '1..1\nok 1 - greeting\n' >grade
	echo 'It works.' >conclusions
	PARTS=(-e conclusions -g grade -k checks -r results -d dialogue
		-s typescript -c client.c -t task)
}

# well_formed FILE: each element is closed, in order, and what is no element is
# escaped; not what a browser makes of it.
well_formed() {
	awk -v RS='<' '
	function bad(what) { print NR ": " what; exit 1 }
	NR == 1 || /^!DOCTYPE html>/ { next }
	{
		end = index($0, ">")
		tag = substr($0, 1, end - 1)
		rest = substr($0, end + 1)
		gsub(/&(amp|lt|gt|quot|#[0-9]+);/, "", rest)
		if (end == 0 || (rest ~ /[>&]/ && name != "style"))
			bad($0)
		if (tag ~ /\/$/)
			next
		name = tag
		sub(/[ \n].*/, "", name)
		if (name ~ /^\//) {
			if (n == 0 || open[n--] != substr(name, 2))
				bad(tag)
		} else
			open[++n] = name
	}
	END { if (n > 0) bad("not closed: " open[n]) }' "$1"
}

# shown FILE: the lines of the one console of a report.
shown() {
	"$REPORT" -s "$1" | sed '1,/^<pre>$/d; /^<\/pre>$/,$d'
}

@test "each part is there, under its heading, whatever the order of options" {
	parts
	run -0 --separate-stderr "$REPORT" "${PARTS[@]}" -o r.html
	[ "$output" = r.html ]
	[ -z "$stderr" ]
	sed -n 's/^<h2 id="\([a-z]*\)">\([0-9]\. .*\)<\/h2>$/\1 \2/p' r.html >got
	cat >want <<-'END'
	task 1. Task
	code 2. Code
	console 3. Consoles
	dialogue 4. Dialogues
	results 5. Results
	checks 6. What was verified
	grade 7. Grade
	conclusions 8. Conclusions
	END
	diff want got
	[ "$(grep -c '^<li><a href="#[a-z]*">' r.html)" = 8 ]
	grep -qx '<p class="text">Write a client.' r.html
	grep -qx '<p class="text">1. one' r.html
	grep -qx "</span><span>$(printf '\t')return 0;" r.html
	grep -qx '$ ls' r.html
	grep -q '>MAIL FROM: &lt;a@x&gt;</text>' r.html
	grep -q '^<p class="wrong">! a blank after FROM:' r.html
	grep -qx '<p>Lines that are wrong: 1</p>' r.html
	grep -q '<tr><td>sent</td><td>u@x</td><td>250</td>' r.html
	grep -q '^<tr><td>letters</td><td>1</td><td>1</td><td>yes</td></tr>$' \
		r.html
	grep -q '^<tr class="failed"><td>reports</td>.*<td>NO</td></tr>$' r.html
	grep -qx 'ok 1 - greeting' r.html
	grep -qx '<p class="text">It works.' r.html
}

@test "a part alone, from standard input, with a name; several of a kind" {
	parts
	"$REPORT" -n 'The client' -c - <client.c >r.html
	grep -qx '<h3>The client</h3>' r.html
	[ "$(grep -c '^<h2 id=' r.html)" = 1 ]
	"$REPORT" -c client.c -n second -c client.c -c client.c >r.html
	[ "$(grep '^<h3>' r.html | paste -sd ' ' -)" = \
		'<h3>client.c</h3> <h3>second</h3> <h3>client.c</h3>' ]
	"$REPORT" -v -t task 2>said >r.html
	[ "$(cat said)" = 'labreport.sh: task: read' ]
}

@test "headings in three languages" {
	parts
	"$REPORT" -l uk "${PARTS[@]}" >uk
	"$REPORT" "${PARTS[@]}" -l ru >ru
	for word in Звіт Завдання Код Журнали Діалоги Результати перевірено \
		Оцінка Висновки Зміст; do
		grep -q "<[th][^>]*>[^<]*$word" uk || { echo "$word"; false; }
	done
	for word in Отчёт Задание Код Журналы Диалоги Результаты проверено \
		Оценка Выводы Содержание; do
		grep -q "<[th][^>]*>[^<]*$word" ru || { echo "$word"; false; }
	done
	grep -q '<html lang="uk">' uk
	grep -q '<html lang="ru">' ru
	grep -q '<td>НІ</td>' uk
	grep -q '<td>НЕТ</td>' ru
}

@test "the same parts, the same bytes, on standard output as in a file" {
	parts
	"$REPORT" "${PARTS[@]}" -o one >/dev/null
	"$REPORT" "${PARTS[@]}" -o two >/dev/null
	"$REPORT" "${PARTS[@]}" -o - >three
	cmp one two
	cmp one three
	(cd / && cd - && TZ=UTC-9 LC_ALL=C "$REPORT" "${PARTS[@]}") >four
	tail -n +2 four | cmp one - || cmp one four
}

@test "what comes from outside is escaped, wherever it stands" {
	parts
	x='<script>alert("&amp;")</script>'
	for file in task client.c typescript grade conclusions; do
		printf '%s\n' "$x" >>"$file"
	done
	printf '%s\t%s\t%s\n' "$x" "$x" "$x" >>checks
	said smtp "S 220 $x" 'C QUIT' "S 221 $x" >dialogue
	printf '%s\tu@x\t250\tdot\th:25\t1\t-\t-\t%s\n' "$x" "$x" >>results
	cp client.c '<b>&.c'
	printf '%s\t%s\n' point verdict "$x" "$x" >tsv
	"$REPORT" -T "$x" -a "$x" -n "$x" "${PARTS[@]}" -c '<b>&.c' -g tsv \
		-r tsv >r.html
	lacks -E '<([s]cript|b>&)' r.html
	[ "$(grep -o '&lt;script&gt;' r.html | wc -l)" -ge 20 ]
	grep -q '<h3>&lt;b&gt;&amp;.c</h3>' r.html
	grep -q '&lt;script&gt;alert(&quot;&amp;amp;&quot;)' r.html
	well_formed r.html
}

@test "characters that a page must not hold, or that turn its direction" {
	printf 'a\001b\033[1mc\177\302\233d\342\200\252\342\200\256e\342\201\246f\357\277\276\n' >c
	"$REPORT" -T $'t\e]0;x\a\xff\u202e' -c c >r.html
	grep -qx '<pre class="code"><span>a�b�\[1mc��d��e�f�' r.html
	grep -qx '<h1>t��</h1>' r.html
	printf '\xef\xbb\xbfone\r\ntwo\r\n' >c
	"$REPORT" -c c >r.html
	grep -qx '<pre class="code"><span>one' r.html
	grep -qx '</span><span>two' r.html
}

@test "a page is well-formed, and asks for nothing" {
	parts
	"$REPORT" -l uk "${PARTS[@]}" >r.html
	well_formed r.html
	lacks -Ei '<([s]cript|link|img|iframe|object)|src=|url\(|@import|href="[^#]|on[a-z]+="' \
		r.html
	printf '<p>a</b></p>' >bad
	run -1 well_formed bad
	printf '<p>a & b</p>' >bad
	run -1 well_formed bad
}

@test "xmllint finds it well-formed, too" {
	need xmllint
	parts
	"$REPORT" "${PARTS[@]}" >r.html
	xmllint --noout r.html
}

# A console of 20 columns and 5 lines, with all that typescripts have.
hostile() {
	printf '%s\n' \
		'Script started on 2026-11-30 [TERM="xterm" COLUMNS="20" LINES="5"]'
	printf '\e[?2004h$ lss\b \b\r\n'
	printf '\e]0;title\ared \e[31mR\e[0m\r\n'
	printf '\e]2;t\e\\after st\r\n'
	printf '10%%\r50%%\r100%%\r\n'
	printf 'caf\xd1\x96\bX\r\n'
	printf 'abcdefghijklmnopqrstuvwxyz\r\n'
	printf 'abcdef\e[3DX\e[K\r\n'
	printf 'ins\e[2D\e[@*\r\n'
	printf 'del\e[3D\e[P\r\n'
	printf 'line1\r\nline2\e[A\rLINE\r\n\n'
	printf '\e]52;c;without an end\r\n'
	printf 'next \xff\xc0\x80 bad\r\n'
	printf '\xc2\x9b31mc1 csi\xc2\x9d0;t\xc2\x9cx\r\n'
	printf '\ePdcs\e\\dcs gone\r\n'
	printf 'a\e[999999999Cb\r\n'
	printf 'a\tb\000c\r\n'
	printf 'keep\r\n\e[H\e[2J\e[3Jcleared\r\n'
	printf 'vi:\e[?1049h\e[Hfull\r\nscreen\e[?1049l back\r\n'
	printf '<script>\r\n'
	printf '\e(Bcharset\e=\e7 s\e8t\r\n'
	printf 'end\e[\r\n'
	printf '\nScript done on 2026-11-30\n'
}

hostile_shown() {
	printf '%s\n' '$ ls' 'red R' 'after st' '100%' cafX \
		abcdefghijklmnopqrstuvwxyz abcX 'i*ns' el LINE1 line2 '' \
		'next ��� bad' 'c1 csix' 'dcs gone' 'a                  b' \
		'a       bc' keep '' cleared 'vi: back' '&lt;script&gt;' \
		charsetts end
}

@test "a typescript is what its terminal has shown" {
	hostile >typescript
	hostile_shown >want
	shown typescript | diff want -
}

@test "a typescript, whatever awk there is" {
	local awk
	parts
	hostile >typescript
	hostile_shown >want
	echo '<p>a &amp; b<br>c</p>' >grade
	mkdir shim
	PATH=$PWD/shim:$PATH
	for awk in mawk gawk 'busybox awk' original-awk bwk; do
		command -v "${awk%% *}" || continue
		printf '#!/bin/sh\nexec %s "$@"\n' "$awk" >shim/awk
		chmod +x shim/awk
		shown typescript | diff want -
		"$REPORT" "${PARTS[@]}" >now
		[ -s first ] || cp now first
		diff first now
	done
}

@test "a typescript without a head, or that is none; what has no end" {
	printf 'Script done on x\nplain\r\n\n  indented  \nScript done on x\n' >log
	shown log >got
	printf '%s\n' 'Script done on x' plain '' '  indented' | diff - got
	printf 'before\r\n\e[?1049hfull\r\nmore' >log
	run -0 --separate-stderr "$REPORT" -s log
	[ "$stderr" = 'labreport.sh: log:2: from here on a program has the whole screen' ]
	grep -qx before <<<"$output"
	lacks -x more <<<"$output" -
	printf '%s\e[5;5Hx\e[99;99Hy\e[1;1H\e[0Jz' start >log
	shown log >got
	[ "$(head -n 1 got) $(tail -n 1 got)" = 'start z' ]
	printf 'a\e[1;1;%080dm!\n' 1 >log
	shown log | grep '^a1;1;0.*m!$'
}

@test "a long typescript keeps its lines, in bounded time" {
	awk 'BEGIN {
		for (i = 0; i < 20000; i++)
			printf "line %d \033[32mok\033[0m\r\n", i
		for (i = 0; i < 50000; i++)
			printf "%d%%\r\033[999C\033[K\r", i
		print "done"
	}' >typescript
	shown typescript >got
	[ "$(wc -l <got)" = 20001 ]
	[ "$(sed -n 20000p got)" = 'line 19999 ok' ]
	[ "$(tail -n 1 got)" = done9% ]
}

@test "grades: TAP, a table, and a page of known elements" {
	printf 'point\tverdict\ngreeting\tok\n' >tsv
	"$REPORT" -g tsv >r.html
	grep -q '^<tr><th>point</th><th>verdict</th></tr>$' r.html
	grep -q '^<tr><td>greeting</td><td>ok</td></tr>$' r.html
	cat >page <<-'END'
	<!DOCTYPE html>
	<html lang="en">
	<head><meta charset="utf-8"><title>t</title>
	<style>h1 > p { color: red }</style></head>
	<body>
	<h1>a & &lt;b&gt;</h1><!-- <i> no -->
	<table><tr class="failed" onclick="x()" title="a &gt; b">
	<td style="background: url(x)"><a href="http://x/">no</a><br>x</td>
	</tr></table>
	</body>
	</html>
	END
	"$REPORT" -g page >r.html
	grep -q '<h3>a &amp; &lt;b&gt;</h3>$' r.html
	grep -qx '<table><tr class="failed">' r.html
	grep -qx '<td><span>no</span><br/>x</td>' r.html
	lacks -e onclick -e 'url(' -e http://x -e '<i>' r.html
	well_formed r.html
}

@test "a page that is no grade: each line that is wrong, and no report" {
	cat >page <<-'END'
	<body><p>x
	<script>alert(1)</script><img src=x>
	</i><svg onload=x><ul>
	END
	run -65 --separate-stderr "$REPORT" -g page
	[ -z "$output" ]
	cat >want <<-'END'
	labreport.sh: page:2: <script>: not in a report
	labreport.sh: page:2: </script>: not in a report
	labreport.sh: page:2: <img>: not in a report
	labreport.sh: page:3: </i> closes nothing
	labreport.sh: page:3: <svg>: not in a report
	END
	printf '%s\n' "${stderr_lines[@]}" | sed -n 1,5p | diff want -
	[[ $stderr == *'page:3: <ul> is not closed'* ]]
	printf '<p>a' >page
	run -65 "$REPORT" -g page
	printf '<p>a</p><script' >page
	run -65 "$REPORT" -g page
}

@test "a ladder that is too high is cut between its arrows" {
	{
		said smtp 'S 220 x' 'C EHLO a' 'S 250 PIPELINING'
		awk 'BEGIN {
			for (i = 0; i < 150; i++) {
				print "1.0\tC\tcrlf\t-\tNOOP"
				print "1.1\tS\tcrlf\t-\t250 Ok"
			}
		}'
	} >dialogue
	protoladder dialogue >whole
	"$REPORT" -d dialogue >r.html
	well_formed r.html
	grep '^<svg ' r.html | sed 's/.*viewBox="0 \([0-9]* [0-9]* [0-9]*\)".*/\1/' \
		>views
	[ "$(wc -l <views)" -gt 6 ]
	height=$(sed -n '1s/.* height="\([0-9]*\)".*/\1/p' whole)
	awk -v height="$height" '
	$1 != at || $3 > 960 || ($1 && ($1 - 54) % 24) { exit 1 }
	{ at += $3 }
	END { exit at != height }' views
	# All of it is there, once.
	[ "$(grep -c '>NOOP</text>' r.html)" = 150 ]
	[ "$(grep -c '>250 Ok</text>' r.html)" = 150 ]
	sed '1d' whole | grep -Fvx -f r.html >missing || [ ! -s missing ]
	# What is not cut is the same.
	said smtp 'S 220 x' 'C QUIT' 'S 221 x' >dialogue
	protoladder dialogue | tail -n +2 >whole
	"$REPORT" -d dialogue >r.html
	sed '1,/^<svg/d; /^<\/svg>/q' r.html | cmp - whole
}

@test "no secret of a dialogue, though it has it" {
	said smtp 'S 220 x' 'C EHLO a' 'S 250 AUTH PLAIN' \
		'C AUTH PLAIN AGEAc2VjcmV0' 'S 235 Ok' 'C QUIT' 'S 221 x' >dialogue
	"$REPORT" -d dialogue >r.html
	grep -q '[*][*][*][*]' r.html
	lacks AGEAc2VjcmV0 r.html
}

@test "bad parts: all are told, there is no report, and an older one stays" {
	parts
	echo older >r.html
	: >empty
	printf 'one\n\xd0\x94\xd0\ntwo\0\n' >cp1251
	printf 'a\tb\n' >table
	printf 'dialogue 1 smtp - - 2026-11-21T23:46:12Z\n0.1\tX\tcrlf\t-\ta\n' >'b&d'
	run -66 --separate-stderr "$REPORT" "${PARTS[@]}" -t missing -c . \
		-s empty -c cp1251 -k table -d 'b&d' -d task -o r.html
	[ -z "$output" ]
	[ "$(cat r.html)" = older ]
	cat >want <<-'END'
	labreport.sh: missing: No such file or directory
	labreport.sh: .: Is a directory
	labreport.sh: empty: it is empty
	labreport.sh: cp1251:2: not a text in UTF-8
	labreport.sh: cp1251:3: not a text in UTF-8
	labreport.sh: table:1: not what, expected and found
	protoladder: b&d:2: not a side: C, S or -
	protoladder: b&d: not drawn
	protoladder: task: there is no dialogue in it
	END
	printf '%s\n' "${stderr_lines[@]}" | diff want -
	run -65 "$REPORT" -t empty
	run -65 "$REPORT" -t cp1251
	run -65 "$REPORT" -d task
	for bytes in '\xc0\x80' '\xed\xa0\x80' '\xf4\x90\x80\x80' '\xe0\x80\x80' \
		'\xc2\xe0\xa0\x80\x80' '\x80' '\xf5\x80\x80\x80'; do
		printf "a$bytes\n" >bytes
		run -65 "$REPORT" -t bytes
	done
}

@test "usage, version, and what cannot be written" {
	parts
	run -64 --separate-stderr "$REPORT"
	[ -z "$output" ]
	[[ $stderr == *'no part to report'*'usage: labreport.sh '* ]]
	run -64 "$REPORT" task
	run -64 "$REPORT" -q
	run -64 "$REPORT" -t
	run -64 "$REPORT" -l de -t task
	for option in -h --help; do
		run -0 --separate-stderr "$REPORT" "$option"
		[[ $output == 'usage: labreport.sh '* ]]
		[ -z "$stderr" ]
	done
	for option in -V --version; do
		[ "$("$REPORT" "$option")" = \
			"$(savefile -V | sed 's/^savefile/labreport.sh/')" ]
	done
	run -73 --separate-stderr "$REPORT" -t task -o missing/r.html
	[ -z "$output" ]
	mkdir tmp
	TMPDIR=$PWD/tmp "$REPORT" -t task >/dev/null
	[ -z "$(ls -A tmp)" ]
	[ -c /dev/full ] || skip 'no /dev/full'
	run -74 sh -c '"$1" -t task >/dev/full' - "$REPORT"
}

@test "a program that is missing is named" {
	mkdir tree
	cp -R "$TOP/examples" tree/
	parts
	PATH=/usr/bin:/bin run -78 --separate-stderr \
		tree/examples/labreport.sh -t task
	[[ $stderr == 'labreport.sh: protoexplain: not found on PATH, nor in '*/tree/bin ]]
}

@test "make labreport's script: the demo, with all that a report has" {
	mkdir tmp
	TMPDIR=$PWD/tmp run -0 --separate-stderr \
		"$TOP/examples/demo-report.sh" -l uk
	[ "$output" = labreport.html ]
	[ -z "$stderr" ]
	[ -z "$(ls -A tmp)" ]
	[ "$(grep -c '^<h2 id=' labreport.html)" = 8 ]
	for name in src/smtpsend.c src/smtpd-lite.c 'smtpd-lite -v' \
		'orderrecv -v' 'ordersend examples/session.txt' \
		'smtpd-lite -t: 1' 'smtpd-lite -t: 2'; do
		grep -qx "<h3>$name</h3>" labreport.html ||
			{ echo "$name"; false; }
	done
	grep -q '^<tr><td>failed</td><td>user2@pth.ua</td><td>550</td>' \
		labreport.html
	grep -q '<td>letters to user1</td><td>1</td><td>1</td><td>так</td>' \
		labreport.html
	lacks '<td>НІ</td>' labreport.html
	grep -q '<b>18 of 18</b>' labreport.html
	grep -q '>550 5.1.1 No such user here</text>' labreport.html
	well_formed labreport.html
	run -64 "$TOP/examples/demo-report.sh" -q
}
