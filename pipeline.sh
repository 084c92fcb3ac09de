#!/bin/sh
# pipeline.sh [-w] [file ...]: from orders to letters, a report and an archive.
#
#	incoming/NAME -> work/NAME -> letters -> report -> ARC/NAME-STAMP
#
# It may be killed at any moment and started again, and two may run at once.
# Beside work/NAME lie, until the order is in the archive:
#
#	work/NAME.results	smtpsend's journal: who has had a letter
#	work/.NAME/.lock	held while a run works on the order
#	work/.NAME/id		of the mailing: a letter keeps its Message-ID
#	work/.NAME/tries	a line for each run that left deferred ones
#	work/.NAME/results	what became of each recipient, one line each
#	work/.NAME/report	once it is there, no letter is sent any more
#	work/.NAME/stamp	once it is there, no report is sent any more
#
# Each of the last five appears whole or not at all (save), so that what
# exists says what has been done, and every function below does only the rest.

INCOMING=${INCOMING:-incoming}		# where orders arrive
WORK=${WORK:-work}			# on the same file system
ARC=${ARC:-ARC}				# where orders and results end
SMTPSERVER=${SMTPSERVER:-localhost:2525}
FROM=${FROM:-mailorder@localhost}	# who sends the letters
SUPPORT=${SUPPORT:-support@localhost}	# who gets the reports
REPORT=${REPORT:-socket}		# or ftp: the order is attached
TRIES=${TRIES:-5}			# runs that try the deferred ones
SETTLE=${SETTLE:-0}			# seconds an order lies untouched first
JOBS=${JOBS:-1}				# connections to the server
WATCH=${WATCH:-10}			# seconds between two looks (-w)
export INCOMING WORK ARC SMTPSERVER FROM SUPPORT REPORT TRIES SETTLE JOBS

