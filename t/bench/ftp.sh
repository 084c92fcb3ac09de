#!/bin/sh
# What orders by FTP cost: 2,000 of 2 KB over one session, ftpsend to
# ftpd-lite, each safe on disk before its answer; and one of 1 GB.  Against
# curl (one process, its connection kept) to vsftpd, which makes nothing safe.
# All in one run, in turns; medians of five, and their ratios.
#
#	t/bench/ftp.sh [rounds [orders [bytes of the large one]]]
#
# Needs curl and vsftpd, and to be root.
set -eu

ROUNDS=${1:-5} ORDERS=${2:-2000} LARGE=${3:-1073741824}
# shellcheck source=SCRIPTDIR/lib.sh
. "$(dirname "$0")/lib.sh"

start_ours() {
	: >ours.err	# not the last one's
	ftpd-lite -m 2G -l 127.0.0.1:0 -d "ours$1" >ours.out 2>ours.err &
	ours_pid=$!
	pids="$pids $ours_pid"
	await ours.err listening
	ours=$(sed -n 's/.*listening on //p' ours.err)
}

start_vsftpd
mkdir src
i=0
while [ $((i += 1)) -le "$ORDERS" ]; do
	head -c 1536 /dev/urandom | base64 -w 76 | head -c 2048 >"src/order$i.txt"
	printf 'upload-file = "src/order%d.txt"\nurl = "%s/order%d.txt"\n' \
		"$i" "ftp://127.0.0.1:$vsftpd_port/up" "$i" >>curl.conf
done
head -c "$LARGE" /dev/urandom >large

round=0
while [ $((round += 1)) -le "$ROUNDS" ]; do
	start_ours "$round"
	clock orders ftpsend "$ours" src/*
	clock orders-curl curl -s -K curl.conf
	clock large ftpsend "$ours" large
	clock large-curl curl -s -T large "ftp://127.0.0.1:$vsftpd_port/up/"
	[ "$(wc -l <ours.out)" = $((ORDERS + 1)) ]
	cmp large "ours$round/large"
	rm -f "ours$round/large" ftp/up/large
	kill "$ours_pid"
	mkdir "ftp$round"
	mv ftp/up/* "ftp$round"
done

awk -v n="$ORDERS" -v ms="$(median orders)" 'BEGIN {
	printf "%d orders a second, each safe on disk\n", n * 1000 / ms }'
report 'orders, ms, to curl and vsftpd' orders orders-curl 1
report 'one large file, the same' large large-curl 0.7
