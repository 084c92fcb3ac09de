#!/bin/sh
# pipeline.sh [-vw] [file ...]: from orders to letters, a report and an archive.
#
#	incoming/NAME -> work/NAME -> letters -> report -> ARC/NAME-STAMP
#
# It may be killed at any moment and started again, and two may run at once.
# Beside work/NAME lie, until the order is in the archive:
#
#	work/NAME.results	smtpsend's journal: who has had a letter, and
#				(when it was written last) when it was tried
#	work/.NAME/.lock	held while a run works on the order
#	work/.NAME/id		of the mailing: a letter keeps its Message-ID;
#				as old as the mailing is
#	work/.NAME/STEM.results	what became of each recipient, one line each
#	work/.NAME/report	once it is there, no letter is sent any more
#	work/.NAME/journal	of the report: whether it was sent
#	work/.NAME/.tmp.*	of a run: what is not whole yet
#
# and in work/..bounces, of what comes back after a report:
#
#	reported		lines of bounces that need no report any more
#	STEM-STAMP/		of a mailing: a second report, and what it says
#
# id and report appear whole and on disk or not at all (savefile), so that what
# exists says what has been done, also after a power failure, and every
# function below does only the rest.  What fails says so on standard error,
# and leaves the order for the next run.

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

set -u
umask 077
LC_ALL=C				# names are bytes
export LC_ALL
talk='' again=''				# or -v; -q when it looks again
worst=0					# the exit code
came=$WORK/..bounces

HELD=3					# withlock's code: another run has it

# A shell that cannot read on takes that for the end of its work.
trap 'say "$0: not read to its end"; exit 74' EXIT

say() {
	printf 'pipeline.sh: %s\n' "$*" >&2
}

tell() {
	[ -z "$talk" ] || say "$*"
}

# ended code what: a program that ends with a code of mailorder's own has said
# why; any other end is named here.
ended() {
	case $1 in
	0 | 64 | 65 | 66 | 67 | 68 | 73 | 74 | 75 | 77 | 78 | 80) ;;
	*) say "$2: exit $1" ;;
	esac
	return "$1"
}

step() {
	"$@" || ended "$?" "$order: $1"
}

# The programs, with the words of the settings, which are no patterns.
send() (
	set -f
	# shellcheck disable=SC2086
	exec smtpsend $SMTPOPTIONS "$@"
)

# Who is on the list is left out, but for those whose letters have been sent:
# what became of them stands in the results.
parse() (
	set -f
	[ -z "$GONE" ] || [ ! -e "$GONE" ] || set -- -X "$GONE" "$@"
	# shellcheck disable=SC2086
	exec orderparse $ORDEROPTIONS -f "$FROM" -l "$order.results" "$@" \
		-- "$order"
)

# What comes back is signed as letters are.
bounces() (
	set -f
	before=
	for word in $ORDEROPTIONS; do
		case $before in -[EkL]) set -- "$@" "$before" "$word" ;; esac
		case $word in -[EkL]?*) set -- "$@" "$word" ;; esac
		before=$word
	done
	exec bounceparse -m "$@" -- "$BOUNCES"
)

# is_old file time: whether it was written to so long ago.
is_old() {
	settled -t "$2" -- "$1"
	case $? in
	0) return 0 ;;
	1) return 1 ;;
	64) return 78 ;;
	*) say "$1: settled cannot tell how old it is"; return 74 ;;
	esac
}

# is_due journal status: whether it is time to try again whom the journal calls
# that (a pattern).  It has a line for them from each run that tried them, and
# was written to by the last one.
is_due() {
	[ -s "$1" ] || return 0
	pause=$(step awk -F '\t' -v pauses="$RETRY" -v status="$2" '
		$1 ~ status && $9 != "not begun" && ++n[$2, $8] > most {
			most++
		}
		END {
			last = split(pauses, pause, " ")
			print pause[most < last ? most : last]
		}' "$1") || return
	[ -z "$pause" ] || is_old "$1" "$pause" || {
		tell "$1: tried less than $pause ago"
		return 75
	}
}

# --- One order, under its lock ------------------------------------------

# Without an order there is only the state of one that is in the archive.
handle() {
	name=$1
	order=$WORK/$name
	state=$WORK/.$name
	stem=$state/${name%.*}			# of names for the archive
	if [ -e "$order" ]; then
		[ -s "$state/report" ] || send_letters || return
		send_report && archive || return
	fi
	remove_state
}

# Sends the letters that have not been sent, and then makes the report.  First
# the order is made safe, and that it lies here: what is sent speaks of it.
send_letters() {
	step savefile -s "$order" "$state" "$WORK" || return
	# Before it is given up it is tried once more, whatever the pause.
	{ [ -e "$state/id" ] && is_old "$state/id" "$EXPIRE"; } ||
		is_due "$order.results" deferred || return
	why=$state/.tmp.$$.why dry=$state/.tmp.$$.dry
	parse -n -v >"$dry" 2>"$why"
	code=$?
	case $code in
	0) say_why || return 74 ;;
	65)	if [ -s "$why" ] && settings_are_wrong; then
			say_why
			return 78
		fi
		report_errors; return ;;
	*) say_why
		ended "$code" "$order: orderparse"; return ;;
	esac
	# Behind the size comes a letter, which may say anything.
	counts=$(step sed '/^field /,$d; /^plain /,$d; /^size /,$d' "$dry") ||
		return
	total=${counts%%[!0-9]*}
	duplicates=${counts#*duplicates }
	duplicates=${duplicates%%[!0-9]*}
	left=
	case $counts in
	*'left out '*)
		left=${counts#*left out }
		left=${left%%[!0-9]*}
		total=$((total + left)) ;;
	esac

	get_id && send_batch && count_results || return
	[ "$deferred" -eq 0 ] || is_old "$state/id" "$EXPIRE" || {
		say "$order: $deferred of $total deferred, tried again later"
		return 75
	}
	step savefile -r "$results" "$stem.results" && report_results
}

