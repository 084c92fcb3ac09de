#!/usr/bin/env bats
# protoexplain -m and -u: messages and log-ins are opened.

# shellcheck disable=SC2154 # run sets output

load lib

# message LINE ...: a session that sends it, as a dialogue.
message() {
	{
		printf '%s\n' 'S: 220 pth.ua' 'C: EHLO pc' 'S: 250-pth.ua' \
			'S: 250 8BITMIME' \
			'C: MAIL FROM:<a@b> BODY=8BITMIME' 'S: 250 ok' \
			'C: RCPT TO:<c@d>' 'S: 250 ok' 'C: DATA' 'S: 354 go'
		printf 'C: %s\n' 'From: a@b' 'Date: x' "$@" .
		printf '%s\n' 'S: 250 ok' 'C: QUIT' 'S: 221 bye'
	} >dialogue
}

# says LINE ...: each stands in the output, whose lines are joined.
says() {
	local line joined
	joined=$(tr -s '\n ' '  ' <<<"$output")
	for line; do
		[[ $joined == *"$line"* ]] ||
			{ echo "not said: $line"; echo "$output"; return 1; }
	done
}

# opens CODE OPTION LINE ...: so protoexplain ends, and says these.
opens() {
	local code=$1 option=$2
	shift 2
	run "-$code" protoexplain "$option" dialogue
	says "$@"
}

# faulty SECTION: there is one fault, and this its section.
faulty() {
	run -65 protoexplain -m dialogue
	[ "$(grep -c '^!' <<<"$output")" = 1 ] &&
		grep -q "^! .*($1)$" <<<"$output" || { echo "$output"; false; }
	run -0 protoexplain dialogue
}

@test "-m: encoded words" {
	message 'Subject: =?utf-8?B?0J/RgNC4?= =?UTF-8?q?=D0=B2=D1=96=D1=82?=' \
		'To: =?windows-1251?Q?=CE=EB=E5=ED=E0?= <c@d>' '' text
	opens 0 -m 'Subject, decoded: "Привіт" (RFC 2047 2)' \
		'To, decoded: "Олена <c@d>"' 'Subject: what it is about.'
	run -0 protoexplain dialogue
	[[ $output != *Привіт* ]]
	message 'Subject: =?utf-8?B?!?=' '' text
	faulty 'RFC 2047 2'
	message 'Subject: =?klingon?Q?a?=' '' text
	faulty 'RFC 2047 2'
	message "Subject: =?utf-8?Q?$(seq 30 | tr -d '\n')$(seq 20 |
		tr -d '\n')?=" '' text
	faulty 'RFC 2047 2'
}

@test "-m: types, character sets, encodings" {
	message 'MIME-Version: 1.0' 'Content-Type: text/plain; charset=koi8-u' \
		'Content-Transfer-Encoding: quoted-printable' '' \
		'=F0=D2=C9=D7=A6=' '=D4' 'plain'
	opens 0 -m 'text/plain: text as it stands.' \
		'Its character set is koi8-u.' 'Decoded: "Привіт"'
	message 'MIME-Version: 1.0' \
		'Content-Type: text/plain; charset="utf-8"' \
		'Content-Transfer-Encoding: base64' '' 0J/RgNC40LLR ltG
	faulty 'RFC 2045 6.8'
	message 'MIME-Version: 1.0' \
		'Content-Type: text/plain; charset="utf-8"' \
		'Content-Transfer-Encoding: base64' '' 0J/RgNC40LLR ltGC
	opens 0 -m 'The part above, decoded: "Привіт"'
}

