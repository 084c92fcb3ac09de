#!/usr/bin/env bats
# protoexplain: the faults of sessions of POP3, FTP and orderproto(7).

# shellcheck disable=SC2154 # run sets output

load lib

# session PROTOCOL LINE ...: "S: ..." and "C: ...", as they are sent.
session() {
	echo "dialogue 1 $1 - - 2026-11-21T23:46:12Z"
	shift
	printf '%s\n' "$@" | awk '{
		print "0.000000\t" substr($0, 1, 1) "\tcrlf\t-\t" substr($0, 4)
	}'
}

# faulty LINE SECTION: the dialogue has a fault in this line alone.
faulty() {
	run -65 protoexplain dialogue
	awk '/^[CS]: / { line = $0 } /^! / { print line; print }' \
		<<<"$output" >got
	[ "$(wc -l <got)" = 2 ] && [ "$(sed -n 1p got)" = "$1" ] &&
		grep -qF "($2)" got || { cat got; return 1; }
}

right() {
	run protoexplain dialogue
	[ "$status" = 0 ] || { echo "$output" | grep -B4 '^!'; return 1; }
}

pop3() {
	session pop3 'S: +OK POP3 <1@pth.ua>' "$@" 'C: QUIT' 'S: +OK' >dialogue
}

DIGEST=0123456789abcdef0123456789abcdef
LOGIN=('C: USER u' 'S: +OK' 'C: PASS s' 'S: +OK')

@test "POP3: what is right" {
	pop3 'C: CAPA' 'S: +OK' 'S: UIDL' 'S: SASL PLAIN' 'S: .' \
		"${LOGIN[@]}" 'C: STAT' 'S: +OK 2 320' 'C: LIST' 'S: +OK' \
		'S: 1 120' 'S: 2 200' 'S: .' 'C: LIST 2' 'S: +OK 2 200' \
		'C: UIDL' 'S: +OK' 'S: 1 a!' 'S: 2 b!' 'S: .' 'C: RETR 1' \
		'S: +OK' 'S: ..' 'S: ..x' 'S: ' 'S: .' 'C: TOP 1 0' 'S: +OK' \
		'S: a: b' 'S: ' 'S: .' 'C: DELE 1' 'S: +OK' 'C: RETR 2' \
		'S: +OK' 'S: .' 'C: RSET' 'S: +OK' 'C: DELE 1' 'S: +OK' \
		'C: NOOP' 'S: +OK'
	right
	# What was not deleted is still there.
	pop3 "${LOGIN[@]}" 'C: DELE 1' 'S: -ERR' 'C: DELE 2' 'S: +OK' \
		'C: RETR 1' 'S: +OK' 'S: .' 'C: UIDL 1' 'S: +OK 1 a'
	right
	session pop3 'S: +OK' "${LOGIN[@]}" 'C: DELE 1' 'S: -ERR' >dialogue
	right
	pop3 'C: USER u' 'S: +OK' 'C: PASS wrong' 'S: -ERR [AUTH] no' \
		"C: APOP u $DIGEST" 'S: +OK'
	right
	[[ $output == *'[AUTH]: user or password is wrong. (RFC 3206 5)'* ]]
	[[ $output != *'PASS wrong'* ]]
	[[ $output != *$DIGEST* ]]
	pop3 'C: CAPA' 'S: +OK' 'S: PIPELINING' 'S: .' 'C: USER u' 'C: PASS s' \
		'C: STAT' 'S: +OK' 'S: +OK' 'S: +OK 0 0'
	right
	pop3 'C: AUTH PLAIN' 'S: + ' 'C: AGEAYg==' 'S: +OK'
	right
	[[ $output != *AGEAYg* ]]
}