# Whether they are, and not the order: one without a fault cannot be read
# either, or this one can with a key for its [token].
settings_are_wrong() {
	an_order | (order=- && parse -n) >/dev/null 2>&1 || return 0
	key=$state/.tmp.$$.key
	echo key >"$key" && parse -k "$key" -n >/dev/null 2>&1
	code=$?
	rm -f -- "$key"
	return "$code"
}

an_order() {
	printf '[Recipients:]\na@b.c\n[Subject:]\n[Body:]\n'
}

say_why() {
	step cat -- "$why" >&2
}

# With another id all would be other letters, which nobody has had.
get_id() {
	if [ ! -s "$order.results" ] && ! read_id 2>/dev/null; then
		step savefile -n "$state/id" date -u "+%Y%m%dT%H%M%SZ.$$" ||
			return
	fi
	read_id && return
	say "$state/id: cannot be read, and without it nobody knows which" \
		"letters $order.results speaks of"
	return 74
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
	step parse -S -i "$id" |
		send -bS -j "$JOBS" -l "$state/../$name.results" >"$results"
	code=$?
	case $code in
	0 | 65 | 67 | 68 | 80) ;;
	75) [ -s "$results" ] || return 75 ;;
	77) [ ! -s "$results" ] ||
			say "$order: no log-in, see $order.results"
		return 77 ;;
	*) ended "$code" "$order: smtpsend"; return ;;
	esac
	step parse -e >>"$results"
}

# What the results do not account for holds the order back; so does a count
# that could not be made.
count_results() {
	counts=$(step awk -F '\t' '{ n[$1]++ } END { print n["sent"] + 0,
		n["failed"] + 0, n["deferred"] + 0, n["unknown"] + 0
	}' "$results") || return
	IFS=' ' read -r sent failed deferred unknown <<-END
	$counts
	END
	sum="$sent sent, $failed failed, $deferred deferred, $unknown unknown"
	sum=$sum${left:+, $left left out}
	if [ "$((sent + failed + deferred + unknown + left))" = "$total" ]; then
		tell "$order: $sum"
	else
		say "$order: $total recipients, but $sum"
		return 75
	fi
}

# --- The report ---------------------------------------------------------

report_results() {
	[ "$total" -eq 1 ] && s='' || s=s
	make_report "$name: $sent of $total sent" -R "$stem.results" <<-END
	Order $name: $total recipient$s.

	sent: $sent
	failed: $failed
	deferred: $deferred
	unknown: $unknown
	dropped duplicates: $duplicates${left:+
	left out: $left}
	END
}

# Where there is no room for a report either, the reasons are said.
report_errors() {
	if [ ! -s "$why" ]; then
		say "$order: orderparse: exit 65, and no reason"
		return 75
	fi
	say "$order: cannot be read, see the report to $SUPPORT"
	text=$state/.tmp.$$.text
	{ printf 'Order %s cannot be read. No letter was sent.\n\n' "$name" &&
		step cat -- "$why"; } >"$text" &&
		make_report "$name: cannot be read" <"$text" && return
	code=$?
	say_why
	return "$code"
}

# make_report subject [option ...] <text
make_report() {
	subject=$1
	shift
	[ "$REPORT" = socket ] || set -- "$@" -a "$order"
	step savefile -n "$state/report" mkmail -l -f "$FROM" -s "$subject" \
		-H 'Auto-Submitted: auto-generated' "$@" -- "$SUPPORT" || return
	tell "$order: the report is made"
}

