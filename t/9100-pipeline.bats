#!/usr/bin/env bats
# pipeline.sh: from incoming/ to mailboxes, a report and the archive.

load lib

export FROM=news@pth.ua SUPPORT=support@pth.ua

setup() {
	lib_setup
	mkdir incoming shim
	PATH=$PWD/shim:$PATH
	printf 'user1\nuser3\nsupport\n' >users
}

# Starts the mail server, again under its address where it had one.
serve() {
	start smtpd-lite -l localhost:0 -d mail -u users
	export SMTPSERVER=$ADDR
}

# down: there is no server.  One that has gone may have left its port to others.
down() {
	export SMTPSERVER=127.0.0.1:1
}

pipeline() {
	"$TOP/pipeline.sh" "$@"
}

letters() {
	find "mail/$1/new" -type f 2>/dev/null | wc -l
}

# The one report there is, its line ends made LF.
the_report() {
	[ "$(letters support)" = 1 ] || return
	tr -d '\r' <"$(find mail/support/new -type f)"
}

# Nothing is left, in the archive lie N orders.
all_done() {
	[ -z "$(ls -A work)" ] || return
	[ -z "$(ls incoming)" ] || return
	[ "$(find ARC -type f ! -name '*.results' | wc -l)" = "$1" ]
}

# order NAME user ...
order() {
	local name=$1
	shift
	{
		echo '[Recipients:]'
		printf '%s@pth.ua\n' "$@"
		printf '[Subject:]\nHello\n[Body:]\nHello [login]!\n'
	} >"$name"
}

@test "the order of the issue: two letters, the report, the archive" {
	serve
	cp "$TOP/examples/session.txt" incoming/
	run -0 --separate-stderr pipeline
	[[ $output =~ ^ARC/session-[0-9]{8}-[0-9]{6}\.txt$ ]]
	[ -z "$stderr" ]
	cmp "$output" "$TOP/examples/session.txt"
	all_done 1
	[ "$(ls mail)" = $'support\nuser1\nuser3' ]
	[ "$(letters user1)" = 1 ]
	[ "$(letters user3)" = 1 ]
	grep -q 'Hello user1!' mail/user1/new/*
	cut -f 1-4 "${output%.txt}.results" >got
	printf '%s\t%s\t%s\t%s\n' sent user1@pth.ua 250 dot \
		failed user2@pth.ua 550 rcpt sent user3@pth.ua 250 dot >want
	cmp want got
}

@test "the report: text, and the part for programs" {
	serve
	cp "$TOP/examples/session.txt" incoming/
	run -0 pipeline
	the_report >report
	grep -qx 'Return-Path: <>' report
	grep -qx 'Auto-Submitted: auto-generated' report
	grep -qx 'To: support@pth.ua' report
	grep -q '^Order session\.txt: 3 recipients\.$' report
	for line in 'sent: 2' 'failed: 1' 'deferred: 0' 'unknown: 0' \
		'dropped duplicates: 0'; do
		grep -qx "$line" report
	done
	lacks 'user[13]@' report
	readmail mail/support/new/* >parts
	readmail -f Content-Type mail/support/new/* |
		grep '^multipart/report;.*report-type="*delivery-status'
	grep -q 'user2@pth.ua.*550' part.0
	[ "$(sed -n '3s/ .*//p' parts)" = message/delivery-status ]
	sed -n 's/^Final-Recipient: //p; s/^Action: //p' part.1 | paste -sd ' ' - \
		>got
	echo 'rfc822; user2@pth.ua failed' >want
	diff want got
}

@test "everybody reached: a report of text alone" {
	serve
	order incoming/all.txt user1 user3 user1
	run -0 pipeline
	the_report >report
	grep -q '^Content-Type: text/plain' report
	lacks multipart report
	grep -qx 'Order all\.txt: 2 recipients\.' report
	grep -qx 'dropped duplicates: 1' report
	lacks 'could not be delivered' report
}

@test "REPORT=ftp: the order is attached, to the byte" {
	serve
	cp "$TOP/examples/session.txt" incoming/
	REPORT=ftp run -0 pipeline
	readmail mail/support/new/* >parts
	[ "$(grep -c ' session.txt$' parts)" = 1 ]
	n=$(sed '/^multipart/d' parts | grep -n ' session.txt$' | cut -d : -f 1)
	mv "part.$((n - 1))" attached
	cmp "$TOP/examples/session.txt" attached
}

@test "a bad address counts, and is reported with the others" {
	serve
	order incoming/o.txt user1
	sed -i 's/^user1@.*/&, not-an-address/' incoming/o.txt
	run -0 pipeline
	[ "$(cut -f 1 ARC/o-*.results | sort)" = $'failed\nsent' ]
	the_report >report
	grep -qx 'Order o\.txt: 2 recipients\.' report
	grep -q '^not-an-address  *failed  *no @' report
	all_done 1
}

@test "nobody with an address: no letter, a report" {
	serve
	order incoming/o.txt x
	sed -i 's/^x@.*/not-an-address/' incoming/o.txt
	run -0 pipeline
	[ "$(ls mail)" = support ]
	the_report | grep -x 'failed: 1'
	all_done 1
}

