#!/bin/sh
# What smtpsend costs over TCP, messages of 1 KB: to smtp-sink over one
# connection and ten, against smtp-source, beside ten processes that only send
# and receive the same; to smtpd-lite over ten; by BDAT over one; one message
# from a cold start against msmtp and curl (the text behind 354 is where msmtp
# waits 40 ms for an acknowledgement); and the memory of a large mailing.  All
# in one run, in turns; medians of the rounds, their ratios, and those of the
# processor time of the clients.
#
#	t/bench/smtpsend.sh [rounds [messages [mailing]]]
#
# Needs smtp-sink and smtp-source; msmtp, curl and strace where they are
# there.  Clients run on processor 0 and servers on 1, where taskset can say so.
set -eu

ROUNDS=${1:-5} MESSAGES=${2:-20000} MAILING=${3:-100000}
# shellcheck source=SCRIPTDIR/lib.sh
. "$(dirname "$0")/lib.sh"

on() {
	on_cpu=$1
	shift
	if taskset -c "$on_cpu" true 2>/dev/null; then
		exec taskset -c "$on_cpu" "$@"
	fi
	exec "$@"
}

# clocks NAME command ...: notes the microseconds it took, and as NAME-cpu
# those of processor time.
clocks() {
	clocks_name=$1
	shift
	clocks_start=$(now)
	(on 0 sh -c '"$@" >/dev/null; times' sh "$@") |
		awk -F '[ms ]+' 'END { print 1e6 * (60 * ($1 + $3) + $2 + $4) }' \
		>>"$clocks_name-cpu.figures"
	note "$clocks_name" $((($(now) - clocks_start) / 1000))
}

sink=127.0.0.1:$(free_port)
(on 1 smtp-sink -u "$(id -un)" "$sink" 100) &
pids="$pids $!"
build sender
mkdir mail
(on 1 smtpd-lite -o sink -D x -l 127.0.0.1:0 -d mail 2>lite.err) &
pids="$pids $!"
await lite.err listening
lite=$(awk '$NF ~ /:/ { print $NF }' lite.err)

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
i=0
until smtpsend -f me@x -s "$sink" a@x <letter 2>/dev/null; do
	[ $((i += 1)) -lt 200 ] || exit 1
	sleep 0.05
done

source='smtp-source -d -f me@x -t a@x -l 1000'
n=0
while [ "$n" -lt "$ROUNDS" ]; do
	n=$((n + 1))
	# shellcheck disable=SC2086
	{
	clocks source1 $source -m "$MESSAGES" "$sink"
	clocks ours1 sh -c "smtpsend -bS -s $sink <list"
	clocks source10 $source -s 10 -m "$MESSAGES" "$sink"
	clocks ours10 sh -c "smtpsend -bS -j 10 -s $sink <list"
	clocks bare10 ./sender 10 "$MESSAGES" "${sink##*:}"
	clocks lite10 $source -s 10 -m "$MESSAGES" "$lite"
	clocks ourlite10 sh -c "smtpsend -bS -j 10 -s $lite <list"
	rm -f journal*
	clocks lazy1 sh -c "smtpsend -bS -Y -l journal.lazy1 -s $sink <list"
	clocks safe1 sh -c "smtpsend -bS -l journal.safe1 -s $sink <list"
	clocks lazy10 sh -c "smtpsend -bS -Y -l journal.lazy10 -j 10 -s $sink <list"
	clocks safe10 sh -c "smtpsend -bS -l journal.safe10 -j 10 -s $sink <list"
	clocks chunk1 $source -m "$MESSAGES" "$lite"
	clocks ourchunk1 sh -c "smtpsend -bS -s $lite <list"
	}
done
echo "$MESSAGES messages of 1 KB, microseconds: smtpsend, smtp-source"
report 'smtp-sink, one connection' ours1 source1 3
report '  processor time' ours1-cpu source1-cpu 2
report 'smtp-sink, ten' ours10 source10 1.8
report '  processor time' ours10-cpu source10-cpu 2
report '  bare processes' bare10 source10 -
report '  processor time' bare10-cpu source10-cpu -
report 'smtpd-lite -o sink, ten' ourlite10 lite10 3.5
report '  processor time' ourlite10-cpu lite10-cpu 2
report 'a journal on disk, one: of -Y' safe1 lazy1 0.5
report 'a journal on disk, ten: of -Y' safe10 lazy10 0.9
report 'smtpd-lite -o sink, one (BDAT)' ourchunk1 chunk1 10

# One message.
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
	clocks one sh each smtpsend -f me@x -s "$sink" a@x
	! command -v msmtp >/dev/null || clocks msmtp sh each msmtp \
		--host=127.0.0.1 --port="${sink##*:}" -f me@x a@x
	! command -v curl >/dev/null || clocks curl sh each curl -s --crlf \
		"smtp://$sink" --mail-from me@x --mail-rcpt a@x -T -
done
echo 'twenty times one message to smtp-sink, each from a cold start'
report 'msmtp, smtpsend' one msmtp 25
report 'curl, smtpsend' one curl 4
if command -v strace >/dev/null; then
	strace -c -f -o calls smtpsend -f me@x -s "$sink" a@x <letter
	awk 'END { printf "%-44s %8d (wanted 100)\n", "  system calls",
		$4 }' calls
fi
if /usr/bin/time -f %M true 2>/dev/null; then
	# Where the libraries lie is chance, and so how many pages come with one.
	n=0
	while [ "$n" -lt "$ROUNDS" ]; do
		n=$((n + 1))
		/usr/bin/time -o peak -f %M smtpsend -f me@x -s "$sink" a@x \
			<letter
		note peak "$(cat peak)"
	done
	printf '%-44s %8d (wanted 2048)\n' '  memory at most, KB' \
		"$(median peak)"
fi

# A mailing: what all processes of smtpsend hold, shared pages counted once.
awk -v n="$MAILING" 'BEGIN {
	print "[Recipients:]"
	for (i = 1; i <= n; i++)
		print "user" i "@x"
	print "[Subject:]\nHello\n[Body:]\nDear [login],"
	for (i = 0; i < 11; i++)
		print "Seventy octets of a letter, or so, to somebody who " \
		    "reads it one day."
}' >order
orderparse -f me@x -S order |
	smtpsend -bS -j 10 -s "$sink" >results &
pid=$!
most=0
while kill -0 "$pid" 2>/dev/null; do
	now=0
	for p in "$pid" $(ps -o pid= --ppid "$pid"); do
		pss=$(awk '$1 == "Pss:" { print $2 }' "/proc/$p/smaps_rollup" \
			2>/dev/null || :)
		now=$((now + ${pss:-0}))
	done
	[ "$now" -le "$most" ] || most=$now
	sleep 0.2
done
wait "$pid"
[ "$(wc -l <results)" = "$MAILING" ]
printf '%-44s %8d (wanted 20480)\n' \
	"$MAILING messages, -j 10: memory at most, KB" "$most"
