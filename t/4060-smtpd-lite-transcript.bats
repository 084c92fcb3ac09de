#!/usr/bin/env bats
# smtpd-lite: transcripts of sessions.

# shellcheck disable=SC2154 # run sets stderr

load lib
load smtpd

# said: the one transcript, without the times, which have their form.
said() {
	[ "$(count talks)" = 1 ] || return
	lacks -vE '^20[0-9-]{8}T[0-9:]{8}Z [CS]: ' talks/* || return
	sed -E "s/^[^ ]* //; s/queued as .*/queued as ID/
		s/$(cat name)/NAME/" talks/*
}

@test "a file a session, with what both said, the text too" {
	printf '%s\r\n' 'HELO x' 'MAIL FROM:<a>' 'RCPT TO:<u>' DATA \
		'Subject: x' '' .. . QUIT | talk -t talks
	cat >want <<-'END'
	S: 220 NAME ESMTP smtpd-lite
	C: HELO x
	S: 250 NAME
	C: MAIL FROM:<a>
	S: 250 2.1.0 Ok
	C: RCPT TO:<u>
	S: 250 2.1.5 Ok
	C: DATA
	S: 354 End data with <CR><LF>.<CR><LF>
	C: Subject: x
	C: 
	C: ..
	C: .
	C: QUIT
	S: 250 2.0.0 Ok: queued as ID
	S: 221 2.0.0 Bye
	END
	said >got
	cmp want got
	[[ $(cd talks && ls) =~ ^20[0-9]{6}-[0-9]{6}\.local\.[0-9]+\.0$ ]]
	[ "$(facts mode talks/*)" = 600 ]
	rm talks/*
	printf 'EHLO x\r\nMAIL FROM:<a>\r\nRCPT TO:<u>\r\nBDAT 3 LAST\r\nx\ryQUIT\r\n' |
		TCPREMOTEIP=../x talk -t talks
	said | tail -n 5 | cmp - <(printf '%s\n' 'C: BDAT 3 LAST' $'C: x\ry' \
		'S: 550 5.5.2 Error: bare <CR> or <LF> in the message' \
		'C: QUIT' 'S: 221 2.0.0 Bye')
}

@test "passwords are not in it, and each session has a file" {
	printf 'joe:pencil\n' >passwd
	chmod 600 passwd
	printf '%s\n' 'EHLO x' 'AUTH LOGIN' am9l cGVuY2ls \
		"AUTH PLAIN $(printf '\0joe\0pencil' | b64)" QUIT >in
	talk -t talks -a passwd -o sink <in
	talk -t talks -a passwd -o sink <in
	[ "$(count talks)" = 2 ]
	for file in talks/*; do
		sed 's/^[^ ]* //; /^S: 2[25]0/d' "$file" >got
		printf '%s\n' 'C: EHLO x' 'C: AUTH LOGIN' \
			'S: 334 VXNlcm5hbWU6' 'C: ****' 'S: 334 UGFzc3dvcmQ6' \
			'C: ****' 'S: 235 2.7.0 Authentication successful' \
			'C: AUTH PLAIN ****' \
			'S: 503 5.5.1 Error: already authenticated' \
			'C: QUIT' 'S: 221 2.0.0 Bye' >want
		cmp want got
	done
}

@test "a transcript that cannot be written: the mail arrives all the same" {
	mkdir talks
	{
		printf '%s\n' 'HELO x'
		seq -f 'NOOP %.0f' 100
		printf '%s\n' 'MAIL FROM:<a>' 'RCPT TO:<u>' DATA x . QUIT
	} >in
	(
		ulimit -f 2
		smtpd-lite -i -d mail -t talks <in 2>err | cat >raw
	)
	[ "$(grep -c 'File too large' err)" = 1 ]
	[ "$(count mail/u/new)" = 1 ]
	[ "$(tail -n 1 raw)" = $'221 2.0.0 Bye\r' ]
	: >file
	run -73 --separate-stderr smtpd-lite -i -o sink -t file
	[ "$stderr" = "smtpd-lite: file: Not a directory" ]
}
