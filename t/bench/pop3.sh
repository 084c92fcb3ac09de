#!/bin/sh
# What letters cost over POP3: STAT and UIDL of a maildrop with 100,000 of
# them, cold, once with the sizes in the names, as smtpd-lite gives them, and
# once without; RETR of 10,000 of 1 KB, pipelined on one connection.  Against
# Dovecot with the same Maildirs, its indexes removed before each round.  All
# in one run, in turns; medians of five, and their ratios.
#
#	t/bench/pop3.sh [rounds [letters [letters fetched]]]
#
# Needs python3, and Dovecot's pop3 (as root).
set -eu

ROUNDS=${1:-5} LETTERS=${2:-100000} FETCHED=${3:-10000}
# shellcheck source=SCRIPTDIR/lib.sh
. "$(dirname "$0")/lib.sh"

cat >fill.py <<'END'
import os, sys
many, some = int(sys.argv[1]), int(sys.argv[2])
for user, n in ("many", many), ("nameless", many), ("some", some):
    for part in "tmp", "new", "cur":
        os.makedirs("mail/%s/%s" % (user, part))
    for i in range(n):
        text = "Subject: letter %d\n\n" % i
        while len(text) < 1024:
            text += "x" * min(71, 1023 - len(text)) + "\n"
        sizes = "" if user == "nameless" else ",S=%d,W=%d" % (
            len(text), len(text) + text.count("\n"))
        name = "mail/%s/cur/%d.M%dP1.bench%s:2,S" % (
            user, 1700000000 + i, i, sizes)
        with open(name, "w") as f:
            f.write(text)
END

# client.py PORT LOGIN COUNT: us from the log-in to the last answer.
cat >client.py <<'END'
import socket, sys, time
port, user, n = int(sys.argv[1]), sys.argv[2], int(sys.argv[3])
s = socket.create_connection(("127.0.0.1", port))
f = s.makefile("rb", 1 << 20)
f.readline()
start = time.monotonic()
for line in b"USER " + user.encode(), b"PASS secret":
    s.sendall(line + b"\r\n")
    assert f.readline().startswith(b"+OK")
if user != "some":
    s.sendall(b"STAT\r\nUIDL\r\n")
    assert int(f.readline().split()[1]) == n
    while f.readline() != b".\r\n":
        pass
else:
    commands = b"".join(b"RETR %d\r\n" % (i + 1) for i in range(n))
    ends, tail, sent = 0, b"", 0
    s.setblocking(False)
    import select
    while ends < n:
        r, w, _ = select.select([s], [s] if sent < len(commands) else [], [])
        if w:
            sent += s.send(commands[sent:sent + 65536])
        if r:
            got = s.recv(1 << 20)
            assert got
            data = tail + got
            ends += data.count(b"\r\n.\r\n")
            tail = data[-4:]
s.setblocking(True)
print("%.0f" % ((time.monotonic() - start) * 1e6))
s.close()
END

start_dovecot() {
	command -v dovecot >/dev/null && [ "$(id -u)" = 0 ] || return 0
	id=$(id -u nobody)
	chown -R nobody mail
	mkdir run state
	cat >dovecot.conf <<-END
	base_dir = $dir/run
	state_dir = $dir/state
	log_path = $dir/dovecot.log
	protocols = pop3
	ssl = no
	disable_plaintext_auth = no
	mail_location = maildir:$dir/mail/%u
	first_valid_uid = 1
	default_internal_user = nobody
	default_login_user = nobody
	default_internal_group = nogroup
	passdb {
	  driver = static
	  args = password=secret
	}
	userdb {
	  driver = static
	  args = uid=$id gid=$(id -g nobody) home=$dir/mail/%u
	}
	service pop3-login {
	  chroot =
	  inet_listener pop3 {
	    address = 127.0.0.1
	    port = 2110
	  }
	  inet_listener pop3s {
	    port = 0
	  }
	}
	service anvil {
	  chroot =
	}
	END
	dovecot -F -c dovecot.conf &
	pids="$pids $!"
	theirs=2110
	until python3 -c \
		'import socket; socket.create_connection(("127.0.0.1", 2110))' \
		2>/dev/null; do
		kill -0 $! || exit 1
		sleep 0.05
	done
}

# The first to look has the directory read for the second.
cold() {
	rm -f mail/*/dovecot* mail/*/.pop3-lock
	find mail -type f -exec cat {} + >/dev/null
}

# measure NAME PORT: one figure of each kind.
measure() {
	note "$1-stat" "$(python3 client.py "$2" many "$LETTERS")"
	note "$1-nameless" "$(python3 client.py "$2" nameless "$LETTERS")"
	note "$1-retr" "$(python3 client.py "$2" some "$FETCHED")"
}

chmod 755 .
python3 fill.py "$LETTERS" "$FETCHED"
printf '%s:secret\n' many nameless some >passwd
chmod 600 passwd
theirs=
start_dovecot
pop3d-lite -l 127.0.0.1:0 -u passwd 2>ours.err &
pids="$pids $!"
ours_pid=$!
await ours.err listening
ours_pid=$(ps -A -o pid= -o ppid= | awk -v parent="$ours_pid" \
	'$2 == parent { print $1 }')
ours=$(sed -n 's/.*://p' ours.err)
memory() {
	sed -n "s/^$1:[[:space:]]*\([0-9]*\).*/\1/p" "/proc/$ours_pid/status"
}
before=$(memory VmRSS)

round=0
while [ $((round += 1)) -le "$ROUNDS" ]; do
	cold
	measure ours "$ours"
	[ -z "$theirs" ] || measure dovecot "$theirs"
done
report 'STAT and UIDL, us, to Dovecot' ours-stat dovecot-stat 1
report 'the same, no sizes in the names' ours-nameless dovecot-nameless 1
report 'RETR, us, to Dovecot' ours-retr dovecot-retr 2
echo "memory: $(((($(memory VmHWM) - before) * 1024) / LETTERS)) octets a letter"
