#!/usr/bin/env bats
# smtpsend: one message, and its options.

# shellcheck disable=SC2154 # run sets stderr, stderr_lines

load lib
load smtpsend

setup() {
	lib_setup
	printf 'Subject: hello\nDate: Sat, 21 Nov 2026 23:46:12 +0000\n' >letter
	printf 'From: me@here.test\nMessage-ID: <1@here.test>\n\nHi.\n' >>letter
}

@test "one message to one recipient: as it came, but for CRLF; silent" {
	fake
	run -0 --separate-stderr smtpsend -s "$ADDR" -f me@here.test \
		you@there.test <letter
	[ -z "$output" ]
	[ -z "$stderr" ]
	sed 's/$/\r/' letter >want
	cmp want got.1
	[ "$(cat got.log)" = "1 me@here.test you@there.test" ]
}

@test "several recipients, in operands and lists, each once" {
	fake
	run -0 smtpsend -s "$ADDR" a@x.test 'B <b@x.test>, c@x.test' \
		a@X.TEST '<b@x.test>' <letter
	[ "$(cut -d ' ' -f 3- got.log)" = "a@x.test b@x.test c@x.test" ]
}

@test "commands travel in groups when the server takes them so" {
	fake
	run -0 --separate-stderr smtpsend -v -H me.test -s "$ADDR" \
		-f me@here.test a@x b@x <letter
	[ -z "$output" ]
	size=$(sed 's/$/\r/' letter | wc -c)
	printf '%s\n' "C: MAIL FROM:<me@here.test> SIZE=$size" \
		'C: RCPT TO:<a@x>' 'C: RCPT TO:<b@x>' 'C: DATA' \
		'S: 250 2.1.0 sender ok' >want
	printf '%s\n' "${stderr_lines[@]}" >got
	sed -n 8,12p got >part
	diff want part
}

@test "without PIPELINING each command waits for its reply" {
	fake -c 'SIZE 1000'
	run -0 --separate-stderr smtpsend -v -s "$ADDR" a@x b@x <letter
	printf '%s\n' "${stderr_lines[@]}" | cut -c 1-7 >got
	printf '%s\n' 'S: 220 ' 'C: EHLO' 'S: 250-' 'S: 250 ' 'C: MAIL' \
		'S: 250 ' 'C: RCPT' 'S: 250 ' 'C: RCPT' 'S: 250 ' 'C: DATA' \
		'S: 354 ' >want
	head -n 12 got >part
	diff want part
}

@test "HELO when EHLO is refused" {
	fake 'ehlo:*:502 5.5.1 not here'
	run -0 smtpsend -s "$ADDR" -H me.test a@x <letter
	[ "$(head -n 2 dialog)" = $'EHLO me.test\nHELO me.test' ]
	grep -q '^MAIL FROM:<[^>]*>$' dialog
}

# says NAME [option ...]: what a host of that name says in EHLO, and who the
# sender is.
says() {
	rm -f dialog
	ELSEWHERE=$1 LOGNAME=me run -0 elsewhere -T 5 -s "$ADDR" "${@:2}" a@x \
		<letter
	sed -n 's/^EHLO //p; s/^\(MAIL FROM:<[^>]*>\).*/\1/p' dialog | paste -sd ' ' -
}

@test "EHLO: the host's name, without a final dot; else where we come from" {
	fake
	[ "$(says web.shop.test)" = \
		'web.shop.test MAIL FROM:<me@web.shop.test>' ]
	[ "$(says web.shop.test.)" = \
		'web.shop.test MAIL FROM:<me@web.shop.test>' ]
	[ "$(says laptop)" = '[127.0.0.1] MAIL FROM:<me@laptop>' ]
	[ "$(says laptop.)" = '[127.0.0.1] MAIL FROM:<me@laptop>' ]
	[ "$(says 192.0.2.1)" = '[127.0.0.1] MAIL FROM:<me@192.0.2.1>' ]
	[ "$(says a_b)" = '[127.0.0.1] MAIL FROM:<me@localhost>' ]
	# What is said to be our name is.
	[ "$(says laptop -H desk -f a@b)" = 'desk MAIL FROM:<a@b>' ]
	[ "$(says laptop -H laptop -f a@b)" = 'laptop MAIL FROM:<a@b>' ]
	[ "$(says laptop -H '[192.0.2.7]' -f a@b)" = '[192.0.2.7] MAIL FROM:<a@b>' ]
	[ "$(says x -H mail.shop.test. -f me)" = \
		'mail.shop.test MAIL FROM:<me@mail.shop.test>' ]
	for name in . a.. .a; do
		run -64 smtpsend -s "$ADDR" -H "$name" a@x <letter
	done
	# A command is the connection.
	[ "$(says laptop -C 'wire %h:%p')" = '[127.0.0.1] MAIL FROM:<me@laptop>' ]
}

