#!/usr/bin/env bats
# smtpsend logs in.

# shellcheck disable=SC2154 # run sets stderr, stderr_lines

load lib
load smtpsend

# server -a MECHANISM,...: one that wants joe to log in with one of these; -A does
# not know the secret itself.
server() {
	fake -c "AUTH ${2//,/ }"
	echo "$1" >>script
}

# attempt CODE [option ...]: one message; status and stage to short.
attempt() {
	local code=$1
	shift
	run -"$code" --separate-stderr smtpsend -T 10 -f me@x -l - \
		-s "$ADDR" "$@" a@x <<<'Subject: s'
	cut -f 1,4 <<<"$output" | tr '\t' ' ' >short
}

# secret: prints it, for -P.
secret() {
	printf '#!/bin/sh\necho "open sesame"\n' >secret
	chmod +x secret
}

@test "each mechanism, from a command" {
	secret
	for mechanism in SCRAM-SHA-256 CRAM-MD5 PLAIN LOGIN XOAUTH2; do
		server -a "$mechanism"
		attempt 0 -v -a joe -M "$mechanism" -P ./secret
		[ "$(cat short)" = 'sent dot' ]
		[ -s got.log ]
		grep -q "^AUTH $mechanism" dialog
		# no secret in the trace, in clear or in base64
		run -1 grep -F -e 'open sesame' -e "$(printf 'open sesame' |
			b64)" -e "$(printf '\0joe\0open sesame' | b64)" \
			<<<"$stderr"
		printf '%s\n' "$stderr" | grep 'C: .*\*\*\*'
	done
}

@test "the best that is offered" {
	secret
	server -a LOGIN,PLAIN,CRAM-MD5,SCRAM-SHA-256
	attempt 0 -a joe -P ./secret
	grep -q '^AUTH SCRAM-SHA-256' dialog
	server -a LOGIN,PLAIN,CRAM-MD5
	attempt 0 -a joe -P ./secret
	grep -q '^AUTH CRAM-MD5' dialog
	server -a XOAUTH2
	attempt 77 -a joe -P ./secret
	[ "$(cat short)" = 'deferred auth' ]
}

@test "a mechanism that is none: 64, before anything is sent" {
	secret
	fake
	for name in GSSAPI PLAI 'PLAIN LOGIN' ''; do
		attempt 64 -a joe -P ./secret -M "$name"
		[ "$stderr" = "smtpsend: -M: $name: no such mechanism" ]
	done
	[ ! -s dialog ]
}

@test "the next mechanism, where one is not there (504) or too weak (534)" {
	secret
	for reply in '504 5.5.4 not for you' '534 5.7.9 too weak'; do
		fake -c 'AUTH PLAIN LOGIN CRAM-MD5' "auth:CRAM:$reply"
		attempt 0 -a joe -P ./secret
		[ "$(sed -n 's/^AUTH \([^ ]*\).*/\1/p' dialog | paste -sd ' ' -)" = \
			'CRAM-MD5 PLAIN' ]
		attempt 77 -a joe -P ./secret -M CRAM-MD5
		fake -c 'AUTH PLAIN CRAM-MD5' "auth:*:$reply"
		attempt 77 -a joe -P ./secret
		[ "$(cat short)" = 'deferred auth' ]
		[[ $stderr = *": $reply" ]]
	done
	# A secret that is wrong is so for all.
	fake -c 'AUTH PLAIN CRAM-MD5' 'auth:*:535 5.7.8 no'
	attempt 77 -a joe -P ./secret
	[ "$(grep -c ^AUTH dialog)" = 1 ]
}

@test "mechanisms as old servers list them: AUTH=" {
	secret
	server -a LOGIN
	sed -i 's/-c AUTH LOGIN/-c AUTH=LOGIN NTLM/' script
	attempt 0 -a joe -P ./secret
	server -a PLAIN
	sed -i 's/-c AUTH PLAIN/-c AUTH NTLM,AUTH=PLAIN/' script
	attempt 0 -a joe -P ./secret
	grep -q '^AUTH PLAIN ' dialog
}

@test "a server that asks for a log-in first: 77, deferred" {
	for stage in mail rcpt; do
		for reply in '530 5.7.0 Authentication required' \
			'550 5.7.0 Please log in first' \
			'554 5.7.0 Must issue a STARTTLS command first'; do
			fake "$stage:*:$reply"
			attempt 77
			[ "$(cat short)" = "deferred $stage" ]
		done
		# Not so where it is about them.
		fake "$stage:*:550 5.7.0 Local policy violation"
		attempt "$([ "$stage" = mail ] && echo 65 || echo 67)"
	done
}

