#!/usr/bin/env bats
# archive-stamp: files go to an archive under stamped names.

load lib

T=2026-11-21T23:46:12Z

# Another file system than the tests' directory, or skip.
other_fs() {
	local dir
	for dir in /dev/shm /run/user/"$(id -u)" "$TOP"; do
		[ -w "$dir" ] || continue
		[ "$(facts device "$dir")" != "$(facts device .)" ] || continue
		OTHER=$(mktemp -d "$dir/t9002.XXXXXX") && return
	done
	skip "one file system only"
}

teardown() {
	[ -z "${OTHER-}" ] || rm -rf "$OTHER"
	lib_teardown
}

@test "a file moves to ARC with the stamp before its extension" {
	echo order >session.txt
	cp -p session.txt copy
	run -0 --separate-stderr archive-stamp -u -t $T session.txt
	[ "$output" = ARC/session-20261121-234612.txt ]
	[ -z "$stderr" ]
	[ ! -e session.txt ]
	cmp copy ARC/session-20261121-234612.txt
	[ "$(ls -A ARC)" = session-20261121-234612.txt ]
	run -0 archive-stamp -u -t $T -d ARC// copy
	[ "$output" = ARC/copy-20261121-234612 ]
}

@test "names: dot-files, two extensions, none, blanks, dashes, Cyrillic" {
	mkdir in
	for f in .profile a.tar.gz none 'a b.txt' -x.txt 'звіт.txt' 'q"'\''.t' \
		$'n\nl.txt' end.; do
		echo x >"in/$f"
		archive-stamp -d "$PWD/A" -f S -- "in/$f" >>printed
	done
	for f in .profile-S a.tar-S.gz none-S 'a b-S.txt' -x-S.txt \
		'звіт-S.txt' 'q"'\''-S.t' $'n\nl-S.txt' end-S.; do
		[ -f "A/$f" ]
		echo "$PWD/A/$f" >>expected
	done
	cmp expected printed
	[ -z "$(ls -A in)" ]
	[ "$(ls -A A | wc -l)" = 10 ]	# one name takes two lines
}

@test "a name that is taken gets -2, -3; nothing is overwritten" {
	for i in 1 2 3; do
		echo $i >f.txt
		archive-stamp -f S f.txt >>printed
	done
	printf 'ARC/f-S.txt\nARC/f-S-2.txt\nARC/f-S-3.txt\n' >expected
	cmp expected printed
	[ "$(cat ARC/f-S.txt ARC/f-S-2.txt ARC/f-S-3.txt)" = $'1\n2\n3' ]
}

@test "-t: seconds or an ISO time; local time, or UTC with -u" {
	touch a b c d
	TZ=EET-2 run -0 archive-stamp -t 1795304772 a
	[ "$output" = ARC/a-20261122-014612 ]
	TZ=EET-2 run -0 archive-stamp -t $T b
	[ "$output" = ARC/b-20261122-014612 ]
	TZ=EET-2 run -0 archive-stamp -u -t $T c
	[ "$output" = ARC/c-20261121-234612 ]
	run -0 archive-stamp -t 0 -f '%Y week %V' d
	[ "$output" = 'ARC/d-1970 week 01' ]
	# What POSIX does not know, but every system has.
	touch e
	TZ=EET-2 run -0 archive-stamp -u -t 7200 -f '%s %z' e
	[ "$output" = 'ARC/e-7200 +0000' ]
}

@test "-r: the time at which a file was last modified" {
	echo x >a
	: >ref
	touch -t 202611212346.12 ref
	run -0 archive-stamp -r ref a
	[ "$output" = ARC/a-20261121-234612 ]
	run -0 archive-stamp -d dated -f %Y -r ref ref
	[ "$output" = dated/ref-2026 ]
	echo x >a
	run -66 --separate-stderr archive-stamp -r missing a
	[ "$stderr" = 'archive-stamp: missing: No such file or directory' ]
	[ -e a ]
}

@test "without -t the stamp is of now" {
	touch a
	before=$(date -u +%Y%m%d-%H%M%S)
	run -0 archive-stamp -u a
	after=$(date -u +%Y%m%d-%H%M%S)
	[[ ! $output < ARC/a-$before && ! $output > ARC/a-$after ]]
}

@test "a bad time or format: 64, nothing touched" {
	touch a
	for t in x '' -1 2026-11-21 2026-13-01T00:00:00Z 99999999999999999999; do
		run -64 --separate-stderr archive-stamp -t "$t" a
		[ -z "$output" ]
		[ -n "$stderr" ]
	done
	for f in %Y/%m '' $'a\nb' "$(printf '%0200d' 0)"; do
		run -64 --separate-stderr archive-stamp -f "$f" a
		[ -z "$output" ]
		[ -n "$stderr" ]
	done
	run -64 archive-stamp
	[ -e a ]
	[ ! -e ARC ]
}

