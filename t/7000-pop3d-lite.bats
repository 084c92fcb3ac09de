#!/usr/bin/env bats
# pop3d-lite, one session on standard input and output.

# shellcheck disable=SC2154 # run sets stderr

load lib
load pop3d

setup() {
	lib_setup
	secrets
	box user1
}

two_messages() {
	message cur/1000.a.host:2,S 'Subject: a\n\n.x\n..\nlast'
	message new/1001.b.host 'Subject: b\r\n\r\none\r\ntwo\r\n'
}

@test "a session as RFC 1939 has it, with LF" {
	two_messages
	cat >in <<-'END'
	user user1
	PASS secret
	stat
	LIST
	list 2
	UIDL
	uidl 2
	RETR 1
	TOP 2 1
	NOOP
	DELE 1
	STAT
	LIST
	UIDL
	RSET
	STAT
	QUIT
	END
	pop <in
	answers '+OK password required' '+OK 2 messages' '+OK 2 52' \
		'+OK scan listing follows' '1 28' '2 24' . '+OK 2 24' \
		'+OK unique-id listing follows' '1 1000.a.host' '2 1001.b.host' . \
		'+OK 2 1001.b.host' '+OK 28 octets' 'Subject: a' '' ..x ... \
		last . '+OK top of message follows' 'Subject: b' '' one . \
		+OK '+OK message 1 deleted' '+OK 1 24' \
		'+OK scan listing follows' '2 24' . '+OK unique-id listing follows' \
		'2 1001.b.host' . '+OK 2 messages' '+OK 2 52' '+OK bye'
	[ ! -s err ]
	[ "$(left)" = '1000.a.host 1001.b.host ' ]
}

@test "the same with CRLF, pipelined, and cut everywhere" {
	two_messages
	printf '%s\r\n' 'USER user1' 'PASS secret' STAT 'RETR 1' 'TOP 1 0' \
		QUIT >in
	pop <in
	sed 1d raw >want
	for ((cut = 1; cut < $(wc -c <in); cut += 7)); do
		halves "$cut" in pop3d-lite -i -u passwd -d mail >got
		sed 1d got | cmp - want
	done
}

@test "sizes are those of what is sent" {
	message new/1.empty ''
	message new/2.open 'a'
	message new/3.cr 'a\r'
	message new/4.lf '\n\n'
	message new/5.crlf 'a\r\nb\n'
	message new/6.dots '.\n..\n'
	message new/7.bare 'a\rb\n'
	head -c 200000 /dev/zero | tr '\0' '\n' >mail/user1/new/8.long
	session LIST 'RETR 1' 'RETR 2' 'RETR 3' 'RETR 4' 'RETR 5' 'RETR 6' \
		'RETR 7'
	[ "$(sed -n '2,9p' out | cut -d ' ' -f 2 | tr '\n' ' ')" = \
		'0 3 3 4 6 7 5 400000 ' ]
	sed '1,/^+OK 0 octets/d' raw >rest
	head -c 43 rest >got
	printf '.\r\n+OK 3 octets\r\na\r\n.\r\n+OK 3 octets\r\na\r\n.\r\n' \
		>want
	cmp want got
	session 'RETR 8'
	[ "$(wc -l <out)" = 200002 ]
}

@test "a size that the name tells is taken, where it can be right" {
	message 'new/1.h,S=4,W=6' 'a\nb\n'
	message 'new/2.h,S=5,W=999' 'a\nb\n'
	message 'new/3.h,S=4,W=3' 'a\nb\n'
	message 'new/4.h,S=4,W=99' 'a\nb\n'
	session LIST
	answers '+OK scan listing follows' '1 6' '2 6' '3 6' '4 6' .
}

@test "a name that lies about the size: RETR tells the truth, then LIST too" {
	message 'new/1.h,S=4,W=5' 'a\nb\n'
	seq 50000 >'mail/user1/new/2.h,S=288894,W=300000'
	session 'LIST 1' 'TOP 1 0' 'LIST 1' 'RETR 1' 'LIST 1' 'RETR 1'
	answers '+OK 1 5' '+OK top of message follows' a b . '+OK 1 5' \
		'+OK 6 octets' a b . '+OK 1 6' '+OK 6 octets' a b .
	message 'new/3.h,S=2,W=3' 'c\n'
	session 'LIST 2' 'RETR 2' 'LIST 2' 'RETR 3'
	[ "$(head -n 2 out | tail -n 1)" = '+OK 338894 octets' ]
	[ "$(tail -n 4 out | tr '\n' ' ')" = '+OK 2 338894 +OK 3 octets c . ' ]
}