@test "an order that cannot be read is reported, archived, holds up nobody" {
	serve
	printf 'no order\n' >incoming/a.txt
	order incoming/b.txt user1
	run -0 --separate-stderr pipeline
	[ "$stderr" = "pipeline.sh: work/a.txt: cannot be read, see the report to $SUPPORT" ]
	[ "$(letters user1)" = 1 ]
	[ "$(letters support)" = 2 ]
	all_done 2
	[ "$(cat ARC/a-*.txt)" = 'no order' ]
	grep -l 'Order a\.txt cannot be read' mail/support/new/* >name
	grep -q 'a\.txt:1' "$(cat name)"
}

@test "reasons that cannot be said: no letter without them" {
	serve
	order incoming/o.txt user1
	sed -i 's/^user1@.*/&, not-an-address/' incoming/o.txt
	printf '#!/bin/sh\nexit 1\n' >shim/cat
	chmod +x shim/cat
	run -74 --separate-stderr pipeline
	[ "$stderr" = 'pipeline.sh: work/o.txt: cat: exit 1' ]
	[ -z "$(ls mail)" ]
	rm shim/cat
	run -0 --separate-stderr pipeline
	[[ $stderr == 'orderparse: work/o.txt:2:'*not-an-address* ]]
	all_done 1
}

@test "no room for counts, nor a report: the reasons are said" {
	serve
	order incoming/o.txt user1
	run -74 bash -c 'ulimit -f 0; exec "$0" 2>&1' "$TOP/pipeline.sh"
	[ "$output" = 'orderparse: stdout: File too large' ]
	printf 'no order\n' >work/o.txt
	run -74 bash -c 'ulimit -f 0; exec "$0" 2>&1' "$TOP/pipeline.sh"
	[[ $output = *$'\norderparse: work/o.txt:1:1: '* ]]
	run -0 pipeline
	the_report | grep 'o\.txt:1:1: '
	all_done 1
}

@test "what a server says, and an order is called: nothing a terminal acts on" {
	odd=$'\e[2J\u009b31m\u202ecod \u0457'
	start fake-smtp "rcpt:<user1@pth.ua>:550 5.1.1 $odd" \
		'rcpt:<user3@pth.ua>:450 4.2.0 later'
	export SMTPSERVER=$ADDR
	order "incoming/a$odd.txt" user1 user3
	run -75 --separate-stderr pipeline -v
	printf '%s\n' "$stderr" >told
	EXPIRE=0 run -0 --separate-stderr pipeline -v
	printf '%s\n' "$stderr" >>told
	readmail got.1 >parts
	for part in told part.0; do
		grep -q "a?\[2J?31m?cod ї\|a \[2J 31m cod ї" "$part"
		LC_ALL=C lacks $'[\e\x7f]\|\xc2\x9b\|\xe2\x80\xae' "$part"
	done
	grep -q '5\.1\.1 .\[2J.31m.cod ї' part.0
}

@test "an order that cannot be read, and a report that waits" {
	down
	printf 'no order\n' >incoming/a.txt
	run -75 --separate-stderr pipeline
	[ "${stderr_lines[0]}" = "pipeline.sh: work/a.txt: cannot be read, see the report to $SUPPORT" ]
	[[ ${stderr_lines[1]} == "smtpsend: $SUPPORT: deferred at connect: "* ]]
	[ "${stderr_lines[2]}" = 'pipeline.sh: work/a.txt: the report waits, and is tried again later' ]
	serve
	run -0 --separate-stderr pipeline
	[ -z "$stderr" ]
	[ "$(letters support)" = 1 ]
	all_done 1
}

@test "a report that may have been sent waits its time, and is sent again" {
	echo 'at dot nth 1 drop' >rules
	start smtpd-lite -l localhost:0 -d mail -u users -R rules
	export SMTPSERVER=$ADDR RETRY=1h
	printf 'no order\n' >incoming/a.txt
	run -75 --separate-stderr pipeline
	[ "${stderr_lines[-1]}" = 'pipeline.sh: work/a.txt: the report waits, and is tried again later' ]
	grep -q '^unknown' work/.a.txt/journal
	# Who gets what is nobody else's business.
	[ -z "$(find work/.a.txt -type f \( -perm -040 -o -perm -004 \))" ]
	run -75 --separate-stderr pipeline
	[ -z "$stderr" ]
	[ "$(letters support)" = 0 ]
	aged 3700 work/.a.txt/journal
	# The stamp is the time at which the report was made.
	export TZ=UTC0
	touch -t 202501021304.05 work/.a.txt/report
	run -0 pipeline
	[ "$output" = ARC/a-20250102-130405.txt ]
	[ "$(letters support)" = 1 ]
	all_done 1
}

@test "a placeholder without a value: nobody gets a letter" {
	serve
	{
		echo '[Recipients:]'
		echo 'user1@pth.ua mark=5'
		echo 'user3@pth.ua'
		printf '[Subject:]\nS\n[Body:]\n[mark]\n'
	} >incoming/o.txt
	run -0 pipeline
	[ "$(ls mail)" = support ]
	the_report | grep 'cannot be read'
	all_done 1
}

@test "binary rubbish, an empty order, an order in no charset" {
	serve
	head -c 3000 /dev/urandom >incoming/random
	printf '\0' >>incoming/random
	: >incoming/empty
	printf '[Recipients:]\nuser1@pth.ua\n[Subject:]\n\377\n[Body:]\n\n' \
		>incoming/latin
	run -0 pipeline
	[ "$(letters support)" = 3 ]
	[ "$(letters user1)" = 0 ]
	all_done 3
}