@test "EHLO through openssl; a name in a certificate ends in no dot" {
	fake
	mkdir shim
	printf '#!/bin/sh\necho "$*" >>said\nexec wire %s\n' "$ADDR" >shim/openssl
	chmod +x shim/openssl
	PATH=$PWD/shim:$PATH
	[ "$(says laptop -ZZ)" = '[127.0.0.1] MAIL FROM:<me@laptop>' ]
	ADDR=localhost.:${ADDR##*:}
	[ "$(says web.shop.test -ZZ)" = \
		'web.shop.test MAIL FROM:<me@web.shop.test>' ]
	grep -q -e '-verify_hostname localhost .*-servername localhost ' said
}

@test "EHLO over IPv6" {
	start smtpd-lite -v -l '[::1]:0' -d mail || skip 'no IPv6'
	ELSEWHERE=laptop run -0 elsewhere -s "$ADDR" -f a@b a@x <letter
	grep -q ': C: EHLO \[IPv6:::1\]$' smtpd-lite.err
}

@test "the server: -s, then SMTPSERVER; the sender: -f, EMAIL, login@host" {
	fake
	SMTPSERVER=$ADDR EMAIL='Me <me@e.test>' run -0 smtpsend a@x <letter
	SMTPSERVER=127.0.0.1:1 EMAIL=me@e.test \
		run -0 smtpsend -s "$ADDR" -f you@f.test a@x <letter
	run -0 env LOGNAME=joe smtpsend -s "$ADDR" -f '' a@x <letter
	run -0 env LOGNAME=joe smtpsend -s "$ADDR" a@x <letter
	grep '^MAIL' dialog | sed 's/ SIZE.*//' >got
	[ "$(sed -n 1,3p got)" = $'MAIL FROM:<me@e.test>\nMAIL FROM:<you@f.test>\nMAIL FROM:<>' ]
	sed -n 4p got | grep '^MAIL FROM:<joe@.'
}

@test "a bare name gets the name of -H as its domain" {
	fake
	run -0 smtpsend -s "$ADDR" -H me.test -f joe user1 <letter
	[ "$(cat got.log)" = "1 joe@me.test user1@me.test" ]
}

@test "-H takes a domain or an address literal" {
	fake
	run -0 smtpsend -s "$ADDR" -H '[192.0.2.1]' joe <letter
	[ "$(cut -d ' ' -f 3 got.log)" = 'joe@[192.0.2.1]' ]
	# Nobody knows yet whether the server takes anything but ASCII.
	run -0 smtpsend -s "$ADDR" -H 'Приклад.укр.' joe <letter
	grep -Fx 'EHLO xn--80aikifvh.xn--j1amh' dialog
	for bad in 'a b' '' . 'x@y' $'a\nb'; do
		run -64 --separate-stderr smtpsend -s "$ADDR" -H "$bad" joe <letter
		[ -z "$output" ]
		[ -n "$stderr" ]
	done
}

@test "sendmail's options are taken: cron, mutt and git call it so" {
	fake
	run -0 smtpsend -s "$ADDR" -i -oi -om -oem -odi -bm -B8BITMIME \
		-N never -R hdrs -F 'Joe User' -f joe@x.test -- a@x <letter
	printf 'To: b@x\nSubject: cron\n\nx\n' |
		run -0 smtpsend -s "$ADDR" -FCronDaemon -i -B8BITMIME -oem -t
	[ "$(cut -d ' ' -f 3 got.log)" = $'a@x\nb@x' ]
}

@test "-F names the author where there is no From" {
	fake
	printf 'Subject: x\n\nx\n' |
		run -0 smtpsend -s "$ADDR" -F 'Ann, Ltd.' -f ann@x.test a@x
	grep -q '^From: "Ann, Ltd\." <ann@x\.test>' got.1
}

@test "From, Date and Message-ID are added where they are missing" {
	fake
	echo 'no header at all' | run -0 smtpsend -s "$ADDR" -f me@x.test a@x
	tr -d '\r' <got.1 >got
	[ "$(head -n 1 got)" = 'From: me@x.test' ]
	grep -Eqx 'Message-ID: <[0-9a-f]+@x\.test>' got
	grep -Eqx 'Date: [A-Z][a-z]{2}, [ 0-9]{2} [A-Z][a-z]{2} [0-9]{4} [0-9:]{8} [+-][0-9]{4}' got
	[ "$(tail -n 2 got)" = $'\nno header at all' ]
	for text in 'no header' 'Subject: s\nno end'; do
		printf '%b\n' "$text" >in
		run -0 --separate-stderr smtpsend -v -s "$ADDR" -f me@x.test \
			a@x <in
		[ "${stderr_lines[0]}" = "smtpsend: stdin: no empty line behind \
a header: one is put there" ]
	done
	for text in 'Subject: s\n\nx' 'Subject: s'; do
		printf '%b\n' "$text" >in
		run -0 --separate-stderr smtpsend -v -s "$ADDR" -f me@x.test \
			a@x <in
		[ "${stderr_lines[0]}" = 'S: 220 fake' ]
	done
	run -0 smtpsend -s "$ADDR" -f me@x.test a@x <letter
	[ "$(grep -c '^Date\|^From\|^Message-ID' got.2)" = 3 ]
}

@test "two messages alike get two Message-IDs" {
	fake
	echo hello | run -0 smtpsend -s "$ADDR" a@x
	echo hello | run -0 smtpsend -s "$ADDR" a@x
	run -1 cmp -s <(grep Message-ID got.1) <(grep Message-ID got.2)
}

# head_of FILE: a message's header, without the CRs.
head_of() {
	tr -d '\r' <"$1" | sed -n '1,/^$/p'
}

@test "mbox lines and a byte order mark before the header are dropped" {
	fake
	printf '%s\n' 'From: me@x' 'To: a@x' 'Bcc: b@x' 'Subject: s' '' \
		'From here on' >plain
	for before in 'From me@x Mon Nov 23 10:00:00 2026\n' '>From me@x Mon\n' \
	    '\357\273\277' '\357\273\277From me@x\r\n>From b@x\n'; do
		{ printf "$before"; cat plain; } >letter
		rm -f got.*
		run -0 --separate-stderr smtpsend -s "$ADDR" a@x <letter
		[ "$stderr" = '' ]
		[ "$(received)" = a@x ]
		run -0 smtpsend -t -s "$ADDR" <letter
		[ "$(received | tail -n 1)" = 'a@x b@x' ]
		cat got.[0-9]* >both
		run -1 grep -i '^bcc' both
		run -1 grep 'From me' both
		[ "$(head_of both | grep -c '^Subject: s')" = 1 ]
		[ "$(grep -c '^From: me@x' both)" = 2 ]
		[ "$(grep -c '^From here on' both)" = 2 ]
	done
	# a text without a header
	rm -f got.*
	printf 'From here to there\n' | run -0 smtpsend -s "$ADDR" a@x
	grep -q '^From here to there' got.[0-9]*
}

@test "Bcc behind a line that is no field: 65, and nothing is sent" {
	fake
	for before in '\n' '\n\n' 'A text\n' 'To: a@x\n text\nmore text\n' \
	    ' Subject: s\n' 'From me@x\n\n'; do
		printf "${before}To: a@x\nBcc: b@x\n\nText.\n" >letter
		for t in '' -t; do
			run -65 --separate-stderr smtpsend $t -s "$ADDR" a@x <letter
			[ "$stderr" = 'smtpsend: stdin: Bcc behind a line that is not a header field' ]
		done
	done
	printf 'To: a@x\nResent-To: a@x\njunk\nResent-Bcc: b@x\n\n' >letter
	run -65 smtpsend -s "$ADDR" a@x <letter
	run -1 received
}

@test "-t takes To, Cc and Bcc, groups, comments and folds; Bcc goes" {
	fake
	cat >letter <<-'END'
	From: me@x.test
	To: "Doe, J." <j@x.test>, friends: a@x.test,
	 b@x.test;
	Cc: (a comment) c@x.test (another),
	Bcc: secret@x.test,
	 hidden@x.test
	Subject: s

	Bcc: is only text here
	END
	run -0 smtpsend -s "$ADDR" -t d@x.test <letter
	[ "$(cut -d ' ' -f 3- got.log)" = \
	"d@x.test j@x.test a@x.test b@x.test c@x.test secret@x.test hidden@x.test" ]
	run -1 grep -E '(secret|hidden)@' got.1
	grep -q '^Bcc: is only text here' got.1
}

@test "-t takes the latest Resent- block where there is one" {
	fake
	printf '%s\n' 'Resent-From: me@x' 'Resent-To: new@x' 'Resent-Bcc: bcc@x' \
		'Received: by me' 'Resent-To: old@x' 'To: first@x' '' x |
		run -0 smtpsend -s "$ADDR" -t
	[ "$(cut -d ' ' -f 3- got.log)" = "new@x bcc@x" ]
	run -1 grep -i '^[a-z-]*bcc\|bcc@' got.1
}

@test "-t with nobody in the header: 65" {
	run -65 --separate-stderr smtpsend -s 127.0.0.1:1 -t <<<'Subject: x'
	[ -z "$output" ]
	[ "$stderr" = 'smtpsend: stdin: no recipient' ]
}

@test "what is no address fails alone, and stops nobody: 67" {
	fake
	run -67 --separate-stderr smtpsend -s "$ADDR" -l - good@x 'b@@d' \
		'a@b> RCPT TO:<evil@x' <letter
	[ "$(cut -d ' ' -f 3- got.log)" = good@x ]
	[ "$(cut -f 1 <<<"$output" | sort | tr '\n' ' ')" = "failed failed sent " ]
	[ "${#stderr_lines[@]}" = 2 ]
	run -1 grep evil@ dialog
}

@test "the same in the header, under -t" {
	fake
	printf 'To: good@x, b@@d, last@x\n\nx\n' |
		run -67 smtpsend -s "$ADDR" -t
	[ "$(cut -d ' ' -f 3- got.log)" = 'good@x last@x' ]
}

@test "-l - shows the results, -l FILE keeps them" {
	fake 'rcpt:2:550 5.1.1 nobody'
	run -67 --separate-stderr smtpsend -s "$ADDR" -l - a@x b@x <letter
	printf '%s\n' "$output" | sed 's/2[0-9-]*T[0-9:]*Z/TIME/' >got
	printf 'sent\ta@x\t250\tdot\t%s\t1\tTIME\t<1@here.test>\t2.0.0 queued\n' \
		"$ADDR" >want
	printf 'failed\tb@x\t550\trcpt\t%s\t1\tTIME\t<1@here.test>\t5.1.1 nobody\n' \
		"$ADDR" >>want
	diff want got
	[ "$stderr" = 'smtpsend: b@x: failed at rcpt: 550 5.1.1 nobody' ]
	run -0 --separate-stderr smtpsend -s "$ADDR" -l log c@x <letter
	[ -z "$output" ]
	[ "$(cut -f 1,2 log)" = $'sending\tc@x\nsent\tc@x' ]
}

@test "wrong usage: 64, and nothing on standard output" {
	for args in '' '-bX a@x' '-bS a@x' '-bS -t' '-T 0 a@x' '-T x a@x' \
		'-s : a@x' '-s host:x:y a@x' '-s a:1,, a@x' '-f x@@y a@x' \
		'a@x -v' ','; do
		# shellcheck disable=SC2086
		run -64 --separate-stderr smtpsend $args <letter
		[ -z "$output" ]
		[ -n "$stderr" ]
	done
	# a server forgotten is no other one
	run -64 smtpsend -s '' a@x <letter
	[ "$output" = 'smtpsend: server: : not an address' ]
}

@test "standard input that cannot be read: 66" {
	run -66 --separate-stderr smtpsend -s 127.0.0.1:1 a@x <.
	run -66 --separate-stderr smtpsend -s 127.0.0.1:1 -bS <.
	[ -z "$output" ]
	[ -n "$stderr" ]
}

# half SIGNAL [option ...]: sends with these, gets the signal when it has read
# some of the message, and then the end of it.
half() {
	local signal=$1
	shift
	launch smtpsend -s "$ADDR" "$@" <way 3>&- 2>err &
	pid=$!
	exec 7>way
	# more than a pipe holds: when all is written, much of it was read
	awk 'BEGIN {
		print "Subject: s\nTo: a@x\n"
		for (i = 0; i < 5000; i++)
			print "one of many lines that make up the first half"
	}' >&7
	kill -"$signal" "$pid"
	exec 7>&-
	ended $((128 + $(kill -l "$signal"))) "$pid"
}

