#!/usr/bin/env bats
# orderparse with thousands of orders made at random: each letter is its
# recipient's.  And with orders of the worst kinds: time and memory grow as
# their size does, and no faster.

load ../lib
load clients

@test "sixty kinds of bad orders" {
	measurable
	"$TOP/t/torture/orders.py" "${MB:-16}"
}

@test "orders made at random" {
	need python3
	dice
	python "$TOP/t/interop/letters.py" check "$SEED" "${ORDERS:-2000}"
}