@test "POP3: what is wrong" {
	pop3 'C: STAT' 'S: -ERR'
	faulty 'C: STAT' 'RFC 1939 5'
	pop3 "${LOGIN[@]}" 'C: USER u' 'S: -ERR'
	faulty 'C: USER u' 'RFC 1939 7'
	pop3 'C: PASS s' 'S: -ERR'
	faulty 'C: PASS ****' 'RFC 1939 7'
	pop3 'C: FETCH 1' 'S: -ERR'
	faulty 'C: FETCH 1' 'RFC 1939 3'
	pop3 "${LOGIN[@]}" 'C: RETR' 'S: -ERR'
	faulty 'C: RETR' 'RFC 1939 5'
	pop3 "${LOGIN[@]}" 'C: DELE one' 'S: -ERR'
	faulty 'C: DELE one' 'RFC 1939 5'
	pop3 "${LOGIN[@]}" 'C: DELE 1' 'S: +OK' 'C: RETR 1' 'S: -ERR'
	faulty 'C: RETR 1' 'RFC 1939 5'
	pop3 "${LOGIN[@]}" 'C: RETR 1' 'S: +OK' 'S: .x' 'S: .'
	faulty 'S: .x' 'RFC 1939 3'
	pop3 "${LOGIN[@]}" 'C: RETR 1' 'S: +OK' 'S: a' 'S: .' 'S: b'
	faulty 'S: b' 'RFC 1939 3'
	pop3 "${LOGIN[@]}" 'C: STAT' 'S: +OK two'
	faulty 'S: +OK two' 'RFC 1939 5'
	pop3 "${LOGIN[@]}" 'C: UIDL' 'S: +OK' 'S: 1' 'S: .'
	faulty 'S: 1' 'RFC 1939 7'
	pop3 "${LOGIN[@]}" 'C: NOOP' 'S: +ok'
	faulty 'S: +ok' 'RFC 1939 3'
	pop3 'S: +OK again'
	faulty 'S: +OK again' 'RFC 1939 3'
	pop3 'C: USER u' 'C: PASS s' 'S: +OK' 'S: +OK'
	faulty 'C: PASS ****' 'RFC 2449 6.6'
	pop3 "${LOGIN[@]}" 'C: STAT x' 'S: -ERR'
	faulty 'C: STAT x' 'RFC 1939 5'
	pop3 "${LOGIN[@]}" 'C: LIST' 'S: +OK' 'S: one' 'S: .'
	faulty 'S: one' 'RFC 1939 5'
	pop3 "${LOGIN[@]}" 'C: NOOP' 'S: + what'
	faulty 'S: + what' 'RFC 5034 4'
	pop3 "${LOGIN[@]}" 'C: LIST 1' 'S: +OK here'
	faulty 'S: +OK here' 'RFC 1939 5'
	pop3 "${LOGIN[@]}" 'C: UIDL 1' 'S: +OK 1'
	faulty 'S: +OK 1' 'RFC 1939 7'
	pop3 "${LOGIN[@]}" 'C: TOP 1 -1' 'S: -ERR'
	faulty 'C: TOP 1 -1' 'RFC 1939 7'
	pop3 "${LOGIN[@]}" 'C: NOOP' 'S: OK' 'C: STAT' 'S: +OK 0 0'
	faulty 'S: OK' 'RFC 1939 3'
	session pop3 'S: +OK' "${LOGIN[@]}" 'C: RETR 1' 'S: +OK' 'S: a' >dialogue
	faulty 'S: a' 'RFC 1939 3'
	pop3 'C: APOP u 0123' 'S: -ERR'
	faulty 'C: APOP u ****' 'RFC 1939 7'
	session pop3 'S: +OK hello' "C: APOP u $DIGEST" 'S: -ERR' 'C: QUIT' \
		'S: +OK' >dialogue
	faulty 'C: APOP u ****' 'RFC 1939 7'
	session pop3 'S: +OK hello' "${LOGIN[@]}" 'C: DELE 1' 'S: +OK' >dialogue
	faulty 'S: +OK' 'RFC 1939 6'
}

ftp() {
	session ftp 'S: 220 FTP' "$@" 'C: QUIT' 'S: 221 bye' >dialogue
}

FTP=('C: USER u' 'S: 331 what' 'C: PASS s' 'S: 230-Hello,' 'S: 230 u')

@test "FTP: what is right" {
	ftp 'C: FEAT' 'S: 211-Features:' 'S:  EPSV' 'S:  UTF8' 'S: 211 End' \
		"${FTP[@]}" 'C: PWD' 'S: 257 "/"' 'C: TYPE I' 'S: 200 ok' \
		'C: PASV' 'S: 227 Passive (127,0,0,1,4,1)' 'C: STOR f' \
		'S: 150 go' 'S: 226 done' 'C: EPSV' 'S: 229 ok (|||1025|)' \
		'C: RETR f' 'S: 150 go' 'C: ABOR' 'S: 426 broken' 'S: 226 ok' \
		'C: RNFR f' 'S: 350 ready' 'C: RNTO g' 'S: 250 done' \
		'C: SIZE g' 'S: 213 10' 'C: PORT 127,0,0,1,4,1' 'S: 200 ok' \
		'C: LIST' 'S: 125 go' 'S: 226-a' 'S: any 226 b' 'S: 226 c' \
		'C: EPRT |1|192.0.2.1|1025|' 'S: 200 ok' 'C: MODE s' \
		'S: 200 ok' 'C: EPRT !2!2001:db8::1!1025!' 'S: 522 no' \
		'C: MDTM g' 'S: 213 20261121234612.123'
	right
	[ "$(grep -c 'The port is 4 \* 256 + 1 = 1025' <<<"$output")" = 2 ]
	ftp 'C: USER u' 'S: 230 in' 'C: CWD x' 'S: 550 no'
	right
	ftp 'C: USER u' 'S: 331 what' 'C: PASS s' 'S: 530 no'
	right
}

