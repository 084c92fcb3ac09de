#!/usr/bin/env bats
# A fault at every system call of every program: no disk, no descriptor, no
# memory, an interrupted call, kill -9.  Exit 0 only where all is done; a reason
# for all else; what was said is true; the next run makes it whole.
#
#	FAULTS=all	all of them, not a sample
#	CALL='^read 3'	only those whose "CALL N ERROR" matches
#	KEEP=DIR	keep the directory of each failed run in DIR

load ../lib
load faults
load runs
load mailruns
load chainruns

teardown_file() {
	total >&3
}

# beside NAME COMMAND ...: a server that no fault befalls, and its ADDR.
beside() {
	start -n "$@"
	export SERVER=$ADDR
}

# sweep RUN PROGRAM [-f]: -f looks at the processes that it forks, too.  What a
# RUN does is in runs.bash and mailruns.bash.

@test "archive-stamp" {
	sweep stamp archive-stamp
}

@test "savefile" {
	sweep save savefile
	sweep keep savefile
}

@test "ordertake" {
	sweep take ordertake
}

@test "orderdone, resultcount, retrydue" {
	sweep orderdone orderdone
	sweep count resultcount
	sweep due retrydue
}

@test "mkmail" {
	sweep mkmail mkmail
}

@test "orderparse" {
	sweep order orderparse
	sweep again orderparse
	sweep table orderparse
}

@test "mxlookup" {
	printf '%s\n' 'a.test MX 10 mx.a.test' 'b.test A 192.0.2.1' >zone
	beside dns fake-dns
	sweep mx mxlookup
}

@test "withlock" {
	sweep withlock withlock
}

@test "orderrecv -i" {
	sweep recv orderrecv
}

@test "ordersend" {
	beside orders orderrecv -l 127.0.0.1:0 -d incoming
	sweep send ordersend
}

@test "ftpsend" {
	beside ftp ftpd-lite -l 127.0.0.1:0 -d incoming
	sweep put ftpsend
}

@test "ftpd-lite -i" {
	sweep ftpd ftpd-lite
}

@test "pop3d-lite -i" {
	sweep pop pop3d-lite
}

@test "smtpd-lite -i" {
	sweep smtpd.maildir smtpd-lite
	sweep smtpd.mbox smtpd-lite
	sweep smtpd.relay smtpd-lite
}

@test "smtpsend -bS" {
	beside smtp smtpd-lite -l 127.0.0.1:0 -d mail
	sweep batch.one smtpsend
	sweep batch.jobs smtpsend -f
}

@test "smtpsend" {
	echo anna:secret >passwd
	chmod 600 passwd
	echo 'a.test MX 10 mx.a.test' >zone
	echo 'mx.a.test A 127.0.0.1' >>zone
	beside dns fake-dns
	export DNS=$SERVER
	beside smtp smtpd-lite -l 127.0.0.1:0 -a passwd -d mail
	sweep single.login smtpsend -f
	sweep single.direct smtpsend
}

@test "smtpd-lite" {
	sweep served.smtp smtpd-lite -f
}

@test "orderrecv" {
	sweep served.order orderrecv -f
}

@test "ftpd-lite" {
	sweep served.ftp ftpd-lite -f
}

@test "pop3d-lite" {
	sweep served.pop pop3d-lite -f
}

# chain PROGRAM STARTS: each of its starts in pipeline.sh; BAD is 1 where one is
# not as it should be.
chain() {
	local n
	for ((n = 1; n <= $2; n++)); do
		SAMPLE=1 sweep "chain.$1-$n" "$1" || BAD=1
	done
}

@test "pipeline.sh" {
	beside smtp smtpd-lite -l 127.0.0.1:0 -d mail
	BAD=0
	chain sh 1
	chain ordertake 1
	chain withlock 1
	chain orderparse 3
	chain smtpsend 3
	chain savefile 4
	chain settled 4
	chain retrydue 3
	chain resultcount 1
	chain mkmail 2
	chain archive-stamp 2
	[ $BAD = 0 ]
}
