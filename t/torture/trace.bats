#!/usr/bin/env bats
# What only a tracer shows, or does.

# shellcheck disable=SC2154 # run sets stderr

load ../lib
load ../smtpd
load ../smtpsend

@test "a journal that fails when it is closed: 74" {
	need strace
	lacks -q __asan_init "$(command -v smtpsend)" ||
		skip "the sanitizer cannot be traced"
	fake
	batch 1 >in
	run -74 --separate-stderr strace -o trace -P "$PWD/journal" \
		-e inject=close:error=EIO \
		smtpsend -bS -s "$ADDR" -l journal <in
	[ "$stderr" = 'smtpsend: journal: Input/output error' ]
	[ "$(cut -f 1 <<<"$output")" = sent ]
}

@test "a window of messages shares a commit" {
	need strace
	lacks -q __asan_init "$(command -v smtpd-lite)" ||
		skip "the sanitizer cannot be traced"
	{
		printf 'EHLO me\r\n'
		for i in $(seq 40); do
			printf '%s\r\n' 'MAIL FROM:<a>' 'RCPT TO:<u>' \
				'BDAT 1002 LAST'
			printf '%01000d\r\n' "$i"
		done
		printf 'QUIT\r\n'
	} >in
	talk <in
	[ "$(grep -c 'queued as' out)" = 40 ]
	strace -f -e trace=openat -o trace smtpd-lite -i -d mail <in >raw
	[ "$(grep -c 'mail/u/new".*O_DIRECTORY' trace)" -le 3 ]
	[ "$(count mail/u/new)" = 80 ]
}
