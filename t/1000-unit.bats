#!/usr/bin/env bats
# The modules, from C: each t/unit/NAME.c checks one and prints the checks
# that failed.  Each has a test here.  UNIT is the ending of the programs of
# the build under test.

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

@test "sys/here" { unit here; }

@test "sys/io" { unit io; }

@test "sys/net" { unit net; }

@test "sys/newfile" { unit newfile; }

@test "sys/door, sys/pass" { unit door; }

@test "sys/lock" { unit lock; }
@test "client/journal, sys/witness" { unit journal; }

@test "sys/spawn" { unit spawn; }

@test "format/addr" { unit addr; }

@test "format/stranger" { unit stranger; }

@test "format/hash" { unit hash; }

@test "format/order" { unit order; }

@test "format/ordline" { unit ordline; }

@test "server/orderd" { unit orderd; }

@test "format/results" { unit results; }

@test "format/date" { unit date; }

@test "format/hdr" { unit hdr; }

@test "format/mime" { unit mime; }

@test "server/smtpd" { unit smtpd; }

@test "server/smtpdata" { unit smtpdata; }

@test "server/smtphead" { unit smtphead; }

@test "server/smtpd: chunks, log-in, relaying, rules" { unit smtpext; }

@test "format/reply" { unit reply; }

@test "format/bsmtp" { unit bsmtp; }

@test "format/content" { unit content; }

@test "format/downgrade and format/multipart" { unit downgrade; }

@test "format/tolist" { unit tolist; }

@test "format/dns" { unit dns; }

@test "client/resolver" { unit resolver; }

@test "format/rules" { unit rules; }

@test "format/md5" { unit md5; }

@test "format/scram" { unit scram; }

@test "server/sasld and client/saslc" { unit sasl; }

@test "store/passwd" { unit passwd; }

@test "store/tries" { unit tries; }

@test "format/ftp" { unit ftp; }

@test "client/ftpput, client/ftpc: servers with oddities" { unit ftpput; }

@test "server/ftpd" { unit ftpd; }

@test "format/crlf and store/dropname" { unit crlf; }

@test "server/pop3d" { unit pop3d; }

@test "format/netrc" { unit netrc; }

@test "client/rate" { unit rate; }

@test "store: mdir, mbox, outbox, spool when the disk fails" { unit store; }

@test "client/frame" { unit frame; }

@test "client/team" { unit team; }
