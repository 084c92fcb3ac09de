#!/usr/bin/env bats
# Python's email package reads the letters that orderparse makes.

load ../lib

@test "orders made at random: each letter says its own recipient's values" {
	need python3
	dice
	python "$TOP/t/interop/letters.py" check "$SEED" "${ORDERS:-200}"
}

@test "the order of the examples" {
	need python3
	orderparse -f news@pth.ua -S "$TOP/examples/sesiya.txt" |
		python "$TOP/t/interop/letters.py" show >out
	[ "$(grep -c '^news@pth.ua' out)" = 4 ]
	[ "$(cut -f 2 out | grep '@')" = \
		$'olena@pth.ua\ntaras@pth.ua\nuser3@pth.ua\nuser1@pth.ua' ]
}
