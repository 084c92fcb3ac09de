#!/bin/sh
# pipeline.sh [-vw] [file ...]: from orders to letters, a report and an archive.
#
#	incoming/NAME -> work/NAME -> letters -> report -> ARC/NAME-STAMP
#
# It may be killed at any moment and started again, and two may run at once.
# What lies beside an order says what has been done: it appears whole and on
# disk or not at all, and every function below does only the rest.  What fails
# says so on standard error, and leaves the order for the next run.
#
#	work/NAME.results	smtpsend's journal: who has had a letter
#	work/.NAME/.lock	held while a run works on the order
#	work/.NAME/id		of the mailing: a letter keeps its Message-ID;
#				as old as the mailing is
#	work/.NAME/STEM.results	what became of each recipient, one line each
#	work/.NAME/report	once it is there, no letter is sent any more
#	work/.NAME/journal	of the report: whether it was sent
#
# and of what comes back, in work/..bounces:
#
#	NAME.bounces		handled as an order that has had its letters
#	reported		what needs no report any more

INCOMING=${INCOMING:-incoming}		# where orders arrive
WORK=${WORK:-work}			# on the same file system
ARC=${ARC:-ARC}				# where orders and results end
SMTPOPTIONS=${SMTPOPTIONS:-}		# for smtpsend: -Z -a me
ORDEROPTIONS=${ORDEROPTIONS:-}		# the same for orderparse: -X gone
FROM=${FROM:-mailorder@localhost}	# who sends the letters
SUPPORT=${SUPPORT:-support@localhost}	# who gets the reports
REPORT=${REPORT:-socket}		# or ftp: the order is attached
RETRY=${RETRY:-0 5m 15m 1h 4h}		# pauses before the deferred are tried
EXPIRE=${EXPIRE:-2d}			# when they are given up
SETTLE=${SETTLE:-0}			# how long an order lies untouched first
JOBS=${JOBS:-1}				# connections to the server
BOUNCES=${BOUNCES:-}			# a Maildir that bounces come back to
GONE=${GONE:-}				# a list of those not to write to
WATCH=${WATCH:-10}			# seconds between two looks (-w)

set -fu					# words of settings are no patterns
umask 077
LC_ALL=C				# names are bytes
export LC_ALL
talk='' watch='' again=''		# or -v; -w; -q when it looks again
worst=0					# the exit code
HELD=3					# withlock's code: another run has it

# A shell that cannot read on takes that for the end of its work.
trap 'say "$0: not read to its end"; exit 74' EXIT

say() {
	printf 'pipeline.sh: %s\n' "$*" >&2
}

tell() {
	[ -z "$talk" ] || say "$*"
}

# fail code word ...: says that, and returns the code.
fail() {
	code=$1
	shift
	say "$*"
	return "$code"
}

# A program that ends with a code of mailorder's own has said why; any other end
# is named here.
step() {
	"$@" && return
	code=$?
	case $code in
	64 | 65 | 66 | 67 | 68 | 73 | 74 | 75 | 77 | 78 | 80) ;;
	*) say "$order: $1: exit $code" ;;
	esac
	return "$code"
}

send() {
	step smtpsend $SMTPOPTIONS "$@"
}

# Who is on the list is left out, but for those whose letters have been sent:
# what became of them stands in the results.
parse() {
	[ -z "$GONE" ] || [ ! -e "$GONE" ] || set -- -X "$GONE" "$@"
	step orderparse $ORDEROPTIONS -f "$FROM" -l "$order.results" "$@" \
		-- "$order"
}

# The worst that came of an order is the exit code.
note() {
	case $1 in
	0 | "$HELD") ;;
	66 | 73 | 74 | 77) worst=$1 ;;
	64 | 78) worst=78 ;;		# what is used wrongly is a setting
	*) [ "$worst" -ne 0 ] || worst=75 ;;
	esac
}

