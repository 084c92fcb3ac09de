#!/usr/bin/env bats
# bounceparse -m | suppress -o, with kill -9 at random moments, and again: the
# list is the same as without.

load ../lib

KILLS=${KILLS:-50}

setup() {
	lib_setup
	dice
}

# bounce N DAY CODE: that nN@pth.ua was refused.
bounce() {
	printf '%s\n' 'Return-Path: <>' "Date: $2 Nov 2026 12:00:00 +0000" \
		'From: MAILER-DAEMON@mx.example' 'MIME-Version: 1.0' \
		'Content-Type: multipart/report; boundary=b;' \
		' report-type=delivery-status' '' \
		--b 'Content-Type: message/delivery-status' '' \
		"Final-Recipient: rfc822; n$1@pth.ua" 'Action: failed' \
		"Status: $3" '' --b--
}

# 200 that are not there, 100 full on three days, 100 on two, 100 policy.
fill() {
	mkdir -p box/tmp box/new box/cur
	for ((i = 0; i < 200; i++)); do
		bounce "$i" 21 5.1.1 >"box/new/$i"
	done
	for ((i = 200; i < 300; i++)); do
		for day in 20 21 22; do
			bounce "$i" "$day" 5.2.2 >"box/new/$i-$day"
		done
	done
	for ((i = 300; i < 400; i++)); do
		bounce "$i" 20 5.2.2 >"box/new/$i-20"
		bounce "$i" 21 5.2.2 >"box/new/$i-21"
		bounce "$i" 21 5.7.1 >"box/new/$i"
	done
}

@test "killed at any moment, and run again: the same list" {
	fill
	cp -r box whole
	bounceparse -m whole | suppress -o want
	[ "$(wc -l <want)" = 300 ]
	cut=0
	for ((kill = 0; kill < KILLS; kill++)); do
		setsid bash -c 'bounceparse -m box | suppress -o gone' 3>&- &
		group=$!
		sleep "$(printf '0.%03d' $((RANDOM % 60)))"
		if kill -9 -- "-$group" 2>/dev/null; then
			cut=$((cut + 1))
		fi
		wait "$group" 2>/dev/null || :
		if [ $((RANDOM % 3)) = 0 ]; then
			bounceparse -m box | suppress -o gone
			diff <(sort want) <(sort gone)
			# From the beginning.
			rm -rf box gone .gone.seen
			cp -r whole box
			for name in box/cur/*; do
				to=${name##*/}
				mv "$name" "box/new/${to%:*}"
			done
		fi
	done
	bounceparse -m box | suppress -o gone
	diff <(sort want) <(sort gone)
	[ "$(ls box/new)" = "" ]
	[ "$(wc -l <.gone.seen)" -le 1200 ]
	echo "# killed $cut times at work" >&3
}
