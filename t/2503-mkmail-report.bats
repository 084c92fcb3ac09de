#!/usr/bin/env bats
# mkmail -R: a report that people and programs can read (RFC 3464, 6522).

# shellcheck disable=SC2154 # run sets stderr

load lib

# result STATUS RCPT CODE STAGE SERVER TEXT: a line of results(5).
result() {
	printf '%s\t%s\t%s\t%s\t%s\t1\t2026-11-21T23:46:12Z\t<1@pth.ua>\t%s\n' \
		"$@"
}

# blocks FILE: the delivery-status part, one field a line, empty lines
# between blocks.
blocks() {
	readmail "$1" >parts || return
	readmail -f Content-Type "$1" >content-type || return
	grep -q 'report-type="*delivery-status' content-type || return
	[ "$(sed -n '1,3s/ .*//p' parts | tr '\n' ' ')" = \
		'multipart/report text/plain message/delivery-status ' ] || return
	# unfolded, and without an empty line at the end
	sed -e ':a' -e 'N; $!ba' -e 's/\n[ 	]/ /g; s/\n*$//' part.1
}

@test "who was not reached, and why; a block each" {
	{
		result sent user1@pth.ua 250 dot mx.pth.ua:25 '2.0.0 Ok'
		result failed user2@pth.ua 550 rcpt mx.pth.ua:25 \
			'5.1.1 No such user here'
		result failed u3@pth.ua 554 dot '[::1]:25' 'Go away'
		result deferred u4@pth.ua 450 rcpt mx.pth.ua:25 '4.2.0 later'
		result deferred u5@pth.ua - connect - 'Connection refused'
		result deferred u6@pth.ua 535 auth mx.pth.ua:25 '5.7.8 no'
		result unknown u7@pth.ua - dot mx.pth.ua:25 'connection lost'
		result failed 'no address' - order - 'no @ in the address'
		result failed u8@none.ua - connect - 'null MX'
		result failed 'їж+ак@пошта.укр' 550 rcpt /run/s '550 ні'
		# These say nothing of delivery, or nothing that is known.
		result left user2@pth.ua - leave - ''
		result complained user1@pth.ua - bounce - spam
		result read u3@pth.ua - window - ''
	} >results
	echo 'See below.' | mkmail -f a@b -s Report -R results support@pth.ua >out
	blocks out | sed 's/^Reporting-MTA: dns; .*/Reporting-MTA: dns; HOST/' >got
	date='Last-Attempt-Date: Sat, 21 Nov 2026 23:46:12 +0000'
	cat >want <<-END
	Reporting-MTA: dns; HOST

	Final-Recipient: rfc822; user2@pth.ua
	Action: failed
	Status: 5.1.1
	Remote-MTA: dns; mx.pth.ua
	Diagnostic-Code: smtp; 550 5.1.1 No such user here
	$date

	Final-Recipient: rfc822; u3@pth.ua
	Action: failed
	Status: 5.0.0
	Remote-MTA: dns; [::1]
	Diagnostic-Code: smtp; 554 Go away
	$date

	Final-Recipient: rfc822; u4@pth.ua
	Action: delayed
	Status: 4.2.0
	Remote-MTA: dns; mx.pth.ua
	Diagnostic-Code: smtp; 450 4.2.0 later
	$date

	Final-Recipient: rfc822; u5@pth.ua
	Action: delayed
	Status: 4.4.1
	Diagnostic-Code: x-mailorder; Connection refused
	$date

	Final-Recipient: rfc822; u6@pth.ua
	Action: delayed
	Status: 4.0.0
	Remote-MTA: dns; mx.pth.ua
	Diagnostic-Code: smtp; 535 5.7.8 no
	$date

	Final-Recipient: rfc822; u7@pth.ua
	Action: delayed
	Status: 4.4.2
	Remote-MTA: dns; mx.pth.ua
	Diagnostic-Code: x-mailorder; connection lost
	$date

	Final-Recipient: rfc822; no address
	Action: failed
	Status: 5.1.3
	Diagnostic-Code: x-mailorder; no @ in the address

	Final-Recipient: rfc822; u8@none.ua
	Action: failed
	Status: 5.1.2
	Diagnostic-Code: x-mailorder; null MX
	$date

	Final-Recipient: utf-8; \x{457}\x{436}\x{2B}\x{430}\x{43A}@\x{43F}\x{43E}\x{448}\x{442}\x{430}.\x{443}\x{43A}\x{440}
	Action: failed
	Status: 5.0.0
	Diagnostic-Code: smtp; 550 =?utf-8?b?0L3Rlg==?=
	$date
	END
	diff want got
}

@test "the text comes first, attachments last" {
	result failed u@d 550 rcpt h:25 no >results
	printf 'Звіт\n' >text
	printf '\0\1' >f.bin
	mkmail -f a@b -R results -a f.bin c@d <text >out
	blocks out >status
	[ "$(wc -l <parts)" = 4 ]
	head -n 3 part.0 | diff - <(printf '%s\n' Звіт '' 'The message could not be delivered to:')
	printf '\0\1' | cmp - part.2
	# a report has no more than three parts (RFC 6522 3)
	mkmail -f a@b -R results -a f.bin -a results c@d <text >out
	readmail out | cut -d ' ' -f 1,5 >got
	printf '%s\n' 'multipart/report -' 'text/plain -' \
		'message/delivery-status -' 'multipart/mixed -' \
		'application/octet-stream f.bin' \
		'application/octet-stream results' | diff - got
}

