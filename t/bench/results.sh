#!/bin/sh
# t/bench/results.sh [rounds [results]]: a picture of a million results, against
# two seconds and in 64 MB; and the report mail on 100,000 that were refused,
# against one second.
# shellcheck source=SCRIPTDIR/lib.sh
. "$(dirname "$0")/lib.sh"

rounds=${1:-3} results=${2:-1000000}

# make_results STATUS-ODDS N: every so manieth one is refused or deferred.
make_results() {
	awk -v each="$1" -v n="$2" 'BEGIN {
		OFS = "\t"
		for (i = 1; i <= n; i++) {
			rcpt = "user" i "@d" i * 7919 % 30011 ".example"
			time = sprintf("2026-11-21T%02d:%02d:%02dZ",
			    i / 360000 % 24, i / 6000 % 60, i / 100 % 60)
			end = "<" i "@pth.ua>"
			if (i % each)
				print "sent", rcpt, 250, "dot", "mx:25", i,
				    time, end, "2.0.0 Ok: queued as " i
			else
				print int(i / each) % 2 ? "failed" : "deferred",
				    rcpt, 550, "rcpt", "mx:25", i, time, end,
				    "5.1.1 <" rcpt ">: User unknown"
		}
	}'
}

draw() {
	resultplot results >picture || exit 1
}

mail() {
	mkmail -f a@b.test -R refused c@d.test </dev/null >report || exit 1
}

make_results 10 "$results" >results
make_results 1 100000 >refused
# shellcheck disable=SC3045 # where there is such a limit
(ulimit -v 65536 && resultplot results >picture) || exit 1
round=0
while [ $((round += 1)) -le "$rounds" ]; do
	clock picture draw
	clock report mail
	note two-seconds 2000
	note one-second 1000
done
printf '%-40s %10s %10s %6s %6s\n' name ours peer ratio wanted
report "picture of $results results, 2 s" picture two-seconds 1
report 'report on 100000 refused, 1 s' report one-second 1