set -u
umask 077
LC_ALL=C				# names are bytes
export LC_ALL
here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)
PATH=$PATH:$here/bin:$here
self=$here/${0##*/}

# What a function returns beside the exit codes of all programs.
LATER=1					# the order stays for the next run

say() {
	printf 'pipeline.sh: %s\n' "$*" >&2
}

# Standard input becomes a file of the order's state, whole or not at all.
save() {
	cat >"$state/new.$$" && mv -f "$state/new.$$" "$state/$1" || return 74
}

# Text of any origin, as it may stand in a letter.
legible() {
	tr '\000-\010\013-\037\177' '[?*]' >"$state/text"
	if iconv -f UTF-8 -t UTF-8 "$state/text" >/dev/null 2>&1; then
		cat "$state/text"
	else
		tr '\200-\377' '[?*]' <"$state/text"
	fi
}

# How many recipients have a status: count sent
count() {
	awk -F '\t' -v status="$1" '$1 == status { n++ } END { print n + 0 }' \
		"$state/results"
}

# --- One order, under its lock ------------------------------------------

handle() {
	name=$1
	order=$WORK/$name
	state=$WORK/.$name
	shown=$(printf '%s' "$name" | tr '\n\t' '??' | legible)
	took=0
	[ -e "$order" ] || take "${2-}" || took=$?
	if [ -e "$order" ]; then
		[ -e "$state/report" ] || send_letters || return
		[ -e "$state/stamp" ] || send_report || return
		archive || return
	fi
	rm -rf "$state" 2>/dev/null
	return "$took"
}

# Moves an order in by rename.  State that lies here without an order is an
# earlier one's, which came as far as the archive.
take() {
	rm -f "$state"/* "$order.results" || return 74
	[ -n "$1" ] && [ -e "$1" ] || return 0
	if [ "$(device "$1")" != "$(device "$WORK")" ]; then
		say "$1: not on the file system of $WORK"
		return 78
	fi
	mv -f -- "$1" "$order" || [ ! -e "$1" ] || return 73
}

device() {
	df -P -- "$1" | awk 'NR == 2 { print $1, $NF }'
}

# Sends the letters that have not been sent, and then writes the report.
send_letters() {
	[ -e "$state/id" ] || echo "$(date -u +%Y%m%dT%H%M%SZ) $$" | save id ||
		return
	orderparse -n -v -f "$FROM" -- "$order" >"$state/count" 2>"$state/errors"
	case $? in
	0) cat "$state/errors" >&2 ;;
	65) report_errors; return ;;
	*) code=$?; cat "$state/errors" >&2; return "$code" ;;
	esac

	set --
	[ "$JOBS" -eq 1 ] || set -- -j "$JOBS"
	orderparse -S -f "$FROM" -i "$(cat "$state/id")" -- "$order" |
		smtpsend -bS "$@" -l "$order.results" >"$state/sent.$$"
	code=$?
	case $code in
	0 | 65 | 67 | 68 | 75 | 80) ;;
	*) return "$code" ;;
	esac
	{ orderparse -e -- "$order" && cat "$state/sent.$$"; } | save results ||
		return

	total=$(sed -n 1p "$state/count")
	sent=$(count sent) failed=$(count failed)
	deferred=$(count deferred) unknown=$(count unknown)
	if [ $((sent + failed + deferred + unknown)) -ne "$total" ]; then
		say "$order: $total recipients, but $sent sent," \
			"$failed failed, $deferred deferred, $unknown unknown"
		return "$LATER"
	fi
	if [ "$deferred" -gt 0 ]; then
		echo "$deferred" >>"$state/tries" || return 74
		[ "$(wc -l <"$state/tries")" -ge "$TRIES" ] || return "$LATER"
	fi
	report_results
}

# --- The report ---------------------------------------------------------

report_results() {
	[ "$total" -eq 1 ] && s='' || s=s
	{
		echo "Order $shown: $total recipient$s."
		echo
		echo "sent: $sent"
		echo "failed: $failed"
		echo "deferred: $deferred"
		echo "unknown: $unknown"
		echo "dropped duplicates: $(awk '$1 == "duplicates" {
			print $2 }' "$state/count")"
	} | legible | make_report "$shown: $sent of $total sent" \
		-R "$state/results"
}

report_errors() {
	say "$order: cannot be read; reported to $SUPPORT"
	{
		echo "Order $shown cannot be read. No letter was sent."
		echo
		head -n 100 "$state/errors"
	} | legible | make_report "$shown: cannot be read"
}

# make_report subject [option ...] <text
make_report() {
	subject=$1
	shift
	[ "$REPORT" = socket ] || set -- "$@" -a "$order"
	mkmail -f "$FROM" -s "$subject" -H 'Auto-Submitted: auto-generated' \
		"$@" -- "$SUPPORT" >"$state/new.$$" || return
	mv -f "$state/new.$$" "$state/report" || return 74
}

# Goes out once, but for a crash at its final dot: then again, with the same
# Message-ID.  One that nobody takes goes to the archive instead.
send_report() {
	smtpsend -A -f '<>' -l "$state/sent-report" -- "$SUPPORT" \
		<"$state/report"
	code=$?
	case $code in
	0) ;;
	65 | 67 | 68)
		say "$order: $SUPPORT refused the report, see $ARC"
		cp "$state/report" "$state/refused" || return 74 ;;
	75 | 80) return "$LATER" ;;
	*) return "$code" ;;
	esac
	date -u +%Y-%m-%dT%H:%M:%SZ | save stamp
}

# --- The archive --------------------------------------------------------

# The order goes last: as long as it is there, this is not done.
archive() {
	stem=$state/${name%.*}
	[ ! -e "$state/results" ] ||
		mv -f "$state/results" "$stem.results" || return 74
	[ ! -e "$state/refused" ] ||
		mv -f "$state/refused" "$stem.report" || return 74
	for side in "$stem.results" "$stem.report"; do
		[ ! -e "$side" ] || put "$side" >/dev/null || return
	done
	rm -f "$order.results"
	put "$order"
}

put() {
	archive-stamp -d "$ARC" -t "$(cat "$state/stamp")" -- "$1"
}

# --- All orders ---------------------------------------------------------

worst=0
note() {
	case $1 in
	0) ;;
	"$LATER") [ "$worst" -ne 0 ] || worst=75 ;;
	*) worst=$1 ;;
	esac
}

# Handles an order in a process of its own that holds the lock; one that is
# held is another run's.  with_lock name [file]
with_lock() {
	mkdir -p -- "$WORK/.$1"
	withlock -n "$WORK/.$1/.lock" sh "$self" -o "$@" 3>&2 2>/dev/null
	code=$?
	case $code in
	73 | 126 | 127)
		say "$WORK/.$1: cannot be locked"
		note "$code" ;;
	75) ;;
	*) note "$code" ;;
	esac
}

# Finds a name in work for a new order, and handles it.
pick() {
	name=${1##*/}
	[ ${#name} -le 200 ] || name=$(printf '%.200s' "$name").txt
	case $name in
	.*) say "$1: a dot-file is not finished"; note 66; return ;;
	*.results) name=$name.txt ;;	# not to be taken for a journal
	esac
	case $name in
	*.*) stem=${name%.*} ext=.${name##*.} ;;
	*) stem=$name ext= ;;
	esac
	n=1
	while [ -e "$WORK/$name" ]; do
		n=$((n + 1))
		name=$stem-$n$ext
	done
	with_lock "$name" "$1"
}