@test "the table that people read stands behind the text" {
	{
		result sent user1@pth.ua 250 dot mx.pth.ua:25 '2.0.0 Ok'
		result failed user2@pth.ua 550 rcpt mx.pth.ua:25 \
			'550 5.1.1 No such user here'
		result deferred їжак@пошта.укр - connect - 'Connection refused'
		result unknown u7@pth.ua - dot mx.pth.ua:25 $'lost\377 it'
	} >results
	table() {
		echo 'The message could not be delivered to:'
		echo
		echo 'user2@pth.ua    failed    550 5.1.1 No such user here'
		echo 'їжак@пошта.укр  deferred  Connection refused'
		echo 'u7@pth.ua       unknown   lost? it'
		echo
		echo 'Unknown: the message may have been delivered: the connection broke before the answer.'
	}
	for text in '' 'See below.' $'See below.\n'; do
		printf '%s' "$text" | mkmail -f a@b -R results c@d >out
		readmail out
		mv part.0 got
		{
			[ -z "$text" ] || printf 'See below.\n\n'
			table
		} | diff -u - got
	done
}

@test "all sent, or nobody at all: the text alone" {
	result sent u@d 250 dot h:25 ok >results
	for file in results /dev/null; do
		echo x | mkmail -f a@b -R "$file" c@d >out
		grep -qx 'Content-Type: text/plain; charset=us-ascii' out
		run -1 grep -q '[Mm]ultipart' out
	done
	echo x | mkmail -f a@b -R results -a results c@d >out
	grep -q '^Content-Type: multipart/mixed;' out
}

@test "a journal: the last line of a recipient counts" {
	{
		result sending u1@d - dot h:25 ''
		result deferred u1@d 451 dot h:25 'later'
		result deferred u2@d 451 dot h:25 'later'
		result sending u1@d - dot h:25 ''
		result sent u1@d 250 dot h:25 ok
		result sending u3@d - dot h:25 ''
		result sending u2@d - dot h:25 ''
		result failed u2@d 554 dot h:25 no
	} >results
	mkmail -f a@b -R results c@d </dev/null >out
	blocks out | grep -E '^(Final|Action|Status)' >got
	cat >want <<-'END'
	Final-Recipient: rfc822; u3@d
	Action: delayed
	Status: 4.4.2
	Final-Recipient: rfc822; u2@d
	Action: failed
	Status: 5.0.0
	END
	diff want got
}

@test "long and strange fields do not break the part" {
	long=$(printf 'ї%.0s' {1..2000})
	{
		result failed "$long" - order - "$long $long"
		result failed "$(printf 'x%.0s' {1..3000})" - order - \
			"$(printf 'y%.0s' {1..3000})"
		result failed u@d 550 rcpt 'bad host:25' $'a\rBcc: x'
		result failed last@d 550 rcpt h:25 no
	} >results
	mkmail -f a@b -R results c@d </dev/null >out
	[ "$(blocks out | grep -c '^Final-Recipient')" = 4 ]
	run -1 grep -qE "^Bcc|$(printf '\r')|bad host" out
	[ "$(awk '{ print length($0) }' out | sort -n | tail -n 1)" -le 998 ]
}

@test "thousands of recipients are counted first, by domain and by reason" {
	{
		seq 5000 | sed "s/.*/$(result failed u\&@pth.ua 550 rcpt mx:25 \
			'5.1.1 <u\&@pth.ua> unknown')/"
		seq 25 | sed "s/.*/$(result deferred u\&@d\&.test - connect \
			mx:25 'Connection refused')/"
	} >results
	mkmail -f a@b -R results c@d </dev/null >out
	[ "$(grep -c '^Final-Recipient' out)" = 5025 ]
	readmail out >parts
	sed '/could not be delivered/q' part.0 >got
	[ "$(grep -c '^       1  d[0-9]*\.test$' got)" = 19 ]
	grep -v '^       1  ' got >got.rest
	diff - got.rest <<-'END'
	By domain:

	    5000  pth.ua
	       6  (others)

	By reason:

	    5000  550 5.1.1 <…> unknown
	      25  Connection refused

	The message could not be delivered to:
	END
	# fifty are seen at a glance
	head -n 50 results >few
	mkmail -f a@b -R few c@d </dev/null >out
	readmail out >parts
	[ "$(head -n 1 part.0)" = 'The message could not be delivered to:' ]
}

@test "lines that are no results: 65, with file and line" {
	{
		result failed u@d 550 rcpt h:25 no
		echo nonsense
		result Perhaps u@d 550 rcpt h:25 no
		result sent u@d 250 dot h:25 ok | tr -d '\n'
	} >results
	run --separate-stderr -65 mkmail -f a@b -R results c@d </dev/null
	[ -z "$output" ]
	[ "$stderr" = "mkmail: results:2: not a line of results(5)
mkmail: results:3: not a line of results(5)
mkmail: results:4: not a line of results(5)" ]
}

@test "no results file: 66" {
	run --separate-stderr -64 mkmail -f a@b -R - c@d </dev/null
	run --separate-stderr -66 mkmail -f a@b -R none c@d </dev/null
	[ -z "$output" ]
	[ "$stderr" = 'mkmail: none: No such file or directory' ]
}

@test "the report of the manual page: the same Message-ID each time" {
	result failed u@d 550 rcpt h:25 no >session.results
	echo 'One was not reached.' >text
	for out in one two; do
		mkmail -f news@pth.ua -s 'Report' -R session.results \
			-H 'Auto-Submitted: auto-generated' \
			-H 'Message-ID: <session.1@pth.ua>' \
			support@pth.ua <text >"$out"
		[ "$(grep '^Message-ID' "$out")" = \
			'Message-ID: <session.1@pth.ua>' ]
		[ "$(blocks "$out" | grep -c '^Final-Recipient')" = 1 ]
	done
}