@test "FTP: what is wrong" {
	ftp 'C: STOR f' 'S: 530 no'
	faulty 'C: STOR f' 'RFC 959 5.4'
	ftp 'C: PASS s' 'S: 503 no'
	faulty 'C: PASS ****' 'RFC 959 4.1.1'
	ftp "${FTP[@]}" 'C: RNTO f' 'S: 503 no'
	faulty 'C: RNTO f' 'RFC 959 4.1.3'
	ftp "${FTP[@]}" 'C: PUT f' 'S: 500 no'
	faulty 'C: PUT f' 'RFC 959 5.3'
	ftp "${FTP[@]}" 'C: STOR' 'S: 501 no'
	faulty 'C: STOR' 'RFC 959 4.1.3'
	ftp "${FTP[@]}" 'C: PORT 1,2,3' 'S: 501 no'
	faulty 'C: PORT 1,2,3' 'RFC 959 4.1.2'
	ftp "${FTP[@]}" 'C: EPRT here' 'S: 501 no'
	faulty 'C: EPRT here' 'RFC 2428 2'
	for arg in '|1|192.0.2|1025|' '|1|::1|1025|' '|2|192.0.2.1|1025|' \
		'|1|192.0.2.1|65536|' '|1|192.0.2.1|1025'; do
		ftp "${FTP[@]}" "C: EPRT $arg" 'S: 501 no'
		faulty "C: EPRT $arg" 'RFC 2428 2'
	done
	for line in 'STRU X' 'MODE X'; do
		ftp "${FTP[@]}" "C: $line" 'S: 504 no'
		faulty "C: $line" 'RFC 959 4.1.2'
	done
	for line in PASV PWD 'RNFR f'; do
		ftp "${FTP[@]}" "C: $line" 'S: 250 ok'
		faulty 'S: 250 ok' 'RFC 959 5.4'
	done
	ftp "${FTP[@]}" 'C: SIZE f' 'S: 213 big'
	faulty 'S: 213 big' 'RFC 3659 4'
	ftp "${FTP[@]}" 'C: MDTM f' 'S: 213 today'
	faulty 'S: 213 today' 'RFC 3659 3'
	session ftp 'S: 220' "${FTP[@]}" 'C: FEAT' 'S: 211-a' 'S:  b' >dialogue
	faulty 'S:  b' 'RFC 959 4.2'
	ftp "${FTP[@]}" 'C: TYPE X' 'S: 504 no'
	faulty 'C: TYPE X' 'RFC 959 4.1.2'
	ftp "${FTP[@]}" 'C: PWD now' 'S: 501 no'
	faulty 'C: PWD now' 'RFC 959 4.1.3'
	ftp "${FTP[@]}" 'C: PWD' 'S: 257 here'
	faulty 'S: 257 here' 'RFC 959 4.2.2'
	session ftp 'S: 230 FTP' 'C: QUIT' 'S: 221 bye' >dialogue
	faulty 'S: 230 FTP' 'RFC 959 5.4'
	ftp "${FTP[@]}" 'C: PASV' 'S: 227 here'
	faulty 'S: 227 here' 'RFC 959 4.2.2'
	ftp "${FTP[@]}" 'C: EPSV' 'S: 229 here'
	faulty 'S: 229 here' 'RFC 2428 3'
	ftp "${FTP[@]}" 'C: NOOP' 'S: 150 what'  'S: 200 ok'
	faulty 'S: 150 what' 'RFC 959 5.4'
	ftp "${FTP[@]}" 'S: 226 done'
	faulty 'S: 226 done' 'RFC 959 5.4'
	ftp 'C: NOOP' 'S: hello' 'S: 200 ok'
	faulty 'S: hello' 'RFC 959 4.2'
	ftp "${FTP[@]}" 'C: EPSV ALL' 'S: 200 ok' 'C: PASV' 'S: 501 no'
	faulty 'C: PASV' 'RFC 2428 4'
}

order() {
	session order 'S: 220 pth.ua orderrecv 1 0123' "$@" >dialogue
}

# Of hi, with CRLF behind it.
SUM=44723dd4d0e0d46a3c7fa8aca254b61c27b6b5789f96177e82c80700409f1535

