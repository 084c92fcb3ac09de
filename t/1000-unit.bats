#!/usr/bin/env bats
# The modules, from C: each t/unit/NAME.c checks one and prints the checks
# that failed.  Each has a test here.  UNIT is the ending of the programs of
# the build under test.
# Slow.

load lib

unit() {
	run -0 "$TOP/t/unit/$1.${UNIT:-t}"
	[ -z "$output" ]
}

@test "each unit test has its line here" {
	for source in "$TOP"/t/unit/*.c; do
		name=${source##*/}
		grep -q "unit ${name%.c};" "$BATS_TEST_FILENAME"
	done
}

@test "sys/buf" { unit buf; }

@test "sys/local" { unit local; }

@test "sys/io" { unit io; }

@test "sys/net" { unit net; }

@test "sys/newfile" { unit newfile; }

@test "sys/limit" { unit limit; }

@test "sys/lock" { unit lock; }
@test "client/smtp/journal, sys/appended" { unit journal; }

@test "sys/spawn" { unit spawn; }

@test "sys/stop" { unit stop; }

@test "format/mail/addr" { unit addr; }

@test "format/wire/leave" { unit leave; }

@test "format/wire/protocol" { unit protocol; }

@test "format/crypt/sha256" { unit hash; }

@test "format/bounce/suppression" { unit blame; }

@test "format/crypt/tag, format/mail/verp" { unit verp; }

@test "format/order/order" { unit order; }

@test "format/wire/ordline" { unit ordline; }

@test "server/order/orderd" { unit orderd; }

@test "format/dialogue/dialogue, format/wire/escape" { unit dialogue; }

@test "format/dialogue/normalize, format/dialogue/differ" { unit normalize; }

@test "format/dialogue/follow, awaited, verb" { unit follow; }

@test "format/dialogue/record" { unit record; }

@test "format/dialogue/explain, explainword" { unit explain; }

@test "format/mail/mime, encoded words" { unit words; }

@test "format/dialogue/tamper" { unit tamper; }

@test "format/wire/results" { unit results; }

@test "format/mail/date" { unit date; }

@test "format/mail/hdr" { unit hdr; }

@test "format/mail/mime" { unit mime; }

@test "server/smtp/smtpd" { unit smtpd; }

@test "server/smtp/smtpdata" { unit smtpdata; }

@test "server/smtp/smtpd: chunks, log-in, relaying, rules" { unit smtpext; }

@test "format/wire/reply" { unit reply; }

@test "format/wire/bsmtp" { unit bsmtp; }

@test "format/mail/content" { unit content; }

@test "format/mail/downgrade and format/mail/multipart" { unit downgrade; }

@test "format/wire/dns" { unit dns; }

@test "client/dns/nameservers" { unit nameservers; }

@test "format/dialogue/rules" { unit rules; }

@test "format/crypt/md5" { unit md5; }

@test "format/crypt/scram" { unit scram; }

@test "server/sasld and client/smtp/saslc" { unit sasl; }

@test "store/passwd" { unit passwd; }

@test "store/throttle" { unit throttle; }

@test "format/wire/ftp" { unit ftp; }

@test "client/ftp/ftpput, client/ftp/ftpc: servers with oddities" { unit ftpput; }

@test "server/ftp/ftpd" { unit ftpd; }

@test "format/mail/crlf and store/droplist" { unit crlf; }

@test "server/pop3/pop3d" { unit pop3d; }

@test "format/wire/netrc" { unit netrc; }


@test "store: maildir, mbox, outbox, spool when the disk fails" { unit store; }

@test "client/smtp/batchread: what a worker is dealt, the rate" { unit batchread; }

@test "client/smtp/pool" { unit pool; }

@test "grade: points, a class, sessions with programs that are judged" { unit grade; }

@test "format/mail/unicode, format/mail/idn" { unit idn; }

@test "format/wire/survey, format/wire/tally" { unit survey; }