# take name function [argument]: has the function work on that name in WORK, in
# a process of its own, unless another run does.  Its $name, $order and $state
# are that one's.  withlock holds the lock as long as its output is read, and
# says whether it has it: 0, or why not.
take() {
	withlock -o -p -E "$HELD" -- "$WORK/.$1/.lock" | (
		name=$1 order=$WORK/$1 state=$WORK/.$1
		read -r code || fail 75 "$order: withlock: no answer" || exit
		[ "$code" -eq 0 ] || exit "$code"
		"$2" "${3-}"
	)
	code=$?
	note "$code"
	[ "$code" -ne "$HELD" ] || tell "$WORK/$1: another run has it"
	# Meanwhile a new one may have got the name.
	[ "$code" -ne 0 ] || [ ! -e "$WORK/$1" ] || take "$@"
}

# --- One order, or the bounces of one, under its lock -------------------

# handle function: that does what comes before the report, and makes it.  First
# the order is made safe, and that it lies here: what is sent speaks of it.
# Without the order there is only the state of one that is in the archive.
handle() {
	stem=$state/${name%.*}			# of names for the archive
	if [ -e "$order" ]; then
		if [ ! -s "$state/report" ]; then
			step savefile -s -- "$order" "$state" "$WORK" &&
				"$1" || drop || return
		fi
		send_report && archive || return
	fi
	step orderdone -w "$WORK" -- "$name"
}

# Removes what a try that comes to nothing has made; there may be many of them.
drop() {
	code=$?
	rm -f -- "$state/.tmp.$$" "$state/.tmp.$$.counts"
	return "$code"
}

# Sends the letters that have not been sent, and then makes the report.  Before
# the deferred are given up they are tried once more, whatever the pause.
send_letters() {
	expired || step retrydue $talk -p "$RETRY" -- "$order.results" || return
	counts=$state/.tmp.$$.counts
	why=$(parse -n -v 2>&1 >"$counts")
	code=$?
	if [ "$code" -eq 65 ]; then
		check_lists && report_errors && return
		code=$?
	fi
	[ -z "$why" ] || step cat >&2 <<-END || return 74
	$why
	END
	[ "$code" -eq 0 ] || return "$code"
	get_id && send_batch && count_results || return
	[ "$deferred" -eq 0 ] || expired ||
		fail 75 "$order: $deferred of $total deferred," \
			"tried again later, see $order.results" || return
	step savefile -r -- "$results" "$stem.results" && report_results
}

# Where a list is wrong an order that is right cannot be read either.
check_lists() {
	printf '[Recipients:]\na@b.c\n[Subject:]\n[Body:]\n' |
		(order=- && parse -n) >/dev/null 2>&1
	code=$?
	[ "$code" -ne 65 ] || return 78
	return "$code"
}

expired() {
	settled -t "$EXPIRE" -- "$state/id"
}

# With another id all would be other letters, which nobody has had.
get_id() {
	[ -s "$order.results" ] || read_id 2>/dev/null ||
		step savefile -n -- "$state/id" date -u "+%Y%m%dT%H%M%SZ.$$" ||
		return
	read_id || fail 74 "$state/id: cannot be read, and without it nobody" \
		"knows which letters $order.results speaks of"
}

read_id() {
	read -r id <"$state/id"
}

# The way to the journal is through $state, which goes with the order: an
# smtpsend that outlived its run, and begins when another run has done all,
# finds no place for a journal, and sends nothing.
send_batch() {
	tell "$order: sending the letters${SMTPSERVER:+ to $SMTPSERVER}"
	results=$state/.tmp.$$
	parse -S -i "$id" |
		send -bS -j "$JOBS" -l "$state/../$name.results" >"$results"
	code=$?
	case $code in
	0 | 65 | 67 | 68 | 80) ;;
	75) [ -s "$results" ] || return 75 ;;
	77)	[ ! -s "$results" ] ||
			say "$order: no log-in, see $order.results"
		return 77 ;;
	*) return "$code" ;;
	esac
	parse -e >>"$results"		# those whom no letter was made for
}

# What the results do not account for holds the order back; so does a count
# that could not be made.
count_results() {
	sums=$(step resultcount -n "$counts" -- "$results") || return
	set -- $sums	# recipients: 3 sent: 2 failed: 0 deferred: 1 ...
	[ "${1-}${3-}${7-}" = recipients:sent:deferred: ] ||
		fail 75 "$order: resultcount: none" || return
	total=$2 sent=$4 deferred=$8
	tell "$order: $sent of $total sent, $deferred deferred"
}

# --- The report ---------------------------------------------------------

