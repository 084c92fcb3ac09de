#!/bin/sh
# What orders cost: 2,000 of 2 KB on one connection, each safe on disk before
# its answer, against nc to tcpserver, ten at once, and curl to vsftpd, which
# make nothing safe; and one of 1 GB against plain nc.  All in one run, in
# turns; medians of five, and their ratios.
#
#	t/bench/orders.sh [rounds [orders [bytes of the large one]]]
#
# Needs nc and python3; tcpserver, and curl with vsftpd (as root), where they are
# there.
set -eu

ROUNDS=${1:-5} ORDERS=${2:-2000} LARGE=${3:-1073741824}
# shellcheck source=SCRIPTDIR/lib.sh
. "$(dirname "$0")/lib.sh"

orders_ours() {
	ordersend -q -s "127.0.0.1:$ours" src/*
}

orders_nc() {
	xargs -P 10 -I{} sh -c "nc -N 127.0.0.1 $theirs <src/{}" <names
}

orders_ftp() {
	curl -s -K ftp.curl
}

large_ours() {
	ordersend -q -s "127.0.0.1:$ours" large
}

large_nc() {
	nc -l 127.0.0.1 "$port" >nc.large &
	large_pid=$!
	until nc -N 127.0.0.1 "$port" <large 2>/dev/null; do
		kill -0 "$large_pid" 2>/dev/null || exit 1
		sleep 0.01
	done
	wait "$large_pid"
}

start_ours() {
	: >ours.err	# not the last one's
	orderrecv -m 2G -l 127.0.0.1:0 -d "ours$1" >ours.out 2>ours.err &
	pids="$pids $!"
	ours_pid=$!
	await ours.err listening
	ours=$(sed -n 's/.*://p' ours.err)
}

start_tcpserver() {
	command -v tcpserver >/dev/null || return 0
	mkdir "theirs$1"
	: >theirs.out
	tcpserver -1 -c 40 -HRl0 127.0.0.1 0 sh -c "cat >theirs$1/\$\$" \
		>theirs.out &
	pids="$pids $!"
	theirs_pid=$!
	await theirs.out .
	theirs=$(cat theirs.out)
}

vsftpd=
if command -v vsftpd >/dev/null && command -v curl >/dev/null &&
    [ "$(id -u)" = 0 ]; then
	vsftpd=1
	start_vsftpd
fi
mkdir src
i=0
while [ $((i += 1)) -le "$ORDERS" ]; do
	head -c 1536 /dev/urandom | base64 -w 76 | head -c 2048 >"src/order$i.txt"
	echo "order$i.txt" >>names
	printf 'upload-file = "src/order%d.txt"\nurl = "%s/order%d.txt"\n' \
		"$i" "ftp://127.0.0.1:${vsftpd_port:-}/up" "$i" >>ftp.curl
done
head -c "$LARGE" /dev/urandom >large
port=$(free_port)

round=0
while [ $((round += 1)) -le "$ROUNDS" ]; do
	start_ours "$round"
	start_tcpserver "$round"
	clock orders orders_ours
	[ -z "${theirs:-}" ] || clock orders-nc orders_nc
	[ -z "$vsftpd" ] || clock orders-ftp orders_ftp
	clock large large_ours
	clock large-nc large_nc
	[ "$(wc -l <ours.out)" = $((ORDERS + 1)) ]
	cmp large "ours$round/large"
	rm -f nc.large "ours$round/large"
	kill "$ours_pid"
	[ -z "${theirs:-}" ] || kill "$theirs_pid"
	mkdir "ftp$round"
	[ -z "$vsftpd" ] || mv ftp/up/* "ftp$round"
done

awk -v n="$ORDERS" -v ms="$(median orders)" 'BEGIN {
	printf "%d orders a second, each safe on disk\n", n * 1000 / ms }'
report 'orders, tcpserver and nc' orders orders-nc 5
report 'orders, curl and vsftpd' orders orders-ftp 2
report '1 GB, nc' large large-nc 0.8
