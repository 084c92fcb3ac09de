#!/usr/bin/env bats
# smtpd-lite: transcripts of sessions.

# shellcheck disable=SC2154 # run sets stderr

load lib
load smtpd

# said: the one transcript, without the times, which have their form.
said() {
	[ "$(count talks)" = 1 ] || return
	head -n 1 talks/* >first
	grep -Eqx "dialogue 1 smtp [^ ]* - \
20[0-9-]{8}T[0-9:]{8}Z" first || return
	sed 1d talks/* | lacks -vE '^[0-9]+\.[0-9]{6}	' || return
	sed -E "1d; s/^[^	]*	//; s/queued as .*/queued as ID/
		s/$(cat name)/NAME/" talks/*
}

@test "a file a session, with what both said, the text too" {
	printf '%s\r\n' 'HELO x' 'MAIL FROM:<a>' 'RCPT TO:<u>' DATA \
		'Subject: x' '' .. . QUIT >in
	talk -t talks <in
	# All of it came at once, and no line had waited for its reply.
	tr ' ' '\t' >want <<-'END'
	- - - open
	S crlf - 220_NAME_ESMTP_smtpd-lite
	C crlf - HELO_x
	C crlf early MAIL_FROM:<a>
	C crlf early RCPT_TO:<u>
	C crlf early DATA
	C crlf early,text Subject:_x
	C crlf early,text _
	C crlf early,text ..
	C crlf early,text .
	C crlf early QUIT
	S crlf - 250_NAME
	S crlf - 250_2.1.0_Ok
	S crlf - 250_2.1.5_Ok
	S crlf - 354_End_data_with_<CR><LF>.<CR><LF>
	S crlf - 250_2.0.0_Ok:_queued_as_ID
	S crlf - 221_2.0.0_Bye
	- - - close
	END
	sed 's/	_$/	/; y/_/ /' want >wanted
	said >got
	cmp wanted got
	[[ $(cd talks && ls) =~ ^20[0-9]{6}-[0-9]{6}\.local\.[0-9]+\.0$ ]]
	[ "$(facts mode talks/*)" = 600 ]
}

@test "a transcript has the bytes as they were said" {
	printf '%s\r\n%s\n%s\r\n%sQUIT\n' 'EHLO x' $'MAIL FROM:<a>\t' \
		'RCPT TO:<u>' $'BDAT 4 LAST\r\nx\r\xffy' >in
	TCPREMOTEIP=192.0.2.1 talk -t talks <in
	[[ $(cd talks && ls) = *-*.192.0.2.1.*.0 ]]
	[[ $(head -n 1 talks/*) = 'dialogue 1 smtp 192.0.2.1 - '* ]]
	awk -F '\t' '$2 == "C" { print $3, $5 }' talks/* |
		diff - <(printf '%s\n' 'crlf EHLO x' 'lf MAIL FROM:<a>\t' \
		'crlf RCPT TO:<u>' 'crlf BDAT 4 LAST' 'none x\r\xFFy' 'lf QUIT')
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
		awk -F '\t' '$2 == "C" { print $4, $5 }' "$file" >got
		printf '%s\n' '- EHLO x' 'early AUTH LOGIN' \
			'early,masked ****' 'early,masked ****' \
			'early,masked AUTH PLAIN ****' 'early QUIT' >want
		cmp want got
	done
	lacks -E 'am9l|cGVuY2ls|AGpvZQ' talks/*
}

@test "a transcript is there while the session goes on, and says how it ends" {
	start smtpd-lite -l 127.0.0.1:0 -o sink -t talks -T 1
	wire -o "$ADDR" </dev/null >got &
	wait_for sh -c 'grep -q "220 " talks/*'
	wait_for sh -c 'tail -n 1 talks/* | grep -q "	close$"'
	awk -F '\t' '{ print $2, $5 }' talks/* | cut -c 1-8 |
		diff - <(printf '%s\n' ' ' '- open' "S 220 $(sed \
		's/^220 \(..\).*/\1/; q' got)" '- timeou' 'S 421 4.' '- close')
	rm talks/*
	echo 'HELO x' | wire -r "$ADDR" >got
	wait_for grep -q '	reset$' talks/*
	lacks '	close$' talks/*
	rm talks/*
	echo 'HELO x' | wire "$ADDR" >got
	wait_for grep -q '	close$' talks/*
	lacks '	reset$' talks/*
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