# Goes out once, but for a crash at its final dot: then again, with the same
# Message-ID.  One that nobody takes goes to the archive instead.
send_report() {
	is_due "$state/journal" "deferred|unknown" || return
	send -A -f '<>' -l "$state/journal" -- "$SUPPORT" <"$state/report"
	refused=$?
	case $refused in
	0)	if [ ! -s "$state/journal" ]; then
			say "$state/journal: smtpsend has not written it"
			return 75
		fi
		tell "$order: the report is sent to $SUPPORT" ;;
	65 | 67 | 68) say "$order: $SUPPORT refused the report, see $ARC" ;;
	75 | 80)
		say "$order: the report waits, and is tried again later"
		return 75 ;;
	*) ended "$refused" "$order: smtpsend" ;;
	esac
}

# --- The archive --------------------------------------------------------

# The order goes last: as long as it is there, this is not done.  The report
# stays, too: what is put away is another link to it.
archive() {
	[ ! -e "$stem.results" ] || put "$stem.results" >/dev/null || return
	if [ "$refused" -ne 0 ]; then
		step ln -f -- "$state/report" "$stem.report" || return
		put "$stem.report" >/dev/null || return
	fi
	put "$order" || return
	tell "$order: moved to $ARC"
}

# The stamp is the time of the report, also in the next run.
put() {
	step archive-stamp -d "$ARC" -r "$state/report" -- "$1" || return
	[ -e "$1" ] || return 0
	say "$1: archive-stamp has left it there"
	return 74
}

# The lock goes last.  Who takes it then begins anew in the directory.
remove_state() {
	set -- "$order.results" "$state"/* "$state"/.tmp.*
	rm -f -- "$@"
	for file; do
		[ -e "$file" ] || continue
		say "$file: rm cannot remove it"
		return 74
	done
	rm -f -- "$state/.lock" || ended "$?" "$state/.lock: rm" || return 74
	rmdir -- "$state" 2>/dev/null || :
}

# --- What comes back ----------------------------------------------------

# Every run reads all messages, also those that it has put into cur/ since it
# has understood them: a crash loses none.
read_bounces() {
	worst=0 order=$BOUNCES
	finish_reports
	found=$came/.tmp.$$
	bounces >"$found" || note "$?"
	[ -z "$GONE" ] || step suppress -o "$GONE" -- "$found" || return
	match_bounces && start_reports || return
	finish_reports
	rm -f -- "$came"/.tmp.*
	return "$worst"
}

# New bounces by mailing: STEM-STAMP.bounces.  Those of an order that is in work
# come again when it has its report; those of no mailing do not.
match_bounces() {
	rm -f -- "$came"/*.bounces
	set -- "$found"
	[ ! -d "$ARC" ] || set -- "$@" "$ARC"
	step bouncematch -k "$came/reported" -o "$came" -p "$WORK" -- "$@"
}

start_reports() {
	for file in "$came"/*.bounces; do
		name=${file##*/}
		name=${name%.bounces}
		[ ! -e "$file" ] || [ -e "$came/$name/report" ] ||
			start_report || return
	done
}

# While a report waits, what comes back afterwards waits for the next one.
start_report() (
	state=$came/$name
	order=$name REPORT=socket
	mkdir -p -- "$state" &&
		step savefile -r "$file" "$state/$name.bounces" || return
	count=$(step awk 'END { print NR }' "$state/$name.bounces") || return
	make_report "$name: $count came back" -R "$state/$name.bounces" <<-END
	Of the letters of $name that had been sent, $count came back.
	END
)

