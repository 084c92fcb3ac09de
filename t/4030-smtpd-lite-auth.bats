#!/usr/bin/env bats
# smtpd-lite: logging in.

# shellcheck disable=SC2154 # run sets stderr

load lib
load smtpd
load dial

setup() {
	lib_setup
	# The password is pencil for both.
	cat >passwd <<-'END'
	Joe:pencil
	END
	cat >verifiers <<-'END'
	joe:SCRAM-SHA-256$4096:W22ZaJ0SNY7soEsUEjb6gQ==$WG5d8oPm3OtcPnkdi4Uo7BkeZkBFzpcXkuLmtbsT4qY=:wfPLwcE6nTWhTAmQ7tl2KeoiWGPlZqQxSrmfPwDl2dU=
	END
	chmod 600 passwd verifiers
}

base64_of() {
	printf "$1" | b64
}

@test "PLAIN: at once, and in a line of its own" {
	printf '%s\r\n' 'EHLO x' "AUTH PLAIN $(base64_of '\0joe\0pencil')" \
		'AUTH PLAIN' 'MAIL FROM:<a>' 'RCPT TO:<u>' DATA x . QUIT |
		talk -a passwd
	sed '1,/^250 HELP/d' out >got
	head -n 2 got | cmp - <(printf '%s\n' \
		'235 2.7.0 Authentication successful' \
		'503 5.5.1 Error: already authenticated')
	grep -q '^	by .* with ESMTPA id ' mail/u/new/*
	printf '%s\r\n' 'EHLO x' 'auth plain' \
		"$(base64_of '\0JOE\0pencil')" QUIT | talk -a passwd
	[ "$(replies)" = '220 250 334 235 221 ' ]
	grep -qx '334 ' out
}

@test "LOGIN" {
	printf '%s\r\n' 'EHLO x' 'AUTH LOGIN' "$(base64_of joe)" \
		"$(base64_of pencil)" QUIT | talk -a passwd
	sed '1,/^250 HELP/d' out >got
	printf '%s\n' '334 VXNlcm5hbWU6' '334 UGFzc3dvcmQ6' \
		'235 2.7.0 Authentication successful' '221 2.0.0 Bye' >want
	cmp want got
}

# client MECHANISM PASSWORD [option ...]: logs in over a pair of pipes; the last
# reply goes to standard output.
client() {
	login smtp "$1" joe "$2" smtpd-lite -i -o sink "${@:3}"
}

@test "CRAM-MD5 and SCRAM-SHA-256, right and wrong" {
	# Each wrong one takes a second: side by side.
	for mechanism in CRAM-MD5 SCRAM-SHA-256; do
		client "$mechanism" pencils -a passwd >"$mechanism" 3>&- &
	done
	for mechanism in CRAM-MD5 SCRAM-SHA-256; do
		run -0 client "$mechanism" pencil -a passwd
		[ "$output" = '235 2.7.0 Authentication successful' ]
	done
	wait
	for mechanism in CRAM-MD5 SCRAM-SHA-256; do
		[ "$(cat "$mechanism")" = '535 5.7.8 Error: authentication failed' ]
	done
}

@test "a verifier offers what it can, and that works" {
	printf '%s\r\n' 'EHLO x' 'AUTH CRAM-MD5' \
		"AUTH PLAIN $(base64_of '\0joe\0pencil')" QUIT |
		talk -a verifiers
	grep -qx '250-AUTH SCRAM-SHA-256 PLAIN LOGIN' out
	[ "$(replies)" = '220 250 504 235 221 ' ]
	run -0 client SCRAM-SHA-256 pencil -a verifiers
	[ "$output" = '235 2.7.0 Authentication successful' ]
}

@test "malformed, cancelled and unknown exchanges; where AUTH may come" {
	printf '%s\r\n' 'AUTH PLAIN' 'EHLO x' AUTH 'AUTH PIGEON' 'AUTH PLAIN !' \
		'AUTH PLAIN' '*' 'AUTH LOGIN' "$(base64_of joe)" '*' \
		'AUTH CRAM-MD5' 'not base64' 'AUTH SCRAM-SHA-256 eA==' \
		'AUTH PLAIN = x' 'MAIL FROM:<a>' 'AUTH PLAIN' RSET \
		"AUTH PLAIN $(base64_of '\0joe\0pencil')" QUIT |
		talk -o sink -a passwd
	sed '/^334/d; /^2/d' out >got
	cat >want <<-'END'
	503 5.5.1 Error: send HELO/EHLO first
	501 5.5.4 Syntax: AUTH mechanism [response]
	504 5.5.4 Error: no such mechanism
	501 5.5.2 Error: malformed response
	501 5.7.0 Error: authentication cancelled
	501 5.7.0 Error: authentication cancelled
	501 5.5.2 Error: malformed response
	501 5.5.2 Error: malformed response
	501 5.5.4 Syntax: AUTH mechanism [response]
	503 5.5.1 Error: MAIL transaction in progress
	END
	cmp want got
	[ "$(tail -n 2 out | head -n 1)" = '235 2.7.0 Authentication successful' ]
}

@test "a line too long in an exchange ends it" {
	{
		printf 'EHLO x\r\nAUTH PLAIN\r\n'
		head -c 20000 /dev/zero | tr '\0' A
		printf '\r\nNOOP\r\nQUIT\r\n'
	} | talk -o sink -a passwd
	[ "$(replies)" = '220 250 334 500 250 221 ' ]
}

@test "12288 octets are a line of a log-in, and one more is not" {
	# of N octets with its ending
	line() { awk -v n="$(($1 - 2))" 'BEGIN { while (n-- > 0) printf "A" }'; }
	{
		printf 'EHLO x\r\nAUTH PLAIN\r\n'
		printf '%s\r\n' "$(line 12288)" 'AUTH PLAIN' "$(line 12289)" \
			"AUTH PLAIN $(line 12290)" 'AUTH PLAIN' \
			"$(base64_of '\0joe\0pencil')" QUIT
	} | talk -o sink -a passwd
	[ "$(replies)" = '220 250 334 501 334 500 500 334 235 221 ' ]
	[ "$(grep -c '^500 5.5.6 ' out)" = 2 ]
}

@test "a wrong password stops nobody else" {
	start smtpd-lite -l :0 -o sink -a passwd
	dial two
	hear two 220
	# Time may be lost on the way, but not each time.
	for _ in 1 2 3 4 5; do
		hello one
		start=$(date +%s%N)
		tell one 'AUTH PLAIN AGpvZQBndWVzcw=='
		say two NOOP 250
		first=two
		nothing one || first=one
		hear one 535
		(($(date +%s%N) - start > 900000000))
		[ "$first" != two ] || return 0
		hang_up one
	done
	false
}

# guess NAME ...: a wrong password of joe's from each, at the same time.
guess() {
	local c
	for c; do
		tell "$c" "AUTH PLAIN $(base64_of '\0joe\0guess')"
	done
	for c; do
		hear "$c" 535
	done
}

@test "wrong passwords hold up the next ones of the account, in all workers" {
	echo ann:pencil >>passwd
	start smtpd-lite -l :0 -o sink -w 4 -a passwd
	hello a b c d x y
	guess a b c d
	tell x "AUTH PLAIN $(base64_of '\0joe\0pencil')"
	say y "AUTH PLAIN $(base64_of '\0ann\0pencil')" 235
	nothing x
	hear x 235
	# That was right, and all is as before.
	at_once run -0 login smtp SCRAM-SHA-256 joe pencil \
		wire "127.0.0.1:$PORT"
	# Nor does SCRAM show before that the password was right.
	guess a b c
	start=$(date +%s%N)
	run -0 login smtp SCRAM-SHA-256 joe pencil wire "127.0.0.1:$PORT"
	[ "$output" = '235 2.7.0 Authentication successful' ]
	(($(date +%s%N) - start > 900000000))
}

@test "-v masks what is secret" {
	printf '%s\r\n' 'EHLO x' "AUTH PLAIN $(base64_of '\0joe\0pencil')" \
		'AUTH LOGIN' QUIT | talk -v -o sink -a passwd
	printf '%s\r\n' 'EHLO x' "  auth	login  $(base64_of joe)" \
		"$(base64_of pencil)" 'QUIT' >>in
	smtpd-lite -i -o sink -v -a passwd <in >raw2 2>>err
	grep -qx 'smtpd-lite: local: C: AUTH PLAIN \*\*\*\*' err
	grep -q 'C: \*\*\*\*$' err
	run -1 grep -e "$(base64_of pencil)" -e cGVuY2ls -e am9l err
}

@test "-v masks the response to an AUTH that was refused, too" {
	printf 'at auth nth 1 reply 454 4.7.0 not now\n' >rules
	printf '%s\r\n' 'EHLO x' 'AUTH PLAIN' cGVuY2ls 'AUTH PIGEON' am9l \
		cGVuY2ls 'AUTH LOGIN x y' cGVuY2ls NOOP oops QUIT |
		talk -v -o sink -a passwd -R rules
	[ "$(replies)" = '220 250 454 500 504 500 500 501 500 250 500 221 ' ]
	sed -n 's/^smtpd-lite: local: C: //p' err >got
	printf '%s\n' 'EHLO x' 'AUTH PLAIN' '****' 'AUTH PIGEON' '****' \
		'****' 'AUTH LOGIN ****' '****' NOOP oops QUIT | cmp - got
}

@test "-v masks what is typed in another way" {
	mkdir said
	printf '%b\r\n' 'EHLO x' '  AUTH   PLAIN  cGVuY2ls' '\tauth\tplain cGVuY2ls' \
		'AUTH cGVuY2ls' 'AUTHPLAIN cGVuY2ls' '\x01AUTH PLAIN cGVuY2ls' \
		cGVuY2ls 'PASS cGVuY2ls' ' pass cGVuY2ls' NOOP oops QUIT |
		talk -v -o sink -a passwd -t said
	run -1 grep -a -e cGVu err said/*
	grep -qx 'smtpd-lite: local: C: oops' err
	printf '%s\r\n' 'EHLO x' 'AUTH PLAIN cGVuY2ls' cGVuY2ls |
		talk -v -o sink
	run -1 grep -e cGVu err
}

@test "MAIL may say who has handed the message in" {
	printf '%s\r\n' 'EHLO x' 'MAIL FROM:<a> AUTH=<> SIZE=9' RSET \
		'MAIL FROM:<a> AUTH=a+2Bb@c.test' RSET 'MAIL FROM:<a> AUTH=a=b' \
		QUIT >in
	talk -o sink -a passwd <in
	[ "$(replies)" = '220 250 250 250 250 250 501 221 ' ]
	talk -o sink <in
	[ "$(replies)" = '220 250 555 250 555 250 555 221 ' ]
}

@test "a passwd file must be there, hold somebody, and be closed to others" {
	: >empty
	chmod 600 empty
	chmod 604 passwd
	printf 'nocolon\n' >bad
	chmod 600 bad
	for file in missing empty passwd bad; do
		run -78 --separate-stderr smtpd-lite -i -a "$file"
		[ -z "$output" ]
		[[ $stderr = "smtpd-lite: $file"* ]]
	done
	chmod 640 passwd
	echo QUIT | talk -o sink -a passwd
}
