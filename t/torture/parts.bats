#!/usr/bin/env bats
# Each call of each program that pipeline.sh runs goes wrong, in each way.

load ../lib
load ../pipefault

setup() {
	pipefault_setup
}

@test "each call goes wrong" {
	faults=0 bad=0
	for part in $PARTS; do
		for way in $WAYS; do
			call=1
			while [ "$call" -lt 50 ]; do
				status=0
				fault "$part" "$call" "$way" || status=$?
				[ "$status" != 3 ] || break
				[ "$status" = 0 ] || bad=$((bad + 1))
				faults=$((faults + 1)) call=$((call + 1))
			done
			[ "$call" -lt 50 ]
		done
	done
	echo "# $faults faults, $bad bad" >&3
	[ "$faults" -gt 80 ]
	[ "$bad" = 0 ]
}