@test "orderproto(7)" {
	order "C: ORDER 4 $SUM f -" 'C: hi' "S: 250 stored f 4 $SUM" \
		'C: QUIT' 'S: 221 bye'
	right
	order "C: ORDER 4 $SUM f - 0123456789" 'C: hi' 'S: 535 mac wrong'
	right
	[[ $output != *0123456789* ]]
	order 'C: [Recipients:]' 'C: a@b' "S: 250 stored x 20 $SUM"
	right
	order 'C: ORDER 4 x f -' 'C: hi' 'S: 501 bad line'
	faulty 'C: ORDER 4 x f -' 'orderproto(7)'
	order "C: ORDER 4 $SUM f -" 'C: hi' 'C: more' \
		"S: 250 stored f 4 $SUM" 'S: 501 bad line'
	faulty 'C: more' 'orderproto(7)'
	order "C: ORDER 4 $SUM f -" 'C: hi' 'S: 999 what'
	faulty 'S: 999 what' 'orderproto(7)'
	order 'C: QUIT' 'S: 299 what'
	run -65 protoexplain dialogue
	grep -qx '! no code of this protocol (orderproto(7))' <<<"$output"
	order 'C: QUIT now' 'S: 221 bye'
	faulty 'C: QUIT now' 'orderproto(7)'
	order 'C: QUIT' 'S: 250 ok'
	faulty 'S: 250 ok' 'orderproto(7)'
	order 'C: QUIT' 'S: bye' 'S: 221 bye'
	faulty 'S: bye' 'orderproto(7)'
	order 'C: QUIT' 'S: 221 bye' 'S: 250 more'
	faulty 'S: 250 more' 'orderproto(7)'
	order "C: ORDER 9 $SUM f -" 'C: hi'
	faulty 'C: hi' 'orderproto(7)'
}

@test "orderproto(7): the checksum of an order that is all there" {
	order "C: ORDER 4 ${SUM//d/D} f -" 'C: hi' "S: 250 stored f 4 $SUM" \
		"C: ORDER 4 $SUM f -" 'C: hi' "S: 250 duplicate f 4 $SUM"
	right
	[ "$(grep -c 'SHA-256 is as its line says' <<<"$output")" = 2 ]
	order "C: ORDER 4 $SUM f -" 'C: ho' 'S: 554 checksum differs'
	faulty 'C: ho' 'orderproto(7)'
	grep -q 'is 99837ceb.*, not as its line says' got
	order "C: ORDER 0 $SUM f -" 'S: 554 checksum differs'
	faulty "C: ORDER 0 $SUM f -" 'orderproto(7)'
	# How the line ended is not known.
	printf '%s\n' 'S: 220 pth.ua orderrecv 1 0123' "C: ORDER 4 $SUM f -" \
		'C: ho' 'S: 554 checksum differs' 'C: QUIT' 'S: 221 bye' >dialogue
	right
}

@test "plain dialogues may leave out lists, messages and orders, as -v does" {
	printf '%s\n' 'S: +OK POP3' 'C: CAPA' 'S: +OK they follow' \
		"${LOGIN[@]}" 'C: LIST' 'S: +OK' 'C: RETR 1' 'S: +OK 9 octets' \
		'C: DELE 1' 'S: +OK' 'C: QUIT' 'S: +OK' >dialogue
	right
	printf '%s\n' 'S: 220 pth.ua orderrecv 1 0123' "C: ORDER 4 $SUM f -" \
		"C: ORDER 4 $SUM g -" 'C: QUIT' "S: 250 stored f 4 $SUM" \
		"S: 250 stored g 4 $SUM" 'S: 221 bye' >dialogue
	right
	# What is there is read as what it is.
	printf '%s\n' 'S: +OK POP3' "${LOGIN[@]}" 'C: UIDL' 'S: +OK' 'S: 1 a' \
		'S: .' 'C: RETR 1' 'S: +OK' 'S: +OK' 'S: .' 'C: QUIT' \
		'S: +OK' >dialogue
	right
}

@test "plain dialogues: FTP is known by its banner, its codes or its commands" {
	end=$'C: QUIT\nS: 221 bye'
	for said in $'S: 220-Welcome\nS:  to us\nS: 220 now' \
		$'S: 120 in a minute\nS: 220 now' \
		$'S: 220 now\nC: AUTH TLS\nS: 502 no' \
		$'S: 220 now\nC: FEAT\nS: 211-these\nS:  SIZE\nS: 211 End' \
		$'S: 220 now\nC: USER u\nS: 230 in'; do
		printf '%s\n' "$said" "$end" >dialogue
		right
	done
	printf '%s\n' 'S: 220-a' 'S: 220 b' "$end" >dialogue
	right
	[[ $output == *RFC\ 5321* ]]
}
