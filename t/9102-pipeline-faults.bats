#!/usr/bin/env bats
# pipeline.sh, where one call of one of the programs it runs goes wrong: a
# sample; t/torture/parts.bats has them all.
# Slow.

load lib
load pipefault

setup() {
	pipefault_setup
	dice
}

@test "a program goes wrong at one of its calls" {
	read -ra ways <<<"$WAYS"
	faults=0
	for part in $PARTS; do
		way=${ways[RANDOM % ${#ways[@]}]}
		for ((call = 1 + RANDOM % 2; call < 5; call += 2)); do
			status=0
			fault "$part" "$call" "$way" || status=$?
			[ "$status" != 3 ] || break
			[ "$status" = 0 ]
			faults=$((faults + 1))
		done
	done
	[ "$faults" -gt 5 ]
}

@test "a program is killed at its first call" {
	for part in $PARTS; do
		fault "$part" 1 kill
	done
}

@test "orderparse refuses an order without a reason" {
	fault orderparse 1 refuse
}
