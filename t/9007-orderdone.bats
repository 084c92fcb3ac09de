#!/usr/bin/env bats
# orderdone: nothing is left beside an order that is done.

# shellcheck disable=SC2154 # run sets stderr

load lib

setup() {
	lib_setup
	mkdir -p work/.a.txt work/.b.txt work/.empty
	touch work/a.txt.results work/.a.txt/{.lock,id,report,.tmp.1} work/b.txt \
		work/b.txt.results work/.b.txt/id
}

@test "journal and state of those that are done, and of no other" {
	run -0 --separate-stderr orderdone a.txt empty none
	[ -z "$output$stderr" ]
	[ "$(find work -type f | sort)" = \
		$'work/.b.txt/id\nwork/b.txt\nwork/b.txt.results' ]
	[ ! -e work/.a.txt ]
	[ ! -e work/.empty ]
	mv work/b.txt .
	mv work other
	run -0 --separate-stderr orderdone -v -w other b.txt
	[ "$stderr" = 'orderdone: other/b.txt.results: removed
orderdone: other/.b.txt/id: removed' ]
	[ -z "$(ls -A other)" ]
}

@test "an order that is still there: 75, and all stays" {
	run -75 --separate-stderr orderdone b.txt a.txt
	[ "$stderr" = 'orderdone: work/b.txt: still there, so it is not done' ]
	[ "$(ls -A work)" = $'.b.txt\n.empty\nb.txt\nb.txt.results' ]
	[ -e work/.b.txt/id ]
}

@test "what cannot be removed is told, and the lock stays: 74" {
	mkdir work/.a.txt/id.d
	run -74 --separate-stderr orderdone a.txt
	[[ $stderr == 'orderdone: work/.a.txt/id.d: '* ]]
	[ -e work/.a.txt/.lock ]
}

@test "what is not an order's name: 64" {
	for name in '' . .. .a.txt a/b work/a.txt; do
		run -64 --separate-stderr orderdone "$name"
		[[ $stderr == *': not the name of an order' ]]
	done
	run -64 orderdone
	[ -e work/.a.txt/id ]
}

@test "while others take the lock, and remove what they find" {
	for ((i = 0; i < 10; i++)); do
		for ((j = 0; j < 5; j++)); do
			withlock -p work/.a.txt/.lock true || echo "withlock: $?"
		done &
		for ((k = 0; k < 5; k++)); do
			orderdone a.txt || echo "orderdone: $?"
		done
		wait
	done >out 2>&1 3>&-
	diff /dev/null out
	orderdone a.txt
	[ ! -e work/.a.txt ]
}
