#!/usr/bin/env bats
# pop3d-lite: who may log in.

# shellcheck disable=SC2154 # run sets stderr

load lib
load pop3d

setup() {
	lib_setup
	secrets
	box user1
	box user2
}

in='+OK 0 messages'
wrong='-ERR [AUTH] authentication failed'

base64_of() {
	printf '%b' "$1" | b64
}

@test "a password may have blanks, and a login any case" {
	printf '%s\r\n' 'USER USER2' 'PASS  two words ' QUIT | pop
	answers '+OK password required' "$in" '+OK bye'
	printf '%s\r\n' 'USER user2' 'PASS two words' QUIT | pop
	answers '+OK password required' "$wrong" '+OK bye'
}

@test "a wrong password takes a second" {
	start=$(date +%s%N)
	printf '%s\r\n' 'USER user1' 'PASS no' QUIT | pop
	(($(date +%s%N) - start >= 1000000000))
	answers '+OK password required' "$wrong" '+OK bye'
}

@test "after a wrong password the right one" {
	printf '%s\r\n' 'USER user1' 'PASS no' 'PASS secret' 'USER user1' \
		'PASS secret' QUIT | pop
	answers '+OK password required' "$wrong" '-ERR send USER first' \
		'+OK password required' "$in" '+OK bye'
}

@test "APOP" {
	mkfifo to from
	for secret in secret wrong; do
		pop3d-lite -i -u passwd -d mail <to >from 3>&- &
		exec 7>to 8<from
		read -r _ _ stamp <&8
		stamp=${stamp%$'\r'}
		digest=$(printf '%s%s' "$stamp" "$secret" | digest -m)
		printf 'APOP user1 %s\r\nQUIT\r\n' "$digest" >&7
		tr -d '\r' <&8 >"$secret.out"
		exec 7>&- 8<&-
		wait "$!"
	done
	mv secret.out out
	answers "$in" '+OK bye'
	mv wrong.out out
	answers "$wrong" '+OK bye'
	printf '%s\n' 'APOP user1' 'APOP' QUIT | pop
	answers '-ERR syntax: APOP name digest' \
		'-ERR syntax: APOP name digest' '+OK bye'
}

@test "AUTH PLAIN, with its response at once and after a challenge" {
	printf '%s\r\n' "AUTH plain $(base64_of '\0user1\0secret')" QUIT | pop
	answers "$in" '+OK bye'
	printf '%s\r\n' 'AUTH PLAIN' "$(base64_of '\0user1\0secret')" QUIT | pop
	answers '+ ' "$in" '+OK bye'
	printf '%s\r\n' 'AUTH PLAIN' '*' "AUTH PLAIN $(base64_of '\0user1\0no')" \
		'AUTH PLAIN !' 'AUTH NOSUCH' 'AUTH LOGIN' QUIT | pop
	answers '+ ' '-ERR authentication cancelled' "$wrong" '-ERR malformed response' \
		'-ERR unsupported mechanism' '-ERR unsupported mechanism' '+OK bye'
}

@test "AUTH alone lists, UTF8 is known" {
	printf '%s\r\n' AUTH UTF8 'USER user1' 'PASS secret' UTF8 AUTH QUIT |
		pop
	answers '+OK mechanisms follow' SCRAM-SHA-256 CRAM-MD5 PLAIN . \
		'+OK UTF8 enabled' '+OK password required' "$in" \
		'-ERR already logged in' '-ERR already logged in' '+OK bye'
}

@test "a login and a password in UTF-8" {
	printf 'олена:пароль\n' >passwd
	box олена
	printf '%s\r\n' UTF8 'USER олена' 'PASS пароль' STAT QUIT | pop
	answers '+OK UTF8 enabled' '+OK password required' "$in" '+OK 0 0' \
		'+OK bye'
}

@test "with verifiers: no APOP, no CRAM-MD5, PASS and PLAIN go on" {
	# RFC 7677's: user and pencil.
	printf '%s%s\n' 'user:SCRAM-SHA-256$4096:W22ZaJ0SNY7soEsUEjb6gQ==' \
		'$WG5d8oPm3OtcPnkdi4Uo7BkeZkBFzpcXkuLmtbsT4qY=:wfPLwcE6nTWhTAmQ7tl2KeoiWGPlZqQxSrmfPwDl2dU=' \
		>passwd
	printf '%s\r\n' CAPA 'APOP user x' 'AUTH CRAM-MD5' 'USER user' \
		'PASS pencil' QUIT | pop
	run -1 grep '<' raw
	grep -qx 'SASL SCRAM-SHA-256 PLAIN' out
	sed -i '1,/^\.$/d' out
	answers '-ERR APOP not supported' '-ERR unsupported mechanism' \
		'+OK password required' "$in" '+OK bye'
}

@test "SCRAM-SHA-256 and CRAM-MD5, right and wrong" {
	for mechanism in CRAM-MD5 SCRAM-SHA-256; do
		run -0 login pop3 "$mechanism" user1 secret \
			pop3d-lite -i -u passwd
		[ "$output" = '+OK 0 messages' ]
		run -0 login pop3 "$mechanism" user1 wrong \
			pop3d-lite -i -u passwd
		[[ $output = '-ERR [AUTH]'* ]]
	done
}

@test "12288 octets are a line of a log-in, and one more is not" {
	line() { awk -v n="$(($1 - 2))" 'BEGIN { while (n-- > 0) printf "A" }'; }
	good=$(base64_of '\0user1\0secret')
	printf '%s\r\n' 'AUTH PLAIN' "$(line 12288)" 'AUTH PLAIN' \
		"$(line 12289)" 'AUTH PLAIN' "$good" QUIT | pop
	answers '+ ' '-ERR malformed response' '+ ' '-ERR line too long' '+ ' "$in" '+OK bye'
	long=$(awk 'BEGIN { while (n++ < 9000) printf "x" }')
	printf 'user1:%s\n' "$long" >passwd
	printf '%s\r\n' 'AUTH PLAIN' \
		"$(printf '\0user1\0%s' "$long" | b64)" QUIT | pop
	answers '+ ' "$in" '+OK bye'
}
