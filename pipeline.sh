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
#	work/.NAME/STEM.results	what became of each recipient, one line each
#	work/.NAME/report	once it is there, no letter is sent any more
#	work/.NAME/journal	of the report: whether it was sent, and when
#
# id and report appear whole and on disk or not at all (savefile), so that what
# exists says what has been done, also after a power failure, and every
# function below does only the rest.  What fails says so on standard error,
# and leaves the order for the next run.

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
newline='
'

HELD=3					# withlock's code: another run has it
DONE=4					# our own, of an order that is done

# What a terminal acts on in the name of an order, wherever that came from:
# control characters, and those that turn the direction of text, in UTF-8.
hide=$(printf '%b' 's/[\0001-\0037\0177]/?/g;s/\0302[\0200-\0237]/?/g;' \
	's/\0342\0200[\0252-\0256]/?/g;s/\0342\0201[\0246-\0251]/?/g')

say() {
	said=$*
	case $said in
	*[!\ -~]*) said=$(printf '%s\n' "$said" | sed "$hide") ||
		said="${said%%[!\ -~]*}..." ;;
	esac
	printf 'pipeline.sh: %s\n' "$said" >&2
}

# A shell that cannot read on here takes that for the end of its work.
read_all=no
trap '[ "$?$read_all" != 0no ] || { say "$0: not read to its end"; exit 74; }' \
	EXIT

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

is_number() {
	case $1 in
	'' | *[!0-9]*) return 1 ;;
	esac
}

# Removes files, and believes it when they are gone.
gone() {
	rm -f -- "$@"
	for f; do
		[ -e "$f" ] || continue
		say "$f: rm cannot remove it"
		return 74
	done
}

# path becomes the file that a name leads to, dir the place where that lies, as
# every other spelling of it has it: empty when there is none.
locate() {
	path=$1
	while [ -h "$path" ] && [ -e "$path" ]; do
		link=$(ls -ld -- "$path") || ended "$?" "$path: ls" || return
		case $link in
		*"$path -> "/*) path=${link#*"$path -> "} ;;
		*"$path -> "?*)
			path=${path%"${path##*/}"}${link#*"$path -> "} ;;
		*) say "$path: ls does not tell where it leads"; return 75 ;;
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