@test "refused: 77, deferred, nothing sent" {
	printf '#!/bin/sh\necho wrong\n' >wrong
	chmod +x wrong
	for mechanism in SCRAM-SHA-256 CRAM-MD5 PLAIN LOGIN; do
		server -a "$mechanism"
		attempt 77 -a joe -P ./wrong
		[ "$(cat short)" = 'deferred auth' ]
		[ ! -e got.log ]
	done
	[ "$stderr" = 'smtpsend: a@x: deferred at auth: 535 5.7.8 no' ]
	batch 3 >in
	run -77 --separate-stderr smtpsend -bS -s "$ADDR" -a joe -P ./wrong <in
	[ "$(cut -f 1,4 <<<"$output" | sort -u)" = $'deferred\tauth' ]
	[ "$(wc -l <<<"$output")" = 3 ]
}

@test "a server that does not know the secret itself is not believed" {
	secret
	server -A SCRAM-SHA-256
	attempt 77 -a joe -P ./secret
	[ ! -e got.log ]
}

@test "one log-in for a whole batch" {
	secret
	server -a PLAIN
	batch 20 >in
	run -0 smtpsend -bS -s "$ADDR" -a joe -P ./secret <in
	[ "$(grep -c AUTH dialog)" = 1 ]
}

@test "~/.netrc and NETRC; refused where others can read it" {
	server -a PLAIN
	export HOME=$PWD
	printf 'machine other login joe password no\nmachine 127.0.0.1\n\tlogin joe\n\tpassword "open sesame"\n' >.netrc
	chmod 600 .netrc
	attempt 0 -a joe
	mv .netrc mine
	NETRC=$PWD/mine attempt 0 -a joe
	attempt 77 -a joe
	NETRC=$PWD/mine attempt 77 -a jane
	[[ $stderr = *mine:*jane* ]]
	chmod 604 mine
	NETRC=$PWD/mine attempt 77 -a joe
	[[ $stderr = *mine:* ]]
	[ -z "$output" ]
}

@test "several servers: each gets the password of its own host, or none" {
	# plain USER SECRET: as AUTH PLAIN has it
	plain() { printf '\0%s\0%s' "$1" "$2" | b64; }
	NETRC=$PWD/netrc
	export NETRC
	printf 'machine 127.0.0.1 login joe password first\n' >netrc
	chmod 600 netrc
	fake -c 'AUTH PLAIN' 'greeting:*:drop'
	FIRST=$ADDR
	another -c 'AUTH PLAIN'
	ADDR=$FIRST,localhost:$PORT
	attempt 77 -a joe
	[ "$stderr" = "smtpsend: $NETRC: no password of joe at localhost" ]
	[ ! -e dialog ]
	[ ! -e another/dialog ]
	printf 'machine localhost login joe password second\n' >>netrc
	attempt 0 -a joe
	[ "$(cat short)" = 'sent dot' ]
	[ "$(grep AUTH another/dialog)" = "AUTH PLAIN $(plain joe second)" ]
	# the processes of -j, and one connection a message over both
	fake -c 'AUTH PLAIN'
	for option in '-j 2' '-c 1'; do
		rm -f dialog another/dialog
		batch 6 >in
		# shellcheck disable=SC2086
		run -0 smtpsend -bS $option -s "$FIRST,localhost:$PORT" -a joe <in
		run -0 sort -u <(grep -h AUTH another/dialog || :)
		[ "$output" = "AUTH PLAIN $(plain joe second)" ]
		run -0 sort -u <(grep -h AUTH dialog || :)
		[ "$output" = "AUTH PLAIN $(plain joe first)" ]
	done
	# that of a command is for both
	secret
	rm another/dialog
	fake -c 'AUTH PLAIN' 'mail:*:drop'
	ADDR=$FIRST,localhost:$PORT attempt 0 -a joe -P ./secret
	[ "$(cat dialog another/dialog | grep AUTH | sort | uniq -c |
		tr -s ' ')" = " 2 AUTH PLAIN $(plain joe 'open sesame')" ]
}

