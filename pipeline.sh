#!/bin/sh
# pipeline.sh [-vw] [file ...]: from orders to letters, a report and an archive.
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
SMTPOPTIONS=${SMTPOPTIONS:-}		# more for smtpsend, as words: -Z -a me
FROM=${FROM:-mailorder@localhost}	# who sends the letters
SUPPORT=${SUPPORT:-support@localhost}	# who gets the reports
REPORT=${REPORT:-socket}		# or ftp: the order is attached
TRIES=${TRIES:-5}			# runs that try the deferred ones
SETTLE=${SETTLE:-0}			# seconds an order lies untouched first
JOBS=${JOBS:-1}				# connections to the server
WATCH=${WATCH:-10}			# seconds between two looks (-w)
export INCOMING WORK ARC SMTPSERVER SMTPOPTIONS FROM SUPPORT REPORT TRIES \
	SETTLE JOBS

set -u
umask 077
LC_ALL=C				# names are bytes
export LC_ALL
talk=					# or -v

# What a function returns beside the exit codes of all programs.
LATER=1					# the order stays for the next run

say() {
	printf 'pipeline.sh: %s\n' "$*" >&2
}

tell() {
	[ -z "$talk" ] || say "$*"
}

# path becomes the file that a name leads to, dir the place where that lies, as
# every other spelling of it has it: empty when there is none.
locate() {
	path=$1
	while [ -h "$path" ] && [ -e "$path" ]; do
		link=$(ls -ld -- "$path")
		link=${link#*"$path -> "}
		case $link in
		/*) path=$link ;;
		*) path=${path%"${path##*/}"}$link ;;
		esac
	done
	case $path in
	*/*) place "${path%/*}/" ;;
	*) place . ;;
	esac
}

# The dot keeps a newline at the end of the name.
place() {
	dir=$(CDPATH='' cd -P -- "$1" 2>/dev/null && pwd -P && echo .)
	dir=${dir%??}
}

locate "$0"
self=$dir/${path##*/}
PATH=$PATH:$dir/bin:$dir

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

# smtpsend, with the words of the setting, which are no patterns.
send() (
	set -f
	# shellcheck disable=SC2086
	exec smtpsend $SMTPOPTIONS "$@"
)

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
	[ ! -e "$order" ] || tell "$1: taken as $order"
}

device() {
	df -P -- "$1" | awk 'NR == 2 { print $1, $NF }'
}

# Sends the letters that have not been sent, and then writes the report.
send_letters() {
	[ -e "$state/id" ] || echo "$(date -u +%Y%m%dT%H%M%SZ) $$" | save id ||
		return
	orderparse -n -v -f "$FROM" -- "$order" >"$state/count" \
		2>"$state/errors"
	case $? in
	0) cat "$state/errors" >&2 ;;
	65) report_errors; return ;;
	*) code=$?; cat "$state/errors" >&2; return "$code" ;;
	esac

	tell "$order: sending the letters to $SMTPSERVER"
	set --
	[ "$JOBS" -eq 1 ] || set -- -j "$JOBS"
	orderparse -S -f "$FROM" -i "$(cat "$state/id")" -- "$order" |
		send -bS "$@" -l "$order.results" >"$state/sent.$$"
	code=$?
	case $code in
	0 | 65 | 67 | 68 | 75 | 80) ;;
	77)
		[ ! -s "$state/sent.$$" ] ||
			say "$order: no log-in, see $order.results"
		return 77 ;;
	*) return "$code" ;;
	esac
	{ orderparse -e -- "$order" && cat "$state/sent.$$"; } | save results ||
		return

	total=$(sed -n 1p "$state/count")
	sent=$(count sent) failed=$(count failed)
	deferred=$(count deferred) unknown=$(count unknown)
	sum="$sent sent, $failed failed, $deferred deferred, $unknown unknown"
	if [ $((sent + failed + deferred + unknown)) -ne "$total" ]; then
		say "$order: $total recipients, but $sum"
		return "$LATER"
	fi
	tell "$order: $sum"
	if [ "$deferred" -gt 0 ]; then
		echo "$deferred" >>"$state/tries" || return 74
		tries=$(($(wc -l <"$state/tries")))
		if [ "$tries" -lt "$TRIES" ]; then
			say "$order: $deferred of $total deferred in run" \
				"$tries of $TRIES, the next one goes on"
			return "$LATER"
		fi
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
	say "$order: cannot be read, see the report to $SUPPORT"
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
	tell "$order: the report is made"
}

# Goes out once, but for a crash at its final dot: then again, with the same
# Message-ID.  One that nobody takes goes to the archive instead.
send_report() {
	send -A -f '<>' -l "$state/sent-report" -- "$SUPPORT" \
		<"$state/report"
	code=$?
	case $code in
	0) tell "$order: the report is sent to $SUPPORT" ;;
	65 | 67 | 68)
		say "$order: $SUPPORT refused the report, see $ARC"
		cp "$state/report" "$state/refused" || return 74 ;;
	75 | 80)
		say "$order: the report waits for the next run"
		return "$LATER" ;;
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
	put "$order" || return
	tell "$order: moved to $ARC"
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
# held is another run's, and so was one whose state went away before it could
# be locked.  What withlock itself has to say is in said.
# with_lock name [file]
with_lock() {
	mkdir -p -- "$WORK/.$1" || { note 73; return; }
	said='' code=74			# of a closed standard output
	{
		said=$(withlock -n "$WORK/.$1/.lock" \
			sh "$self" ${talk:+"$talk"} -o "$@" 2>&1 >&4 4>&-)
		code=$?
	} 3>&2 4>&1
	case $code:$said in
	75:*': held by another process') tell "$WORK/$1: another run has it" ;;
	*:) note "$code" ;;
	*)
		[ -d "$WORK/.$1" ] || { with_lock "$@"; return; }
		printf '%s\n' "$said" >&2
		note "$code" ;;
	esac
}

