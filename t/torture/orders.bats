#!/usr/bin/env bats
# orderparse with orders of the worst kinds: time and memory grow as their
# size does, and no faster.

load ../lib
load ../clients

@test "sixty kinds of bad orders" {
	measurable
	"$TOP/t/torture/orders.py" "${MB:-16}"
}
