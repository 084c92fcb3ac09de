#!/usr/bin/env bats
# smtpsend: what one server cannot take goes to the next; where none can, it
# is deferred, and no recipient has failed.

# shellcheck disable=SC2154 # run sets stderr, stderr_lines

load lib
load smtpsend

# server NAME [option ...] [-- WORD ...]: one at ./NAME whose EHLO lacks those
# words.
server() {
	local name=$1 options=()
	shift
	while [ $# -gt 0 ] && [ "$1" != -- ]; do
		options+=("$1")
		shift
	done
	[ $# = 0 ] || shift
	printf 'at ehlo hide %s\n' "$@" NONE >"rules.$name"
	start -n "$name" smtpd-lite -l "./$name" -d "mail.$name" \
		-R "rules.$name" "${options[@]}"
}

# one CODE SERVERS RCPT ...: sends a message; status, recipient and server of
# each to short, the reasons to why.
one() {
	local code=$1 servers=$2
	shift 2
	run -"$code" --separate-stderr smtpsend -s "$servers" -T 5 \
		-f "${FROM:-me@x.test}" -l - "$@" <letter
	cut -f 1,2,5 <<<"$output" | grep -a . | tr '\t' ' ' >short
	cut -f 9 <<<"$output" >why
}

letter_of() {
	{ printf 'Subject: s\n'; cat; } >letter
}

@test "SMTPUTF8: the next server, with and without CHUNKING" {
	letter_of <<<$'\nx'
	server new
	for lack in SMTPUTF8 'SMTPUTF8 CHUNKING'; do
		rm -f old
		# shellcheck disable=SC2086
		server old -- $lack
		one 0 ./old,./new оля@пошта.test
		[ "$(cat short)" = 'sent оля@пошта.test ./new' ]
		# of a message for both, each goes where it can
		one 0 ./old,./new оля@пошта.test b@x.test
		printf '%s\n' 'sent b@x.test ./new' \
			'sent оля@пошта.test ./new' >want
		sort short | sed 's,b@x.test ./old,b@x.test ./new,' |
			diff want -
		grep -q 'b@x.test ./old' short
		FROM=оля@пошта.test one 0 ./old,./new b@x.test
		[ "$(cat short)" = 'sent b@x.test ./new' ]
		stop
	done
}

@test "no server can: deferred, 75; the others are served" {
	letter_of <<<$'\nx'
	server old -- SMTPUTF8
	server older -- SMTPUTF8 PIPELINING CHUNKING
	for servers in ./old ./older ./old,./older; do
		one 75 "$servers" оля@пошта.test b@x.test
		grep -qx 'deferred оля@пошта.test ./old.*' short
		grep -qx 'sent b@x.test ./old.*' short
		grep -qx 'the address is not ASCII, .* offer SMTPUTF8' why
		FROM=оля@пошта.test one 75 "$servers" b@x.test
		grep -qx 'deferred b@x.test ./old.*' short
	done
	# one that might is away
	for servers in ./old,./none ./none,./old; do
		one 75 "$servers" оля@пошта.test
		[ "$(cat short)" = 'deferred оля@пошта.test ./none' ]
		[ "$(cat why)" = 'No such file or directory' ]
	done
}

@test "a batch: who can be served where, over few connections" {
	server old -- SMTPUTF8
	server new
	for n in 1 2 3 4 5 6 7 8; do
		letter me@x "r$n@x.test" "оля$n@пошта.test"
	done >in
	echo QUIT >>in
	runs=0
	for jobs in 1 3; do
		rm -f journal
		run -0 --separate-stderr smtpsend -v -bS -j "$jobs" \
			-s ./old,./new -l journal <in
		[ "$(grep -c ^sent <<<"$output")" = 16 ]
		[ "$(find mail.* -path '*/new/*' | wc -l)" = $((24 * ++runs - 8)) ]
		[ "$(grep -c 'C: EHLO' <<<"$stderr")" -le $((3 * jobs)) ]
		run -0 smtpsend -bS -s ./none -l journal <in
		# what both lack is asked of neither again
		server new2 -- SMTPUTF8
		run -75 --separate-stderr smtpsend -v -bS -j "$jobs" \
			-s ./old,./new2 <in
		[ "$(grep -c ^sent <<<"$output")" = 8 ]
		[ "$(grep -c ^deferred <<<"$output")" = 8 ]
		[ "$(grep -c 'C: EHLO' <<<"$stderr")" -le $((2 * jobs)) ]
		stop
		rm -f new2
	done
}

@test "SIZE: the server that takes it; failed where none does" {
	{ echo; seq 2000; } | letter_of
	server small -m 5000
	server large -m 100000
	one 0 ./small,./large a@x.test
	[ "$(cat short)" = 'sent a@x.test ./large' ]
	server tiny -m 1000
	one 65 ./small,./tiny a@x.test
	grep -qx 'failed a@x.test ./[st].*' short
	grep -qx '[0-9]* octets, and the server takes [15]000' why
	# one that may take it is away
	one 75 ./small,./none a@x.test
	one 75 ./none,./small a@x.test
	[ "$(cat short)" = 'deferred a@x.test ./none' ]
}

@test "8BITMIME: a header that is not ASCII, and what cannot be converted" {
	printf 'Subject: Привіт\n\nx\n' >letter
	server old -- 8BITMIME
	server new
	one 0 ./old,./new a@x.test
	[ "$(cat short)" = 'sent a@x.test ./new' ]
	one 75 ./old a@x.test
	[ "$(cat short)" = 'deferred a@x.test ./old' ]
	grep -qx 'the header is not ASCII, .* not offer 8BITMIME' why
}

@test "-n asks the server that can" {
	letter_of <<<$'\nx'
	server old -- SMTPUTF8
	server new
	run -0 smtpsend -n -s ./old,./new оля@пошта.test b@x.test <letter
	[ "${lines[1]}" = 'to <оля@пошта.test>: accepted' ]
	[ "${lines[2]}" = 'to <b@x.test>: accepted' ]
	run -75 smtpsend -n -s ./old оля@пошта.test b@x.test <letter
	[[ ${lines[1]} = 'to <оля@пошта.test>: deferred at rcpt: '* ]]
	[ "${lines[2]}" = 'to <b@x.test>: accepted' ]
}

# eight [rule ...]: a server that lists everything, with these rules, and a
# message of 8-bit text to it.
eight() {
	fake -c "$CAPS" "$@"
	{ letter me@x a@x b@x; letter me@x c@x; letter me@x d@x
		echo QUIT; } | sed 's/^Hi\.$/Hi, здоров!/' >in
}

@test "8BITMIME that is listed and refused at MAIL: converted, on the connection" {
	for CAPS in 8BITMIME,SIZE PIPELINING,8BITMIME \
		PIPELINING,CHUNKING,8BITMIME; do
		for reply in '501 no' '504 5.5.4 not that' '555 what?' \
			'554 5.6.3 conversion' '550 BODY=8BITMIME is not taken'; do
			eight "mail:BODY=:$reply"
			send 0 <in
			[ "$(grep -c '^sent' short)" = 4 ]
			# Where the server takes no recipients after that.
			[[ $CAPS = P* ]] ||
				[ "$(grep -c '^EHLO' dialog)" = 1 ]
			[ "$(wc -l <got.log)" = 3 ]
			run -1 grep -a '[^ -~[:space:]]' got.[123]
		done
		send 0 -j 2 <in
	done
	CAPS=8BITMIME
	eight 'mail:BODY=:504 no'
	send 0 <in
	# It is learnt once.
	[ "$(grep -c 'BODY=' dialog)" = 1 ]
	eight 'mail:BODY=:504 no'
	run -0 --separate-stderr smtpsend -n -s "$ADDR" a@x <<-'END'
		Subject: s

		здоров
	END
	[[ $output = *'<a@x>: accepted' ]]
}

@test "8BITMIME that is listed, and the text refused for it: once more" {
	for CAPS in 8BITMIME PIPELINING,8BITMIME PIPELINING,CHUNKING,8BITMIME; do
		for reply in '554 5.6.1 media' '554 5.6.3 no conversion' \
			'550 8-bit text is not taken'; do
			eight "dot:1:$reply"
			send 0 -l journal <in
			[ "$(grep -c '^sent' short)" = 4 ]
			[ "$(wc -l <got.log)" = 3 ]
			rm journal
			eight "dot:*:$reply"
			send 65 <in
			[ "$(grep -c '^failed.*dot$' short)" = 4 ]
		done
	done
	CAPS=8BITMIME
	eight 'data:1:554 5.6.3 no conversion'
	send 0 <in
	run -1 grep -a '[^ -~[:space:]]' got.[123]
}

@test "SIZE, SMTPUTF8 and DSN that are listed and refused" {
	CAPS=PIPELINING,8BITMIME,SMTPUTF8,DSN,SIZE
	eight 'mail:SIZE=:501 5.5.4 no'
	send 0 <in
	[ "$(grep -c 'BODY=' dialog)" -ge 3 ]
	grep -qa здоров got.1
	# an address needs it: that is no word about the recipient
	eight 'mail:SMTPUTF8:555 5.5.4 SMTPUTF8 unsupported'
	{ letter me@x пошта@x; letter me@x c@x; echo QUIT; } >in
	send 75 <in
	printf '%s\n' 'deferred пошта@x - rcpt' 'sent c@x 250 dot' |
		sort | diff - <(sort short)
	# a header does not
	{ letter me@x c@x | sed 's/^Subject: s/Subject: Привіт/'
		echo QUIT; } >in
	send 0 <in
	{ printf '%s\n' 'MAIL FROM:<me@x> RET=HDRS ENVID=q' \
		'RCPT TO:<a@x> NOTIFY=NEVER' 'RCPT TO:<b@x> NOTIFY=NEVER' \
		'RCPT TO:<c@x>'
		letter me@x z@x | sed '1,2d'; echo QUIT; } >in
	for rule in 'mail:RET=:555 no' 'rcpt:NOTIFY=:501 5.5.4 no'; do
		fake -c "$CAPS" "$rule"
		send 0 <in
		[ "$(grep -c '^sent' short)" = 3 ]
		fake -c "PIPELINING,CHUNKING,DSN" "$rule"
		send 0 <in
		[ "$(grep -c '^sent' short)" = 3 ]
	done
	# An address that is refused stays so.
	CAPS=PIPELINING,8BITMIME,SIZE
	eight 'mail:*:501 5.1.7 bad address' 'rcpt:*:503 no'
	send 65 <in
	[ "$(grep -c '^MAIL' dialog)" = 3 ]
	eight 'mail:*:501 syntax' 'rcpt:*:503 no'
	send 65 <in
	[ "$(cut -d ' ' -f 1,3,4 short | sort -u)" = 'failed 501 mail' ]
}

@test "-p 0: each command waits for the reply to the one before; no BDAT" {
	for caps in PIPELINING PIPELINING,CHUNKING; do
		fake -c "$caps"
		batch 3 >in
		for depth in 1 0; do
			run -0 --separate-stderr smtpsend -v -bS -p $depth \
				-s "$ADDR" <in
			printf '%s\n' "${stderr_lines[@]}" >dialogue
			# whether a command comes right after MAIL or RCPT
			[ "$(awk '/^C: (MAIL|RCPT)/ { getline; n += /^C/ }
				END { print (n > 0) }' dialogue)" = $depth ]
		done
		lacks BDAT dialogue
		[ "$(grep -c '^C: DATA' dialogue)" = 3 ]
		[ "$(received | wc -l)" = 6 ]
	done
}

@test "-E no: HELO at once, and no extension" {
	fake -c PIPELINING,CHUNKING,8BITMIME
	printf 'Subject: s\n\nПривіт\n' |
		smtpsend -E no -s "$ADDR" -f me@x a@x
	[ "$(cut -c 1-4 dialog | tr '\n' ' ')" = 'HELO MAIL RCPT DATA . QUIT ' ]
	lacks BODY= dialog
	grep -q quoted-printable got.1
	run -64 smtpsend -E yes a@x </dev/null
}