@test "server down: everything stays, the next run sends" {
	down
	order incoming/o.txt user1 user3
	run -75 --separate-stderr pipeline
	[ -z "$output" ]
	[ "$stderr" = 'pipeline.sh: work/o.txt: 2 of 2 deferred, tried again later, see work/o.txt.results' ]
	[ -e work/o.txt ]
	[ ! -e ARC ]
	serve
	run -0 pipeline
	[ "$(letters user1) $(letters user3) $(letters support)" = '1 1 1' ]
	all_done 1
}

@test "another order of that name while the first is deferred" {
	down
	order incoming/o.txt user1
	run -75 pipeline
	order incoming/o.txt user3
	run -75 pipeline
	[ -e work/o.txt ]
	[ -e work/o-2.txt ]
	serve
	run -0 pipeline
	[ "$(letters user1) $(letters user3) $(letters support)" = '1 1 2' ]
	all_done 2
}

@test "EXPIRE: then the deferred ones are reported as such" {
	down
	order incoming/o.txt user1
	run -75 --separate-stderr pipeline
	[ ! -e work/.o.txt/report ]
	[ "${stderr_lines[0]}" = \
		'pipeline.sh: work/o.txt: 1 of 1 deferred, tried again later, see work/o.txt.results' ]
	aged 172000 work/.o.txt/id
	run -75 pipeline
	[ ! -e work/.o.txt/report ]
	aged 172800 work/.o.txt/id
	# a pause that has not passed keeps nobody longer
	RETRY=1h run -75 pipeline
	[ -e work/.o.txt/report ]
	serve
	run -0 pipeline
	[ "$(letters user1)" = 0 ]
	the_report | grep -x 'deferred: 1'
	all_done 1
}

@test "a try that comes to nothing leaves nothing in work but its journal" {
	down
	order incoming/o.txt user1
	RETRY=0 run -75 pipeline
	RETRY=0 run -75 pipeline
	ORDEROPTIONS=-S run -78 pipeline
	[ "$(echo work/.o.txt/.[!.]* work/.o.txt/*)" = \
		'work/.o.txt/.lock work/.o.txt/id' ]
}

@test "RETRY: runs before their time do nothing; greylisting takes two tries" {
	export RETRY='5m 1h'
	start fake-smtp 'rcpt:1:450 4.7.1 grey' 'rcpt:2:450 4.7.1 grey'
	export SMTPSERVER=$ADDR
	order incoming/o.txt user1
	run -75 pipeline
	for age in '' 200; do
		[ -z "$age" ] || aged "$age" work/o.txt.results
		cp work/o.txt.results before
		run -75 --separate-stderr pipeline
		[ -z "$output$stderr" ]
		cmp before work/o.txt.results
		[ "$(grep -c '^RCPT' dialog)" = 1 ]
	done
	# The second try, and then it is the second pause.
	aged 300 work/o.txt.results
	run -75 pipeline
	aged 3000 work/o.txt.results
	run -75 pipeline
	[ "$(grep -c '^RCPT' dialog)" = 2 ]
	aged 3600 work/o.txt.results
	run -0 pipeline
	[ "$(grep -c '^RCPT' dialog)" = 4 ]
	all_done 1
}

@test "RETRY: by default the next run tries at once, those after it later" {
	unset RETRY
	start fake-smtp 'rcpt:1:450 4.7.1 grey' 'rcpt:2:450 4.7.1 grey'
	export SMTPSERVER=$ADDR
	order incoming/o.txt user1
	for i in 1 2 3; do
		run -75 pipeline
	done
	[ "$(grep -c '^RCPT' dialog)" = 2 ]
	aged 300 work/o.txt.results
	run -0 pipeline
	all_done 1
}

@test "RETRY: a report that is deferred waits, too" {
	export RETRY=5m
	start fake-smtp "rcpt:2:450 4.7.1 grey"
	export SMTPSERVER=$ADDR
	order incoming/o.txt user1
	for i in 1 2; do
		run -75 pipeline
		[ "$(grep -c '^RCPT' dialog)" = 2 ]
	done
	aged 300 work/.o.txt/journal
	run -0 pipeline
	all_done 1
}