locate "$0" || exit 75
self=$dir/${path##*/}
PATH=$PATH:$dir/bin:$dir

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
	stem=$state/${name%.*}			# of names for the archive
	took=0
	[ -e "$order" ] || take "${2-}" || took=$?
	if [ -e "$order" ]; then
		[ -s "$state/report" ] || send_letters || return
		send_report && archive || return
	fi
	gone "$state"/* "$state"/.tmp.* || return
	# The lock goes last.  Who takes it then begins anew in the directory.
	rm -f -- "$state/.lock" || ended "$?" "$state/.lock: rm" || return 74
	rmdir -- "$state" 2>/dev/null
	return "$took"
}

# Moves an order in by rename.  State that lies here without an order is an
# earlier one's, which came as far as the archive; it must not come back.
take() {
	gone "$state"/* "$order.results" || return
	[ -n "$1" ] && [ -e "$1" ] || return 0
	step savefile -s "$state" "$WORK" || return
	step savefile -r -- "$1" "$order" || return
	[ -e "$order" ] && tell "$1: taken as $order" && return
	say "$1: savefile has not renamed it to $order"
	return 75
}

# Sends the letters that have not been sent, and then makes the report.  First
# the order is made safe, and that it lies here: what is sent speaks of it.
send_letters() {
	step savefile -s "$order" "$state" "$WORK" || return
	errors=$(orderparse -n -f "$FROM" -- "$order" 2>&1 >/dev/null)
	code=$?
	case $code in
	0) ;;
	65) report_errors; return ;;
	*) [ -z "$errors" ] || printf '%s\n' "$errors" >&2
		ended "$code" "$order: orderparse"; return ;;
	esac
	count=$(step orderparse -n -v -f "$FROM" -- "$order") || return
	total=${count%%[!0-9]*}
	duplicates=${count#*duplicates }
	duplicates=${duplicates%%[!0-9]*}
	if ! is_number "$total" || ! is_number "$duplicates"; then
		say "$order: orderparse does not tell the number of recipients"
		return 75
	fi

	get_id || return
	send_batch || return
	count_results || return
	if [ "$deferred" -gt 0 ]; then
		count_tries || return
		if [ "$tries" -lt "$TRIES" ]; then
			say "$order: $deferred of $total deferred in run" \
				"$tries of $TRIES, the next one goes on"
			return 75
		fi
	fi
	step savefile -s "$stem.results" || return
	report_results
}

# With another id all would be other letters, which nobody has had.
get_id() {
	id=
	[ ! -s "$state/id" ] || read -r id <"$state/id" || id=
	[ -z "$id" ] || return 0
	if [ -s "$order.results" ]; then
		say "$state/id: cannot be read, and $order.results says that" \
			'letters were sent: nobody knows which'
		return 74
	fi
	step savefile -n "$state/id" date -u "+%Y%m%dT%H%M%SZ.$$" || return
	read -r id <"$state/id" && return
	say "$state/id: savefile has not made it"
	return 74
}

send_batch() {
	tell "$order: sending the letters to $SMTPSERVER"
	set --
	[ "$JOBS" -eq 1 ] || set -- -j "$JOBS"
	step orderparse -S -f "$FROM" -i "$id" -- "$order" |
		send -bS "$@" -l "$order.results" >"$stem.results"
	code=$?
	case $code in
	0 | 65 | 67 | 68 | 75 | 80) ;;
	77) [ ! -s "$stem.results" ] ||
			say "$order: no log-in, see $order.results"
		return 77 ;;
	*) ended "$code" "$order: smtpsend"; return ;;
	esac
	step orderparse -e -- "$order" >>"$stem.results"
}

# What the results do not account for holds the order back; so does a count
# that could not be made.
count_results() {
	counts=$(step awk -F '\t' '{ n[$1]++ } END { print n["sent"] + 0,
		n["failed"] + 0, n["deferred"] + 0, n["unknown"] + 0
	}' "$stem.results") || return
	IFS=' ' read -r sent failed deferred unknown <<-END
	$counts
	END
	sum="$sent sent, $failed failed, $deferred deferred, $unknown unknown"
	if is_number "$unknown" &&
		[ $((sent + failed + deferred + unknown)) -eq "$total" ]; then
		tell "$order: $sum"
	else
		say "$order: $total recipients, but $sum"
		return 75
	fi
}

# In each run that tries them the journal gets a line for those who are
# deferred; a log-in that is refused tries nobody, nor does a crash.
count_tries() {
	tries=$(step awk -F '\t' '$1 == "deferred" &&
		$9 != "not begun" && !($4 == "auth" && $3 ~ /^[235]/) &&
		++n[$2, $8] > most {
			most++
		}
		END { print most + 0 }' "$order.results") || return
	is_number "$tries" && return
	say "$order.results: cannot be counted"
	return 75
}

# --- The report ---------------------------------------------------------

report_results() {
	show_name
	[ "$total" -eq 1 ] && s='' || s=s
	make_report "$shown: $sent of $total sent" -R "$stem.results" <<-END
	Order $shown: $total recipient$s.

	sent: $sent
	failed: $failed
	deferred: $deferred
	unknown: $unknown
	dropped duplicates: $duplicates
	END
}

# Where there is no room for a report either, the reasons are said.
report_errors() {
	if [ -z "$errors" ]; then
		say "$order: orderparse: exit 65, and no reason"
		return 75
	fi
	show_name
	say "$order: cannot be read, see the report to $SUPPORT"
	make_report "$shown: cannot be read" <<-END && return
	Order $shown cannot be read. No letter was sent.

	$errors
	END
	code=$?
	printf '%s\n' "$errors" >&2
	return "$code"
}

# shown becomes the name on one line.
show_name() {
	shown=$name
	while [ "$shown" != "${shown#*"$newline"}" ]; do
		shown=${shown%%"$newline"*}'?'${shown#*"$newline"}
	done
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
	send -A -f '<>' -l "$state/journal" -- "$SUPPORT" <"$state/report"
	refused=$?
	case $refused in
	0) tell "$order: the report is sent to $SUPPORT" ;;
	65 | 67 | 68) say "$order: $SUPPORT refused the report, see $ARC" ;;
	75 | 80)
		say "$order: the report waits for the next run"
		return 75 ;;
	*) ended "$refused" "$order: smtpsend"; return ;;
	esac
	stamp=$(step awk -F '\t' '$1 == "sent" || $1 == "failed" { time = $7 }
		END { print time }' "$state/journal") || return
	case $stamp in
	[0-9]*-[0-9]*-[0-9]*T[0-9]*:[0-9]*:[0-9]*Z) ;;
	*) say "$state/journal: does not say when the report was sent"
		return 75 ;;
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
	gone "$order.results" || return
	put "$order" || return
	tell "$order: moved to $ARC"
}

put() {
	step archive-stamp -d "$ARC" -t "$stamp" -- "$1" || return
	[ -e "$1" ] || return 0
	say "$1: archive-stamp has left it there"
	return 74
}

# --- All orders ---------------------------------------------------------

worst=0
note() {
	case $1 in
	0) ;;
	66 | 73 | 74 | 77) worst=$1 ;;
	64 | 78) worst=78 ;;		# what is used wrongly is a setting
	*) [ "$worst" -ne 0 ] || worst=75 ;;
	esac
}

# Handles an order in a process of its own that holds the lock; one that is
# held is another run's: with_lock name [file]
with_lock() {
	withlock -p -E "$HELD" "$WORK/.$1/.lock" \
		sh "$self" ${talk:+"$talk"} -o "$@"
	code=$?
	case $code in
	"$HELD") tell "$WORK/$1: another run has it" ;;
	"$DONE") ;;
	0)	# of a shell that could not read this file
		say "$WORK/$1: nothing was done: $self: cannot be read"
		note 75 ;;
	*) note "$code"; ended "$code" "$WORK/$1: withlock" ;;
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

# Whether nobody has touched a file for $SETTLE seconds.
is_settled() {
	[ "$SETTLE" -gt 0 ] || return 0
	settled -t "$SETTLE" -- "$1"
	code=$?
	case $code in
	0) return ;;
	1) tell "$1: not yet settled" ;;
	*) note "$code"; ended "$code" "$1: settled" ;;
	esac
	return 1
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
	locate "$1" || { note 75; return; }
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

# is_found directory file: a shell that cannot read a directory finds in it no
# more than the pattern, as where there is nothing.
is_found() {
	[ "$2" = "$1/*" ] && [ ! -e "$2" ] || return 0
	files=$(ls -- "$1") || { ended "$?" "$1: ls"; note 75; return 1; }
	[ -n "$files" ] || return 0
	say "$1: has files that the shell has not found: the next run goes on"
	note 75
	return 1
}

# What an earlier run left, then what has come.
handle_all() {
	set -- "$WORK"/*
	is_found "$WORK" "$1" || return
	for f; do
		case $f in
		*.results) ;;
		*) ! is_order "$f" || with_lock "${f##*/}" ;;
		esac
	done
	for d in "$WORK"/.[!.]*; do
		f=$WORK/${d##*/.}
		[ ! -d "$d" ] || [ -e "$f" ] || with_lock "${f##*/}"
	done
	set -- "$INCOMING"/*
	is_found "$INCOMING" "$1" || return
	for f; do
		! is_order "$f" || ! is_settled "$f" || pick "$f"
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
	find_programs
	version=$(withlock -V) || ended "$?" 'withlock -V' || exit 75
	answer "pipeline.sh ${version#* }"
}

# The only output of a run, or a failure.
answer() {
	printf '%s\n' "$1" 2>/dev/null && read_all=yes && exit
	say 'stdout: cannot be written'
	exit 74
}

find_programs() {
	for program in archive-stamp mkmail orderparse savefile settled \
		smtpsend withlock; do
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
	[ -n "$work" ] || { say "$WORK: cannot be entered"; exit 73; }
	if [ "$work" = "$incoming" ] || [ "$work" = "$arc" ] ||
		[ "$arc" = "$incoming" ]; then
		say 'INCOMING, WORK and ARC: two of them are one directory'
		exit 78
	fi
}

# number becomes what a setting says, without the zeros in front that make it
# octal to some shells.
decimal() {
	number=${1#*=}
	is_number "$number" || { say "$1: not a number"; exit 78; }
	number=${number#"${number%%[!0]*}"}
	[ ${#number} -le 9 ] || { say "$1: too large"; exit 78; }
	number=${number:-0}
}

watch=no again=no
case ${1-} in
--help) answer "$usage" ;;
--version) version ;;
esac
while getopts :ho:vVw opt; do
	case $opt in
	h) answer "$usage" ;;
	o)	# for itself: one order, the lock is held
		shift $((OPTIND - 2))
		read_all=yes
		handle "$@" || exit
		exit "$DONE" ;;
	v) talk=-v ;;
	V) version ;;
	w) watch=yes ;;
	*) say "-$OPTARG: no such option"; echo "$usage" >&2; exit 64 ;;
	esac
done
shift $((OPTIND - 1))

decimal "TRIES=$TRIES"; TRIES=$number
decimal "SETTLE=$SETTLE"; SETTLE=$number
decimal "JOBS=$JOBS"; JOBS=$number
decimal "WATCH=$WATCH"; WATCH=$number
[ "$JOBS" -gt 0 ] || { say "JOBS=$JOBS: no connection at all"; exit 78; }
case $REPORT in
socket | ftp) ;;
*) say "REPORT=$REPORT: neither socket nor ftp"; exit 78 ;;
esac
find_programs
mkdir -p -- "$WORK" || { say "$WORK: mkdir cannot make it"; exit 73; }
find_places

if [ $# -eq 0 ] && [ ! -d "$INCOMING" ]; then
	say "$INCOMING: no such directory"
	exit 66
fi
look "$@"
while [ "$watch" = yes ]; do
	sleep "$WATCH" || { say "sleep $WATCH: exit $?"; exit 75; }
	again=yes
	look "$@"
done
read_all=yes
exit "$worst"
