#!/usr/bin/env bats
# smtpd-lite with many sessions at once, on sockets.
# Slow.

# shellcheck disable=SC2154 # run sets stderr

load lib
load dial

count() {
	find mail -path '*/new/*' | wc -l
}

@test "many sessions, most of them silent: the others are served" {
	start smtpd-lite -l :0 -w 1
	silent=(silent{1..300}) busy=(busy{1..100})
	hello "${silent[@]}" "${busy[@]}"
	for ((i = 0; i < 300; i += 2)); do
		envelope "${silent[i]}" silent
		tell "${silent[i]}" 'half a message'
	done
	for _ in 1 2 3; do
		for i in "${!busy[@]}"; do
			tell "${busy[i]}" 'MAIL FROM:<a>' "RCPT TO:<u$((i % 7))>" \
				DATA
		done
		heard_by 250 "${busy[@]}" "${busy[@]}"
		heard_by 354 "${busy[@]}"
		for c in "${busy[@]}"; do
			tell "$c" text .
		done
		heard_by '250 2.0.0 Ok: queued as ' "${busy[@]}"
	done
	# The silent ones are heard when they speak, others being busy or not.
	for ((i = 1; i < 300; i += 2)); do
		say "${silent[i]}" NOOP 250
	done
	# So long that nobody counts as busy any more.
	sleep 1
	say "${silent[1]}" NOOP 250
	quit "${busy[@]}"
	hang_up "${silent[@]}"
	[ "$(count)" = 300 ]
	stop
	[ "$(find mail -type f ! -name .lock | wc -l)" = 300 ]
}

@test "what comes behind QUIT does not cut its answer off" {
	start smtpd-lite -l :0 -o sink
	{ printf 'QUIT\r\n'; head -c 1000000 /dev/zero | tr '\0' x; } >quit
	for _ in {1..20}; do
		hello c
		# The connection may be gone before all is written.
		cat quit >&"${TO[c]}" || :
		hear c 221
		ended c
		hang_up c
	done
}

@test "a session too many is told so and closed" {
	start smtpd-lite -l :0 -c 2 -o sink
	hello a b
	dial c
	hear c '421 4.3.2 '
	ended c
	quit a
	admitted d
	say b NOOP 250
}

@test "too busy is said, however many stay whose session is over" {
	start smtpd-lite -l :0 -c 2 -o sink -w 1
	for i in {1..80}; do
		hello "over$i"
		say "over$i" QUIT 221
	done
	hello a b
	dial c
	hear c '421 4.3.2 '
	ended c
}

@test "an idle session is told so and closed; half a message is dropped" {
	start smtpd-lite -l :0 -T 1
	# All at once: time may be lost between two commands.
	dial a b
	tell b 'HELO x' 'MAIL FROM:<a@b.test>' 'RCPT TO:<u>' DATA \
		'half a message'
	heard_by 220 a b
	heard_by 250 b b b
	hear b 354
	for c in a b; do
		hear "$c" '421 4.4.2 '
		[[ $LINE = *'timeout exceeded'* ]]
		ended "$c"
	done
	[ "$(find mail -type f ! -name .lock | wc -l)" = 0 ]
}

@test "a connection reset in a message, before it and after it" {
	start smtpd-lite -l :0
	# begin: a client who will end by a reset.
	begin() {
		dial_by c -r "$ADDR"
		hear c 220
		say c 'HELO x' 250
	}
	# A reset is no end that read takes for one.
	reset() {
		no_more c
		hang_up c
	}
	begin
	reset
	begin
	envelope c u
	awk 'BEGIN { for (i = 0; i < 50000; i++) printf "text\r\n" }' \
		>&"${TO[c]}"
	reset
	begin
	envelope c u
	printf 'text\r\n.\r' >&"${TO[c]}"
	reset
	begin
	mail c v text
	reset
	hello d
	mail d v text
	stop
	[ "$(find mail -type f ! -name .lock | wc -l)" = 2 ]
	[ "$(find mail/v/new -type f | wc -l)" = 2 ]
}