@test "only plain files are messages" {
	message new/1.plain 'x\n'
	message new/.hidden 'x\n'
	ln -s "$PWD/passwd" mail/user1/new/2.link
	mkdir mail/user1/cur/3.folder
	mkfifo mail/user1/cur/4.fifo
	ln -s nowhere mail/user1/new/5.dangling
	session UIDL
	answers '+OK unique-id listing follows' '1 1.plain' .
}

@test "nothing there: no messages, nothing made" {
	rmdir mail/user1/* mail/user1
	session STAT LIST 'RETR 1'
	answers '+OK 0 0' '+OK scan listing follows' . \
		'-ERR no such message, there are 0'
	[ ! -e mail/user1 ]
	mkdir mail/user1
	session STAT
	answers '+OK 0 0'
}

@test "deletions happen at QUIT" {
	two_messages
	session 'DELE 1' 'DELE 1' 'RETR 1' 'LIST 1' 'UIDL 1' 'TOP 1 0'
	answers '+OK message 1 deleted' '-ERR message is deleted' \
		'-ERR message is deleted' '-ERR message is deleted' \
		'-ERR message is deleted' '-ERR message is deleted'
	[ "$(left)" = '1001.b.host ' ]
}

@test "without a QUIT nothing is deleted" {
	two_messages
	printf '%s\r\n' 'USER user1' 'PASS secret' 'DELE 1' 'DELE 2' >in
	pop <in
	[ "$(left)" = '1000.a.host 1001.b.host ' ]
	{ cat in; printf 'QUIT'; } | pop
	[ "$(left)" = '1000.a.host 1001.b.host ' ]
	{ cat in; printf 'RSET\r\nQUIT\r\n'; } | pop
	[ "$(left)" = '1000.a.host 1001.b.host ' ]
}

@test "an identifier stays the same from new to cur, and with flags" {
	message new/1000.a.host 'x\n'
	message new/1001.b.host 'x\n'
	session UIDL 'RETR 1'
	mv out first
	[ -f mail/user1/cur/1000.a.host:2,S ]
	[ -f mail/user1/new/1001.b.host ]
	mv mail/user1/new/1001.b.host mail/user1/cur/1001.b.host:2,FS
	session UIDL 'RETR 1'
	cmp first out
}

@test "an identifier that would be too long or unprintable is a hash" {
	message "new/1000.$(printf '%066d' 0)" 'x\n'
	message 'new/1001.a b' 'x\n'
	message "new/1002.$(printf '%065d' 0)" 'x\n'
	session UIDL
	grep -qx "3 1002.$(printf '%065d' 0).\{0,1\}" out
	sed -n '2,3p' out >got
	[ "$(grep -Ecx '[12] [0-9a-f]{64}' got)" = 2 ]
	[ "$(cut -d ' ' -f 2 got | sort -u | wc -l)" = 2 ]
}

@test "messages in the order of their names' moments" {
	for i in 1000000000.x 999999999.x 1000000000.M2 1000000000.M1; do
		message "new/$i" 'x\n'
	done
	session UIDL
	answers '+OK unique-id listing follows' '1 999999999.x' '2 1000000000.M1' \
		'3 1000000000.M2' '4 1000000000.x' .
}

# alive: a session of user1, whose input is descriptor 7 and whose answers
# are read from 8; ask LINE gives it one.
alive() {
	mkfifo to from
	pop3d-lite -i -u passwd -d mail <to >from 2>err 3>&- &
	STARTED+=("$!")
	exec 7>to 8<from
	read -r answer <&8
	ask 'USER user1'
	ask 'PASS secret'
	[ "$answer" = "+OK 2 messages" ]
}

ask() {
	printf '%s\r\n' "$1" >&7
	IFS= read -r answer <&8
	answer=${answer%$'\r'}
}

@test "a second session of the same maildrop: [IN-USE], until the first ends" {
	two_messages
	alive
	printf '%s\r\n' 'USER user1' 'PASS secret' STAT QUIT >in
	pop <in
	answers '+OK password required' \
		'-ERR [IN-USE] maildrop already locked' \
		'-ERR log in first' '+OK bye'
	kill -9 "${STARTED[0]}"
	wait "${STARTED[0]}" || :
	pop <in
	grep -q '^+OK 2 ' out
}

@test "a message that comes during a session belongs to the next one" {
	two_messages
	alive
	message new/1002.c.host 'x\n'
	ask STAT
	[ "$answer" = '+OK 2 52' ]
	ask 'RETR 3'
	[ "$answer" = '-ERR no such message, there are 2' ]
	ask QUIT
	[ "$(left)" = '1000.a.host 1001.b.host 1002.c.host ' ]
}

@test "a message that vanishes is -ERR, and one that moves is found" {
	two_messages
	alive
	rm mail/user1/cur/1000*
	mv mail/user1/new/1001.b.host mail/user1/cur/1001.b.host:2,R
	ask 'RETR 1'
	[ "$answer" = '-ERR message no longer exists' ]
	ask 'TOP 1 0'
	[ "$answer" = '-ERR message no longer exists' ]
	ask 'TOP 2 0'
	[ "$answer" = '+OK top of message follows' ]
	for _ in 1 2 3; do
		IFS= read -r answer <&8
	done
	ask 'DELE 1'
	ask 'DELE 2'
	ask QUIT
	[ "$answer" = '+OK bye' ]
	[ "$(left)" = '' ]
}

@test "a message that turns into a link or a pipe is not read" {
	message new/1.a 'x\n'
	message new/2.b 'x\n'
	alive
	rm mail/user1/new/*
	ln -s "$PWD/passwd" mail/user1/new/1.a
	mkfifo mail/user1/new/2.b
	ask 'RETR 1'
	[ "$answer" = '-ERR message no longer exists' ]
	ask 'RETR 2'
	[ "$answer" = '-ERR message no longer exists' ]
}

@test "what is deleted and cannot be removed is told at QUIT" {
	[ "$(id -u)" != 0 ] || skip "root may remove anything"
	two_messages
	: >mail/user1/.pop3-lock
	chmod 500 mail/user1/cur
	printf '%s\r\n' 'USER user1' 'PASS secret' 'DELE 1' QUIT | pop
	chmod 700 mail/user1/cur
	grep -q '^-ERR \[SYS/TEMP\] some deleted messages' out
	[ "$(left)" = '1000.a.host 1001.b.host ' ]
}

@test "what is malformed or out of place" {
	two_messages
	printf '%s\n' STAT 'PASS secret' NOOP NOSUCH USER 'CAPA x' '' \
		'user user1' PASS 'pass secret' 'USER user1' 'RETR' 'RETR x' \
		'RETR 0' 'RETR 3' 'RETR 1 1' 'RETR -1' 'TOP 1' 'TOP 1 x' \
		'LIST 99999999999999999999999' 'STAT 1' QUIT | pop
	answers '-ERR log in first' '-ERR send USER first' \
		'-ERR log in first' '-ERR unknown command' \
		'-ERR syntax: USER name' '-ERR syntax: CAPA' \
		'-ERR unknown command' '+OK password required' \
		'-ERR syntax: PASS password' '+OK 2 messages' \
		'-ERR already logged in' '-ERR syntax: RETR message' \
		'-ERR not a number' '-ERR no such message, there are 2' \
		'-ERR no such message, there are 2' \
		'-ERR too many arguments' '-ERR not a number' \
		'-ERR syntax: TOP message lines' \
		'-ERR syntax: TOP message lines' '-ERR not a number' \
		'-ERR syntax: STAT' '+OK bye'
}

@test "too many mistakes, a long line, HTTP, NUL" {
	yes FOO | head -n 100 >in
	pop <in
	[ "$(wc -l <out)" = 22 ]
	[ "$(tail -n 1 out)" = '-ERR too many errors' ]
	{ head -c 100000 /dev/zero | tr '\0' x; printf '\nCAPA\nQUIT\n'; } | pop
	[ "$(head -n 1 out)" = '-ERR line too long' ]
	grep -q '^TOP$' out
	{ head -c 3000000 /dev/zero | tr '\0' x; } | pop
	[ "$(cat out)" = '-ERR line too long' ]
	printf 'GET / HTTP/1.1\r\nUSER user1\r\nPASS secret\r\n' | pop
	answers '-ERR this is POP3, not HTTP'
	printf 'USER user1\0x\nPASS secret\nQUIT\n' | pop
	answers '+OK password required' '-ERR [AUTH] authentication failed' \
		'+OK bye'
}

@test "traversal: no login leads out of the mail directory" {
	pids=() n=0
	for login in ../user1 /etc . .. .user1 'a/../user1' ''; do
		n=$((n + 1))
		printf 'USER %s\nPASS secret\nQUIT\n' "$login" |
			pop3d-lite -i -u passwd -d mail >"out$n" &
		pids+=("$!")
	done
	for pid in "${pids[@]}"; do
		wait "$pid"
	done
	run -1 grep messages out[1-7]
	[ "$(cat out[1-7] | grep -c '^-ERR')" -ge 7 ]
	printf '../mail/user1:secret\n' >passwd
	run -78 pop3d-lite -i -u passwd -d mail </dev/null
	[[ $output = *'passwd:1: not a login'* ]]
}

@test "a large message goes through, byte for byte" {
	seq 300000 >mail/user1/new/1.big
	session 'RETR 1'
	[ "$(head -n 1 out)" = "+OK $(crlf <mail/user1/cur/1.big:2,S | wc -c) octets" ]
	sed '1d;$d' out | cmp - mail/user1/cur/1.big:2,S
}

@test "CAPA" {
	printf 'CAPA\nQUIT\n' | pop
	answers '+OK capability list follows' TOP UIDL USER \
		'SASL SCRAM-SHA-256 CRAM-MD5 PLAIN' RESP-CODES \
		AUTH-RESP-CODE PIPELINING 'EXPIRE NEVER' 'UTF8 USER' \
		'IMPLEMENTATION pop3d-lite' . '+OK bye'
}

@test "-v tells the dialogue, and no secret" {
	two_messages
	printf '%s\n' 'USER user1' 'PASS geheim' 'APOP user1 geheim' \
		'AUTH PLAIN Z2VoZWlt' 'AUTH PLAIN' Z2VoZWlt \
		'AUTH LOGIN' Z2VoZWlt QUIT | pop -v
	grep -qx 'pop3d-lite: local: C: PASS \*\*\*\*' err
	grep -qx 'pop3d-lite: local: C: AUTH PLAIN \*\*\*\*' err
	grep -q 'S: -ERR \[AUTH\]' err
	grep -q 'S: -ERR unsupported mechanism' err
	run -1 grep -e geheim -e Z2V err
}

@test "-v masks what is typed in another way" {
	printf '%b\n' ' USER user1' ' PASS geheim' '\tpass\tgeheim' 'PASS\tgeheim' \
		PASSgeheim '  apop user1 geheim' ' AUTH PLAIN Z2VoZWlt' Z2VoZWlt \
		'USER user1' geheim 'auth\tplain\tZ2VoZWlt' STAT oops QUIT | pop -v
	grep -qx 'pop3d-lite: local: C: PASS \*\*\*\*' err
	grep -qx 'pop3d-lite: local: C: oops' err
	run -1 grep -e geheim -e Z2V err
}

@test "what is wrong before the first session" {
	run -64 --separate-stderr pop3d-lite -i
	[ -z "$output" ]
	run -78 --separate-stderr pop3d-lite -i -u nowhere
	[ -z "$output" ]
	chmod 644 passwd
	run -78 --separate-stderr pop3d-lite -i -u passwd
	[ -z "$output" ]
	[[ $stderr = *passwd* ]]
	: >empty
	chmod 600 empty
	run -78 pop3d-lite -i -u empty
	chmod 600 passwd
	: >file
	run -73 --separate-stderr pop3d-lite -i -u passwd -d file
	[ -z "$output" ]
	run -64 pop3d-lite -i -u passwd operand
}

@test "a full standard output: 74" {
	[ -c /dev/full ] || skip "no /dev/full"
	run -74 --separate-stderr bash -c \
		'pop3d-lite -i -u passwd -d mail </dev/null >/dev/full'
	[[ $stderr = pop3d-lite:*stdout* ]]
}

@test "half a Maildir: its messages are read, and cur is made for them" {
	message new/1000.a.host 'Subject: a\n\nx\n'
	rmdir mail/user1/cur mail/user1/tmp
	session 'RETR 1'
	[ "$(head -n 1 out)" = '+OK 17 octets' ]
	[ ! -s err ]
	[ "$(ls mail/user1)" = "$(printf 'cur\nnew\ntmp')" ]
	[ "$(ls mail/user1/cur)" = 1000.a.host:2,S ]
	rm -r mail/user1/*
	session STAT
	answers '+OK 0 0'
	[ ! -s err ]
}

@test "what the server cannot do is said there, with the reason" {
	rmdir mail/user1/new
	: >mail/user1/new
	printf '%s\r\n' 'USER user1' 'PASS secret' QUIT | pop
	grep -qF -- '-ERR [SYS/TEMP]' out
	[ "$(<err)" = 'pop3d-lite: mail/user1: Not a directory' ]
}

@test "SIGTERM, and nobody reads the answers: no later command is done" {
	message new/1000.a "$(yes 'a line' | head -n 40000)\n"
	printf '%s\r\n' 'USER user1' 'PASS secret' 'RETR 1' 'DELE 1' QUIT >in
	mkfifo full
	exec 7<>full
	launch -s pop3d-lite -i -v -u passwd -d mail <in >full 2>err 3>&- &
	PID=$!
	STARTED+=("$PID")
	wait_for grep -q 'C: RETR 1' err
	status=0
	stop || status=$?
	exec 7>&-
	[ "$status" = 74 ]
	[ "$(left)" = '1000.a ' ]
	[[ $(tail -n 1 err) = 'pop3d-lite: stdout: '*' timed out' ]]
}
