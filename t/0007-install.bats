#!/usr/bin/env bats
# make install and uninstall, and what they install beside the programs.

# shellcheck disable=SC2154 # run sets output, stderr, lines

load lib

# Once for all tests, that look at it.
setup_file() {
	ROOT=$BATS_FILE_TMPDIR/root
	export ROOT
	make -s -C "$TOP" install DESTDIR="$ROOT" PREFIX=/usr
}

programs() {
	(cd "$TOP/src" && ls -- *.c) | sed 's/\.c$//'
	echo pipeline.sh
}

# asked WORD ...: what bash offers for the last of these words.
asked() {
	(
		# shellcheck disable=SC1090
		. "$ROOT/usr/share/bash-completion/completions/$1"
		read -ra how <<<"$(complete -p "$1")"
		COMP_WORDS=("$@")
		COMP_CWORD=$(($# - 1))
		"${how[-2]}"
		printf '%s\n' "${COMPREPLY[@]}"
	)
}

@test "programs, pages, examples and completions are there, and go again" {
	for program in $(programs); do
		[ -x "$ROOT/usr/bin/$program" ]
		[ -s "$ROOT/usr/share/man/man1/$program.1" ]
		[ -s "$ROOT/usr/share/bash-completion/completions/$program" ]
		[ -s "$ROOT/usr/share/zsh/site-functions/_$program" ]
		[ -s "$ROOT/usr/share/fish/vendor_completions.d/$program.fish" ]
	done
	grep -q '^\.Ss pipeline\.sh$' "$ROOT/usr/share/man/man1/pipeline.sh.1"
	cmp "$TOP/examples/session.txt" \
		"$ROOT/usr/share/doc/mailorder/examples/session.txt"
	cp -R "$ROOT" again
	# A second time over the first, of which a program runs; and all gone.
	start -n old again/usr/bin/orderrecv -l 127.0.0.1:0
	make -s -C "$TOP" install DESTDIR="$PWD/again" PREFIX=/usr
	diff -r "$ROOT" again
	make -s -C "$TOP" uninstall DESTDIR="$PWD/again" PREFIX=/usr
	run -0 find again ! -type d
	[ -z "$output" ]
}

# offered SHELL PROGRAM: the letters of the options that it offers.
offered() {
	case $1 in
	bash) asked "$2" - | sed -n 's/^-\(.\)$/\1/p' ;;
	zsh) sed -n "s/^	'\**-\(.\)\[.*/\1/p" \
		"$ROOT/usr/share/zsh/site-functions/_$2" ;;
	fish) sed -n 's/^complete -c [^ ]* -s \(.\) -d .*/\1/p' \
		"$ROOT/usr/share/fish/vendor_completions.d/$2.fish" ;;
	esac | LC_ALL=C sort -u
}

@test "each option of -h is completed, by bash, zsh and fish" {
	bad=0
	PATH=$ROOT/usr/bin:$PATH
	for program in $(programs); do
		"$program" -h | sed -En -e 's/^  -([A-Za-z0-9]) +[^ -].*/\1/p' \
			-e 's/^[^[]*\[-([A-Za-z0-9]+)\].*/\1/p' | fold -w 1 |
			LC_ALL=C sort -u >want
		[ -s want ]
		for shell in bash zsh fish; do
			offered "$shell" "$program" | comm -13 - want >missing
			[ -s missing ] || continue
			echo "$program, $shell:"
			cat missing
			bad=1
		done
	done
	[ "$bad" = 0 ]
}

@test "bash offers words, files and directories where they are wanted" {
	mkdir 'a directory' rules.d
	: >'a file'
	: >rules
	[ "$(asked protoladder -o '' | paste -sd ' ' -)" = 'svg text' ]
	[ "$(asked protoladder -o t)" = text ]
	[ "$(asked smtpd-lite -d '' | sort)" = $'a directory\nrules.d' ]
	[ "$(asked smtpd-lite -R rul | sort)" = $'rules\nrules.d' ]
	[ "$(asked smtpd-lite -T '')" = '' ]
	[ "$(asked protograde cl)" = client ]
	[ "$(asked smtpsend -b)" = -bS ]
	[ "$(asked resultplot 'a f')" = 'a file' ]
	asked smtpsend -P tru | grep -x true >/dev/null
}

@test "zsh and fish take what is made for them" {
	need zsh fish
	for file in "$ROOT"/usr/share/zsh/site-functions/_*; do
		zsh -n "$file"
	done
	cat "$ROOT"/usr/share/fish/vendor_completions.d/*.fish >all.fish
	HOME=$PWD run -0 --separate-stderr fish --no-config -c \
		'source all.fish; complete -C "protoladder -o "'
	[ "$(cut -f 1 <<<"$output" | sort)" = $'svg\ntext' ]
	[ -z "$stderr" ]
}

@test "completion.sh: wrong usage, a program that has no -h, a full disk" {
	script=$TOP/examples/completion.sh
	run -64 "$script"
	run -64 "$script" csh . smtpsend
	printf '#!/bin/sh\nexit 1\n' >mute
	chmod +x mute
	run -66 --separate-stderr "$script" bash . ./mute
	[ "$stderr" = 'completion.sh: ./mute: -h fails' ]
	run -74 "$script" bash none "$BINDIR/settled"
}

@test "the Debian package has the version, and the licence, of the programs" {
	run -0 settled -V
	version=${output##* }
	head -n 1 "$TOP/examples/debian/changelog" |
		grep "^mailorder ($version) "
	sed -n '/^Permission to use/,$p' "$TOP/README.md" >want
	sed -n '/^ Permission to use/,$p' "$TOP/examples/debian/copyright" |
		sed 's/^ //; s/^\.$//' | diff want -
}
