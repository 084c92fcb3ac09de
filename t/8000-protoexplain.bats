#!/usr/bin/env bats
# protoexplain: words, and what stands around a dialogue.

# shellcheck disable=SC2154 # run sets output, lines, stderr

load lib

# explains SECTION WORD ...: each of the words, with this section among others.
explains() {
	local section=$1 word bad=0
	shift
	for word; do
		run -0 protoexplain "$word"
		[[ $output == *"($section"[\ .\)]* ]] ||
			{ echo "$word: no $section: $output"; bad=1; }
	done
	return "$bad"
}

@test "every command has its section" {
	explains 'RFC 5321' HELO EHLO MAIL RCPT DATA RSET VRFY EXPN HELP NOOP \
		QUIT TURN SEND SOML SAML .
	explains 'RFC 3030' BDAT
	explains 'RFC 4954' AUTH
	explains 'RFC 3207' STARTTLS
	explains 'RFC 1985' ETRN
	explains 'RFC 1939' USER PASS APOP STAT LIST RETR DELE NOOP RSET TOP \
		UIDL QUIT
	explains 'RFC 2449' CAPA
	explains 'RFC 2595' STLS
	explains 'RFC 5034' AUTH
	explains 'RFC 959' USER PASS ACCT CWD CDUP SMNT REIN QUIT PORT PASV \
		TYPE STRU MODE RETR STOR STOU APPE ALLO REST RNFR RNTO ABOR \
		DELE RMD MKD PWD LIST NLST SITE SYST STAT HELP NOOP
	explains 'RFC 2428' EPRT EPSV
	explains 'orderproto(7)' ORDER QUIT
}

@test "every reply code has its section" {
	explains 'RFC 5321' 211 214 220 221 250 251 252 354 421 450 451 452 \
		455 500 501 502 503 504 550 551 552 553 554 555
	explains 'RFC 4954' 235 334 432 454 500 530 534 535 538
	explains 'RFC 3207' 220 454
	explains 'RFC 1985' 251 252 253 458 459
	explains 'RFC 7504' 521 556
	explains 'RFC 1939' +OK -ERR -err
	explains 'RFC 2449' '[IN-USE]' '[LOGIN-DELAY]' IN-USE
	explains 'RFC 959' 110 120 125 150 200 202 211 212 213 214 215 220 221 \
		225 226 227 230 250 257 331 332 350 421 425 426 450 451 452 \
		500 501 502 503 504 530 532 550 551 552 553
	explains 'RFC 2428' 229 522
	explains 'orderproto(7)' 220 221 250 421 451 452 501 530 535 552 554
}

@test "every enhanced code has its section" {
	explains 'RFC 3463 3.1' 2.0.0 4.0.0 5.0.0 X.0.0
	explains 'RFC 3463 3.2' 2.1.0 5.1.1 5.1.2 5.1.3 5.1.4 2.1.5 5.1.6 \
		5.1.7 4.1.8
	explains 'RFC 3463 3.3' 4.2.0 5.2.1 4.2.2 5.2.3 4.2.4
	explains 'RFC 3463 3.4' 4.3.0 4.3.1 4.3.2 5.3.3 5.3.4 4.3.5
	explains 'RFC 3463 3.5' 4.4.0 4.4.1 4.4.2 4.4.3 4.4.4 4.4.5 5.4.6 4.4.7
	explains 'RFC 3463 3.6' 5.5.0 5.5.1 5.5.2 4.5.3 5.5.4 5.5.5
	explains 'RFC 3463 3.7' 5.6.0 5.6.1 5.6.2 5.6.3 2.6.4 5.6.5
	explains 'RFC 3463 3.8' 5.7.0 4.7.1 5.7.2 5.7.3 5.7.4 5.7.5 5.7.6 5.7.7
	explains 'RFC 4954 6' 5.5.6 5.7.8 5.7.9 5.7.11 4.7.12
	explains 'RFC 7372' 5.7.20 5.7.23 5.7.25
}

@test "keywords, parameters, mechanisms and fields" {
	explains 'RFC 2920' pipelining
	explains 'RFC 1870' SIZE
	explains 'RFC 6152' 8BITMIME BODY
	explains 'RFC 6531' SMTPUTF8
	explains 'RFC 3461' DSN RET ENVID NOTIFY ORCPT
	explains 'RFC 2195' CRAM-MD5
	explains 'RFC 5322' From Date Subject
	explains 'RFC 2045' MIME-Version base64
}

@test "a word that several protocols have: each of them" {
	run -0 protoexplain RETR
	[ "$(grep -c ': command of ' <<<"$output")" = 2 ]
	run -0 protoexplain 550 4.7.1
	grep -qx '550: reply of FTP' <<<"$output"
	grep -qx '4.7.1: enhanced status code' <<<"$output"
	run -0 protoexplain -o html 550
	[ "${lines[0]}" = '<!DOCTYPE html>' ]
	[ "${lines[-1]}" = '</html>' ]
}

@test "what is neither a word nor a file: 66" {
	run -66 --separate-stderr protoexplain XYZZY
	[ -z "$output" ]
	[ "$stderr" = 'protoexplain: XYZZY: No such file or directory' ]
	run -66 protoexplain EHLO XYZZY
	echo 'S: 220 hello' >EHLO
	run -0 protoexplain EHLO
	[ "${lines[0]}" = 'EHLO: command of SMTP' ]
	run -0 protoexplain ./EHLO
	[ "${lines[0]}" = 'S: 220 hello' ]
}

@test "what is no dialogue: 65, line and reason" {
	run -65 --separate-stderr protoexplain <<<'hello'
	[ "$stderr" = 'protoexplain: stdin: no dialogue, and no lines C: and S:' ]
	printf '%s\n' 'dialogue 1 smtp - - 2026-11-21T23:46:12Z' \
		$'0.0\tX\tcrlf\t-\thello' $'0.0\tS\tcrlf\t-\t220 hello' >bad
	run -65 --separate-stderr protoexplain bad
	[ "$stderr" = 'protoexplain: bad:2: not a side: C, S or -' ]
	[[ $output == *'S: 220 hello'* ]]
	printf '%s\n' 'S: 220 hello' >good
	run -0 protoexplain good
	run -65 protoexplain bad good
	: >empty
	run -65 --separate-stderr protoexplain good empty good
	[ "$stderr" = 'protoexplain: empty: no dialogue, and no lines C: and S:' ]
	run -66 protoexplain missing good
	[ -c /dev/full ] || return 0
	run -74 sh -c 'protoexplain 550 >/dev/full'
	run -74 sh -c 'protoexplain - <bad >/dev/full'
}

@test "an explanation is a dialogue, too, under a head as without" {
	printf '%s\n' 'dialogue 1 smtp - - 2026-11-21T23:46:12Z' \
		$'0.0\t-\t-\t-\topen' $'0.1\tS\tcrlf\t-\t220 x' \
		$'0.2\tC\tcrlf\t-\tQUIT' $'0.3\tS\tcrlf\t-\t221 x' \
		$'0.4\t-\t-\t-\tclose' >dialogue
	protoexplain dialogue dialogue >explained
	protoladder -o text explained >drawn
	[ "$(grep -c -- '-- QUIT -' drawn)" = 2 ]
	protoexplain explained | grep '^[CS]: ' |
		diff - <(grep '^[CS]: ' explained)
}