@test "a peer that never reads, or never ends a line, costs little" {
	measurable
	start smtpd-lite -l :0 -w 1 -m 1M
	before=$(memory)
	hello a b c d e
	for name in c d e; do
		tell "$name" 'MAIL FROM:<a>' 'RCPT TO:<u>' DATA
	done
	long=$(printf 'x%.0s' {1..70})
	pour a "$long" &
	pour b 'EHLO x\r\n' &
	pour c "$long\r\n" &
	pour d "$long" &
	pour e '\r' &
	poured
	hello f
	mail f u text
	(($(memory) - before < 4096))
	[ "$(count)" = 1 ]
}

@test "peers that send commands and read no answers cost 300 KB each" {
	measurable
	start smtpd-lite -l :0 -o sink
	# deaf NAME ...: such peers.
	deaf() {
		hello "$@"
		for c; do
			pour "$c" 'HELP\r\n' &
		done
		poured
	}
	# The first ones cost more, whoever they are.
	deaf first{1..5}
	before=$(memory)
	deaf deaf{1..15}
	(($(memory) - before < 15 * 300))
}

@test "text that was on its way when DATA was refused ends the session" {
	start smtpd-lite -l :0 -o sink
	hello silent
	# codes GAP: sets CODES to those of the answers to DATA, and to RSET in
	# another segment, before or (GAP being empty) after the answer.  The
	# shell's own connections would keep the segment back (Nagle).
	codes() {
		dial_by c "$ADDR"
		hear c 220
		say c 'HELO x' 250
		say c 'MAIL FROM:<a>' 250
		tell c DATA
		[ -n "$1" ] || hear c
		first=${LINE%% *}
		# To start sleep would take longer.
		read -r -t "${1:-0}" -u "${FROM[silent]}" || :
		tell c RSET
		[ -z "$1" ] || hear c
		[ -z "$1" ] || first=${LINE%% *}
		hear c
		CODES="$first ${LINE%% *}"
		hang_up c
	}
	codes ''
	[ "$CODES" = '554 250' ]
	# Time may be lost on the way, but not each time.
	for _ in {1..20}; do
		codes 0.005
		[ "$CODES" != '554 421' ] || return 0
	done
	false
}

@test "an idle session takes less than 4 KB" {
	measurable
	start smtpd-lite -l :0 -c 2000 -o sink
	text=$(awk 'BEGIN { for (i = 1; i < 1000; i++) printf "text\r\n"
		printf "text" }')
	first=(first{1..50}) more=(more{1..200})
	hello "${first[@]}"
	for c in "${first[@]}"; do
		mail "$c" u "$text"
	done
	before=$(memory)
	hello "${more[@]}"
	for c in "${more[@]}"; do
		mail "$c" u "$text"
	done
	(($(memory) - before < 4 * 200))
}

@test "SIGTERM: sessions in hand may end, exit 0" {
	start smtpd-lite -l :0
	hello c
	envelope c u
	kill "$PID"
	say c $'text\r\n.' 250
	say c QUIT 221
	stop
	[ "$(count)" = 1 ]
}

@test "a UNIX-domain socket, and several workers" {
	start smtpd-lite -l ./sock -l :0 -w 3
	all=(c{1..30})
	hello "${all[@]}"
	for c in "${all[@]}"; do
		mail "$c" u text
	done
	dial_by local ./sock
	hear local 220
	say local 'HELO x' 250
	mail local u text
	hang_up local "${all[@]}"
	stop
	[ "$(count)" = 31 ]
	[ ! -e sock ]
}

@test "a directory that cannot be made: 73, and nothing is heard on" {
	: >file
	run -73 --separate-stderr smtpd-lite -l :0 -d file/mail
	[ -z "$output" ]
	[ "$stderr" = "smtpd-lite: file/mail: Not a directory" ]
}
