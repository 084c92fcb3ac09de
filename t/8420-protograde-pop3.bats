#!/usr/bin/env bats
# protograde -p pop3: programs with one fault each, and the points that find it.
# Slow.

# shellcheck disable=SC2154 # run sets output, stderr, lines

load lib
load grade

@test "a POP3 client: each usual fault fails its point, and no other" {
	echo ends >ends
	find_all popclient <<-'END'
	port-110 connect
	no-greeting wait-greeting
	no-wait retr
	no-login login
	wrong-user user
	wrong-pass pass
	first-only retr
	one-more retr
	lf crlf
	no-unstuff dots
	dot-anywhere dots
	skips-empty blank-lines
	strips blanks
	cuts-long long-line
	first-lines large
	one-read split-replies
	needs-text bare-ok
	ignores-err refused-pass
	hangs-on-err refused-retr
	no-quit quit
	exits-0 exit-refused
	exits-1 exit-fetched
	spins dropped
	loops ends -n ends
	END
	popclient good
	lacks SKIP good.tap
	# What the server does not have is no refusal.
	popclient asks
}

@test "a POP3 server: each usual fault fails its point, and no other" {
	find_all popserver <<-'END'
	no-greeting greeting -T 2
	lf reply-crlf
	no-user user
	any-pass wrong-pass
	no-login login-first
	bare-stat stat
	list-no-dot list -T 2
	list-one list-one
	no-dot retr -T 2
	no-noop noop
	unknown-ok unknown
	leaves goes-on
	case case
	no-check missing
	shows-gone dele-hides
	no-rset rset
	quit-open quit-closes -T 2
	one-session next-session
	drop-deletes dropped
	one-read split
	overflow endless-line
	no-stuffing dots
	skips-empty lines
	cuts-large large
	keeps deleted -T 2
	END
	popserver good
	lacks SKIP good.tap
	[ -z "$(find good.d -type f)" ]
}

@test "POP3: pop3d-lite has all points, with a log-in of one's own, too" {
	mkdir boxes
	printf '%s\n' student:secret anna:pw >passwd
	chmod 600 passwd
	run -0 protograde -p pop3 -d boxes/student server -- \
		pop3d-lite -l 127.0.0.1:%p -u passwd -d boxes
	[ "${lines[-1]}" = '30 of 30; failed: 0, not tried: 0' ]
	start pop3d-lite -l 127.0.0.1:0 -u passwd -d boxes
	run -0 protograde -p pop3 -a anna -P 'echo pw' -d boxes/anna server "$ADDR"
	[ "${lines[-1]}" = '30 of 30; failed: 0, not tried: 0' ]
	[ -z "$(find boxes -type f ! -name '.*')" ]
	run -77 protograde -p pop3 -P false server "$ADDR"
	run -64 protograde -p imap server "$ADDR"
}
