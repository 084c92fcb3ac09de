#!/usr/bin/env bats
# ordertake: orders in hand, each under a name of its own.

load lib

setup() {
	lib_setup
	mkdir incoming elsewhere
}

# orders FILE ...: what is in them is their name.
orders() {
	local f
	for f; do
		echo "$f" >"$f"
	done
}

@test "what has arrived is taken, sorted, and named" {
	orders incoming/b.txt incoming/a.txt incoming/-c
	run -0 --separate-stderr ordertake
	[ "$output" = $'-c\na.txt\nb.txt' ]
	[ -z "$stderr" ]
	[ -z "$(ls -A incoming)" ]
	[ "$(cat work/a.txt)" = incoming/a.txt ]
	[ "$(ls -A work)" = $'-c\na.txt\nb.txt' ]
	[ "$(ls -ld work | cut -c1-10)" = drwx------ ]
}

@test "what an earlier run has left comes first; journals are not orders" {
	mkdir -p work/.a.txt work/.gone.txt work/dir work/..lock.d
	orders work/z.txt work/a.txt work/a.txt.results incoming/b.txt
	: >work/.file
	ln -s z.txt work/link
	run -0 --separate-stderr ordertake
	[ "$output" = $'gone.txt\na.txt\nz.txt\nb.txt' ]
	[ -z "$stderr" ]
}

@test "dot-files, directories, links and FIFOs have not arrived" {
	orders incoming/.unfinished elsewhere/o.txt
	mkdir incoming/dir
	ln -s ../elsewhere/o.txt incoming/link
	mkfifo incoming/fifo
	run -0 --separate-stderr ordertake -v
	[ -z "$output$stderr" ]
	[ "$(ls -A incoming | wc -l)" = 4 ]
}

@test "a name that is taken, by an order or its state, gets -2, -3" {
	mkdir -p work/.a-2.txt
	orders work/a.txt incoming/a.txt elsewhere/a.txt incoming/b
	mkdir work/.b
	run -0 ordertake incoming/a.txt elsewhere/a.txt incoming/b
	[ "$output" = $'a-3.txt\na-4.txt\nb-2' ]
	[ "$(cat work/a.txt)" = work/a.txt ]
	[ "$(cat work/a-3.txt)" = incoming/a.txt ]
	[ "$(cat work/a-4.txt)" = elsewhere/a.txt ]
}

@test "the journal of an earlier order of the name is removed" {
	mkdir work
	orders incoming/a.txt work/a.txt.results work/b.txt.results
	run -0 ordertake
	[ "$(ls -A work)" = $'a.txt\nb.txt.results' ]
}

@test "names that cannot stay: journals', long ones, those that terminals act on" {
	long=$(printf '%0201d' 0)
	wide=$(printf 'ї%.0s' {1..120})
	orders incoming/a.results "incoming/$long" "incoming/$wide" \
		$'incoming/n\nl\e[2J\u202e.txt' $'incoming/\377\376'
	run -0 --separate-stderr ordertake
	[ -z "$stderr" ]
	printf '%s\n' "${long%0}.txt" a.results.txt 'n?l?[2J?.txt' \
		"${wide:0:100}.txt" $'\377\376' >want
	printf '%s\n' "$output" | diff want -
	[ -z "$(ls -A incoming)" ]
}

@test "an order that somebody has put into work under such a name: 66" {
	mkdir work
	orders $'work/n\nl' work/a
	run -66 --separate-stderr ordertake
	[ "$output" = a ]
	[ "$stderr" = 'ordertake: work/n?l: control characters in its name: rename it' ]
}

@test "files that are given, and no others" {
	orders incoming/a.txt incoming/b.txt elsewhere/c.txt
	run -0 --separate-stderr ordertake elsewhere/c.txt incoming/b.txt
	[ "$output" = $'c.txt\nb.txt' ]
	[ -z "$stderr" ]
	[ -e incoming/a.txt ]
}

@test "a given order that is in hand, by whatever name it is called" {
	mkdir work
	orders work/a.txt
	ln -s work here
	ln -s here/a.txt link
	ln -s link link2
	ln -s "$PWD/work/a.txt" far
	for name in work/a.txt ./work/a.txt "$PWD/work/a.txt" work//a.txt \
		here/a.txt link2 far incoming/a.txt a.txt \
		incoming/../work/a.txt; do
		run -0 --separate-stderr ordertake "$name"
		[ "$output$stderr" = a.txt ]
	done
	[ "$(ls -A work)" = a.txt ]
}

