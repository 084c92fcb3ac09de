#!/usr/bin/env bats
# protograde: servers with one fault each, and the points that find it.
# Slow.

# shellcheck disable=SC2154 # run sets output, stderr, lines

load lib
load grade

@test "a server: each usual fault fails its point, and no other" {
	find_all server <<-'END'
	no-listen connect -T 2
	no-line-end reply-crlf
	lf reply-crlf
	no-greeting greeting -T 2
	greets-250 greeting
	greets-twice greeting
	no-ehlo ehlo
	no-blank reply-form
	ehlo-odd ehlo-lines
	ehlo-endless ehlo-lines -T 2
	ehlo-apart ehlo-lines
	refuses-rset rset
	no-noop noop
	no-221 quit
	quit-open quit-closes -T 2
	one-session next-session
	hangs-behind next-session -T 2
	unknown-250 unknown
	leaves goes-on
	case case
	mail-any mail-argument
	rcpt-any rcpt-argument
	no-null null-sender
	one-rcpt two-recipients
	rcpt-first rcpt-first
	data-first data-first
	no-rset rset-forgets
	hello-keeps hello-forgets
	text-keeps text-forgets
	text-stays second-message
	global sessions-apart
	one-message second-message
	END
}

@test "a server: the same of texts, and of what it stores" {
	find_all server <<-'END'
	text-commands text-commands
	answers-lines text
	answers-twice text
	any-dot text-dots
	empty-crash garbage
	lf-dot bare-dot
	short-lines long-line
	overflow endless-line
	one-read split
	spins dropped
	not-stored stored -T 2
	stores-dot stored
	no-unstuff stored-dots
	strips stored-lines
	ascii stored-octets
	cuts-large stored-large
	loses-second stored-second -T 2
	overwrites stored-second
	stores-broken stored-broken -T 2
	END
	grep -q '^# .*; it crashed: segmentation fault (SIGSEGV)$' overflow.tap
	grep -q '^# the message has `.one`, what is stored has `..one`$' \
		no-unstuff.tap
}

@test "a good server has all points: 0; and so has smtpd-lite" {
	local pids=()
	server good &
	pids+=("$!")
	# A text may be in its file before it is whole, where it does not stay.
	echo stored-broken >broken
	server removes-late -n broken &
	pids+=("$!")
	protograde -d mail server -- smtpd-lite -l 127.0.0.1:%p -d mail >own
	wait "${pids[0]}"
	wait "${pids[1]}"
	[ "$(grep -c '^ok ' good.tap)" -ge 35 ]
	[ "$(grep -c SKIP good.tap)" = 3 ]
	tail -n 1 own | grep -Ex '([0-9]+) of \1; failed: 0, not tried: 0'
	lacks '^ ' own
	# ... where it runs already, what it is not asked by itself, too.
	start smtpd-lite -l :0 -d mail
	printf '%s\n' smuggling helo-argument hello-first nested-mail \
		postmaster whole-verb line-limit stored >points
	run -0 protograde -d mail -n points server "$ADDR"
	[ "${lines[-1]}" = '8 of 8; failed: 0, not tried: 0' ]
	run -0 protograde -n points -o tap server "$ADDR"
	[[ $output == *'# SKIP does not apply: -d says where messages are stored'* ]]
	run -64 protograde server "$ADDR" more
	run -64 protograde server '[x'
}

@test "a recipient that a server knows; a server that is not there" {
	echo anna >users
	start smtpd-lite -l :0 -d mail -u users
	echo rcpt >points
	run -1 protograde -n points server "$ADDR"
	[[ $output == *'sent `RCPT TO:<$T>`, got `550 '* ]]
	run -0 protograde -n points -t anna@example.org server "$ADDR"
	echo connect >points
	run -1 protograde -n points server 127.0.0.1:1
	[[ $output == *'no connection: '* ]]
}
