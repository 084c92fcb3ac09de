# The machinery of the sweep of faults: strace makes the n-th call of a program
# fail, or kills it there, and each run is judged.  A run, RUN or RUN.FORM, is
# described by functions, most of which may be missing:
#
#	RUN_base	makes what it finds
#	RUN_go		becomes the command, whose first words are "$@"
#	RUN_whole	all is done (the output is as it is without faults)
#	RUN_true	what it said and left is true, however it ended
#	RUN_refused	exit 0, but the peer was told that not all is done
#	RUN_says	the output has the reason
#	RUN_patient	its clients try again, so that all may come right
#	RUN_again	does it again, without faults (RUN_go)
#	RUN_same	all is done now (RUN_whole)
#
# SERIAL is another word with each run, FAULT is "CALL N ERROR", STATUS the
# exit code.

# What may be wrong with a call; KILL is kill -9 in the midst of it.  What a
# shell does without memory, or when it is interrupted, is not ours.
FAULTS_OF=(
	'write,writev,pwrite64 EIO ENOSPC EINTR KILL'
	'fsync,fdatasync EIO ENOSPC EINTR KILL'
	'ftruncate EIO KILL'
	'link,linkat ENOSPC EIO KILL'
	'rename,renameat,renameat2 EIO ENOSPC KILL'
	'unlink,unlinkat EIO KILL'
	'mkdir,mkdirat ENOSPC EIO KILL'
	'open,openat EMFILE EIO EINTR KILL'
	'getdents64 EIO'
	'read,pread64 EIO EINTR KILL'
	'close EIO KILL'
	'fork,vfork,clone,clone3 ENOMEM'
	'wait4,waitid EINTR'
	'pipe,pipe2 EMFILE'
	'socket,socketpair EMFILE'
	'accept,accept4 EMFILE EINTR'
	'poll,ppoll ENOMEM EINTR'
	'send,sendto,sendmsg ENOMEM EINTR KILL'
	'recv,recvfrom,recvmsg ENOMEM EINTR KILL'
	'fcntl ENOLCK'
	'memory ENOMEM'
)

# About so many faults of a call and a run by default; FAULTS=all: all.
SAMPLE=${SAMPLE:-6}
LIMIT=${LIMIT:-20}		# seconds that a run may take

# can_trace: skips the test where nobody can.
can_trace() {
	need strace
	strace -D -qq -o /dev/null true 2>/dev/null || skip "no ptrace"
}

# calls: all that are looked at, as strace's -e takes them.
calls() {
	printf '?%s,' brk mmap munmap execve
	printf '%s\n' "${FAULTS_OF[@]}" | sed '/^memory/d; s/ .*//' |
		tr , '\n' | sed 's/^/?/' | paste -sd , -
}

