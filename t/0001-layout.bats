#!/usr/bin/env bats
# The tree: what stands where, and who may include whom.

load lib

# The C files under src.
sources() {
	find "$TOP/src" -name '*.[ch]'
}

programs() {
	(cd "$TOP/src" && ls -- *.c) | sed 's/\.c$//'
}

# violations DIR: what t/arrows.awk has against DIR/src.
violations() {
	(cd "$1" && find src -name '*.[ch]' | LC_ALL=C sort |
		xargs awk -f "$TOP/t/arrows.awk")
}

@test "the top level holds what the design says and nothing else" {
	need git
	git -C "$TOP" rev-parse HEAD || skip "not a git tree"
	git -C "$TOP" ls-files | sed 's,/.*,,' | LC_ALL=C sort -u |
		grep -v '^\.' >got
	printf '%s\n' Makefile README.md bin examples man pipeline.sh src t >want
	diff want got
	git -C "$TOP" ls-files | grep '^\.' | sed 's,/.*,,' | LC_ALL=C sort -u >got
	printf '%s\n' .ci .clang-format .editorconfig .gitignore >want
	diff want got
}

@test "src holds programs and the rooms of layers and protocols" {
	(cd "$TOP/src" && ls -d -- */ */*/) >got
	printf '%s/\n' client client/dns client/ftp client/order client/smtp \
		format format/bounce format/crypt \
		format/dialogue format/mail format/order \
		format/picture format/wire grade \
		server server/ftp server/order server/pop3 server/smtp \
		server/tap \
		store sys >want
	diff want got
}

@test "each program has a page, a line in README and mailorder(7), a test" {
	missing=0
	for prog in $(programs); do
		[ -s "$TOP/man/$prog.1" ] || { echo "no man/$prog.1"; missing=1; }
		grep -q "^| \`$prog\`" "$TOP/README.md" ||
			{ echo "$prog not in README.md"; missing=1; }
		grep -qx "\.It Xr $prog 1" "$TOP/man/mailorder.7" ||
			{ echo "$prog not in mailorder.7"; missing=1; }
		grep -lqw -e "$prog" "$TOP"/t/[1-9]*.bats ||
			{ echo "$prog has no test"; missing=1; }
	done
	[ "$missing" = 0 ]
}

@test "the Makefile lists every source" {
	(
		cd "$TOP"
		find src -name '*.[ch]' | sed 's,^src/,,; s/\.[ch]$//'
		find t/unit t/tools -name '*.c' ! -name peer.c | sed 's,.*/,,; s/\.c$//'
	) | sort -u >there
	tr -s ' \t' '\n' <"$TOP/Makefile" | sort -u >listed
	run -0 comm -23 there listed
	[ -z "$output" ]
}

@test "the rooms include only what the arrows allow" {
	run -0 violations "$TOP"
	[ -z "$output" ]
}

# plant FILE LINE ...: a tree of one file with a line that must be found.
plant() {
	rm -rf src
	mkdir -p "${1%/*}"
	printf '%s\n' "${@:2}" >"$1"
	run -0 violations .
	[ -n "$output" ]
}

@test "a wrong arrow is seen" {
	plant src/format/x.c '#include "format/x.h"' '#include "sys/io.h"'
	plant src/format/mail/x.c '#include "x.h"' '#include "sys/io.h"'
	plant src/format/mail/x.c '#include "format/x.h"'
	plant src/client/ftp/x.c '#include "x.h"' '#include "server/ftp/ftpd.h"'
	plant src/format/x.c '#include "format/x.h"' '#include "store/maildir.h"'
	plant src/format/x.h '#include "../client/smtpc.h"'
	plant src/format/x.c '#include "format/x.h"' '#include <unistd.h>'
	plant src/server/x.c '#include "server/x.h"' '#include <time.h>'
	plant src/server/x.c '#include "server/x.h"' ' # include <sys/socket.h>'
	plant src/server/x.c '#include "server/x.h"' '#include "store/maildir.h"'
	plant src/server/x.c '#include "server/x.h"' '#include "client/smtpc.h"'
	plant src/server/x.c '#include "server/x.h"' '#include "sys/net.h"'
	plant src/client/x.c '#include "client/x.h"' '#include "server/smtpd.h"'
	plant src/client/x.c '#include "client/x.h"' '#include "store/maildir.h"'
	plant src/store/x.c '#include "store/x.h"' '#include "client/smtpc.h"'
	plant src/grade/x.c '#include "x.h"' '#include "client/smtpc.h"'
	plant src/grade/x.c '#include "x.h"' '#include "server/smtpd.h"'
	plant src/sys/x.c '#include "sys/x.h"' '#include "format/hash.h"'
	plant src/sys/x.c '#include <stdio.h>' '#include "sys/x.h"'
	plant src/other/x.c '#include "other/x.h"'
	plant src/store/x.c '#include "store/x.h"' '	exit(1);'
	plant src/x.c '	exit(1);'
	plant src/format/x.c '#include "format/x.h"' '	_exit(1);'
	plant src/client/x.c '#include "client/x.h"' '	p = getenv("HOME");'
	plant src/sys/x.c '#include "sys/x.h"' '	p = getenv("HOME");'
	plant src/sys/cli.c '#include "cli.h"' '	exit(EX_OK);'
	plant src/sys/serve.c '#include "serve.h"' '	p = getenv("LISTEN_FDS");'
	plant src/store/x.c '#include "store/x.h"' '	printf("hello");'
}

