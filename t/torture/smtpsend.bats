#!/usr/bin/env bats
# kill -9 at random moments of a batch over 8 connections, and again until all
# is sent: nobody twice, "sent" is in the mailbox, unknown ones at most one a
# connection and kill.  The rate is such that the batch lasts for all of them.

load ../lib
load ../smtpsend

KILLS=${KILLS:-100}
MESSAGES=${MESSAGES:-2000}
JOBS=8

setup() {
	lib_setup
	dice
	mkdir mail
	start smtpd-lite -d mail -D x -l :0
	batch "$MESSAGES" >in
}

# Runs it in a process group of its own.
begin() {
	setsid "$@" smtpsend -bS -j "$JOBS" -s "$ADDR" -l journal $OPTIONS \
		<in >results 2>>err 3>&- &
	GROUP=$!
}

# Kills a run, all of it or only the process that feeds the others; whether
# it was still at work.
cut_short() {
	local status=0
	sleep "$(printf '0.%03d' $((20 + RANDOM % 100)))"
	if [ "${1:-}" = alone ]; then
		kill -9 "$GROUP" 2>/dev/null || :
	else
		kill -9 -- "-$GROUP" 2>/dev/null || :
	fi
	wait "$GROUP" 2>/dev/null || status=$?
	[ "$status" -gt 128 ]
}

# The last run, and what must be true after it.
check() {
	local unknown
	run smtpsend -bS -j "$JOBS" -s "$ADDR" -l journal <in
	printf '%s\n' "$output" >results
	[ "$status" = 0 ] || [ "$status" = 80 ]
	[ "$(wc -l <results)" = "$MESSAGES" ]
	[ "$(cut -f 2 results | sort -u | wc -l)" = "$MESSAGES" ]
	[ "$(cut -f 1 results | grep -cv -e sent -e unknown)" = 0 ]
	unknown=$(grep -c '^unknown' results || :)
	echo "$killed kills, $unknown unknown"
	[ "$unknown" -le $((killed * JOBS)) ]
	# each mailbox has one letter at the most, and one where it says "sent"
	find mail -path '*/new/*' -type f | cut -d / -f 2 | sort >got
	[ "$(uniq -d got)" = '' ]
	grep '^sent' results | cut -f 2 | cut -d @ -f 1 | sort >sent
	[ "$(comm -23 sent got)" = '' ]
	grep '^unknown' results | cut -f 2 | cut -d @ -f 1 | sort >unknown
	comm -23 got sent | comm -23 - unknown >strange
	[ ! -s strange ]
}

@test "killed, all or the parent alone" {
	killed=0
	for ((n = 0; n < KILLS; n++)); do
		OPTIONS="-r $((MESSAGES * 10 / KILLS))/s" begin
		! cut_short "$([ $((RANDOM % 2)) = 0 ] || echo alone)" ||
			killed=$((killed + 1))
	done
	[ "$killed" -ge $((KILLS * 9 / 10)) ]
	check
}

# What of the journal was on the disk, by what the system calls tell.
flushed() {
	awk '$1 ~ /^write/ { n += $NF } $1 ~ /^fsync/ && $NF == 0 { safe = n }
		END { print safe + 0 }' calls
}

@test "the power fails: the journal keeps only what -y had flushed" {
	need strace
	killed=0
	: >journal
	for ((n = 0; n < KILLS / 5 + 1; n++)); do
		before=$(wc -c <journal)
		: >calls
		OPTIONS=-y begin strace -o calls -s 0 -e trace=write,fsync \
			-P "$PWD/journal"
		! cut_short || killed=$((killed + 1))
		sleep 0.1
		truncate -s "$((before + $(flushed)))" journal
	done
	check
}
