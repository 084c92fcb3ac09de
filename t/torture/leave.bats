#!/usr/bin/env bats
# A million random tokens: nobody leaves who has not asked.

load ../lib

@test "unsub: a million random tokens" {
	make -s -C "$TOP" t/unit/leave.t
	"$TOP/t/unit/leave.t" 1000000
}