@test "what is no file is refused and the others move: 66" {
	touch a b
	mkdir dir
	ln -s a link
	mkfifo fifo
	run -66 --separate-stderr archive-stamp -f S missing a dir link fifo b
	[ "$output" = $'ARC/a-S\nARC/b-S' ]
	[ "$stderr" = "archive-stamp: missing: No such file or directory
archive-stamp: dir: not a regular file
archive-stamp: link: not a regular file
archive-stamp: fifo: not a regular file" ]
	[ -L link ]
	[ -d dir ]
}

@test "an archive that cannot be: 73, the file stays" {
	touch a plain
	run -73 --separate-stderr archive-stamp -d plain a
	[ -z "$output" ]
	[ -n "$stderr" ]
	run -73 archive-stamp -d no/such a
	[ -e a ]
}

@test "a name too long for the file system: 73, the file stays" {
	name=$(printf '%0250d' 0)
	touch "$name"
	run -73 archive-stamp "$name"
	[ -e "$name" ]
	[ -z "$(ls -A ARC)" ]
}

@test "the archive is made for the owner alone" {
	umask 0
	touch a
	run -0 archive-stamp a
	[ "$(ls -ld ARC | cut -c1-10)" = drwx------ ]
}

@test "full standard output: 74, and no further file moves" {
	[ -c /dev/full ] || skip "no /dev/full"
	touch a b
	run -74 bash -c 'archive-stamp -f S a b >/dev/full'
	[ -n "$output" ]
	[ -e ARC/a-S ]
	[ -e b ]
	[ "$(ls -A ARC)" = a-S ]
}

@test "a run that died before its last step is only finished" {
	mkdir ARC
	echo 1 >f.txt
	ln f.txt ARC/f-20010101-000000-2.txt
	echo other >ARC/f-20010101-000000.txt
	run -0 archive-stamp f.txt
	[ "$output" = ARC/f-20010101-000000-2.txt ]
	[ ! -e f.txt ]
	[ "$(ls -A ARC | wc -l)" = 2 ]
}

@test "a link under a name that is not this file's is no earlier run" {
	mkdir ARC
	echo 1 >f.txt
	ln f.txt ARC/mine.txt
	run -0 archive-stamp -f S f.txt
	[ "$output" = ARC/f-S.txt ]
	[ -e ARC/mine.txt ]
}

@test "across file systems: content, mode and time are kept" {
	other_fs
	head -c 300000 /dev/urandom >f.bin
	chmod 640 f.bin
	touch -d '2020-02-02 02:02:02.123456789' f.bin
	cp -p f.bin copy
	run -0 archive-stamp -d "$OTHER/A" -f S f.bin
	[ "$output" = "$OTHER/A/f-S.bin" ]
	[ ! -e f.bin ]
	cmp copy "$OTHER/A/f-S.bin"
	for fact in mode mtime; do
		[ "$(facts "$fact" copy)" = \
			"$(facts "$fact" "$OTHER/A/f-S.bin")" ]
	done
	[ "$(ls -A "$OTHER/A")" = f-S.bin ]
}

@test "across file systems: a dead run is only finished, another file is not" {
	other_fs
	echo 1 >f.txt
	mkdir "$OTHER/A"
	cp -p f.txt "$OTHER/A/f-OLD.txt"
	run -0 archive-stamp -d "$OTHER/A" -f S f.txt
	[ "$output" = "$OTHER/A/f-OLD.txt" ]
	[ ! -e f.txt ]
	echo 2 >f.txt
	touch -r "$OTHER/A/f-OLD.txt" f.txt
	run -0 archive-stamp -d "$OTHER/A" -f S f.txt
	[ "$output" = "$OTHER/A/f-S.txt" ]
	[ "$(cat "$output")" = 2 ]
}

@test "no room for the copy: 74, nothing half-written, the file stays" {
	other_fs
	head -c 300000 /dev/zero >f.bin
	cp f.bin copy
	run -74 --separate-stderr bash -c \
		"ulimit -f 64; archive-stamp -d '$OTHER/A' f.bin"
	[ -z "$output" ]
	[ "$stderr" = "archive-stamp: f.bin: cannot copy: File too large" ]
	cmp copy f.bin
	[ -z "$(ls -A "$OTHER/A")" ]
}

@test "a full file system: 74, nothing half-written, the file stays" {
	[ "$(id -u)" = 0 ] || skip "needs root"
	need unshare
	head -c 300000 /dev/zero >f.bin
	cp f.bin copy
	mkdir small
	unshare -m true || skip "no mount name spaces"
	run -0 unshare -m sh -c 'mount -t tmpfs -o size=64k tmpfs small || exit
		archive-stamp -d small f.bin >out 2>err; echo $?; ls -A small'
	[ "$output" = 74 ]
	[ ! -s out ]
	[ "$(cat err)" = "archive-stamp: f.bin: cannot copy: No space left on device" ]
	cmp copy f.bin
}

@test "two at once: one file has one winner, other files move" {
	for i in $(seq 20); do
		echo "$i" >"f$i"
	done
	for i in 1 2 3 4; do
		{
			archive-stamp -f S f* >"out$i" 2>"err$i" && status=0 ||
				status=$?
			echo "$status" >"status$i"
		} 3>&- &
	done
	wait
	[ "$(ls -A ARC | wc -l)" = 20 ]
	[ "$(cat out? | sort -u | wc -l)" = 20 ]
	[ "$(cat out? | wc -l)" = 20 ]
	[ -z "$(cat status? | grep -Evx '0|66')" ]
	for i in $(seq 20); do
		[ "$(cat "ARC/f$i-S")" = "$i" ]
	done
}

@test "a file that cannot be removed is not left in two places" {
	[ "$(id -u)" != 0 ] || need setpriv
	mkdir in ARC
	echo 1 >in/f
	chmod 555 in
	chmod 777 ARC .
	as=
	[ "$(id -u)" != 0 ] || {
		as="setpriv --reuid 65534 --regid 65534 --clear-groups"
		chown -R 65534 in ARC
	}
	run $as archive-stamp -f S in/f
	chmod 755 in
	[ "$status" = 74 ] || [ "$status" = 73 ]
	[ "$(cat in/f)" = 1 ]
	[ -z "$(ls -A ARC)" ]
}

@test "-v says where a file went" {
	echo x >a.txt
	run -0 --separate-stderr archive-stamp -v -u -t 0 a.txt
	[ "$output" = ARC/a-19700101-000000.txt ]
	[ "$stderr" = "archive-stamp: a.txt: is now $output" ]
}