@test "-m: parts and their boundaries" {
	message 'MIME-Version: 1.0' \
		'Content-Type: multipart/mixed; boundary="x y"' '' '--x y' \
		'Content-Type: multipart/alternative; boundary=z' '' --z '' \
		one --z 'Content-Type: text/html' '' two --z-- '--x y' '' \
		three '--x y--'
	opens 0 -m 'multipart/mixed: parts one after the other' \
		'The boundary: a line --x y begins each part' \
		'A boundary: part 1 begins' 'A boundary: part 1.1 begins' \
		'A boundary: part 1.2 begins' 'A boundary: part 2 begins' \
		'The boundary that closes: no part follows.'
	message 'MIME-Version: 1.0' 'Content-Type: multipart/mixed' '' x
	faulty 'RFC 2046 5.1'
	message 'MIME-Version: 1.0' \
		'Content-Type: multipart/mixed; boundary=z' '' --z '' x
	faulty 'RFC 2046 5.1.1'
	message 'Content-Type: text/plain' '' x
	faulty 'RFC 2045 4'
	message 'MIME-Version: 1.0' \
		'Content-Type: multipart/mixed; boundary=z' '' x
	faulty 'RFC 2046 5.1.1'
	message 'MIME-Version: 1.0' \
		'Content-Type: multipart/mixed; boundary=z' '' --z \
		'Content-Type: multipart/mixed; boundary=y' '' --y '' x --z--
	faulty 'RFC 2046 5.1.2'
	message 'MIME-Version: 1.0' 'Content-Transfer-Encoding: base64' \
		'Content-Type: multipart/mixed; boundary=z' '' --z '' x --z--
	faulty 'RFC 2045 6.4'
	message 'MIME-Version: 1.0' 'Content-Transfer-Encoding: base64' '' \
		"$(seq -f %04.0f 20 | tr -d '\n')"
	faulty 'RFC 2045 6.8'
	message "Content-Disposition: attachment; filename*=utf-8''%x" '' x
	faulty 'RFC 2231 4'
	message 'MIME-Version: 1.0' 'Content-Transfer-Encoding: zip' '' x
	faulty 'RFC 2045 6.1'
	message 'MIME-Version: 1.0' 'Content-Type: text/plain' \
		'Content-Transfer-Encoding: quoted-printable' '' 'a =x'
	faulty 'RFC 2045 6.7'
	message 'MIME-Version: 1.0' 'Content-Type: text/plain' \
		'Content-Transfer-Encoding: 7bit' '' Привіт
	faulty 'RFC 2045 6.2'
}

@test "-m: a message within the message" {
	message 'MIME-Version: 1.0' \
		'Content-Type: multipart/digest; boundary=z' '' --z \
		'Content-Type: message/rfc822' '' 'MIME-Version: 1.0' \
		'Subject: =?utf-8?Q?=D0=B0?=' \
		'Content-Type: multipart/mixed; boundary=y' '' --y '' x --y-- \
		--z '' one --z--
	opens 0 -m 'message/rfc822: a message within the message' \
		'The message within the message begins' 'Subject, decoded: "а"' \
		'A boundary: part 1.1 begins' 'A boundary: part 2 begins'
	message 'MIME-Version: 1.0' 'Content-Type: message/rfc822' '' \
		'Content-Type: text/plain' '' x
	faulty 'RFC 2045 4'
	message 'MIME-Version: 1.0' 'Content-Type: message/rfc822' \
		'Content-Transfer-Encoding: base64' '' eA==
	faulty 'RFC 2046 5.2.1'
}

@test "-m: a message that POP3 fetches" {
	printf '%s\n' 'S: +OK' 'C: USER u' 'S: +OK' 'C: PASS p' 'S: +OK' \
		'C: RETR 1' 'S: +OK' \
		'S: Subject: =?utf-8?Q?=D0=B0?=' 'S: ' 'S: ..x' 'S: .' \
		'C: QUIT' 'S: +OK' >dialogue
	opens 0 -m 'Subject, decoded: "а"'
}

