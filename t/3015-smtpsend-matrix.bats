#!/usr/bin/env bats
# smtpsend against a server that does at each stage everything a server can
# do wrong: status, code, stage and exit code are right, and nobody unserved
# is said to be served, or the other way round.

# shellcheck disable=SC2154 # run sets stderr

load lib
load smtpsend

setup() {
	lib_setup
	printf 'Message-ID: <1@here.test>\nSubject: s\n\nHi.\n' >letter
	printf '#!/bin/sh\necho "open sesame"\n' >secret
	chmod +x secret
}

# The stages of a session, and what each needs beside.
STAGES='greeting ehlo starttls auth mail rcpt data dot'

# at STAGE CODE STATUS REPLY: one message, which ends there.
at() {
	local stage=$1 options=
	case $stage in
	greeting) stage=connect ;;
	ehlo) stage=helo ;;
	starttls) stage=tls options=-Z ;;
	auth) options='-a joe -P ./secret' ;;
	esac
	# shellcheck disable=SC2086
	run -"$2" --separate-stderr smtpsend -T "${WAIT:-30}" -s "$ADDR" \
		-f me@x -l - $options a@x <letter
	[ "$(short <<<"$output")" = "$3 a@x $4 $stage" ] ||
		{ echo "$1: $output"; return 1; }
	if [ "$3" = sent ]; then
		[ "$(received)" = a@x ]
	else
		run -1 received
	fi
}

# script STAGE ACTION [RULE ...]: the server for it, "starttls" and AUTH
# offered where that is the stage.
script() {
	local caps=PIPELINING,8BITMIME stage=$1 action=$2
	shift 2
	[ "$stage" != starttls ] || caps+=,STARTTLS
	[ "$stage" != auth ] || caps+=',AUTH PLAIN'
	[ "$stage" != ehlo ] || set -- "$@" "helo:*:$action"
	fake -c "$caps" "$stage:*:$action" "$@"
}

# everywhere COMMAND ...: with each stage as its last argument, all at the same
# time, in a directory and with a server of its own.
everywhere() {
	local pids=() pid
	for stage in $STAGES; do
		mkdir "$stage"
		cp letter secret "$stage"
		(
			cd "$stage" || exit
			# shellcheck disable=SC2034 # of the files loaded
			FAKE='' STARTED=()
			trap lib_teardown EXIT
			"$@" "$stage"
		) &
		pids+=("$!")
	done
	for pid in "${pids[@]}"; do
		wait "$pid"
	done
}

# lost ACTION ... STAGE: what each of them does to the connection.
lost() {
	local stage=${*: -1} fault
	for fault in "${@:1:$#-1}"; do
		script "$stage" "$fault"
		[ "$stage" = dot ] || at "$stage" 75 deferred -
		[ "$stage" != dot ] || at "$stage" 80 unknown -
	done
}

@test "refused for now: 75, deferred" {
	for stage in $STAGES; do
		script "$stage" '451 4.0.0 later'
		at "$stage" 75 deferred 451
	done
}

@test "refused for good: of the server deferred, of the recipient failed" {
	for stage in greeting ehlo starttls; do
		script "$stage" '554 no' 'helo:*:554 no'
		at "$stage" 75 deferred 554
	done
	script auth '535 5.7.8 no'
	at auth 77 deferred 535
	for stage in mail data dot; do
		script "$stage" '554 no'
		at "$stage" 65 failed 554
	done
	script rcpt '550 no'
	at rcpt 67 failed 550
}

@test "421: 75, deferred" {
	busy() {
		script "$1" '421 4.3.2 going down'
		at "$1" 75 deferred 421
	}
	everywhere busy
}

@test "no reply, or none that is one: deferred, and unknown after the dot" {
	everywhere lost drop rst garbage endless long
}

@test "silence: deferred, and unknown after the dot" {
	WAIT=3 everywhere lost silent
}

@test "byte by byte, in several lines, late: sent" {
	for fault in drip split lag cut; do
		rules=()
		for stage in greeting ehlo auth mail rcpt data dot quit; do
			[[ $stage$fault = ehlo[sc]* ]] ||
				rules+=("$stage:*:$fault")
		done
		fake -c 'PIPELINING,AUTH PLAIN' "${rules[@]}"
		run -0 smtpsend -s "$ADDR" -a joe -P ./secret a@x <letter
		[ "$(received)" = a@x ]
	done
	# a reply to EHLO without a word is one all the same
	fake ehlo:1:split
	run -0 smtpsend -s "$ADDR" a@x <letter
	[ "$(received)" = a@x ]
}

@test "a reply too many in the same segment puts nobody in another's place" {
	for at in greeting:connect ehlo:helo mail:data rcpt:data; do
		stage=${at%:*}
		script "$stage" '250 ok|250 one more'
		[ "$stage" != greeting ] ||
			script "$stage" '220 fake|250 one more'
		run -75 --separate-stderr smtpsend -T 30 -s "$ADDR" -f me@x \
			-l - a@x <letter
		[ "$(short <<<"$output")" = "deferred a@x - ${at#*:}" ]
		run -1 received
	done
	# a word that came unasked is a verdict on the text if it is a bad one
	script data '354 go on|250 sent, believe me'
	at data 75 deferred -
	script data '354 go on|554 no'
	at data 65 failed 554
	script dot '250 ok|250 one more'
	at dot 0 sent 250
	# refused, and a yes that was never asked for: whose refusal is whose?
	fake 'rcpt:a@x:550 no|250 ok' 'rcpt:b@x:550 no'
	run -75 --separate-stderr smtpsend -T 30 -s "$ADDR" -f me@x -l - a@x b@x \
		<letter
	[ "$(cut -f 1 <<<"$output" | sort -u)" = deferred ]
	run -1 received
}