# name becomes what an order is to be called in work; not as a journal is.
call() {
	name=${1##*/}
	[ ${#name} -le 200 ] || name=$(printf '%.200s' "$name").txt
	case $name in
	*.results) name=$name.txt ;;
	esac
}

# Finds a name in work for a new order, and handles it.
pick() {
	call "$1"
	case $name in
	.*) say "$1: a dot-file is not finished"; note 66; return ;;
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

# What time it was so many seconds ago, in UTC, as touch -t takes it.
ago() {
	date -u '+%Y %m %d %H %M %S' | awk -v ago="$1" '
	function days(year, month) {
		if (month != 2)
			return 30 + (month + (month > 7)) % 2
		return 28 + (year % 4 == 0 &&
			(year % 100 != 0 || year % 400 == 0))
	}
	{
		year = $1; month = $2; day = $3
		for (s = $4 * 3600 + $5 * 60 + $6 - ago; s < 0; s += 86400)
			day--
		for (; day < 1; day += days(year, month))
			if (--month < 1) {
				month = 12
				year--
			}
		printf "%04d%02d%02d%02d%02d.%02d\n", year, month, day,
			s / 3600, s / 60 % 60, s % 60
	}'
}

# Whether nobody has touched a file for $SETTLE seconds.
settled() {
	[ "$SETTLE" -gt 0 ] || return 0
	TZ=UTC0 touch -t "$(ago "$SETTLE")" "$WORK/..settled.$$"
	old=$(find "$1" ! -newer "$WORK/..settled.$$")
	rm -f "$WORK/..settled.$$"
	[ -n "$old" ] || { tell "$1: not yet settled"; return 1; }
}

is_order() {
	[ -f "$1" ] && [ ! -h "$1" ]
}

# What lies in work is an order, if it is no journal; what lies below it is no
# order, and neither is a link, but for one to where orders are.
handle_file() {
	case $1 in
	-*) set -- "./$1" ;;
	esac
	locate "$1"
	case $dir/${path##*/} in
	"$work"/.* | "$work"/*/*) ;;
	"$work"/*.results) tell "$1: a journal, no order"; return ;;
	"$work"/*) ! is_order "$path" || { with_lock "${path##*/}"; return; } ;;
	"$incoming"/*) ! is_order "$path" || { pick "$path"; return; } ;;
	*) ! is_order "$1" || { pick "$1"; return; } ;;
	esac
	call "$1"
	if [ ! -e "$1" ] && [ "${name#.}" = "$name" ] &&
		is_order "$WORK/$name"; then
		with_lock "$name"
	elif [ "$again" = no ]; then
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

# The given orders, or all.
look() {
	[ $# -gt 0 ] || handle_all
	for file; do
		handle_file "$file"
	done
}

# --- What was asked for -------------------------------------------------

usage='usage: pipeline.sh [-vw] [file ...]
  -v  tell each step on standard error
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

find_programs() {
	for program in archive-stamp mkmail orderparse smtpsend withlock; do
		command -v "$program" >/dev/null && continue
		say "$program: not found on PATH, nor in ${self%/*}/bin"
		exit 78
	done
}

# An order that is done, or in hand, must not pass for one that has come.
find_places() {
	place "$INCOMING"
	incoming=${dir:-none}
	place "$ARC"
	arc=${dir:-not yet}
	place "$WORK"
	work=$dir
	if [ "$work" = "$incoming" ] || [ "$work" = "$arc" ] ||
		[ "$arc" = "$incoming" ]; then
		say 'INCOMING, WORK and ARC: two of them are one directory'
		exit 78
	fi
}

watch=no again=no
case ${1-} in
--help) answer "$usage" ;;
--version) find_programs; answer "$(version)" ;;
esac
while getopts :ho:vVw opt; do
	case $opt in
	h) answer "$usage" ;;
	o)	# for itself: one order, the lock is held, 3 is stderr
		shift $((OPTIND - 2))
		exec 2>&3 3>&-
		handle "$@"
		code=$?
		case $code in
		64) code=78 ;;		# what is used wrongly is a setting
		75) code=$LATER ;;
		esac
		exit "$code" ;;
	v) talk=-v ;;
	V) find_programs; answer "$(version)" ;;
	w) watch=yes ;;
	*) say "-$OPTARG: no such option"; echo "$usage" >&2; exit 64 ;;
	esac
done
shift $((OPTIND - 1))

# Numbers have no zero in front, which to some shells makes them octal.
for setting in "TRIES=$TRIES" "SETTLE=$SETTLE" "JOBS=$JOBS" "WATCH=$WATCH"; do
	number=${setting#*=}
	case $number in
	'' | *[!0-9]*) say "$setting: not a number"; exit 78 ;;
	esac
	number=${number#"${number%%[!0]*}"}
	[ ${#number} -le 9 ] || { say "$setting: too large"; exit 78; }
	eval "${setting%%=*}=${number:-0}"
done
[ "$JOBS" -gt 0 ] || { say "JOBS=$JOBS: no connection at all"; exit 78; }
case $REPORT in
socket | ftp) ;;
*) say "REPORT=$REPORT: neither socket nor ftp"; exit 78 ;;
esac
find_programs
mkdir -p -- "$WORK" || exit 73
find_places

if [ $# -eq 0 ] && [ ! -d "$INCOMING" ]; then
	say "$INCOMING: no such directory"
	exit 66
fi
look "$@"
while [ "$watch" = yes ]; do
	sleep "$WATCH"
	again=yes
	look "$@"
done
exit "$worst"
