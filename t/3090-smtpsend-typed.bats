#!/usr/bin/env bats
# smtpsend -I and -n.

# shellcheck disable=SC2154 # run sets stderr, stderr_lines

load lib
load smtpsend

@test "-I: lines become commands, dots are stuffed, replies explained" {
	fake 'rcpt:1:550 5.1.1 nobody' 'mail:1:450 later'
	printf '%s\n' 'EHLO me' 'MAIL FROM:<a@x>' 'MAIL FROM:<b@x>' \
		'RCPT TO:<no@x>' '' 'RCPT TO:<yes@x>' DATA 'Subject: s' '' .hello . \
		QUIT >in
	run -0 --separate-stderr smtpsend -I -s "$ADDR" <in
	[ "$(cat got.log)" = '1 b@x yes@x' ]
	printf '%s\r\n' 'Subject: s' '' .hello | cmp - got.1
	printf '%s\n' "$output" >shown
	grep -qx 'S: 550 5.1.1 nobody' shown
	grep -q 'no: type RCPT again' shown
	grep -q 'not now: type MAIL again' shown
	grep -q 'go on: type the message' shown
	grep -q 'good-bye' shown
	[ -z "$stderr" ]
}

@test "-I: a mistake of one's own is not taken for a sender that is refused" {
	fake 'mail:1:500 what?' 'mail:2:501 how?' 'mail:3:503 when?'
	printf '%s\n' 'MAIL FROM:<a@x>' 'MAIL FROM:<a@x>' 'MAIL FROM:<a@x>' \
		QUIT >in
	smtpsend -I -s "$ADDR" <in | grep '(no' >shown
	diff - shown <<-'END'
	   (no: the server does not know this command)
	   (no: the command does not have the form it must have)
	   (no: not now, the order is EHLO, MAIL, RCPT, DATA)
	END
}

@test "-I, -v: what the server says is bold on a terminal alone" {
	local bold=$'\e[1mS: 250 2.1.5 ?[2Jok\e[0m'
	fake $'rcpt:*:250 2.1.5 \e[2Jok'
	printf '%s\n' 'EHLO me' 'MAIL FROM:<a@x>' 'RCPT TO:<b@x>' QUIT >in
	terminal sh -c "smtpsend -I -s '$ADDR' <in >&2" | tr -d '\r' >on
	grep -qxF "$bold" on
	grep -qx 'C: QUIT' on
	NO_COLOR=1 terminal sh -c "smtpsend -I -s '$ADDR' <in >&2" >off
	smtpsend -I -s "$ADDR" <in >pipe
	echo Hi. >message
	terminal smtpsend -v -f a@x -s "$ADDR" b@x <message |
		tr -d '\r' >told
	grep -qxF "$bold" told
	terminal sh -c "smtpsend -v -f a@x -s '$ADDR' b@x <message 2>log"
	lacks $'\e' off pipe log
	grep -qx 'S: 250 2.1.5 ?\[2Jok' log
}

@test "-I: what is typed on a terminal is not shown a second time" {
	fake
	printf '%s\n' 'EHLO me' 'MAIL FROM:<a@x>' 'RCPT TO:<b@x>' DATA one two . \
		>in
	printf '\004' | cat in - | terminal -t smtpsend -I -s "$ADDR" |
		tr -d '\r' >shown
	# What is typed comes before the prompts, or behind them.
	sed 's/.*C: //' shown | grep -Fxf in | diff in -
	# A prompt for each line, and what stands for the end of input.
	[ "$(grep -o 'C: ' shown | wc -l)" = 8 ]
	[ "$(grep -c 'C: QUIT' shown)" = 1 ]
	smtpsend -I -s "$ADDR" <in >shown
	grep -qx 'C: MAIL FROM:<a@x>' shown
}

@test "-I: secrets that are typed are not shown" {
	fake -c 'AUTH PLAIN LOGIN' 'auth:2:334 VXNlcm5hbWU6' \
		'auth:3:334 VXNlcm5hbWU6'
	printf '%s\n' 'auth plain AHNlc3FtZQ==' 'AUTH LOGIN' c2VzYW1l \
		'AUTH LOGIN' '*' "auth	plain	AHNlc3FtZQ==" QUIT >in
	run -0 smtpsend -I -s "$ADDR" <in
	grep -q 'AHNlc3FtZQ==' dialog
	grep '^C:' <<<"$output" >said
	printf 'C: %s\n' 'auth plain ****' 'AUTH LOGIN' '****' 'AUTH LOGIN' \
		'*' 'auth	plain ****' QUIT | diff - said
}