# sites LOG: "CALL N pipe" for each call that can be told from the others by its
# number in its process, after the loader of the first; "memory N:M" where the
# next brk and mmap are these; "file" instead of "pipe" where it is a pipe, a
# socket or standard error in no process, "must" where a failure means that what
# was written may be lost.  The loader makes as many calls in
# the first process as are left out in all.  What a process becomes by exec is
# another program.
sites() {
	awk '
	{
		pid = 0
		if (match($0, /^[0-9]+ +/)) {
			pid = substr($0, 1, RLENGTH) + 0
			$0 = substr($0, RLENGTH + 1)
		}
		if (FNR == 1)
			first = pid
	}
	NR == FNR {
		if (pid == first && /ld\.so\.cache/)
			begun = 1
		if (pid == first && /^munmap\(/ && begun && !loaded)
			loaded = FNR
		next
	}
	FNR > 1 && /^(execve\(|<\.\.\. execve resumed).*= 0$/ { left[pid] = 1 }
	left[pid] || !match($0, /^[a-z0-9_]+\(/) { next }
	{
		call = substr($0, 1, RLENGTH - 1)
		n = ++count[pid, call]
		if (pid == first && FNR <= loaded)
			loads[call] = n
		if (n <= loads[call])
			next
		if (call == "brk" || call == "mmap") {
			brk = count[pid, "brk"] + (call != "brk")
			mmap = count[pid, "mmap"] + (call != "mmap")
			# The same count must not meet the loader of the first.
			if (brk <= loads["brk"] || mmap <= loads["mmap"])
				next
			n = brk ":" mmap
			call = "memory"
		}
		if (!seen[call, n]++)
			list[++sites] = call " " n
		if (/^[a-z0-9_]+\((2|[0-9]+<(pipe|socket|anon_inode):)/)
			pipe[call " " n] = 1
		if (/^write\(1</)
			output[pid] = 1
		if (call ~ /^fd?a?t?a?sync$/ || (/^close\(1</ && output[pid]))
			must[call " " n] = 1
	}
	END {
		for (i = 1; i <= sites; i++)
			print list[i], list[i] in pipe ? "pipe" : \
			    list[i] in must ? "must" : "file"
	}' "$1" "$1"
}

# plan LOG: "CALL N ERROR KIND" for each fault of the sweep; KIND is "must" for
# an error of the disk that must not be overlooked, though all may look whole.
plan() {
	sites "$1" | sort -s -k 1,1 | awk -v sample="$SAMPLE" \
	    -v all="${FAULTS:-sample}" -v only="${CALL:-.}" \
	    -v program="$PROGRAM" -v run="$NAME" '
	BEGIN { disk = "^(EIO|ENOSPC)$" }
	NR == FNR {
		split($1, name, ",")
		for (i in name) {
			errors[name[i]] = substr($0, length($1) + 2)
		}
		next
	}
	$1 != call { choose(); call = $1; n = 0 }
	{
		k = split(errors[call], error, " ")
		for (i = 1; i <= k; i++)
			if (fits(error[i], $3))
				list[n++] = $1 " " $2 " " error[i] " " \
				    told(error[i], $3)
	}
	# What a shell closes is seldom its output.
	function told(error, kind) {
		return error ~ disk && program != "sh" ? kind : ""
	}
	function fits(error, kind) {
		return program == "sh" && error ~ /^(EINTR|ENOMEM)$/ ? 0 : \
		    kind != "pipe" || error !~ disk
	}
	function first(word, step,    i, sum) {
		for (i = 1; i <= length(word); i++)
			sum += index("abcdefghijklmnopqrstuvwxyz", \
			    substr(word, i, 1))
		return sum % step
	}
	function common(a, b) { return b ? common(b, a % b) : a }
	# A step that has nothing in common with the number of errors comes to
	# each of them.
	function choose(    step) {
		step = all == "all" ? 1 : int((n + sample - 1) / sample)
		while (step > 1 && common(step, k) > 1)
			step++
		for (i = first(call run, step); i < n; i += step)
			if (list[i] ~ only)
				print list[i]
	}
	END { choose() }' <(printf '%s\n' "${FAULTS_OF[@]}") -
}

# inject CALL N ERROR: sets TRACE to what strace is to do.  The system tells of
# no room in what brk returns, and has none from then on.
inject() {
	local fault=error=$3
	[ "$3" != KILL ] || fault=signal=KILL
	case $1 in
	memory) TRACE=(-e "trace=brk,mmap"
		-e "inject=brk:retval=0:when=${2%:*}+"
		-e "inject=mmap:$fault:when=${2#*:}+") ;;
	*) TRACE=(-e "trace=$1" -e "inject=$1:$fault:when=$2") ;;
	esac
}

# one WORD ...: the run in a directory as NAME_base has made it; WORDs go before
# the program.  Sets STATUS.
one() {
	rm -rf "$DIR" && cp -a base "$DIR" || exit
	cd "$DIR" || exit
	# shellcheck disable=SC2034 # for the runs
	SERIAL=$DIR.$((NUMBER++))
	attempt part go "$@"
}

# attempt FUNCTION WORD ...: that function.
attempt() {
	STATUS=0
	("$@") </dev/null >out 2>err &
	echo $! >"$NOW"
	wait $! 2>/dev/null || STATUS=$?
}

# watchdog: kills the session that NOW names when it has been there too long.
watchdog() {
	local was='' is='' seconds=0
	while [ -e "$NOW" ]; do
		[ "$is" = "$was" ] || seconds=0
		was=$is
		if [ $((seconds++)) -gt "$LIMIT" ]; then
			! kill -9 -- "-$is" || echo "$is" >"$NOW.hung"
		fi 2>/dev/null
		sleep 1
		is=$(<"$NOW")
	done 2>/dev/null
}

# hung: whether that has happened; once only.
hung() {
	[ -e "$NOW.hung" ] && rm "$NOW.hung"
}

# has PART: the run has a function of that name.
has() {
	declare -F "${NAME%.*}_$1" >/dev/null
}

# part PART [WORD ...]: calls it.
part() {
	"${NAME%.*}_$1" "${@:2}"
}

# is_whole: without a function for that, the output of the first run counts.
is_whole() {
	if has whole; then
		part whole
		return
	fi
	[ -e ../ever ] || cp out ../ever
	cmp -s ../ever out
}

# says_why: standard error has program, object and reason; the loader's own
# words will do, and without memory nobody needs to know for what.
says_why() {
	local why="(^|"$'\n'")$PROGRAM: (.+: .|out of memory)"
	[[ $(<err) =~ $why || $(<err) = *'loading shared lib'* ]] ||
		{ has says && part says; }
}

# wrong ERROR KIND: prints what is wrong with the run that has ended, if
# anything is.
wrong() {
	! hung || echo hangs
	case $STATUS in
	137) [ "$1" = KILL ] || echo killed ;;
	0) [ "$2" != must ] || has patient || ! is_whole ||
			echo 'exit 0 in spite of it'
		is_whole || { has refused && says_why && part refused; } ||
		echo 'exit 0, but not all is done' ;;
	*) [ "$STATUS" -lt 128 ] || echo died
		says_why || echo "exit $STATUS without a reason" ;;
	esac
	[ "$1" != EINTR ] || { [ "$STATUS" = 0 ] && is_whole; } ||
		echo "EINTR: exit $STATUS"
	! has true || part true || echo 'what it said is not so'
}

# still_wrong: prints what is wrong with the next run.
still_wrong() {
	local again=go
	mv err err.1
	mv out out.1
	! has again || again=again
	attempt part $again "${START[@]}"
	if hung; then
		false
	elif has same; then
		part same
	else
		[ "$STATUS" = 0 ] && is_whole
	fi || echo "the next run: exit $STATUS: $(<err)"
}

# tell WRONG: one failure.
tell() {
	printf '%s: %s: %s\n' "$NAME" "$FAULT" "${1//$'\n'/; }" >>../failures
	[ -z "${KEEP:-}" ] || cp -a . "$KEEP/$NAME.${FAULT// /.}"
}

# worker K OF: each OFth fault of the plan.
worker() {
	local i=0 call n error kind bad runs=0
	DIR=run.$NAME.$1 NOW=$PWD/now.$1
	echo none >"$NOW"
	watchdog &
	while read -r call n error kind; do
		[ $((i++ % $2)) = "$1" ] || continue
		FAULT="$call $n $error"
		inject "$call" "$n" "$error"
		rm -f "log.$1"
		one "${START[@]}" strace -D -qq -y $FOLLOW -o "../log.$1" \
			"${TRACE[@]}"
		runs=$((runs + 1))
		bad=$(wrong "$error" "$kind"; still_wrong)
		[ -z "$bad" ] || tell "$bad"
		[[ $(<"../log.$1") == *INJECTED* ]] || [ "$error" = KILL ] ||
			echo "$FAULT" >>../missed
		cd ..
	done <plan
	rm -f "$NOW"
	echo "$runs" >>ran
}

# sweep RUN PROGRAM [-f]: all faults of that run; -f: of the processes that it
# forks, too.
sweep() {
	can_trace
	(
		mkdir "sweep.$1" && cd "sweep.$1" || exit
		trap - DEBUG ERR EXIT
		set +eET
		NAME=$1 PROGRAM=$2 FOLLOW=${3:-} NUMBER=0
		START=(launch -s)
		mkdir base
		! has base || (cd base && part base) || exit
		without_faults || exit
		plan log >plan
		[ -s plan ] || [ -n "${CALL:-}" ] || exit
		: >failures
		: >missed
		worker 0 2 &
		worker 1 2 &
		builtin wait
		summary
		sort failures
		[ ! -s failures ]
	) 3>&-
}

# without_faults: a run that shows which calls there are.
without_faults() {
	DIR=first.$NAME FAULT=none NOW=$PWD/now
	one "${START[@]}" strace -D -qq -y $FOLLOW -o ../log -e "trace=$(calls)"
	if [ "$STATUS" != 0 ] || ! is_whole; then
		echo "$NAME: exit $STATUS without any fault"
		head -n 20 err out
		return 1
	fi
	cd ..
}

# summary: the numbers of a run, for the totals.
summary() {
	echo "$NAME $(sites log | wc -l) $(wc -l <plan)" \
		"$(awk '{ n += $1 } END { print n }' ran)" \
		"$(wc -l <failures) $(wc -l <missed)" |
		tee -a "$BATS_FILE_TMPDIR/numbers"
}

# total: for the reader of the TAP.
total() {
	[ ! -e "$BATS_FILE_TMPDIR/numbers" ] ||
	awk '{
		runs++; calls += $2; faults += $3; done += $4; bad += $5
		missed += $6
	}
	END {
		printf "# faults: %d programs, %d calls, %d faults, " \
		    "%d runs, %d failures\n", runs, calls, faults - missed,
		    done, bad
	}' "$BATS_FILE_TMPDIR/numbers"
}