# Whether nobody has touched a file for $SETTLE seconds.  A time zone so far
# west of Greenwich tells what time it was then.
settled() {
	[ "$SETTLE" -gt 0 ] || return 0
	zone=XXX$((SETTLE / 3600)):$((SETTLE / 60 % 60)):$((SETTLE % 60))
	then=$(TZ=$zone date +%Y%m%d%H%M.%S)
	TZ=UTC0 touch -t "$then" "$WORK/..settled.$$"
	old=$(find "$1" ! -newer "$WORK/..settled.$$")
	rm -f "$WORK/..settled.$$"
	[ -n "$old" ]
}

is_order() {
	[ -f "$1" ] && [ ! -h "$1" ]
}

handle_file() {
	case $1 in
	-*) set -- "./$1" ;;
	esac
	if is_order "$1" && [ "$(dirname -- "$1")" != "$WORK" ]; then
		pick "$1"
	elif is_order "$WORK/${1##*/}"; then
		with_lock "${1##*/}"
	else
		say "$1: no such order"
		note 66
	fi
}

# What an earlier run left, then what has come.
handle_all() {
	for f in "$WORK"/*; do
		case $f in
		*.results) ;;
		*) ! is_order "$f" || with_lock "${f##*/}" ;;
		esac
	done
	for d in "$WORK"/.[!.]*; do
		f=$WORK/${d##*/.}
		[ ! -d "$d" ] || [ -e "$f" ] || with_lock "${f##*/}"
	done
	for f in "$INCOMING"/*; do
		! is_order "$f" || ! settled "$f" || pick "$f"
	done
}

# --- What was asked for -------------------------------------------------

usage='usage: pipeline.sh [-w] [file ...]
  -w  stay, and look again every WATCH seconds (10)'

version() {
	withlock -V | sed 's/^withlock/pipeline.sh/'
}

# The only output of a run, or a failure.
answer() {
	printf '%s\n' "$1" 2>/dev/null && exit
	say 'stdout: cannot be written'
	exit 74
}

watch=no
case ${1-} in
--help) answer "$usage" ;;
--version) answer "$(version)" ;;
esac
while getopts :ho:Vw opt; do
	case $opt in
	h) answer "$usage" ;;
	o)	# for itself: one order, the lock is held, 3 is stderr
		shift
		exec 2>&3 3>&-
		handle "$@"
		code=$?
		[ "$code" -ne 75 ] || code=$LATER
		exit "$code" ;;
	V) answer "$(version)" ;;
	w) watch=yes ;;
	*) say "-$OPTARG: no such option"; echo "$usage" >&2; exit 64 ;;
	esac
done
shift $((OPTIND - 1))

for setting in "TRIES=$TRIES" "SETTLE=$SETTLE" "JOBS=$JOBS" "WATCH=$WATCH"; do
	case ${setting#*=} in
	'' | *[!0-9]*) say "$setting: not a number"; exit 78 ;;
	esac
done
[ "$JOBS" -gt 0 ] || { say "JOBS=$JOBS: no connection at all"; exit 78; }
case $REPORT in
socket | ftp) ;;
*) say "REPORT=$REPORT: neither socket nor ftp"; exit 78 ;;
esac
mkdir -p -- "$WORK" || exit 73

if [ $# -gt 0 ]; then
	for file; do
		handle_file "$file"
	done
	exit "$worst"
fi
if [ ! -d "$INCOMING" ]; then
	say "$INCOMING: no such directory"
	exit 66
fi
handle_all
while [ "$watch" = yes ]; do
	sleep "$WATCH"
	handle_all
done
exit "$worst"
