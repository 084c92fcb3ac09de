#!/usr/bin/env bats
# pipeline.sh, of which one process is killed alone while smtpsend has not
# sent anything yet: a second run does the order, and what is left of the first
# must not do it again.

load lib

export FROM=news@pth.ua SUPPORT=support@pth.ua

setup() {
	lib_setup
	mkdir incoming shim
	cp "$TOP/examples/session.txt" incoming/o.txt
	mkfifo go
	exec 4<>go
	shim withlock 'echo $$ >withlock.pid'
	# Its parent is the shell that works on the order.
	shim savefile 'echo $PPID >shell.pid'
	echo anna:secret >passwd
	chmod 600 passwd
	start smtpd-lite -l localhost:0 -a passwd -d mail
	export SMTPSERVER=$ADDR
}

teardown() {
	exec 4>&-
	lib_teardown
}

# shim PROGRAM LINE: that line comes before it in the first run.
shim() {
	cat >"shim/$1" <<-END
	#!/bin/sh
	$2
	exec "$BINDIR/$1" "\$@"
	END
	chmod +x "shim/$1"
}

# late: where smtpsend waits, with letters to send, until go has a line.
late() {
	shim smtpsend '[ "$1" != -bS ] || [ -e late ] ||
		{ echo $$ >late; read -r line <go; }'
}

# first: a run that stays where late says.
first() {
	PATH=$PWD/shim:$PATH "$TOP/pipeline.sh" >out 2>err 3>&- 4>&- &
	FIRST=$!
}

letters() {
	find mail -path "*/$1/new/*" -type f | wc -l
}

# One letter each, one order with its results in the archive.
check() {
	local user
	for user in user1 user3; do
		[ "$(letters "$user")" = 1 ]
	done
	set -- ARC/*
	[ $# = 2 ]
	[ -z "$(ls -A work)" ]
}

# alone PROCESS: it is killed, and a second run does all.
alone() {
	late
	first
	wait_for test -s late
	kill -9 "$(<"$1.pid")"
	run -0 --separate-stderr "$TOP/pipeline.sh"
	[ -z "$stderr" ]
	echo >&4
	wait "$FIRST" || :
	ended_in_time "$(<late)" 10
	check
	[ "$(letters support)" = 1 ]
	grep -q 'o.txt.results: No such file or directory' err
	run -0 "$TOP/pipeline.sh"
}

@test "the shell that works on the order" {
	alone shell
}

@test "withlock" {
	alone withlock
}

# The journal is opened before a secret is asked for.
@test "withlock, when smtpsend has its journal" {
	cat >secret <<-'END'
	#!/bin/sh
	[ -e late ] || { : >late; read -r line <go; }
	echo secret
	END
	chmod +x secret
	export SMTPOPTIONS='-a anna -P ./secret'
	first
	wait_for test -e late
	kill -9 "$(<withlock.pid)"
	run -75 --separate-stderr "$TOP/pipeline.sh"
	[[ $stderr = smtpsend:*'/o.txt.results: in use by another run'* ]]
	# Without results nothing is counted.
	[[ $stderr != *resultcount* ]]
	echo >&4
	wait "$FIRST"
	lacks : err
	check
}