@test "ORDEROPTIONS: wherever the order is read" {
	serve
	order incoming/o.txt user1 user3
	sed -i '1i [From:]\nBoss <boss@pth.ua>' incoming/o.txt
	run -0 pipeline
	the_report | grep 'cannot be read'
	rm -r mail/* ARC
	order incoming/o.txt user1 user3
	sed -i '1i [From:]\nBoss <boss@pth.ua>' incoming/o.txt
	printf 'USER3@pth.ua\n' >gone
	ORDEROPTIONS='-F *@pth.ua	-X gone' run -0 --separate-stderr pipeline
	[ -z "$stderr" ]
	[ "$(letters user1) $(letters user3)" = '1 0' ]
	grep -q '^From: Boss <boss@pth.ua>' mail/user1/new/*
	all_done 1
}

@test "one deferred, one sent: the next run sends to the one only" {
	serve
	order incoming/o.txt user1 user3
	mkdir -p mail/user3
	: >mail/user3/new
	run -75 pipeline
	[ "$(letters user1)" = 1 ]
	[ "$(letters support)" = 0 ]
	grep -q "$(printf '^deferred\tuser3@pth.ua\t4')" work/o.txt.results
	rm -r mail/user3
	run -0 pipeline
	[ "$(letters user1) $(letters user3) $(letters support)" = '1 1 1' ]
	[ "$(cut -f 1 ARC/o-*.results | sort -u)" = sent ]
	all_done 1
}

@test "the report is refused for good: it goes to the archive" {
	serve
	order incoming/o.txt user1
	SUPPORT=nobody@pth.ua run -0 --separate-stderr pipeline
	[[ $stderr == *'nobody@pth.ua refused the report, see ARC'* ]]
	grep -q 'Order o\.txt: 1 recipient\.' ARC/o-*.report
	[ -z "$(ls -A work)" ]
	[ "$(ls ARC | wc -l)" = 3 ]
}

@test "names of any kind" {
	serve
	names=('a b.txt' '-n.txt' 'сесія.txt' "q'\"\\.txt" '$(id).txt' '*' \
		$'n\nl.txt' '[x].txt' 'o.results' 'lock' "$(printf '%0251d.txt' 0)" \
		$'\377\376.txt')
	for name in "${names[@]}"; do
		order "incoming/$name" user1
	done
	run -0 --separate-stderr pipeline
	[ -z "$stderr" ]
	[ "$(letters user1)" = ${#names[@]} ]
	[ "$(letters support)" = ${#names[@]} ]
	[ -z "$(ls -A work)" ]
	[ "$(cat mail/support/new/* | tr -d '\r' |
		grep -cx 'Order n?l\.txt: 1 recipient\.')" = 1 ]
	[ -z "$(ls incoming)" ]
	for stem in 'a b' -n 'сесія' "q'\"\\" '$(id)' '*' 'n?l' '[x]' lock; do
		found=(ARC/"$stem"-20*.results)
		[ -e "${found[0]}" ]
	done
	found=(ARC/o.results-20*.txt)
	[ -e "${found[0]}" ]
}

@test "a.txt and a.txt.results, both orders" {
	serve
	order incoming/a.txt user1
	order incoming/a.txt.results user3
	run -0 pipeline
	[ "$(letters user1) $(letters user3) $(letters support)" = '1 1 2' ]
	all_done 2
}

@test "dot-files, directories and links in incoming are left alone" {
	serve
	order incoming/.unfinished user1
	mkdir incoming/dir incoming/.seen
	ln -s ../users incoming/link
	run -0 --separate-stderr pipeline
	[ -z "$output$stderr" ]
	[ "$(ls -A incoming)" = "$(printf '.seen\n.unfinished\ndir\nlink')" ]
	[ -z "$(ls -A work)" ]
}

@test "the given orders, and no others" {
	serve
	order incoming/a.txt user1
	order incoming/b.txt user3
	order -c.txt user3
	run -0 pipeline incoming/a.txt
	[[ $output == ARC/a-* ]]
	[ -e incoming/b.txt ]
	run -0 pipeline -- -c.txt
	[ ! -e -c.txt ]
	run -66 pipeline incoming/missing
	run -66 pipeline incoming/.dot
}

@test "a given order that lies in work is gone on with" {
	serve
	mkdir work
	order work/a.txt user1
	run -0 pipeline incoming/a.txt
	order work/a.txt user1
	run -0 pipeline work/a.txt
	order work/a.txt user1
	run -0 pipeline
	[ "$(letters user1)" = 3 ]
	all_done 3
}

# An order whose user2 is deferred at first lies in work with its journal; the
# server then takes all.
half_done() {
	printf 'at rcpt when rcpt=user2* first 1 reply 451 4.2.0 try later\n' \
		>rules
	printf 'user1\nuser2\nuser3\nsupport\n' >users
	start smtpd-lite -l localhost:0 -d mail -u users -R rules
	export SMTPSERVER=$ADDR
	cp "$TOP/examples/session.txt" "${INCOMING:-incoming}/"
	run -75 pipeline
	[ -s work/session.txt.results ]
	[ "$(letters user1) $(letters user2)" = '1 0' ]
}

# Nobody has been mailed twice, and nothing is left.
once_each() {
	run -0 pipeline || return
	for user in user1 user2 user3 support; do
		[ "$(letters "$user")" = 1 ] ||
			{ echo "$user: $(letters "$user")"; return 1; }
	done
	all_done 1
}

@test "work/*: the orders are handled, their journals are none" {
	half_done
	run -0 --separate-stderr pipeline work/*
	[ -z "$stderr" ]
	[[ $output == ARC/session-* ]]
	[ "$(letters user2)" = 1 ]
	once_each
}

@test "work/*: deferred still, and the exit code is the order's" {
	half_done
	down
	run -75 pipeline work/*
	run -0 --separate-stderr pipeline work/session.txt.results
	[ -z "$output$stderr" ]
	run -66 pipeline incoming/session.txt.results
	[ "$(cd work && ls)" = $'session.txt\nsession.txt.results' ]
	serve
	once_each
}

@test "an order in hand, by whatever name it is called" {
	ln -s work here
	ln -s here/session.txt link
	ln -s link link2
	ln -s "$PWD/work/session.txt" work.link
	for name in ./work/session.txt "$PWD/work/session.txt" work//session.txt \
		here/session.txt link2 work.link ./incoming/session.txt \
		session.txt incoming/../work/session.txt; do
		rm -rf mail ARC
		half_done
		run -0 pipeline "$name" || { echo "$name"; return 1; }
		[ "$(letters user2)" = 1 ]
		once_each || { echo "$name"; return 1; }
		stop
	done
}

@test "work and incoming by other names" {
	mkdir spool
	ln -s spool/work work
	ln -s spool/incoming in
	mv incoming spool/
	ln -s spool/incoming incoming
	mkdir spool/work
	for how in WORK=work/ WORK=./work WORK="$PWD/spool/work" \
		CDPATH="$PWD/spool"; do
		rm -rf mail ARC
		half_done
		run -0 env "$how" "$TOP/pipeline.sh" work/session.txt ||
			{ echo "$how"; return 1; }
		once_each || { echo "$how"; return 1; }
		stop
	done
	serve
	order in/a.txt user1
	ln -s spool/incoming/a.txt link
	run -0 pipeline link
	[[ $output == ARC/a-* ]]
	ln -s spool/work ./-w
	ln -s spool/incoming ./-i
	order in/b.txt user1
	INCOMING=-i WORK=-w ARC=-a run -0 pipeline
	[[ $output == -a/b-* ]]
}

@test "neither a link nor what belongs to an order is one" {
	half_done
	order elsewhere.txt user1
	ln -s elsewhere.txt link
	ln -s nowhere dangling
	ln -s loop loop
	for name in link dangling loop work work/.session.txt \
		work/.session.txt/id "$PWD/work/.session.txt/.lock" ''; do
		run -66 --separate-stderr pipeline "$name"
		[ "$stderr" = "ordertake: $name: no such order" ]
	done
	[ -e elsewhere.txt ]
	[ -e work/.session.txt/id ]
	once_each
}

@test "incoming, work and archive must be three directories: 78" {
	mkdir work
	order work/o.txt user1
	ln -s work link
	for how in INCOMING=work INCOMING="$PWD/link" ARC=link/ ARC=./incoming; do
		run -78 --separate-stderr env "$how" "$TOP/pipeline.sh"
		[[ $stderr == *'two of them are one directory' ]]
	done
	[ -e work/o.txt ]
}

@test "SETTLE: what was written to a moment ago waits" {
	serve
	order incoming/new.txt user1
	order incoming/old.txt user3
	aged 5000 incoming/old.txt
	SETTLE=4000 run -0 pipeline
	[[ $output == ARC/old-* ]]
	[ -e incoming/new.txt ]
	SETTLE=6000 run -0 pipeline
	[ -e incoming/new.txt ]
	[ -z "$(ls -A work)" ]
	run -0 pipeline
	[ "$(letters user1) $(letters user3)" = '1 1' ]
}

@test "SETTLE: days, and zeros in front" {
	serve
	order incoming/new.txt user1
	order incoming/old.txt user3
	aged 777600 incoming/new.txt
	aged 69120000 incoming/old.txt
	SETTLE=70000000 run -0 --separate-stderr pipeline
	[ -z "$output$stderr" ]
	SETTLE=0864000 run -0 --separate-stderr pipeline
	[[ $output == ARC/old-* ]]
	[ -z "$stderr" ]
	aged 8000 incoming/new.txt
	SETTLE=010000 run -0 pipeline
	[ -e incoming/new.txt ]
	RETRY=09s JOBS=08 WATCH=08 SETTLE=08 run -0 --separate-stderr pipeline
	[[ $output == ARC/new-* ]]
	[ -z "$stderr" ]
}

@test "two runs at once share the orders" {
	serve
	for i in 1 2 3 4 5 6 7 8; do
		order "incoming/$i.txt" user1 user3
	done
	for i in 1 2 3; do
		pipeline >"out$i" 2>"err$i" 3>&- &
		runs[i]=$!
	done
	for i in 1 2 3; do
		wait "${runs[i]}"
		[ ! -s "err$i" ]
	done
	[ "$(letters user1) $(letters user3) $(letters support)" = '8 8 8' ]
	[ "$(cat out? | sort -u | wc -l)" = 8 ]
	all_done 8
}

@test "an order held by another run is left to it" {
	serve
	mkdir -p work/.o.txt
	order work/o.txt user1
	run -0 withlock work/.o.txt/.lock "$TOP/pipeline.sh"
	[ -e work/o.txt ]
	[ "$(letters user1)" = 0 ]
	run -0 pipeline
	all_done 1
}

@test "state of an order long done does not pass for that of a new one" {
	serve
	order incoming/o.txt user1
	mkdir -p work/.o.txt
	for f in id results report stamp tries; do
		echo old >"work/.o.txt/$f"
	done
	printf 'sent\tuser1@pth.ua\t250\tdot\t-\t1\t2026-01-01T00:00:00Z\t-\tok\n' \
		>work/o.txt.results
	run -0 pipeline
	[ "$(letters user1) $(letters support)" = '1 1' ]
	all_done 1
	mkdir -p work/.gone/
	echo old >work/.gone/stamp
	run -0 pipeline
	[ -z "$(ls -A work)" ]
}

@test "an id that is empty or short, and nobody has a letter: another one" {
	serve
	for id in '' 2026113; do
		mkdir -p work/.o.txt
		order work/o.txt user1
		printf %s "$id" >work/.o.txt/id
		run -0 pipeline
	done
	[ "$(letters user1) $(letters support)" = '2 2' ]
	all_done 2
}

@test "the same order again is another mailing" {
	serve
	for i in 1 2; do
		order incoming/o.txt user1
		run -0 pipeline
	done
	[ "$(letters user1) $(letters support)" = '2 2' ]
	[ "$(cat mail/user1/new/* | grep -i '^Message-ID:' | sort -u | wc -l)" = 2 ]
	all_done 2
}

# Puts a program of that name before the real one.
instead() {
	cat >"shim/$1"
	chmod +x "shim/$1"
}

@test "results that miss somebody: nothing is reported or archived" {
	serve
	order incoming/o.txt user1 user3
	instead smtpsend <<-'END'
	#!/bin/sh
	PATH=$BINDIR:$PATH
	smtpsend "$@" | sed '$d'
	END
	run -75 --separate-stderr pipeline
	[[ $stderr == 'resultcount: work/.o.txt/'*': 2 recipients, but 1 sent, 0 failed, 0 deferred, 0 unknown, '* ]]
	[ "$(letters support)" = 0 ]
	[ ! -e ARC ]
	rm shim/smtpsend
	run -0 pipeline
	[ "$(letters user1) $(letters user3) $(letters support)" = '1 1 1' ]
	all_done 1
}

@test "a failure of our own keeps everything and gives its code" {
	serve
	order incoming/o.txt user1
	for code in 74 77 78; do
		printf '#!/bin/sh\ncat >/dev/null\nexit %d\n' "$code" |
			instead smtpsend
		run -"$code" pipeline
		[ -e work/o.txt ]
		[ ! -e ARC ]
	done
	printf '#!/bin/sh\nexit 74\n' | instead mkmail
	rm shim/smtpsend
	run -74 pipeline
	printf '#!/bin/sh\nexit 73\n' | instead archive-stamp
	rm shim/mkmail
	run -73 pipeline
	rm shim/archive-stamp
	run -0 pipeline
	[ "$(letters user1) $(letters support)" = '1 1' ]
	all_done 1
}

@test "an archive that cannot be: 73, and later all is well" {
	serve
	order incoming/o.txt user1
	: >ARC
	run -73 --separate-stderr pipeline
	[[ $stderr == 'archive-stamp: ARC'* ]]
	[ "${#stderr_lines[@]}" = 1 ]
	rm ARC
	run -0 pipeline
	[ "$(letters user1) $(letters support)" = '1 1' ]
	all_done 1
}

@test "-w: looks again" {
	serve
	WATCH=1 launch -s "$TOP/pipeline.sh" -w >out 2>err 3>&- &
	watcher=$!
	order incoming/a.txt user1
	wait_for test -s out
	order incoming/b.txt user3
	wait_for grep -q '^ARC/b-' out
	kill -- -$watcher
	[ ! -s err ]
}

@test "-w with files: looks again at these" {
	serve
	order incoming/a.txt user1
	order incoming/b.txt user1
	WATCH=1 launch -s "$TOP/pipeline.sh" -w incoming/a.txt later.txt \
		>out 2>err 3>&- &
	watcher=$!
	wait_for grep -q '^ARC/a-' out
	wait_for test -s err
	order new user3
	mv new later.txt
	wait_for grep -q '^ARC/later-' out
	kill -0 $watcher
	kill -- -$watcher
	[ -e incoming/b.txt ]
	[ "$(cat err)" = 'ordertake: later.txt: no such order' ]
}

@test "-v: each step" {
	down
	order incoming/o.txt user1
	run -75 --separate-stderr pipeline -v
	[ "$stderr" = "ordertake: incoming/o.txt: taken as work/o.txt
pipeline.sh: work/o.txt: sending the letters to $SMTPSERVER
pipeline.sh: work/o.txt: 0 of 1 sent, 1 deferred
pipeline.sh: work/o.txt: 1 of 1 deferred, tried again later, see work/o.txt.results" ]
	serve
	order incoming/n.txt user1
	SETTLE=100 run -0 --separate-stderr pipeline -v
	[[ $output == ARC/o-* ]]
	[ "$stderr" = "ordertake: incoming/n.txt: not yet settled
pipeline.sh: work/o.txt: sending the letters to $SMTPSERVER
pipeline.sh: work/o.txt: 1 of 1 sent, 0 deferred
pipeline.sh: work/o.txt: the report is made
pipeline.sh: work/o.txt: the report is sent to $SUPPORT
pipeline.sh: work/o.txt: moved to ARC" ]
	mkdir -p work/.n.txt
	mv incoming/n.txt work/
	run -0 --separate-stderr withlock work/.n.txt/.lock \
		"$TOP/pipeline.sh" -v incoming/n.txt
	[ "$stderr" = 'pipeline.sh: work/n.txt: another run has it' ]
}

@test "settings that are wrong: 78; options: 64; no incoming: 66" {
	SETTLE=x run -78 --separate-stderr pipeline
	[ -z "$output" ]
	[ "$stderr" = 'settled: -t: x: not a time such as 90, 5m or 2d
pipeline.sh: SETTLE=x: the setting is wrong' ]
	REPORT=mail run -78 pipeline
	for value in 0 -1 x '' 99999999999999999999; do
		JOBS=${value:- } run -78 pipeline
		[ "$value" = 0 ] || WATCH=${value:- } run -78 pipeline
	done
	for value in 1234567890 1y m 5mm '5m x' ' ' '*'; do
		RETRY=$value run -78 --separate-stderr pipeline
		[[ $stderr = *"pipeline.sh: RETRY=$value: the setting is wrong" ]]
		EXPIRE=$value run -78 pipeline
	done
	EXPIRE='1d 2d' run -78 pipeline
	order incoming/o.txt user1
	SUPPORT='x y' run -78 --separate-stderr pipeline
	[[ $stderr = *'SUPPORT=x y: the setting is wrong' ]]
	[ -e incoming/o.txt ]
	FROM='x y' run -78 --separate-stderr pipeline
	[[ $stderr = *'FROM=x y: the setting is wrong' ]]
	[ -e incoming/o.txt ]
	JOBS=1000000 run -78 --separate-stderr pipeline
	[[ $stderr = *'JOBS=1000000: the setting is wrong' ]]
	[ ! -e work ]
	run -64 --separate-stderr pipeline -x
	[ -z "$output" ]
	[ "${stderr_lines[0]}" = 'pipeline.sh: -x: no such option' ]
	INCOMING=none run -66 pipeline
	for option in -h --help; do
		run -0 --separate-stderr pipeline "$option"
		[[ $output == 'usage: pipeline.sh'* ]]
		[ -z "$stderr" ]
	done
	for option in -V --version; do
		run -0 pipeline "$option"
		[[ $output == 'pipeline.sh (mailorder) '* ]]
	done
}

@test "standard output full: 74, and what is done stays done" {
	for option in -h --help -V --version; do
		run -74 bash -c '"$TOP/pipeline.sh" "$1" >/dev/full' - "$option"
		[ "$output" = 'pipeline.sh: stdout: cannot be written' ]
	done
	serve
	order incoming/o.txt user1
	run -74 bash -c '"$TOP/pipeline.sh" >/dev/full'
	order incoming/p.txt user1
	run -74 bash -c '"$TOP/pipeline.sh" >&-'
	run -0 pipeline
	[ "$(letters user1) $(letters support)" = '2 2' ]
	all_done 2
}

@test "another file system is refused: a rename would be a copy" {
	serve
	dir=
	for d in /dev/shm "$TOP" /tmp; do
		[ -w "$d" ] && [ "$(facts device "$d")" != "$(facts device .)" ] &&
			dir=$(mktemp -d "$d/t9100.XXXXXX") && break
	done
	[ -n "$dir" ] || skip "one file system only"
	order "$dir/o.txt" user1
	run pipeline "$dir/o.txt"
	[ -e "$dir/o.txt" ] && left=yes || left=no
	rm -r "$dir"
	[ "$status" = 78 ]
	[ "$left" = yes ]
	[ -z "$(ls -A work)" ]
}

@test "found beside the script when PATH has none of it" {
	serve
	mkdir tree
	cp "$TOP/pipeline.sh" tree/
	cp -R "$BINDIR" tree/bin
	order incoming/o.txt user1
	PATH=$(getconf PATH) run -0 tree/pipeline.sh
	all_done 1
	order incoming/o.txt user1
	run -0 env -i SMTPSERVER="$SMTPSERVER" SUPPORT="$SUPPORT" \
		/bin/sh "$PWD/tree/pipeline.sh"
	all_done 2
}

@test "found beside the script when it is called through a link" {
	serve
	mkdir tree links
	cp "$TOP/pipeline.sh" tree/
	cp -R "$BINDIR" tree/bin
	ln -s ../tree/pipeline.sh links/pipeline.sh
	ln -s "$PWD/links/pipeline.sh" mailorder
	order incoming/o.txt user1
	PATH=$(getconf PATH) run -0 --separate-stderr ./mailorder
	[ -z "$stderr" ]
	all_done 1
	rm tree/bin/mkmail
	order incoming/o.txt user1
	PATH=$(getconf PATH) run -78 --separate-stderr ./mailorder
	[ "$stderr" = "pipeline.sh: mkmail: not found on PATH, nor in $PWD/tree/bin" ]
	[ -e incoming/o.txt ]
}

@test "what cannot be locked, and why" {
	serve
	mkdir -p work/.o.txt/.lock
	order work/o.txt user1
	run -73 --separate-stderr pipeline work/o.txt
	[ "$stderr" = 'withlock: work/.o.txt/.lock: Is a directory' ]
	rmdir work/.o.txt/.lock
	run -0 pipeline
	all_done 1
}

@test "another run ends as this one is to lock the order" {
	serve
	order incoming/o.txt user1
	instead withlock <<-'END'
	#!/bin/sh
	[ -e once ] || rm -rf work/.o.txt
	: >once
	PATH=$BINDIR:$PATH
	exec withlock "$@"
	END
	run -0 --separate-stderr pipeline
	[ -z "$stderr" ]
	all_done 1
}

@test "orderrecv's paths, as they come" {
	serve
	start orderrecv -l localhost:0 -d incoming
	order o.txt user1
	order 'p ' user3
	ordersend -s "$ADDR" o.txt 'p '
	wait_for sh -c '[ "$(wc -l <orderrecv.out)" = 2 ]'
	while IFS= read -r f; do
		pipeline "$f" </dev/null
	done <orderrecv.out
	[ "$(letters user1) $(letters user3) $(letters support)" = '1 1 2' ]
	all_done 2
}

@test "SMTPOPTIONS: a log-in for the letters and the report" {
	start fake-smtp -a -c 'AUTH PLAIN LOGIN'
	cp "$TOP/examples/session.txt" incoming/
	printf '#!/bin/sh\necho wrong\n' >secret
	chmod +x secret
	export SMTPSERVER=$ADDR SMTPOPTIONS='-a joe	-P ./secret'
	run -77 --separate-stderr pipeline
	[ -z "$output" ]
	[ "$stderr" = 'pipeline.sh: work/session.txt: no log-in, see work/session.txt.results' ]
	grep -q $'^deferred\t.*\t535\tauth' work/session.txt.results
	printf '#!/bin/sh\necho open sesame\n' >secret
	run -0 --separate-stderr pipeline
	[ -z "$stderr" ]
	[ "$(cut -f 1 ARC/*.results | uniq -c)" = '      3 sent' ]
	[ "$(wc -l <got.log)" = 4 ]
	all_done 1
	cp "$TOP/examples/session.txt" incoming/
	echo 'machine 127.0.0.1 login x password x' >.netrc
	chmod 600 .netrc
	SMTPOPTIONS='-a *' NETRC=.netrc run -77 --separate-stderr pipeline
	[[ $stderr == *'smtpsend: .netrc: no password of * at 127.0.0.1'* ]]
	SMTPOPTIONS=operand run -78 pipeline
}

@test "make demo's script: all is as it should be" {
	mkdir demo
	TMPDIR=$PWD/demo run -0 --separate-stderr "$TOP/examples/demo.sh"
	[ "${lines[-1]}" = '=== All is as it should be.' ]
	[ -z "$stderr" ]
	[ -z "$(ls -A demo)" ]
}

@test "make demo's script sees what is wrong" {
	mkdir demo
	printf '#!/bin/sh\ncat >/dev/null\n' | instead mkmail
	mkdir tree tree/bin
	cp -R "$TOP/examples" "$TOP/pipeline.sh" tree/
	cp "$BINDIR"/* tree/bin/
	cp shim/mkmail tree/bin/
	TMPDIR=$PWD/demo run tree/examples/demo.sh
	[ "$status" != 0 ]
	[ -z "$(ls -A demo)" ]
}

@test "orders that cannot be looked at are not taken for none" {
	[ "$(id -u)" != 0 ] || skip "root reads everything"
	order incoming/o.txt user1
	chmod 300 incoming
	run -66 --separate-stderr pipeline
	chmod 700 incoming
	[ "$stderr" = 'ordertake: incoming: Permission denied' ]
}

@test "two runs at once, on two files of one name: both are handled" {
	serve
	mkdir a b
	order a/x.txt user1
	order b/x.txt user3
	# Each is to have its name in work before the other is locked.
	instead withlock <<-'END'
	#!/bin/sh
	: >"begun.$$"
	until [ "$(ls begun.* | wc -l)" -ge 2 ]; do
		sleep 0.02
	done
	PATH=$BINDIR:$PATH
	exec withlock "$@"
	END
	for dir in a b; do
		pipeline "$dir/x.txt" >"out.$dir" 2>"err.$dir" 3>&- &
		runs+=($!)
	done
	wait "${runs[0]}"
	wait "${runs[1]}"
	[ ! -s err.a ]
	[ ! -s err.b ]
	[ "$(letters user1) $(letters user3) $(letters support)" = '1 1 2' ]
	[ "$(cat out.? | sed 's/-2[0-9]*-[0-9]*\././' | sort)" = \
		$'ARC/x-2.txt\nARC/x.txt' ]
	all_done 2
}

@test "a pipeline.sh that cannot be read to its end does not pass for done" {
	order incoming/o.txt user1
	mkdir top
	ln -s "$BINDIR" top/bin
	for lines in 70 130 200 270 340 410; do
		head -n "$lines" "$TOP/pipeline.sh" |
			sed -n 'H; /^}$/{x; s/^\n//; p; s/.*//; x;}' \
			>top/pipeline.sh
		run -74 --separate-stderr sh top/pipeline.sh
		[[ $stderr = *': not read to its end' ]]
	done
}

@test "another run locks what this one is to remove" {
	serve
	order incoming/o.txt user1
	instead orderdone <<-END
	#!/bin/sh
	$(type -P orderdone) "\$@" && mkdir work/.o.txt && : >work/.o.txt/.lock
	END
	run -0 --separate-stderr pipeline
	[ -z "$stderr" ]
	rm shim/orderdone
	run -0 pipeline
	all_done 1
}

@test "an order gets a name whose state this run has just removed" {
	serve
	mkdir other
	order incoming/o.txt user1
	order other/o.txt user3
	instead orderdone <<-END
	#!/bin/sh
	$(type -P orderdone) "\$@"
	[ ! -e other/o.txt ] || ordertake other/o.txt >taken
	END
	run -0 --separate-stderr pipeline incoming/o.txt
	[ -z "$stderr" ]
	[ "$(cat taken)" = o.txt ]
	[ "$(letters user1) $(letters user3) $(letters support)" = '1 1 2' ]
	all_done 2
}
