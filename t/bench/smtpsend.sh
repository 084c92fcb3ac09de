#!/bin/sh
# What smtpsend costs, messages of 1 KB: to smtp-sink over one connection and
# ten, against smtp-source; to smtpd-lite over ten; by BDAT over one; and one
# message from a cold start against msmtp and curl.  All in one run, in turns;
# medians of five, and their ratios.
#
#	t/bench/smtpsend.sh [rounds [messages]]
#
# Needs smtp-sink and smtp-source; msmtp and curl where they are there.
# Clients run on processor 0 and servers on 1, where taskset can say so.
set -eu

BINDIR=${BINDIR:-$(cd "$(dirname "$0")/../../bin" && pwd)}
ROUNDS=${1:-5} MESSAGES=${2:-20000}
PATH=$BINDIR:$PATH:/usr/sbin
dir=$(mktemp -d "${TMPDIR:-/var/tmp}/smtpsend.XXXXXX")
pids=
trap 'kill $pids 2>/dev/null || :; rm -rf "$dir"' EXIT
trap 'exit 1' HUP INT TERM
cd "$dir"

on() {
	on_cpu=$1
	shift
	if taskset -c "$on_cpu" true 2>/dev/null; then
		exec taskset -c "$on_cpu" "$@"
	fi
	exec "$@"
}

# clock NAME command ...: appends the ms it took to NAME.ms.
clock() {
	clock_name=$1
	shift
	clock_start=$(date +%s%N)
	(on 0 "$@") >/dev/null
	echo $((($(date +%s%N) - clock_start) / 1000)) >>"$clock_name.us"
}

median() {
	sort -n "$1.us" | sed -n "$(((ROUNDS + 1) / 2))p"
}

# ratio TEXT THEIRS OURS WANTED
ratio() {
	[ -e "$2.us" ] || return 0
	awk -v text="$1" -v theirs="$(median "$2")" -v ours="$(median "$3")" \
		-v want="$4" 'BEGIN { printf "%-44s %8.1f ms %8.1f ms %6.1f x " \
		"(wanted %s)\n", text, theirs / 1000, ours / 1000,
		theirs / ours, want }'
}

(on 1 smtp-sink -u "$(id -un)" unix:sink 100) &
pids=$!
mkdir mail
(on 1 smtpd-lite -o sink -D x -l ./lite -d mail 2>lite.err) &
pids="$pids $!"
i=0
until [ -S sink ] && [ -S lite ]; do
	[ $((i += 1)) -lt 200 ] || exit 1
	sleep 0.05
done

# One message of 1 KB, and a batch of them.
awk 'BEGIN { print "Subject: s\n"; for (i = 0; i < 14; i++)
	print "Seventy octets of a letter, or so, to somebody who reads it " \
	    "one day." }' >letter
awk -v n="$MESSAGES" 'BEGIN {
	while ((getline line <"letter") > 0)
		text = text line "\n"
	print "EHLO me"
	for (i = 1; i <= n; i++)
		print "MAIL FROM:<me@x>\nRCPT TO:<r" i "@x>\nDATA\n" \
		    "Message-ID: <" i "@x>\n" text "."
	print "QUIT"
}' >list
smtpsend -f me@x -s ./sink a@x <letter


source='smtp-source -d -f me@x -t a@x -l 1000'
n=0
while [ "$n" -lt "$ROUNDS" ]; do
	n=$((n + 1))
	# shellcheck disable=SC2086
	{
	clock source1 $source -m "$MESSAGES" unix:sink
	clock ours1 sh -c 'smtpsend -bS -s ./sink <list'
	clock source10 $source -s 10 -m "$MESSAGES" unix:sink
	clock ours10 sh -c 'smtpsend -bS -j 10 -s ./sink <list'
	clock lite10 $source -s 10 -m "$MESSAGES" unix:lite
	clock ourlite10 sh -c 'smtpsend -bS -j 10 -s ./lite <list'
	clock chunk1 $source -m "$MESSAGES" unix:lite
	clock ourchunk1 sh -c 'smtpsend -bS -s ./lite <list'
	}
done
echo "$MESSAGES messages of 1 KB: smtp-source, smtpsend"
ratio 'smtp-sink, one connection' source1 ours1 3
ratio 'smtp-sink, ten' source10 ours10 1.8
ratio 'smtpd-lite -o sink, ten' lite10 ourlite10 3.5
ratio 'smtpd-lite -o sink, one (BDAT)' chunk1 ourchunk1 10

# One message, over TCP, as others cannot do without.
(on 1 smtpd-lite -o sink -D x -l 127.0.0.1:0 -d mail 2>tcp.err) &
pids="$pids $!"
until grep -qs 'listening on' tcp.err; do
	sleep 0.05
done
port=$(sed -n 's,.*listening on .*:,,p; /listening/q' tcp.err)
# Twenty in a row, so that starting the shell counts for little.
cat >each <<'END'
i=0
while [ "$i" -lt 20 ]; do
	"$@" <letter || exit
	i=$((i + 1))
done
END
n=0
while [ "$n" -lt "$ROUNDS" ]; do
	n=$((n + 1))
	clock one sh each smtpsend -f me@x -s ":$port" a@x
	! command -v msmtp >/dev/null || clock msmtp sh each msmtp \
		--host=127.0.0.1 --port="$port" -f me@x a@x
	! command -v curl >/dev/null || clock curl sh each curl -s --crlf \
		"smtp://127.0.0.1:$port" --mail-from me@x --mail-rcpt a@x -T -
done
echo 'twenty times one message, each from a cold start'
ratio 'msmtp, smtpsend' msmtp one 25
ratio 'curl, smtpsend' curl one 4
