# What the tests of servers on sockets share: clients, each with a name, as
# many at once as there are descriptors.  PORT is the server's.

# The descriptors of each: to read, and to write.
declare -gA FROM TO

# dial NAME ...: connections of these names.
dial() {
	local name fd
	for name; do
		exec {fd}<>"/dev/tcp/127.0.0.1/$PORT"
		FROM[$name]=$fd
		TO[$name]=$fd
	done
}

# dial_by NAME WORD ...: a connection by way of wire, which gets these words.
dial_by() {
	local from to said=wire.$1 n=0
	# The last one of that name may not have closed its own yet.
	while [ -e "$said" ]; do
		said=wire.$1.$((++n))
	done
	mkfifo "$said"
	exec {to}> >(exec wire "${@:2}" >"$said" 2>"wire.$1.err" 3>&-)
	exec {from}<"$said"
	FROM[$1]=$from
	TO[$1]=$to
}

# hear NAME [BEGINNING]: its next line, without CR in LINE, begins so.
hear() {
	LINE=
	IFS= read -r -t 30 -u "${FROM[$1]}" LINE || [ -n "$LINE" ] || {
		echo "$1: nothing came" >&2
		return 1
	}
	LINE=${LINE%$'\r'}
	[[ $LINE = "${2:-}"* ]] || {
		echo "$1: $LINE, not $2" >&2
		return 1
	}
}

# heard_by BEGINNING NAME ...: the next line of each of them begins so.
heard_by() {
	local name
	for name in "${@:2}"; do
		hear "$name" "$1"
	done
}

# tell NAME LINE ...: these lines are sent.
tell() {
	printf '%s\r\n' "${@:2}" >&"${TO[$1]}"
}

# say NAME LINE BEGINNING: sends it; the answer begins so.
say() {
	tell "$1" "$2"
	hear "$1" "$3"
}

# nothing NAME: nothing has come from the server yet.
nothing() {
	run ! read -r -t 0 -u "${FROM[$1]}"
}

# at_once command [arg ...]: it takes less than a second, once of five times:
# time may be lost on the way, but not each time.
at_once() {
	local start
	for _ in 1 2 3 4 5; do
		start=$(date +%s%N)
		"$@" || return
		(($(date +%s%N) - start >= 900000000)) || return 0
	done
	return 1
}

# ended NAME: the server has closed it and said nothing more.
ended() {
	local status=0 rest
	IFS= read -r -t 30 -u "${FROM[$1]}" rest 2>/dev/null || status=$?
	[ "$status" = 1 ] && [ -z "$rest" ] || {
		echo "$1: not ended: $rest" >&2
		return 1
	}
}

# hang_up NAME ...: closes them.  Descriptors are for this shell to close: no
# command that still runs may have been started meanwhile.
hang_up() {
	local name from to
	for name; do
		from=${FROM[$name]} to=${TO[$name]}
		[ "$from" = "$to" ] || exec {to}>&-
		exec {from}<&-
		unset "FROM[$name]" "TO[$name]"
	done
}

# no_more NAME: one that was dialled by wire sends nothing more, or what wire
# does at the end of its input.
no_more() {
	local to=${TO[$1]}
	exec {to}>&-
	TO[$1]=${FROM[$1]}
}

# hello NAME ...: SMTP clients, up to HELO.
hello() {
	local name
	for name; do
		dial "$name"
		hear "$name" 220
		say "$name" 'HELO x' 250
	done
}

# admitted NAME: one that the server takes as soon as it has room.
admitted() {
	wait_for is_greeted "$1"
	say "$1" 'HELO x' 250
}

is_greeted() {
	dial "$1"
	hear "$1" 220 2>/dev/null && return
	hang_up "$1"
	return 1
}

# envelope NAME BOX: up to DATA.  mail NAME BOX TEXT: a message.
envelope() {
	say "$1" 'MAIL FROM:<a@b.test>' 250
	say "$1" "RCPT TO:<$2>" 250
	say "$1" DATA 354
}

mail() {
	envelope "$1" "$2"
	say "$1" "$3"$'\r\n.' '250 2.0.0 Ok: queued as '
}

# quit NAME ...: each says so, and is closed.
quit() {
	local name
	for name; do
		say "$name" QUIT 221
		ended "$name"
		hang_up "$name"
	done
}

# pour NAME TEXT [SECONDS]: sends that over and over again, until the time is
# up, or the connection; most of it the server has not taken then.  poured
# waits for all that do so in the background.
pour() {
	exec launch -t "${3:-1}" awk -v text="$2" \
		'BEGIN { for (;;) printf "%s", text }' \
		>&"${TO[$1]}" 2>/dev/null 3>&-
}

poured() {
	local pid
	in_background
	for pid in "${BACKGROUND[@]}"; do
		[ "$pid" = "$PID" ] || builtin wait "$pid" || :
	done 2>/dev/null
}

# memory [WHAT]: what the one worker of the server that start began last
# holds, in KB, or has held at most (VmHWM).
memory() {
	sed -n "s/^${1:-VmRSS}:[^0-9]*\([0-9]*\) kB/\1/p" \
		"/proc/$(workers)/status"
}

# measurable: skips the test where a process's memory tells nothing.
measurable() {
	[ -r /proc/self/status ] || skip "no /proc"
	lacks -q __asan_init "$(command -v smtpd-lite)" ||
		skip "the sanitizer's memory is in the way"
}