@test "SIGTERM or SIGINT while it reads the message: nothing is sent" {
	mkfifo way
	fake
	for signal in TERM INT; do
		half "$signal" a@x
		half "$signal" -t
		half "$signal" -l journal a@x
		half "$signal" -n a@x
	done
	[ ! -e dialog ]
	[ ! -s journal ]
}

@test "SIGTERM when the message has been read: it is finished" {
	fake dot:1:lag
	smtpsend -s "$ADDR" a@x <letter 3>&- 2>err &
	pid=$!
	wait_for grep -qsx '\.' dialog
	kill "$pid"
	ended 0 "$pid"
	[ "$(received)" = a@x ]
}

@test "results on a full device: 74, and the journal is true" {
	[ -c /dev/full ] || skip "no /dev/full"
	fake
	run -74 bash -c 'smtpsend -s "$1" -l - a@x <letter >/dev/full' - "$ADDR"
	run -74 bash -c 'smtpsend -s "$1" -bS -l log >/dev/full' - "$ADDR" <<-'END'
	MAIL FROM:<me@x>
	RCPT TO:<a@x>
	DATA
	x
	.
	QUIT
	END
	[ "$(cut -f 1 log)" = $'sending\nsent' ]
}

@test "a socket in the file system is a server too" {
	start -n fake fake-smtp -u "$PWD/sock"
	run -0 smtpsend -s ./sock -l - a@x <letter
	[ "$(cut -f 1,5 <<<"$output")" = $'sent\t./sock' ]
	[ -s got.1 ]
}