finish_reports() {
	for state in "$came"/*/; do
		[ ! -e "$state/report" ] || finish_report || note "$?"
	done
}

finish_report() (
	state=${state%/}
	name=${state##*/}
	order=$name
	send_report || return
	if [ -e "$state/$name.bounces" ]; then
		step bouncematch -k "$came/reported" -- \
			"$state/$name.bounces" &&
			put "$state/$name.bounces" >/dev/null || return
	fi
	rm -f -- "$state"/* && rmdir -- "$state"
)

# --- All orders ---------------------------------------------------------

note() {
	case $1 in
	0) ;;
	66 | 73 | 74 | 77) worst=$1 ;;
	64 | 78) worst=78 ;;		# what is used wrongly is a setting
	*) [ "$worst" -ne 0 ] || worst=75 ;;
	esac
}

# with_lock object lock command ...: the command, or HELD where another run has
# the lock.  withlock holds it as long as its output is read, and says whether
# it has it: 0, or why not.
with_lock() {
	withlock -o -p -E "$HELD" -- "$2" | (
		if ! read -r code; then
			say "$1: withlock has not locked it"
			exit 75
		fi
		[ "$code" -eq 0 ] || exit "$code"
		shift 2
		"$@"
	)
	code=$?
	[ "$code" -ne "$HELD" ] || tell "$1: another run has it"
	return "$code"
}

take() {
	with_lock "$WORK/$1" "$WORK/.$1/.lock" handle "$1"
	code=$?
	if [ "$code" -eq 0 ] && [ -e "$WORK/$1" ]; then
		take "$1"		# a new one that has got the name
	elif [ "$code" -ne "$HELD" ]; then
		note "$code"
	fi
}

# The given orders, or all: those in work, and those that have come.
look() {
	if [ -n "$BOUNCES" ] && mkdir -p -- "$WORK"; then
		with_lock "$BOUNCES" "$came/.lock" read_bounces
		code=$?
		[ "$code" -eq "$HELD" ] || note "$code"
	fi
	names=$(ordertake ${talk:+"$talk"} ${again:+"$again"} -d "$INCOMING" \
		-w "$WORK" -t "$SETTLE" -- "$@")
	code=$?
	note "$code"
	ended "$code" ordertake
	while IFS= read -r name; do
		[ -z "$name" ] || take "$name"
	done <<-END || note 75
	$names
	END
}

# --- What was asked for -------------------------------------------------

usage='usage: pipeline.sh [-vw] [file ...]
  -v  tell each step on standard error
  -w  stay, and look again every WATCH seconds (10)'

# The only output of a run, or a failure.
answer() {
	printf '%s\n' "$1" 2>/dev/null && exit
	say 'stdout: cannot be written'
	exit 74
}

wrong() {
	say "$1"
	exit 78
}

# The programs may lie where the script does, to which a link may lead.
find_programs() {
	self=$0
	while [ -h "$self" ]; do
		link=$(ls -ld -- "$self") || { say "$self: ls fails"; exit 75; }
		link=${link#*"$self -> "}
		case $link in
		/*) self=$link ;;
		*) self=${self%"${self##*/}"}$link ;;
		esac
	done
	dir=$(directory "${self%"${self##*/}"}.")
	PATH=$PATH:$dir/bin:$dir
	set -- archive-stamp mkmail orderparse ordertake savefile settled \
		smtpsend withlock
	[ -z "$BOUNCES" ] || set -- "$@" bounceparse bouncematch
	[ -z "$BOUNCES" ] || [ -z "$GONE" ] || set -- "$@" suppress
	for program; do
		command -v "$program" >/dev/null ||
			wrong "$program: not found on PATH, nor in $dir/bin"
	done
}

directory() {
	CDPATH='' cd -P -- "$1" 2>/dev/null && pwd -P
}

# An order that is done, or in hand, must not pass for one that has come.
check_directories() {
	a=$(directory "$INCOMING") b=$(directory "$WORK") c=$(directory "$ARC")
	[ "${a:-1}" != "${b:-2}" ] && [ "${b:-2}" != "${c:-3}" ] &&
		[ "${c:-3}" != "${a:-1}" ] ||
		wrong 'INCOMING, WORK and ARC: two of them are one directory'
}

# check_time name value: a number of seconds, or of what a unit says.
check_time() {
	case $2 in
	'' | [!0-9]* | *[!0-9smhdw]* | *[smhdw]?* | ??????????*)
		wrong "$1=$2: not a time such as 90, 5m or 2d" ;;
	esac
}

check_settings() {
	set -f
	# shellcheck disable=SC2086
	set -- $RETRY
	set +f
	for word in "${@:-}"; do
		check_time RETRY "$word"
	done
	check_time EXPIRE "$EXPIRE"
	check_time SETTLE "$SETTLE"
	for setting in "JOBS=$JOBS" "WATCH=$WATCH"; do
		case ${setting#*=} in
		'' | *[!0-9]*) wrong "$setting: not a number" ;;
		??????????*) wrong "$setting: too large" ;;
		esac
	done
	[ "$JOBS" -gt 0 ] || wrong "JOBS=$JOBS: no connection at all"
	[ "$REPORT" = socket ] || [ "$REPORT" = ftp ] ||
		wrong "REPORT=$REPORT: neither socket nor ftp"
}

# Before letters go out of which nobody could be told; what fails otherwise is
# said where the report is made.
check_support() {
	mkmail -f "$FROM" -- "$SUPPORT" </dev/null >/dev/null
	[ $? -ne 64 ] || wrong "SUPPORT=$SUPPORT: nobody gets the reports"
}

main() {
	trap - EXIT
	watch=
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
		w) watch=yes ;;
		*) say "-$OPTARG: no such option"; echo "$usage" >&2; exit 64 ;;
		esac
	done
	shift $((OPTIND - 1))

	check_settings
	find_programs
	check_directories
	check_support
	if [ $# -eq 0 ] && [ ! -d "$INCOMING" ]; then
		say "$INCOMING: no such directory"
		exit 66
	fi
	look "$@"
	while [ -n "$watch" ]; do
		sleep "$WATCH" || { say "sleep $WATCH: exit $?"; exit 75; }
		again=-q
		look "$@"
	done
	exit "$worst"
}

main "$@"
