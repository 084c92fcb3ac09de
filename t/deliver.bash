# Deliveries to mailboxes, through a session of smtpd-lite on a pipe.  BOX is
# their form (-o).

# letter RCPT ... : an envelope to those; the text is standard input.
letter() {
	echo 'MAIL FROM:<a@b.test>'
	printf 'RCPT TO:<%s>\n' "$@"
	echo DATA
	sed 's/^\./../'
	echo .
}

# serve: a session whose commands after HELO are standard input;
# the codes of the replies to the final dots.
serve() {
	{
		echo 'HELO x'
		cat
		echo QUIT
	} | smtpd-lite -i -o "$BOX" -d mail >out 2>err || return
	tr -d '\r' <out | grep -A 1 '^354 ' | sed -n 's/^\([245]..\) .*/\1/p' |
		tr '\n' ' '
}