@test "-m: a message by itself" {
	printf '%s\n' 'Subject: =?utf-8?Q?=D0=B0?=' ' b' 'From: a@b' 'Date: x' '' \
		'C: no dialogue' '.x' | crlf >dialogue
	opens 0 -m 'Subject, decoded: "а b"' 'C: no dialogue'
	run -65 protoexplain dialogue
	printf '%s\n' 'Subject: x' 'hello' >dialogue
	opens 65 -m '! this is not a header field: the empty line' '(RFC 5322 2.1)'
	printf '%s\n' 'MIME-Version: 1.0' \
		'Content-Type: multipart/mixed; boundary=b' '' --b '' x >dialogue
	opens 65 -m '! the boundary that closes the parts is missing'
	run -0 protoexplain -m - <<<'Subject: x'
	run -65 protoexplain -m dialogue - <<<'S: 220 a'
	grep -qx 'S: 220 a' <<<"$output"
}

@test "-m: what mkmail makes has no fault" {
	printf 'Привіт\n.\n' >text
	seq 1000 | tr -d '\n' >long
	cp text план
	for body in text long; do
		mkmail -f 'Олена <a@b>' -s 'Сесія — скоро' -a план -a long \
			c@d <$body >letter
		{
			printf '%s\r\n' 'EHLO pc' \
				'MAIL FROM:<a@b> BODY=8BITMIME' \
				'RCPT TO:<c@d>' DATA
			tr -d '\r' <letter | sed 's/^\./../' | crlf
			printf '%s\r\n' . QUIT
		} >said
		{
			echo 'dialogue 1 smtp - - 2026-11-21T23:46:12Z'
			printf '0.0\tS\tcrlf\t-\t%s\n' '220 a' '250-a' \
				'250-PIPELINING' '250 8BITMIME' >replies
			sed -n 1p replies
			sed -n 1p said | sed 's/^/0.0	C	crlf	-	/'
			sed 1d replies
			sed 1d said | sed -n '1,/^DATA/p' |
				sed 's/^/0.0	C	crlf	-	/'
			printf '0.0\tS\tcrlf\t-\t%s\n' '250 b' '250 c' '354 d'
			sed '1,/^DATA/d' said | sed 's/\\/\\\\/g' |
				sed 's/^/0.0	C	crlf	-	/'
			printf '0.0\tS\tcrlf\t-\t%s\n' '250 e' '221 f'
		} | tr -d '\r' >dialogue
		run -0 protoexplain -m dialogue
		says 'Subject, decoded: "Сесія — скоро"' \
			"The file's name, decoded: \"план\""
	done
}

# login LINE ...
login() {
	printf '%s\n' 'S: 220 pth.ua' 'C: EHLO pc' 'S: 250-pth.ua' \
		'S: 250 AUTH PLAIN LOGIN CRAM-MD5 XOAUTH2' "$@" 'C: QUIT' \
		'S: 221 bye' >dialogue
}

@test "-u: log-ins are opened, and without it nothing of them is shown" {
	login 'C: AUTH PLAIN AHBldHJvdgBzM3NhbWU=' 'S: 235 ok'
	opens 0 -u 'Opened: to act as the user, user "petrov", password "s3same".' \
		'C: AUTH PLAIN AHBldHJvdgBzM3NhbWU='
	run -0 protoexplain dialogue
	[[ $output != *s3same* ]]
	[[ $output != *AHBl* ]]
	login 'C: AUTH LOGIN' 'S: 334 VXNlcm5hbWU6' 'C: cGV0cm92' \
		'S: 334 UGFzc3dvcmQ6' 'C: czNzYW1l' 'S: 235 ok'
	opens 0 -u 'the server asks "Username:"' 'Opened: user "petrov".' \
		'Opened: password "s3same".'
	login 'C: AUTH PLAIN ****' 'S: 235 ok'
	run -0 protoexplain -u dialogue
	login 'C: AUTH PLAIN AHBl*' 'S: 501 no'
	opens 65 -u 'not base64 (RFC 4954 4)'
	login 'C: AUTH CRAM-MD5' 'S: 334 PDE+' 'C: cGV0cm92' 'S: 501 no'
	opens 65 -u 'CRAM-MD5 is the user' '(RFC 2195 2)'
	login 'C: AUTH PLAIN cGV0cm92' 'S: 501 no'
	opens 65 -u 'PLAIN is' '(RFC 4616 2)'
	login 'C: AUTH LOGIN' 'S: 334 VXNlcm5hbWU6' 'C: *' 'S: 501 no'
	opens 0 -u 'A star: the client gives up this log-in.'
	login 'C: AUTH LOGIN' 'S: 334 who' 'C: *' 'S: 501 no'
	opens 65 -u 'a challenge that is not base64 (RFC 4954 4)'
}

