#!/usr/bin/env bats
# savefile: a file, whole and on disk, or not at all.

load lib

# Nothing temporary is left here.
tidy() {
	[ -z "$(find . -name '.tmp.*')" ]
}

@test "standard input becomes the file, to the byte" {
	head -c 300000 /dev/urandom >want
	run -0 --separate-stderr bash -c 'cat want | savefile got'
	[ -z "$output$stderr" ]
	cmp want got
	run -0 savefile empty </dev/null
	[ -e empty ]
	[ ! -s empty ]
	tidy
}

@test "what a command prints becomes the file; it has our standard input" {
	run -0 --separate-stderr savefile got printf '<%s>' 'a b' -n --help -- ''
	[ -z "$output$stderr" ]
	[ "$(cat got)" = '<a b><-n><--help><--><>' ]
	echo hello >in
	run -0 savefile -- got tr a-z A-Z <in
	[ "$(cat got)" = HELLO ]
	tidy
}

@test "it replaces a file, and not before the command has ended" {
	echo old >f
	run -0 savefile f sh -c 'echo new; cat f >seen; [ "$(cat f)" = old ]'
	[ "$(cat f)" = new ]
	[ "$(cat seen)" = old ]
	(cd / && savefile "$OLDPWD/f" echo path)
	[ "$(cat f)" = path ]
	tidy
}

@test "a command that fails leaves the old file, and its code" {
	echo old >f
	run -3 --separate-stderr savefile f sh -c 'echo half; exit 3'
	[ -z "$output" ]
	[ "$stderr" = 'savefile: f: not made: sh: exit 3' ]
	run -137 --separate-stderr savefile f sh -c 'echo half; kill -9 $$'
	[ "$stderr" = 'savefile: f: not made: sh: killed by signal 9' ]
	[ "$(cat f)" = old ]
	run -1 savefile missing sh -c 'exit 1'
	[ ! -e missing ]
	tidy
}

@test "what cannot be run: 127 not found, 126 otherwise" {
	run -127 --separate-stderr savefile f ./missing
	[ "$stderr" = 'savefile: f: not made: ./missing: No such file or directory' ]
	touch plain
	run -126 savefile f ./plain
	[ ! -e f ]
	tidy
}

@test "-n: nothing is not a file" {
	echo old >f
	run -65 --separate-stderr savefile -n f true
	[ "$stderr" = 'savefile: f: not made: there is nothing in it' ]
	run -65 savefile -n f </dev/null
	[ "$(cat f)" = old ]
	run -0 savefile -n f echo new
	[ "$(cat f)" = new ]
	tidy
}

@test "the mode is a new file's, as the umask says" {
	umask 027
	savefile f echo x
	[ "$(ls -l f | cut -c1-10)" = -rw-r----- ]
	umask 077
	savefile f echo x
	[ "$(ls -l f | cut -c1-10)" = -rw------- ]
}

@test "what is no file is not replaced: 73" {
	mkdir dir
	mkfifo fifo
	ln -s target link
	for f in dir dir/ fifo link; do
		run -73 --separate-stderr savefile "$f" echo x
		[ "$stderr" = "savefile: $f: not a regular file" ]
	done
	[ -L link ]
	[ ! -e target ]
	run -73 --separate-stderr savefile no/such echo x
	[ "$stderr" = 'savefile: no/such: No such file or directory' ]
	[ -z "$(ls -A dir)" ]
	tidy
}

@test "what no file can be called: 73, and no command is run" {
	local long name
	long=$(printf '%0300d' 0)
	for name in '' "$long" "missing/$long" link/f; do
		[ "$name" != link/f ] || ln -s link link
		run -73 --separate-stderr savefile "$name" touch ran
		[[ $stderr == "savefile: $name: "* ]]
		run -73 savefile "$name" </dev/null
		echo x >f
		run -73 savefile -r f "$name"
		[ "$(cat f)" = x ]
	done
	[ ! -e ran ]
	tidy
}