@test "a command that fails, or says nothing: 77 before anything is sent" {
	ADDR=127.0.0.1:1
	attempt 77 -a joe -P false
	[ "$stderr" = 'smtpsend: false: it failed' ]
	attempt 77 -a joe -P true
	attempt 77 -a joe -P ./none
	attempt 64 -P true
	attempt 64 -a joe -P true -Z -C cat
}

@test "-C: a command is the connection; its words see no shell" {
	fake
	printf '#!/bin/sh\necho "$#:$3" >args\nexec wire -o "$1:$2"\n' >way
	chmod +x way
	attempt 0 -C './way %h %p $HOME;'
	[ "$(cat args)" = '3:$HOME;' ]
	[ -s got.log ]
	batch 10 >in
	run -0 smtpsend -bS -j 2 -s "$ADDR" -C './way %h %p' <in
	attempt 75 -C ./none
	[ "$(cat short)" = 'deferred connect' ]
	attempt 75 -C false
	attempt 75 -C /no/such/prog
	[[ $stderr = *': deferred at connect: /no/such/prog: No such file or directory' ]]
	run -64 --separate-stderr smtpsend -ZZZ -s "$ADDR" a@x <in
	[ "$stderr" = 'smtpsend: -Z: twice at the most' ]
	run -64 --separate-stderr smtpsend -Z -C false -s "$ADDR" a@x <in
	[ "$stderr" = 'smtpsend: -C and -Z exclude each other' ]
}

@test "-C: a command that does not end is ended" {
	cat >way <<-'END'
	#!/bin/sh
	trap '' TERM
	smtpd-lite -i -o sink
	exec sleep 60
	END
	chmod +x way
	run -0 launch -t 20 smtpsend -s x -C ./way a@x </dev/null
}

@test "-P may take its time: SIGTERM and SIGINT end the wait" {
	printf '#!/bin/sh\necho $$ >asks\nexec sleep 60\n' >ask
	chmod +x ask
	for signal in TERM INT; do
		for program in 'smtpsend -a joe -T 1 -P ./ask a@x' \
			'ftpsend -u joe -T 1 -P ./ask ftp://127.0.0.1:1/ ask'; do
			rm -f asks
			# a shell's background commands ignore SIGINT
			# shellcheck disable=SC2086
			launch $program 2>err 3>&- &
			pid=$!
			wait_for test -s asks
			kill -"$signal" "$pid"
			code=0
			wait "$pid" || code=$?
			kill "$(cat asks)"
			[ "$code" = $((128 + $(kill -l "$signal"))) ]
		done
	done
}

@test "a long secret goes in a line of its own, up to 12288 octets" {
	# Base64 comes in fours, so 12284 octets fit, which are 9213 of PLAIN,
	# and NUL joe NUL is 5 of these.
	for n in 360 700 9208; do
		awk -v n="$n" 'BEGIN { while (n-- > 0) printf "x" }' >text
		printf 'joe:%s\n' "$(cat text)" >passwd
		printf '#!/bin/sh\ncat text\n' >secret
		chmod 600 passwd
		chmod +x secret
		start smtpd-lite -l :0 -o sink -a passwd
		for mechanism in PLAIN LOGIN SCRAM-SHA-256; do
			attempt 0 -v -a joe -M "$mechanism" -P ./secret
			[ "$(cat short)" = 'sent dot' ]
			# Neither as it is nor in Base64; a nonce has no such row.
			run -1 grep -F -e xxxxxxxx -e eHh4eHh4 <<<"$stderr"
		done
		stop
	done
	# The dialogue holds no command over 512 octets.
	for n in 300 400 1000 9000; do
		awk -v n="$n" 'BEGIN { printf "open sesame"
			while (n-- > 0) printf "x" }' >text
		server -a XOAUTH2
		attempt 0 -a joe -M XOAUTH2 -P ./secret
		[ "$(cat short)" = 'sent dot' ]
		grep '^AUTH' dialog >commands
		[ "$(wc -c <commands)" -le 512 ]
	done
	# One that has no room in a line is not sent.
	for n in 9209 16000; do
		awk -v n="$n" 'BEGIN { while (n-- > 0) printf "x" }' >text
		server -a PLAIN
		attempt 77 -a joe -P ./secret
		[[ $stderr = *'longer than the protocol allows' ]]
		[ "$(tail -n 2 dialog | head -n 1)" = '*' ]
	done
}