@test "-I: nor are those that are typed in another way, or too late" {
	fake -c 'AUTH PLAIN LOGIN' 'auth:1-:504 5.5.4 not that one'
	printf '%b\n' '  AUTH   PLAIN  AHNlc3FtZQ==' '\t auth\tlogin\tc2VzYW1l' \
		'AUTH AHNlc3FtZQ==' 'AUTHPLAIN AHNlc3FtZQ==' 'AUTH LOGIN' \
		c2VzYW1l ' c2VzYW1l' NOOP oops 'PASS c2VzYW1l' '\x1f AUTH c2VzYW1l' \
		'AUTH=PLAIN c2VzYW1l' 'USER joe' c2VzYW1l QUIT >in
	run -0 smtpsend -I -v -s "$ADDR" <in
	grep -q 'AHNlc3FtZQ==' dialog
	grep '^C:' <<<"$output" >said
	run -1 grep -e AHNl -e c2Vz said
	grep -qx 'C: oops' said
	grep -qx 'C: AUTH LOGIN' said
}

@test "-I: more replies than commands, and what is no reply" {
	printf '%s\r\n' '220 hi' '250 one' '550 two' >replies
	printf '%s\n' 'cat replies' 'read -r line' >server
	run -75 smtpsend -I -C 'sh server' <<<NOOP
	[ "$output" = "S: 220 hi
   (connected: type EHLO and your name, MAIL FROM:<you>, RCPT TO:<them>, DATA, QUIT)
S: 250 one
   (the server is out of step: nothing had asked for this reply)
S: 550 two
   (the server is out of step: nothing had asked for this reply)
C: NOOP
   (connection lost)" ]
	printf '220 hi\r\n\025\003\001 \\ \303\n' >replies
	run -75 smtpsend -I -C 'cat replies' <<<NOOP
	[[ $output = *'(not an SMTP reply: \x15\x03\x01 \\ \xC3\n; it seems to speak TLS at once: use -Z -Z)' ]]
	printf '\025\003\001\000\002\002F' >replies
	run -75 --separate-stderr smtpsend -C 'cat replies' -f a@b c@d <<<x
	[[ $stderr = *': connection lost: \x15\x03\x01\x00\x02\x02F; it seems to speak TLS at once: use -Z -Z' ]]
	# what was typed is not told, if a server says it again
	printf '%s\n' 'echo 220 hi' 'read -r line' 'echo 250-x' \
		'echo 250 AUTH PLAIN' 'read -r line' 'echo AGpvZQB4' >server
	run -75 --separate-stderr smtpsend -a joe -P 'echo x' \
		-C 'sh server' -f a@b c@d <<<x
	[[ $stderr = *': not an SMTP reply' ]]
}

@test "-I: the end of input is QUIT, but in a letter it sends nothing" {
	fake
	run -0 smtpsend -I -s "$ADDR" <<<NOOP
	[ "$(tail -n 1 dialog)" = QUIT ]
	printf '%s\n' 'MAIL FROM:<b@x>' 'RCPT TO:<a@x>' DATA half |
		run -75 smtpsend -I -s "$ADDR"
	run -1 received
	run -75 smtpsend -I -s 127.0.0.1:1 <<<QUIT
	fake noop:1:drop
	run -75 smtpsend -I -s "$ADDR" <<<NOOP
}

@test "-I: the first SIGINT or SIGTERM ends it" {
	mkfifo way
	fake
	for signal in INT TERM; do
		: >shown
		launch smtpsend -I -s "$ADDR" <way >shown 3>&- &
		pid=$!
		exec 7>way
		wait_for grep -q connected shown
		kill -"$signal" "$pid"
		exec 7>&-
		ended $((128 + $(kill -l "$signal"))) "$pid"
	done
	[ ! -e dialog ]
}

@test "-n: says what it would do; -s asks the server, up to RCPT" {
	printf 'Subject: s\nTo: b@x\n\nx\n' >letter
	run -67 --separate-stderr smtpsend -n -f me@x a@x 'c@@d' <letter
	[ "$(sed 's/, .*//; s/rcpt: .*/rcpt/' <<<"$output")" = \
		$'from <me@x>\nto <a@x>\nto <c@@d>: failed at rcpt' ]
	fake 'rcpt:2:550 no'
	run -67 --separate-stderr smtpsend -n -t -f me@x -s "$ADDR" a@x <letter
	[ "$(tail -n 2 <<<"$output")" = \
		$'to <a@x>: accepted\nto <b@x>: failed at rcpt: 550 no' ]
	run -1 grep -E '^(DATA|BDAT)' dialog
	run -1 received
	run -75 smtpsend -n -s 127.0.0.1:1 a@x <letter
	run -0 smtpsend -n -l journal a@x <letter
	[ ! -e journal ]
}

@test "-n with -bS: each message of the batch, over one connection" {
	{ letter me@x a@x no@x; letter me@x 'c@@d' b@x; letter me@x d@x
		echo QUIT; } >in
	run -67 --separate-stderr smtpsend -n -bS <in
	[ "$(sed 's/, .*//; s/rcpt: .*/rcpt/' <<<"$output")" = "from <me@x>
to <a@x>
to <no@x>
from <me@x>
to <c@@d>: failed at rcpt
to <b@x>
from <me@x>
to <d@x>" ]
	fake 'rcpt:no@:550 no' 'mail:3:451 later'
	run -75 --separate-stderr smtpsend -n -bS -s "$ADDR" -l journal <in
	[ "$(grep '^to' <<<"$output" | sed 's/rcpt: [^5].*/rcpt/')" = \
		"to <a@x>: accepted
to <no@x>: failed at rcpt: 550 no
to <c@@d>: failed at rcpt
to <b@x>: accepted
to <d@x>: deferred at mail: 451 later" ]
	[ "$(grep -c EHLO dialog)" = 1 ]
	[ "$(grep -c RSET dialog)" = 2 ]
	run -1 grep -E '^(DATA|BDAT)' dialog
	[ ! -e journal ]
	# another connection where one is lost, and the stream's own troubles
	fake 'rcpt:1:drop'
	run -75 --separate-stderr smtpsend -n -bS -s "$ADDR" < <(head -n 18 in)
	grep -q 'cut off' <<<"$stderr"
	[ "$(grep '^to' <<<"$output" | tail -n 1)" = 'to <b@x>: accepted' ]
	run -75 smtpsend -n -bS -s 127.0.0.1:1 <in
	# more recipients than a transaction takes: the rest in the next
	fake 'rcpt:2:452 4.5.3 too many recipients'
	{ letter me@x a@x b@x; echo QUIT; } >in
	run -0 smtpsend -n -bS -s "$ADDR" <in
	[ "$(grep -c MAIL dialog)" = 2 ]
	run -74 sh -c 'smtpsend -n -bS <in >/dev/full'
}
# long [N]: that many letters, by default as many as a line may have.
long() {
	head -c "${1:-12288}" /dev/zero | tr '\0' a
}

@test "-I: the rest of a long line is no line" {
	fake
	{ printf '%s\n' 'EHLO x' 'MAIL FROM:<a@b>' 'RCPT TO:<c@d>' DATA \
		'Subject: x' ''; long; printf '.\nMAIL FROM:<evil@x>\n'
		# dots where a piece begins, a CRLF that is cut in two
		printf .; long 12287; printf '.x\n'; long 30000; printf '\r\n'
		long 12287; printf '\r\nrest\n.\nQUIT\n'; } >in
	run -0 smtpsend -I -s "$ADDR" <in
	[ "$(cat got.log)" = '1 a@b c@d' ]
	sed '1,4d; s/\r$//' in | head -n -2 | sed 's/$/\r/' | cmp - got.1
	[ "$(grep -c MAIL dialog)" = 1 ]
	# a long command is refused, and what follows is none
	{ long; printf 'NOOP\nRSET\n'; long; long; } >in
	fake
	run -0 smtpsend -I -s "$ADDR" <in
	[ "$(grep -c 'too long for a command' <<<"$output")" = 2 ]
	printf '%s\n' RSET QUIT | diff - dialog
}

@test "-n asks as it would send: SIZE, BODY, SMTPUTF8 and DSN" {
	printf '%s\n' 'MAIL FROM:<ї@x> RET=HDRS ENVID=e1' \
		'RCPT TO:<a@x> NOTIFY=FAILURE' DATA 'Subject: ї' '' Привіт . \
		'MAIL FROM:<me@x>' 'RCPT TO:<b@x>' DATA 'Subject: s' '' Hi. . \
		QUIT >in
	code=75
	for caps in 8BITMIME 'SIZE 100000,8BITMIME,SMTPUTF8,DSN'; do
		for n in '' -n; do
			fake -c "$caps"
			run -"$code" smtpsend -bS $n -s "$ADDR" <in
			grep -E '^(MAIL|RCPT)' dialog >asked$n
		done
		diff asked asked-n
		code=0
	done
	[ "$(head -n 2 asked)" = "$(printf '%s\n' "$(head -n 1 in |
		sed 's/> /> SIZE=29 BODY=8BITMIME SMTPUTF8 /')" "$(sed -n 2p in)")" ]
	fake -c 'SIZE 100000' 'mail:SIZE=:552 too big'
	run -65 smtpsend -n -s "$ADDR" a@x <<<'Subject: s'
	grep -q 'failed at mail: 552 too big' <<<"$output"
	# and takes the answers for the same
	fake 'rcpt:*:552 too many recipients'
	run -75 smtpsend -n -s "$ADDR" a@x <<<'Subject: s'
	grep -q 'deferred at rcpt: 552 too many' <<<"$output"
}

@test "-I: a command with a bare CR or a NUL in it is not sent" {
	fake
	printf 'NOOP a\rQUIT b\nNOOP \0\nNOOP\nQUIT\n' >in
	run -0 smtpsend -I -s "$ADDR" <in
	[ "$(grep -c 'a control character in a command: not sent' <<<"$output")" = 2 ]
	printf '%s\n' NOOP QUIT | cmp - dialog
}