@test "no room: 74, the old file stays, and the command is ended" {
	echo old >f
	run -74 --separate-stderr bash -c \
		'ulimit -f 64; savefile f awk "BEGIN { for (;;) print 1 }"'
	[ "$stderr" = 'savefile: f: not made: File too large' ]
	run -74 bash -c 'ulimit -f 64; head -c 300000 /dev/zero | savefile f'
	[ "$(cat f)" = old ]
	tidy
}

@test "standard input that cannot be read: 66" {
	run -66 --separate-stderr savefile f <.
	[ "$stderr" = 'savefile: f: not made: the input: Is a directory' ]
	run -66 bash -c 'savefile f <&-'
	[ ! -e f ]
	tidy
}

@test "signals: nothing is left, 75, the command is ended" {
	mkfifo go
	for signal in TERM INT HUP; do
		launch savefile f sh -c \
			'echo $$ >pid; echo half; exec cat go' 2>err \
			3>&- &
		saver=$!
		wait_for test -s pid
		command=$(cat pid)
		rm pid
		kill -s $signal $saver
		status=0
		wait $saver || status=$?
		[ "$status" = 75 ]
		[ "$(cat err)" = 'savefile: f: not made: interrupted' ]
		run ! kill -0 "$command"
		[ ! -e f ]
		tidy
	done
}

@test "-s: files and directories that are there" {
	mkdir dir
	echo x >dir/f
	run -0 --separate-stderr savefile -s dir/f dir .
	[ -z "$output$stderr" ]
	run -66 --separate-stderr savefile -sv missing dir/f
	[ "$stderr" = "savefile: missing: No such file or directory
savefile: dir/f: on disk" ]
	[ "$(cat dir/f)" = x ]
}

@test "-r: another name, in place of the file that has it" {
	mkdir dir
	echo new >a
	echo old >dir/b
	run -0 --separate-stderr savefile -r a dir/b
	[ -z "$output$stderr" ]
	[ "$(cat dir/b)" = new ]
	[ ! -e a ]
	run -0 --separate-stderr savefile -rv -- dir/b -c
	[ "$stderr" = 'savefile: dir/b: is now -c' ]
	[ "$(cat ./-c)" = new ]
}

@test "-r: what cannot be renamed stays as it is" {
	mkdir dir
	echo x >f
	run -66 --separate-stderr savefile -r missing g
	[ "$stderr" = 'savefile: missing: No such file or directory' ]
	run -73 --separate-stderr savefile -r f dir
	[ "$stderr" = 'savefile: dir: not a regular file' ]
	run -73 --separate-stderr savefile -r f no/such
	[ "$stderr" = 'savefile: f: not renamed to no/such: No such file or directory' ]
	[ "$(cat f)" = x ]
	run -64 savefile -r f
	run -64 savefile -r f g h
	run -64 savefile -rs f g
	run -64 savefile -rn f g
	[ ! -e g ]
}

@test "-r: another file system is refused, not copied to: 78" {
	for d in /dev/shm "$TOP" /tmp; do
		[ -w "$d" ] && [ "$(facts device "$d")" != "$(facts device .)" ] ||
			continue
		dir=$(mktemp -d "$d/t9003.XXXXXX")
		echo x >f
		run -78 --separate-stderr savefile -r f "$dir/f"
		made=$(ls "$dir")
		rm -r "$dir"
		[[ $stderr == "savefile: f: not renamed to $dir/f: "* ]]
		[ -z "$made" ]
		[ "$(cat f)" = x ]
		return
	done
	skip 'one file system only'
}

@test "-v: how much is on disk" {
	run -0 --separate-stderr savefile -v f echo hello
	[ "$stderr" = 'savefile: f: 6 octets' ]
}

@test "wrong usage: 64" {
	run -64 savefile
	run -64 savefile -n
	run -64 savefile -s
	run -64 savefile -sn f
	[ ! -e f ]
}
