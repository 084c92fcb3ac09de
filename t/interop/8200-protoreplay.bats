#!/usr/bin/env bats
# Dialogues with servers and clients that people run are played again: with the
# same peer nothing differs, run after run.

load ../lib
load mailers
load ../dialogue
. "$TOP/t/postfix.sh"
. "$TOP/t/vsftpd.sh"

PATH=$PATH:/usr/sbin

setup() {
	lib_setup
	printf 'Subject: s\n\n.\n.dot\nHi.\n' >letter
}

teardown() {
	[ ! -d postfix ] || postfix -c "$PWD/postfix" stop 2>/dev/null || :
	lib_teardown
}

need_root() {
	[ "$(id -u)" = 0 ] || skip "not root"
	chmod a+x "$BATS_RUN_TMPDIR" "$BATS_RUN_TMPDIR/test" .
}

# again ADDR [option ...]: what protoreplay records of the dialogue old differs
# neither from old, nor from what it records another time; the client's lines
# are the same byte for byte.
again() {
	protoreplay -T 10 "${@:2}" old "$1" >new
	run -0 protoreplay -T 10 -d "${@:2}" old "$1"
	[ -z "$output" ]
	run -0 protoreplay -T 10 -d "${@:2}" new "$1"
	[ -z "$output" ]
	protoreplay -T 10 "${@:2}" new "$1" >newer
	heard C new >said
	heard C newer | cmp - said
	protoladder new >svg
	protoladder -s new >svg
}

# exchange ADDR: letters by smtpsend, in one session each, to somebody and to
# nobody; and what a person types.
exchange() {
	smtpsend -v -s "$1" -f me@b.test a@x no@x <letter 2>old ||
		[ $? = 67 ] || { cat old; false; }
	sed -i '/^smtpsend:/d; /^no@x: /d' old
	again "$1"
	grep -q '	C	crlf	text	[.][.]dot' new ||
		grep -q '	C	crlf	text	[.]dot' new
	said smtp 'S 220 x' 'C helo me.b.test' 'S 250 x' 'C/ NOOP' 'S 250 x' \
		'C WHAT' 'S 500 x' 'C VRFY a' 'S 252 x' 'C RCPT TO:<a@x>' \
		'S 503 x' 'C DATA' 'S 503 x' 'C QUIT' 'S 221 x' '- close' >typed
	protoreplay -T 10 typed "$1" >old
	again "$1"
}

@test "smtp-sink" {
	need smtp-sink
	smtp-sink -u "$(id -un)" unix:sink 10 3>&- &
	STARTED+=("$!")
	wait_for wire ./sink </dev/null >/dev/null 2>&1
	exchange ./sink
	# A sink that refuses what it had taken, and one that hangs up.
	smtp-sink -u "$(id -un)" -r rcpt unix:other 10 3>&- &
	STARTED+=("$!")
	wait_for wire ./other </dev/null >/dev/null 2>&1
	smtpsend -v -s ./sink -f me@b.test a@x <letter 2>old
	run -1 protoreplay -T 10 -d old ./other
	[[ $output == *'-S: 250 2.1.5 Ok'*'+S: 5'* ]]
	smtp-sink -u "$(id -un)" -q data unix:third 10 3>&- &
	STARTED+=("$!")
	wait_for wire ./third </dev/null >/dev/null 2>&1
	run -75 protoreplay -T 10 old ./third
}

@test "aiosmtpd" {
	need python3
	python -c 'import aiosmtpd' 2>/dev/null || need aiosmtpd
	port=$(free_port)
	"$PYTHON" -m aiosmtpd -n -l "127.0.0.1:$port" >log 2>&1 3>&- &
	STARTED+=("$!")
	wait_for smtp_answers ":$port"
	exchange "127.0.0.1:$port"
}

@test "Postfix" {
	need postfix
	need_root
	start_postfix_domain
	wait_for smtp_answers ./queue/public/smtp-in
	exchange ./queue/public/smtp-in
}

@test "Exim" {
	need exim4
	need_root
	port=$(free_port)
	start_exim_sink "$port"
	wait_for smtp_answers ":$port"
	exchange "127.0.0.1:$port"
}

@test "vsftpd: the control connection, and empty files" {
	need vsftpd
	need_root
	mkdir -p root/in empty
	chown daemon root/in
	port=$(free_port)
	{
		vsftpd_conf "$port" "$PWD/root" "$PWD/empty"
		echo anon_other_write_enable=YES
	} >conf
	vsftpd conf 3>&- >log 2>&1 &
	STARTED+=("$!")
	echo x >f.txt
	wait_for ftpsend -r 0 -n one.txt "127.0.0.1:$port/in/" f.txt
	ftpsend -v -n two.txt "127.0.0.1:$port/in/" f.txt 2>old
	protoreplay -T 10 old "127.0.0.1:$port" >new
	grep -q '	226 ' new
	grep -q '	221 ' new
	protoreplay -T 10 -d new "127.0.0.1:$port" >told || [ $? = 1 ]
	lacks -E '^.S: (227|229|220)' told
}

@test "clients to the server's side: swaks, curl, msmtp" {
	need swaks curl msmtp
	start smtpd-lite -l 127.0.0.1:0 -d mail
	real=$ADDR
	printf 'From: a@x\r\nSubject: s\r\n\r\n.\r\nHi.\r\n' >body
	clients=(
	"swaks --server HOST --port PORT --helo me --from a@x --to b@x --data @body"
	"curl -s -T body smtp://HOST:PORT/me --mail-from a@x --mail-rcpt b@x"
	"sh -c 'msmtp --host=HOST --port=PORT --domain=me -f a@x b@x <body'"
	)
	for client in "${clients[@]}"; do
		words=${client//HOST/127.0.0.1}
		rm -rf record
		start -n tap smtpd-lite -l 127.0.0.1:0 -d mail -t record
		eval "${words//PORT/$PORT}" >out
		stop
		cat record/* >old
		heard C old >said
		[ -s said ]
		start -n replay protoreplay -S -T 10 -d old 127.0.0.1:0
		eval "${words//PORT/$PORT}" >out
		wait "$PID" || { cat replay.out replay.err; false; }
		# And that client's side, to the server itself.
		run -0 protoreplay -T 10 -d old "$real"
	done
}
