#!/usr/bin/env bats
# pop3d-lite as a server, many sessions at once.
# Slow.

# shellcheck disable=SC2154 # run sets stderr

load lib
load pop3d
load dial

setup() {
	lib_setup
	secrets
	box user1
	box user2
	message new/1000.a.host 'Subject: a\n\nx\n'
}

# connect NAME [LOGIN PASSWORD]: a session, logged in.
connect() {
	dial "$1"
	hear "$1" +OK
	say "$1" "USER ${2:-user1}" +OK
	say "$1" "PASS ${3:-secret}" +OK
}

# leave NAME ...: each says QUIT.
leave() {
	local name
	for name; do
		say "$name" QUIT +OK
		ended "$name"
		hang_up "$name"
	done
}

# is_free: user1's maildrop has no session.
is_free() {
	dial x
	hear x +OK
	say x 'USER user1' +OK
	tell x 'PASS secret'
	hear x
	hang_up x
	[[ $LINE = +OK* ]]
}

@test "one maildrop, one session, in one process and among workers" {
	for w in 1 3; do
		start pop3d-lite -l :0 -u passwd -w "$w"
		connect first
		for _ in {1..6}; do
			run ! is_free
			[[ $(is_free; echo "$LINE") = *'[IN-USE]'* ]]
		done
		connect other user2 ' two words '
		say other STAT '+OK 0 0'
		leave other first
		connect first
		leave first
		connect first
		hang_up first
		wait_for is_free
		stop
	done
}

@test "a wrong password holds nobody else up" {
	start pop3d-lite -l :0 -u passwd
	# Time may be lost on the way, but not each time.
	for _ in 1 2 3 4 5; do
		dial c
		tell c 'USER user1' 'PASS wrong'
		heard_by +OK c c
		connect d
		leave d
		first=d
		nothing c || first=c
		hear c '-ERR [AUTH]'
		[ "$first" != d ] || return 0
		hang_up c
	done
	false
}

@test "wrong passwords hold up the next ones of the login, in all workers" {
	start pop3d-lite -l :0 -u passwd -w 4
	dial a b c d x y
	for c in a b c d x y; do
		hear "$c" +OK
	done
	for c in a b c d; do
		tell "$c" 'USER user1' 'PASS guess'
	done
	for c in a b c d; do
		hear "$c" +OK
		hear "$c" '-ERR [AUTH]'
	done
	say x 'USER user1' +OK
	tell x 'PASS secret'
	say y 'USER user2' +OK
	say y 'PASS  two words ' '+OK 0'
	nothing x
	hear x '+OK 1'
	again() {
		run -0 login pop3 SCRAM-SHA-256 user2 ' two words ' \
			wire "127.0.0.1:$PORT"
		[[ $output = *'[IN-USE]'* ]] || return
		leave x && connect x
	}
	at_once again
}

@test "a client that does not read gets no more than it takes" {
	awk 'BEGIN { line = sprintf("%01000d", 0)
		for (i = 0; i < 70000; i++) print line }' \
		>mail/user1/new/1001.big
	start pop3d-lite -l :0 -u passwd
	dial s
	tell s 'USER user1' 'PASS secret'
	printf 'RETR 2\r\n%.0s' {1..50} >&"${TO[s]}"
	connect o user2 ' two words '
	mapfile -t many < <(printf 'o\n%.0s' {1..50})
	for _ in {1..10}; do
		printf 'NOOP\r\n%.0s' {1..50} >&"${TO[o]}"
		heard_by +OK "${many[@]}"
	done
	(($(memory VmHWM) < 60000))
}

@test "hundreds at once, and one too many" {
	# of all descriptors the shell can wait for 1024
	ulimit -n 4096 || skip "too few descriptors"
	start pop3d-lite -l :0 -u passwd -c 960
	dial c{1..960}
	heard_by +OK c{1..960}
	dial x
	hear x '-ERR [SYS/TEMP]'
	for c in c{1..960}; do
		tell "$c" QUIT
	done
	heard_by '+OK bye' c{1..960}
}

@test "idle too long: closed without a word, and nothing is deleted" {
	start pop3d-lite -l :0 -u passwd -T 1
	# All at once: time may be lost between two commands.
	dial c
	tell c 'USER user1' 'PASS secret' 'DELE 1'
	heard_by +OK c c c c
	ended c
	hang_up c
	stop
	session STAT
	answers '+OK 1 17'
}

@test "kill -9 in mid-session and in mid-QUIT: nothing lost but by QUIT" {
	touch mail/user1/new/{2000..2799}.x
	# delete N: a session that has deleted the first N messages.
	delete() {
		start pop3d-lite -l :0 -u passwd
		connect c
		local all
		eval "all=({1..$1})"
		printf 'DELE %d\r\n' "${all[@]}" >&"${TO[c]}"
		heard_by +OK "${all[@]/*/c}"
	}
	have_gone() {
		[ "$(ls mail/user1/new | wc -l)" -le 700 ]
	}
	delete 801
	kill -STOP -- "-$PID"
	crash
	hang_up c
	[ "$(find mail/user1/new -type f | wc -l)" = 801 ]
	delete 800
	tell c QUIT
	until have_gone; do :; done
	crash
	hang_up c
	[ -e mail/user1/new/2799.x ]
	start pop3d-lite -l :0 -u passwd
	connect c
	say c STAT "+OK $(ls mail/user1/new | wc -l | tr -d ' ') "
}

@test "SIGTERM ends it, and a session in hand may end first" {
	start pop3d-lite -l :0 -u passwd
	connect c
	say c 'DELE 1' +OK
	kill "$PID"
	say c QUIT '+OK bye'
	stop
	[ "$(left)" = '' ]
}
