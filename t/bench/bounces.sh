#!/bin/sh
# bounceparse over a Maildir of N bounces (100,000) of 3 KB against a loop over
# Python's email package that does the same with them.
set -eu
# shellcheck source=SCRIPTDIR/lib.sh
. "$(dirname "$0")/lib.sh"

N=${1:-100000}
command -v python3 >/dev/null || { echo 'bounces: no python3'; exit 0; }

python3 - "$N" <<'END'
import os, sys
for d in ("box/tmp", "box/new", "box/cur"):
    os.makedirs(d)
text = """Return-Path: <>
Delivered-To: news@pth.ua
Received: from mx%d.example.net by mail.pth.ua with ESMTP id %d;
\tSat, 21 Nov 2026 12:00:05 +0200
Date: Sat, 21 Nov 2026 12:00:00 +0200
From: MAILER-DAEMON@mx.example.net (Mail Delivery System)
To: news@pth.ua
Subject: Undelivered Mail Returned to Sender
Message-ID: <dsn%d@mx.example.net>
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status;
\tboundary="=_b1"

--=_b1
Content-Type: text/plain; charset=us-ascii

This is the mail system at host mx.example.net.

<user%d@example.org>: host mail.example.org[192.0.2.7] said: 550 5.1.1
    <user%d@example.org>: User unknown (in reply to RCPT TO command)

--=_b1
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example.net
Arrival-Date: Sat, 21 Nov 2026 12:00:00 +0200 (EET)

Final-Recipient: rfc822; user%d@example.org
Original-Recipient: rfc822;user%d@example.org
Action: failed
Status: 5.1.1
Remote-MTA: dns; mail.example.org
Diagnostic-Code: smtp; 550 5.1.1 <user%d@example.org>: User unknown

--=_b1
Content-Type: message/rfc822

From: News <news@pth.ua>
To: user%d@example.org
Subject: Session is soon
Date: Sat, 21 Nov 2026 10:00:00 +0000
Message-ID: <m%d@pth.ua>
MIME-Version: 1.0
Content-Type: text/plain

""" + ("A line of the letter that came back, as it was sent.\n" * 28) + """
--=_b1--
"""
for i in range(int(sys.argv[1])):
    with open("box/new/1795305600.%06d.mx" % i, "w") as f:
        f.write(text % ((i,) * 10))
END
cat >loop.py <<'END'
import email, email.utils, os, sys, time
for part in ("new", "cur"):
    for name in sorted(os.listdir("box/" + part)):
        with open("box/%s/%s" % (part, name), "rb") as f:
            m = email.message_from_binary_file(f)
        when = email.utils.parsedate_to_datetime(m["Date"]).timestamp()
        when = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(when))
        mid, found = "-", []
        for p in m.walk():
            if p.get_content_type() == "message/delivery-status":
                for b in p.get_payload():
                    if b.get("Action", "").strip() == "failed":
                        r = b.get("Original-Recipient",
                            b["Final-Recipient"]).split(";", 1)[1].strip()
                        d = b["Diagnostic-Code"].split(";", 1)[1].strip()
                        s = b["Remote-MTA"].split(";", 1)[1].strip()
                        found.append((r, d[:3], s + ":25", d[4:]))
            elif p.get_content_type() == "message/rfc822":
                mid = p.get_payload(0)["Message-ID"]
        for r, code, s, d in found:
            sys.stdout.write("failed\t%s\t%s\tbounce\t%s\t0\t%s\t%s\t%s\n"
                % (r, code, s, when, mid, d))
END
ours() { bounceparse box >ours; }
peer() { python3 loop.py >peer; }
for round in 1 2 3; do
	clock bounces.ours ours
	# Two minutes, where ours takes two seconds: once is enough.
	[ "$round" != 1 ] || clock bounces.peer peer
done
cmp ours peer
report "bounceparse, $N in a Maildir, ms" bounces.ours bounces.peer 20