# The sums begin with a line of the total, which the text says itself.
report_results() {
	[ "$total" -eq 1 ] && s='' || s=s
	make_report -s "$name: $sent of $total sent" -R "$stem.results" <<-END
	Order $name: $total recipient$s.
	${sums#*$total}
	END
}

report_errors() {
	[ -n "$why" ] || fail 75 "$order: orderparse: no reason" || return
	say "$order: cannot be read, see the report to $SUPPORT"
	make_report -s "$name: cannot be read" <<-END
	Order $name cannot be read. No letter was sent.

	$why
	END
}

# make_report option ... <text: the options are mkmail's.
make_report() {
	[ "$REPORT" = socket ] || set -- "$@" -a "$order"
	step savefile -n -- "$state/report" mkmail -l -f "$FROM" \
		-H 'Auto-Submitted: auto-generated' "$@" -- "$SUPPORT" || return
	tell "$order: the report is made"
}

# Goes out once, but for a crash at its final dot: then again, with the same
# Message-ID.  Of one that nobody takes a second link goes to the archive: the
# first says that no letter is sent any more.
send_report() {
	step retrydue $talk -s deferred,unknown -p "$RETRY" -- \
		"$state/journal" || return
	send -A -f '<>' -l "$state/journal" -- "$SUPPORT" <"$state/report"
	code=$?
	case $code in
	0)	tell "$order: the report is sent to $SUPPORT"
		[ -s "$state/journal" ] ||
			fail 75 "$state/journal: smtpsend has not written it" ;;
	65 | 67 | 68) say "$order: $SUPPORT refused the report, see $ARC"
		step ln -f -- "$state/report" "$stem.report" &&
			put "$stem.report" >/dev/null ;;
	75 | 80) fail 75 "$order: the report waits, and is tried again later" ;;
	*) return "$code" ;;
	esac
}

# --- The archive --------------------------------------------------------

# The order goes last: as long as it is there, this is not done.
archive() {
	[ ! -e "$stem.results" ] || put "$stem.results" >/dev/null || return
	put "$order" || return
	tell "$order: moved to $ARC"
}

# The stamp is the time of the report, also in the next run.
put() {
	step archive-stamp -d "$ARC" -r "$state/report" -- "$1" || return
	[ ! -e "$1" ] || fail 74 "$1: archive-stamp has left it there"
}

# --- What comes back ----------------------------------------------------

# Every run reads all messages, also those that it has put into cur/ since it
# has understood them: a crash loses none.  Bounces of a mailing that is in
# work, or has a second report on its way, come again when that is over.
read_bounces() {
	worst=0 order=$BOUNCES found=$state/.tmp.$$
	parse_bounces >"$found" || note "$?"
	[ -z "$GONE" ] || step suppress -o "$GONE" -- "$found" || note "$?"
	set -- "$found"
	[ ! -d "$ARC" ] || set -- "$@" "$ARC"
	step bouncematch -k "$state/reported" -o "$state" -p "$WORK" -- "$@" ||
		note "$?"
	WORK=$state REPORT=socket	# in this process alone
	set +f
	rm -f -- "$WORK"/.tmp.*
	set -- "$WORK"/*.bounces "$WORK"/.*.bounces
	set -f
	for file; do
		file=${file##*/}
		[ ! -e "$WORK/$file" ] || take "${file#.}" handle report_bounces
	done
	return "$worst"
}

# They are signed as letters are.  A server makes a mailbox when its first
# message comes.
parse_bounces() {
	[ -e "$BOUNCES" ] || [ ! -d "$(dirname -- "$BOUNCES")" ] || {
		tell "$BOUNCES: not there yet, nothing has come back"
		return
	}
	before=
	for word in $ORDEROPTIONS; do
		case $before in -[EkL]) set -- "$@" "$before" "$word" ;; esac
		case $word in -[EkL]?*) set -- "$@" "$word" ;; esac
		before=$word
	done
	step bounceparse -m "$@" -- "$BOUNCES"
}

# They are known as soon as there may be a report of them.
report_bounces() {
	step bouncematch -k "$WORK/reported" -- "$order" || return
	count=$(step grep -c '' -- "$order") || return
	make_report -s "${name%.*}: $count came back" -R "$order" <<-END
	Of the letters of ${name%.*} that had been sent, $count came back.
	END
}