# RFC 2195's own example.
@test "-u: CRAM-MD5 and APOP are computed with PROTOEXPLAIN_PASSWORD" {
	login 'C: AUTH CRAM-MD5' \
		'S: 334 PDE4OTYuNjk3MTcwOTUyQHBvc3RvZmZpY2UucmVzdG9uLm1jaS5uZXQ+' \
		'C: dGltIGI5MTNhNjAyYzdlZGE3YTQ5NWI0ZTZlNzMzNGQzODkw' \
		'S: 235 ok'
	opens 0 -u '"<1896.697170952@postoffice.reston.mci.net>"' \
		'user "tim", digest "b913a602c7eda7a495b4e6e7334d3890".'
	export PROTOEXPLAIN_PASSWORD=tanstaaftanstaaf
	opens 0 -u 'The digest is that of the password that was given.'
	run -0 protoexplain dialogue
	[[ $output != *digest\ is* ]]
	PROTOEXPLAIN_PASSWORD=other opens 65 -u \
		'! the digest is not that of the password' '(RFC 2195 2)'
	# RFC 7677's own example.
	b64_said() {
		printf '%s: %s%s\n' "$1" "$2" "$(printf %s "$3" | b64)"
	}
	{
		printf '%s\n' 'S: 220 a' 'C: EHLO b' 'S: 250-a' \
			'S: 250 AUTH SCRAM-SHA-256'
		b64_said C 'AUTH SCRAM-SHA-256 ' \
			'n,,n=user,r=rOprNGfwEbeRWgbNEkqO'
		b64_said S '334 ' "r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF\$k0,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096"
		b64_said C '' "c=biws,r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF\$k0,p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ="
		b64_said S '334 ' 'v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4='
		printf '%s\n' 'C: ' 'S: 235 ok' 'C: QUIT' 'S: 221 bye'
	} >dialogue
	PROTOEXPLAIN_PASSWORD=pencil opens 0 -u \
		'The proof is that of the password that was given.'
	PROTOEXPLAIN_PASSWORD=pen opens 65 -u \
		'! the proof is not that of the password'
	# RFC 1939's own example.
	printf '%s\n' \
		'S: +OK POP3 server ready <1896.697170952@dbc.mtview.ca.us>' \
		'C: APOP mrose c4c9334bac560ecc979e58001b3e22fb' \
		'S: +OK maildrop' 'C: QUIT' 'S: +OK' >dialogue
	PROTOEXPLAIN_PASSWORD=tanstaaf opens 0 -u 'The digest is that'
	PROTOEXPLAIN_PASSWORD=other opens 65 -u '! the digest is not'
}

@test "-o html: one page, for which no other is needed" {
	message 'Subject: <script>' '' '<b>"&'
	run -0 protoexplain -m -o html dialogue
	[ "${lines[0]}" = '<!DOCTYPE html>' ]
	[ "${lines[-1]}" = '</html>' ]
	[[ $output == *'Subject: &lt;script&gt;'* ]]
	[[ $output == *'&lt;b&gt;&quot;&amp;'* ]]
	lacks -qi '<script\|src=\|href=\|url(' - <<<"$output"
	login 'C: FOO' 'S: 500 no'
	run -65 protoexplain -o html dialogue
	[[ $output == *'<pre class="c wrong"><b>C: </b>FOO</pre>'* ]]
	[[ $output == *'<p class="wrong">! not a command of SMTP'* ]]
}