@test "a link to what has arrived stands for it, another one for nothing" {
	orders incoming/a.txt elsewhere/b.txt
	ln -s incoming/a.txt link
	ln -s elsewhere/b.txt other
	ln -s loop loop
	ln -s nowhere dangling
	run -0 ordertake link
	[ "$output" = a.txt ]
	[ -L link ]
	for name in other loop dangling link elsewhere work work/ . ''; do
		run -66 --separate-stderr ordertake "$name"
		[ -z "$output" ]
		[ "$stderr" = "ordertake: $name: no such order" ]
	done
	[ -e elsewhere/b.txt ]
}

@test "what lies below work is not an order; a journal is passed over" {
	mkdir -p work/.a/deep
	orders work/a work/.a/id work/.a/deep/x work/.hidden work/a.results
	for name in work/.a/id work/.a/deep/x work/.hidden "$PWD/work/.a/id"; do
		run -66 ordertake "$name"
		[ "$output" = "ordertake: $name: no such order" ]
	done
	run -0 --separate-stderr ordertake -v work/a work/a.results
	[ "$output" = a ]
	[ "$stderr" = 'ordertake: work/a.results: a journal, not an order' ]
}

@test "one that is missing does not stop the others; -q: in silence" {
	orders elsewhere/a elsewhere/.b
	run -66 --separate-stderr ordertake missing elsewhere/.b elsewhere/a
	[ "$output" = a ]
	[ "$stderr" = 'ordertake: missing: no such order
ordertake: elsewhere/.b: a dot-file is not finished' ]
	run -0 --separate-stderr ordertake -q missing
	[ -z "$output$stderr" ]
}

@test "-d, -w: other directories" {
	mkdir in
	orders in/a
	run -0 ordertake -d in -w out
	[ "$output" = a ]
	[ -e out/a ]
	[ ! -e work ]
	run -66 --separate-stderr ordertake -d no/such
	[ "$stderr" = 'ordertake: no/such: No such file or directory' ]
	run -73 --separate-stderr ordertake -w no/such
	[ "$stderr" = 'ordertake: no/such: No such file or directory' ]
	: >plain
	run -73 ordertake -w plain
}

@test "-t: what was written to a moment ago waits, but not if it is given" {
	orders incoming/new incoming/old
	aged 100 incoming/old
	run -0 --separate-stderr ordertake -v -t 50
	[ "$output" = old ]
	[ "$stderr" = 'ordertake: incoming/new: not yet settled
ordertake: incoming/old: taken as work/old' ]
	# One that is given is whole: whoever gives it knows.
	run -0 ordertake -t 50 incoming/new
	[ "$output" = new ]
}

@test "several at once: each order has one name, and each name one order" {
	mkdir a b c
	for i in 1 2 3 4 5 6 7 8 9; do
		orders a/$i b/$i c/$i incoming/$i
	done
	for dir in a b c; do
		ordertake $dir/* >"out.$dir" 3>&- &
		runs+=($!)
		ordertake >>"out.$dir.in" 3>&- &
		runs+=($!)
	done
	for i in "${runs[@]}"; do
		wait "$i"
	done
	[ "$(ls work | wc -l)" = 36 ]
	[ "$(cat work/* | sort -u | wc -l)" = 36 ]
	[ "$(cat out.? | sort -u | wc -l)" = 27 ]
	[ "$(cat out.* | sort -u | wc -l)" = 36 ]
	[ "$(ls -A work | wc -l)" = 36 ]
}

@test "another file system: 78, the file stays" {
	for d in /dev/shm "$TOP" /tmp; do
		[ -w "$d" ] && [ "$(facts device "$d")" != "$(facts device .)" ] ||
			continue
		dir=$(mktemp -d "$d/t9005.XXXXXX")
		orders "$dir/o"
		run -78 --separate-stderr ordertake "$dir/o"
		left=$(ls "$dir")
		rm -r "$dir"
		[ -z "$output" ]
		[[ $stderr = "ordertake: $dir/o: not renamed to work/o: "* ]]
		[ "$left" = o ]
		[ -z "$(ls -A work)" ]
		return
	done
	skip 'one file system only'
}

@test "standard output full: 74; what is taken is named by the next run" {
	orders incoming/a
	run -74 bash -c 'ordertake >/dev/full'
	run -0 ordertake
	[ "$output" = a ]
}

@test "one directory for both: 78, and nothing gets another name" {
	orders incoming/a b
	ln -s incoming link
	for dir in incoming ./incoming/ link; do
		run -78 --separate-stderr ordertake -w "$dir"
		[[ $stderr = 'ordertake: '*': orders arrive in the same directory' ]]
		run -78 ordertake -w "$dir" b
	done
	[ "$(ls -A incoming)" = a ]
	[ -e b ]
}

@test "wrong usage: 64" {
	run -64 ordertake -t x
	run -64 ordertake -t -1
	run -64 ordertake -w
	[ ! -e work ]
}
