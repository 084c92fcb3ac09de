#!/bin/sh
# What letters cost over POP3: STAT and UIDL of a maildrop with 100,000 of
# them, cold; RETR of 10,000 of 1 KB, pipelined on one connection; against
# Dovecot with the same Maildir, its index removed before each round.  All in
# one run, in turns; medians of five, and their ratios.
#
#	t/bench/pop3.sh [rounds [letters [letters fetched]]]
#
# Needs python3, and Dovecot's pop3 (as root).
set -eu

BINDIR=${BINDIR:-$(cd "$(dirname "$0")/../../bin" && pwd)}
ROUNDS=${1:-5} LETTERS=${2:-100000} FETCHED=${3:-10000}
PATH=$BINDIR:$PATH:/usr/sbin
dir=$(mktemp -d "${TMPDIR:-/var/tmp}/pop3.XXXXXX")
pids=
trap 'kill $pids 2>/dev/null || :; wait; rm -rf "$dir"' EXIT
trap 'exit 1' HUP INT TERM
cd "$dir"
chmod 755 .

await() {
	await_i=0
	until "$@" 2>/dev/null; do
		[ $((await_i += 1)) -lt 200 ] || { echo "in vain: $*" >&2; exit 1; }
		sleep 0.05
	done
}

cat >fill.py <<'END'
import os, sys
for user, n in ("many", int(sys.argv[1])), ("some", int(sys.argv[2])):
    for part in "tmp", "new", "cur":
        os.makedirs("mail/%s/%s" % (user, part))
    for i in range(n):
        text = "Subject: letter %d\n\n" % i
        while len(text) < 1024:
            text += "x" * min(71, 1023 - len(text)) + "\n"
        name = "mail/%s/cur/%d.M%dP1.bench:2,S" % (user, 1700000000 + i, i)
        with open(name, "w") as f:
            f.write(text)
END

# client.py PORT stat|retr: seconds from the log-in to the last answer.
cat >client.py <<'END'
import socket, sys, time
port, what, n = int(sys.argv[1]), sys.argv[2], int(sys.argv[3])
s = socket.create_connection(("127.0.0.1", port))
f = s.makefile("rb", 1 << 20)
f.readline()
start = time.monotonic()
user = b"many" if what == "stat" else b"some"
for line in b"USER " + user, b"PASS secret":
    s.sendall(line + b"\r\n")
    assert f.readline().startswith(b"+OK")
if what == "stat":
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
	await python3 -c \
		'import socket; socket.create_connection(("127.0.0.1", 2110))'
}

cold() {
	rm -f mail/*/dovecot* mail/*/.pop3-lock
	# The first to look has the directory read for the second.
	find mail -type f -exec cat {} + >/dev/null
}

median() {
	sort -n "$1.us" | sed -n "$(((ROUNDS + 1) / 2))p"
}

report() {
	[ -f "$1-dovecot.us" ] || { echo "$1: $(median "$1") us"; return; }
	awk -v n="$1" -v a="$(median "$1")" -v b="$(median "$1-dovecot")" \
		-v least="$2" 'BEGIN { printf "%s: %d ms, Dovecot %d ms: %.2f times as fast (%s at least)\n",
		n, a / 1000, b / 1000, b / a, least }'
}

python3 fill.py "$LETTERS" "$FETCHED"
printf 'many:secret\nsome:secret\n' >passwd
chmod 600 passwd
theirs=
start_dovecot
pop3d-lite -l 127.0.0.1:0 -u passwd 2>ours.err &
pids="$pids $!"
ours_pid=$!
await grep -q listening ours.err
ours=$(sed -n 's/.*://p' ours.err)

round=0
while [ $((round += 1)) -le "$ROUNDS" ]; do
	cold
	python3 client.py "$ours" stat "$LETTERS" >>stat.us
	python3 client.py "$ours" retr "$FETCHED" >>retr.us
	[ -n "$theirs" ] || continue
	python3 client.py "$theirs" stat "$LETTERS" >>stat-dovecot.us
	python3 client.py "$theirs" retr "$FETCHED" >>retr-dovecot.us
done
report stat 1
report retr 2
echo "pop3d-lite's memory at most: $(sed -n 's/^VmHWM:[[:space:]]*//p' \
	"/proc/$ours_pid/status")"
