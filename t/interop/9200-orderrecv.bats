#!/usr/bin/env bats
# orderrecv with the clients that people have.

load ../lib

@test "nc -N delivers a raw order" {
	need nc
	start orderrecv -l 127.0.0.1:0
	printf 'an order\n' | nc -N 127.0.0.1 "$PORT" >out
	tail -n 1 out | grep '^250 stored order-'
	stop
	[ "$(wc -l <orderrecv.out)" = 1 ]
	[ "$(cat "$(cat orderrecv.out)")" = 'an order' ]
}