@test "a right arrow is no violation" {
	mkdir -p src/sys src/client
	printf '%s\n' '#include <stdio.h>' '#include "client/x.h"' \
		'	p = getenv("exit(");' '	cli_exit(1);' >src/x.c
	printf '%s\n' '#include "x.h"' '#include <unistd.h>' \
		'#include "format/hash.h"' '#include "sys/net.h"' \
		'	/* exit() is for die */' >src/client/x.c
	run -0 violations .
	[ -z "$output" ]
}

# circles DIR: what t/circles.awk has against DIR/src.
circles() {
	(cd "$1" && find src -name '*.[ch]' | LC_ALL=C sort |
		xargs awk -f "$TOP/t/circles.awk")
}

@test "the includes of a folder, and the folders of a layer, have no circle" {
	run -0 circles "$TOP"
	[ -z "$output" ]
}

# round FILE INCLUDE ... -- FILE INCLUDE ...: a tree of files that include in a
# circle.
round() {
	local file=
	rm -rf src
	while [ $# -gt 0 ]; do
		file=src/$1
		mkdir -p "${file%/*}"
		shift
		while [ $# -gt 0 ] && [ "$1" != -- ]; do
			printf '#include "%s"\n' "$1"
			shift
		done >"$file"
		[ $# = 0 ] || shift
	done
	circles . >found
}

@test "a circle of includes is seen" {
	round store/a.h store/b.h -- store/b.h store/a.h
	grep -qx 'store: in a circle: a b' found
	grep -qx "[[:space:]]src/store/b.h:1: b includes a" found
	round store/a.h -- store/b.h -- store/a.c a.h b.h -- store/b.c b.h a.h
	grep -qx 'store: in a circle: a b' found
	round sys/a.h -- sys/b.h sys/a.h -- sys/a2.c sys/a.h sys/b.h
	grep -qx 'sys: in a circle: a b' found
	round server/ftp/c.h server/ftp/a.h -- server/ftp/a.h b.h -- \
		server/ftp/b.h server/ftp/c.h
	grep -qx 'server/ftp: in a circle: a b c' found
	round format/wire/a.h format/mail/b.h -- format/mail/c.h \
		format/wire/d.h -- format/wire/d.h -- format/mail/b.h
	grep -qx 'folders of format: in a circle: format/mail format/wire' \
		found
	round client/a.h client/ftp/b.h -- client/ftp/b.h -- client/ftp/c.h \
		client/a.h
	grep -qx 'folders of client: in a circle: client client/ftp' found
}

@test "includes without a circle are let through" {
	round store/a.h sys/a.h -- store/b.h store/a.h -- store/c.c b.h a.h -- \
		store/a.c a.h sys/x.h -- sys/a.h -- sys/x.h sys/a.h -- \
		server/ftp/a.h server/a.h -- server/pop3/a.h server/a.h -- \
		server/a.h -- prog.c store/b.h store/a.h
	[ ! -s found ]
}

# twins FILE ...: the types of one name in two places.
twins() {
	awk '
	{
		gsub(/"([^"\\]|\\.)*"/, "")
		gsub(/\/[*].*[*]\//, "")
	}
	/^[ \t]*\/?[*]/ { next }
	{ code = held $0; held = "" }
	/(struct|union|enum)([ \t]+[A-Za-z_0-9]+)?[ \t]*$/ {
		held = code " "
		next
	}
	{
		while (match(code,
		    /(struct|union|enum)[ \t]+[A-Za-z_0-9]+[ \t]*[{]/)) {
			name = substr(code, RSTART, RLENGTH)
			code = substr(code, RSTART + RLENGTH)
			gsub(/^[a-z]+[ \t]+|[ \t]*[{]$/, "", name)
			if (name in first)
				print FILENAME ":" FNR ": " name " as in " \
				    first[name]
			else
				first[name] = FILENAME ":" FNR
		}
	}' "$@"
}

@test "no two public types have one name" {
	run -0 twins "$TOP"/src/*/*.h "$TOP"/src/*/*/*.h
	[ -z "$output" ]
}

@test "two public types of one name are seen" {
	printf '%s\n' 'struct one {' '	int x;' '};' 'struct two;' >a.h
	printf '%s\n' ' * struct one {' 'union' 'one {' '	int x;' '};' \
		'void f(struct two *);' 'enum	two { A };' >b.h
	run -0 twins a.h b.h
	[ "$output" = 'b.h:3: one as in a.h:1' ]
	printf '%s\n' 'struct three { enum two { A } x; };' >c.h
	run -0 twins b.h c.h
	[ "$output" = 'c.h:1: two as in b.h:7' ]
}

@test "no function is named that the style forbids" {
	names='strcpy|strcat|sprintf|vsprintf|strtok|atoi|atol|atof|system|popen'
	names="$names|alloca|setjmp|longjmp|gets|asprintf|strlcpy|strlcat|select"
	sources >list
	run -123 xargs grep -nE "(^|[^A-Za-z0-9_])($names)[[:space:]]*\\(" <list
	[ -z "$output" ]
}

@test "files of C keep within their size" {
	sources | xargs awk -v src="$TOP/src/" '
	FNR == 1 { max = substr(FILENAME, length(src) + 1) ~ "/" ? 500 : 300 }
	FNR == max + 1 { print FILENAME ": over " max " lines"; bad = 1 }
	END { exit bad }'
}

@test "lines of C, shell and the Makefile keep within 80 columns" {
	cd "$TOP"
	awk '
	{
		columns = 0
		n = split($0, part, "\t")
		for (i = 1; i < n; i++) {
			columns += length(part[i])
			columns += 8 - columns % 8
		}
		if (columns + length(part[n]) > 80) {
			print FILENAME ":" FNR ": over 80 columns"
			bad = 1
		}
	}
	END { exit bad }' Makefile ./*.sh src/*.c src/*/*.[ch] src/*/*/*.[ch] \
		.ci/* examples/*.sh t/run t/*.sh t/*.bash t/*/*.[ch] t/fuzz/run
}

@test "functions are short: 80 lines at the most, main 50" {
	sources | xargs awk '
	/^[a-z_0-9]+\(/ { name = $0; sub(/\(.*/, "", name) }
	/^\{/ { start = FNR }
	/^\}/ && start {
		n = FNR - start - 1
		if (n > 80 || (name == "main" && n > 50)) {
			print FILENAME ": " name ": " n " lines"
			bad = 1
		}
		start = 0
	}
	END { exit bad }'
}

# strangers FILE ...: where they run a program that a machine with a C compiler
# and POSIX's tools need not have, without the word need in the same test.
strangers() {
	awk '
	BEGIN {
		names = "python3?|perl|nc|curl|openssl|strace|parallel|pgrep"
		names = names "|pkill|setsid|timeout|truncate|stat|base64"
		names = names "|sha256sum|md5sum|script|unshare|setpriv"
		before = "(^|[|&;({!]|exec|do|then|else|run( -?[0-9!]+)?"
		before = before "( --separate-stderr)?)[ \t]*"
		call = before "(" names ")([ \t]+[^=]|[|)]|$)"
	}
	FNR == 1 { own = "" }
	FNR == 1 || /^@test/ { needed = own }
	/^[a-z0-9]+\(\) / {
		own = own " " substr($0, 1, index($0, "(") - 1)
		needed = own
	}
	/^@test/ || /^[ \t]*#/ { next }
	/(^|[ \t])need / { needed = needed $0 " " }
	match($0, call) {
		n = split(substr($0, RSTART, RLENGTH), words, /[^a-z0-9]+/)
		for (i = 1; i <= n; i++)
			if (words[i] ~ "^(" names ")$" &&
			    index(needed, " " words[i]) == 0 && $0 != "\t" words[i])
				print FILENAME ":" FNR ": " words[i]
	}' "$@"
}

@test "tests run nothing that a bare machine need not have" {
	run -0 strangers "$TOP"/t/*.bash "$TOP"/t/000[2-9]*.bats \
		"$TOP"/t/[1-9]*.bats
	[ -z "$output" ]
	printf '\t%s\n' 'python3 x' 'run -0 timeout 5 x' 'x | base64)' \
		'$(stat -c %a x)' 'exec nc x' >bad.bats
	run -0 strangers bad.bats
	[ "${#lines[@]}" = 5 ]
	printf '%s\n' '@test "x" {' '	need nc' '	nc x' '	# perl x' \
		"	echo 'timeout x'" '	script="x"' >good.bats
	run -0 strangers good.bats
	[ -z "$output" ]
}

@test "each assertion of the tests can fail" {
	cd "$TOP"
	run -0 awk -f t/asserts.awk t/*.bats t/*.bash t/*/*.bats t/*/*.bash
	[ -z "$output" ]
}

# idle LINE ...: the first of these lines in a test is printed.
idle() {
	{
		echo '@test "x" {'
		printf '\t%s\n' "$@" 'echo end'
		echo '}'
	} >planted.bats
	run -0 awk -f "$TOP/t/asserts.awk" planted.bats
	[[ $output == planted.bats:2:* ]] || { echo "not seen: $1"; return 1; }
}

# sound LINE ...: none of these lines is.
sound() {
	{
		echo '@test "x" {'
		printf '\t%s\n' "$@"
		echo '}'
	} >planted.bats
	run -0 awk -f "$TOP/t/asserts.awk" planted.bats
	[ -z "$output" ] || { echo "$output"; return 1; }
}

@test "an assertion that can never fail is seen" {
	idle '! grep -q x out'
	idle '! [ -e file ]'
	idle 'run ! grep x out'
	idle 'run --separate-stderr ! cmp one two'
	idle '! LC_ALL=C grep -q x out || return'
	idle '[ -z "$output" ] && [ -n "$stderr" ]'
	idle 'grep -q x out && [ -s out ]'
	idle 'grep -q x out &&' '	[ -s out ]'
	idle 'run prog -x' '[ -e file ]'
	idle 'run --separate-stderr prog "$a" \' '	<in' 'run -0 other' \
		'[ "$status" = 0 ]'
	printf '%s\n' 'f() {' "	! grep 'a" "b' file" '}' >planted.bash
	run -0 awk -f "$TOP/t/asserts.awk" planted.bash
	[[ $output == planted.bash:2:* ]]
	sound 'run ! prog' 'run -1 grep x out' '! [ -e file ]'
	sound 'run prog' '[ "$status" = 1 ] || [ "$status" = 2 ]' \
		'[ -e a ] || [ -e b ]' '[ -e a ] && return' \
		'[ -e a ] && left=yes || left=no' 'if [ -e a ] && [ -e b ]; then' \
		'	x=1' 'fi' '(cd a && ls) >out' "echo 'a && b'" \
		'x=$(cd a && ls)' '# ! grep x out' "cat <<-'END'" \
		'! grep x out' 'END' '[ -e a ] && [ -e b ]'
}

@test "a pipe whose reader may end before its writer is seen" {
	idle 'prog | head -n 1'
	idle 'x=$(prog | head -n 1)'
	idle 'prog | LC_ALL=C grep -Eqx x'
	idle 'prog |' '	grep -v -q x'
	idle 'prog | sed 5q | cmp - out'
	idle "prog | sed '/x/q' | cmp - out"
	idle "prog | awk '{ print; exit }'"
	idle 'prog | read -r x'
	sound 'prog | grep -x x' 'yes x | head -n 2 >out' 'head -n 1 out' \
		'prog || grep -q x out' 'prog | head -n -1 | cmp - out' \
		"prog | sed -n 's/x/q/p'" "prog | awk '/x/ { exit 1 }'" \
		'[ "$(prog | head -n 1)" = x ]' "sh -c 'prog | head -n 1'"
}
