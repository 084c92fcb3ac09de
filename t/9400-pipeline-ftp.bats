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

# report NAME: Python's email package reads the one report; the order is
# attached to it under this name, to the byte.
report() {
	python - "$1" "$(echo mail/support/new/*)" <<-'END'
	import email, email.policy, sys
	with open(sys.argv[2], "rb") as f:
	    m = email.message_from_binary_file(f, policy=email.policy.default)
	parts = list(m.walk())
	text = next(p for p in parts if p.get_content_type() == "text/plain")
	text = text.get_content()
	assert "2 recipients" in text, text
	assert "user2@pth.ua" in text and "user1@pth.ua" not in text, text
	files = [p for p in parts if p.get_filename()]
	assert [p.get_filename() for p in files] == [sys.argv[1]], \
	    [p.get_filename() for p in files]
	got = files[0].get_payload(decode=True)
	assert got == open("order", "rb").read(), got
	assert m["Auto-Submitted"] == "auto-generated"
	END
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
	touch -d '1 hour ago' incoming/early.txt
	SETTLE=600 "$TOP/pipeline.sh"
	[ "$(ls incoming)" = late.txt ]
	report early.txt
}
