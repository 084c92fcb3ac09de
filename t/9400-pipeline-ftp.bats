#!/usr/bin/env bats
# The way in by FTP, end to end: ftpsend, ftpd-lite, pipeline.sh, smtpd-lite,
# and the report with the order attached.

load lib

setup() {
	lib_setup
	printf '[Recipients:] user1@pth.ua, user2@pth.ua, user1@pth.ua\n' >order
	printf '[Subject:] Soon\n[Body:]\nHello [login]!\r\n.\nend' >>order
	printf 'user1\nsupport\n' >users
	start smtpd-lite -l 127.0.0.1:0 -d mail -u users
	export SMTPSERVER=$ADDR FROM=news@pth.ua SUPPORT=support@pth.ua \
		REPORT=ftp
}

# report NAME: a mail reader understands the one report; the order is attached
# to it under this name, to the byte.
report() {
	local n
	readmail mail/support/new/* >parts
	grep -q '2 recipients' part.0
	grep -q user2@pth.ua part.0
	run -1 grep user1@pth.ua part.0
	sed '/^multipart/d' parts | cut -d ' ' -f 5- | grep -n -v '^-$' >files
	n=$(cut -d : -f 1 files)
	[ "$(cat files)" = "$n:$1" ]
	cmp order "part.$((n - 1))"
	[ "$(readmail -f Auto-Submitted mail/support/new/*)" = auto-generated ]
}

# travels NAME: the order, under this name, goes the whole way.
travels() {
	start ftpd-lite -l 127.0.0.1:0
	ftpsend -n "$1" "ftp://$ADDR/" order
	path=$(cat ftpd-lite.out)
	[ "$path" = "incoming/$1" ]
	cmp order "$path"
	"$TOP/pipeline.sh" "$path"
	grep -q 'Hello user1!' mail/user1/new/*
	[ "$(ls mail/support/new | wc -l)" = 1 ]
	report "$1"
	[ "$(ls ARC | wc -l)" = 2 ]
}

@test "an order by FTP; the report has count, list and the order" {
	travels session.txt
}

@test "the same with a Cyrillic name" {
	travels 'Сесія скоро.txt'
}

@test "an upload in progress under its final name is left alone (SETTLE)" {
	mkdir incoming
	cp order incoming/late.txt
	cp order incoming/early.txt
	aged 3600 incoming/early.txt
	SETTLE=600 "$TOP/pipeline.sh"
	[ "$(ls incoming)" = late.txt ]
	report early.txt
}