# --- All orders ---------------------------------------------------------

# The given orders, or all: those in work, and those that have come.
look() {
	order=$INCOMING
	names=$(step ordertake $talk $again -d "$INCOMING" -w "$WORK" \
		-t "$SETTLE" -- "$@")
	note "$?"
	[ -z "$BOUNCES" ] || take .bounces read_bounces
	while IFS= read -r name; do
		[ -z "$name" ] || take "$name" handle send_letters
	done <<-END || note 75
	$names
	END
}

# --- What was asked for -------------------------------------------------

usage='usage: pipeline.sh [-vw] [file ...]
  -v  report each step on standard error
  -w  stay, and look again every WATCH seconds (10)'

# The only output of a run, or a failure.
answer() {
	printf '%s\n' "$1" 2>/dev/null || fail 74 'stdout: cannot be written'
	exit
}

directory() {
	CDPATH='' cd -P -- "$1" 2>/dev/null && pwd -P
}

# The programs may lie where the script does, to which a link may lead.
find_programs() {
	self=$0
	while [ -h "$self" ]; do
		link=$(ls -ld -- "$self") || fail 75 "$self: ls fails" || exit
		link=${link#*"$self -> "}
		case $link in /*) ;; *) link=${self%"${self##*/}"}$link ;; esac
		self=$link
	done
	dir=$(directory "${self%"${self##*/}"}.")
	PATH=$PATH:$dir/bin:$dir	# of programs that start others, too
	export PATH
	for program in archive-stamp mkmail orderdone orderparse ordertake \
		resultcount retrydue savefile settled smtpsend withlock \
		${BOUNCES:+bouncematch bounceparse suppress}; do
		command -v "$program" >/dev/null ||
			fail 78 "$program: not found on PATH," \
				"nor in $dir/bin" || exit
	done
}

# An order that is done, or in hand, must not pass for one that has come.
check_directories() {
	a=$(directory "$INCOMING") b=$(directory "$WORK") c=$(directory "$ARC")
	[ "${a:-1}" != "${b:-2}" ] && [ "${b:-2}" != "${c:-3}" ] &&
		[ "${c:-3}" != "${a:-1}" ] ||
		fail 78 'INCOMING, WORK and ARC: two of them are one' \
			'directory' || exit
}

# check setting program ...: one that refuses the setting has said why.
check() {
	setting=$1
	shift
	"$@" </dev/null >/dev/null
	[ $? -ne 64 ] || fail 78 "$setting: the setting is wrong" || exit
}

check_settings() {
	check "RETRY=$RETRY" retrydue -p "$RETRY" -- ''
	check "EXPIRE=$EXPIRE" settled -t "$EXPIRE" -- ''
	check "SETTLE=$SETTLE" settled -t "$SETTLE" -- ''
	check "WATCH=$WATCH" settled -t "$WATCH" -- ''
	check "JOBS=$JOBS" smtpsend -j "$JOBS" -V
	check "FROM=$FROM" mkmail -f "$FROM" -- postmaster
	check "SUPPORT=$SUPPORT" mkmail -f "$FROM" -- "$SUPPORT"
	[ "$REPORT" = socket ] || [ "$REPORT" = ftp ] ||
		fail 78 "REPORT=$REPORT: neither socket nor ftp" || exit
}

main() {
	trap - EXIT
	case ${1-} in
	--help) answer "$usage" ;;
	--version) set -- -V ;;
	esac
	while getopts :hvVw opt; do
		case $opt in
		h) answer "$usage" ;;
		v) talk=-v ;;
		V)	find_programs
			version=$(withlock -V) || exit 75
			answer "pipeline.sh ${version#* }" ;;
		w) watch=-w ;;
		*) say "-$OPTARG: no such option"; echo "$usage" >&2; exit 64 ;;
		esac
	done
	shift $((OPTIND - 1))

	find_programs
	check_settings
	check_directories
	[ $# -gt 0 ] || [ -d "$INCOMING" ] ||
		fail 66 "$INCOMING: no such directory" || exit
	look "$@"
	while [ -n "$watch" ]; do
		sleep "$WATCH" || exit 75
		again=-q
		look "$@"
	done
	exit "$worst"
}

main "$@"
