# What the tests of smtpsend share, besides lib.

# fake [-c caps] [rule ...]: one misbehaving server a test, which gets a new
# script with each call; sets ADDR.
fake() {
	rm -f got.* dialog
	printf '%s\n' "# $((++SCRIPTS))" >script.new
	if [ "$1" = -c ]; then
		echo "-c $2" >>script.new
		shift 2
	fi
	[ $# = 0 ] || printf '%s\n' "$@" >>script.new
	mv script.new script
	[ -n "${FAKE:-}" ] || start -n fake fake-smtp
	ADDR=${FAKE:=$ADDR}
}

# another [rule ...]: one more server, with a directory but without a script.
another() {
	mkdir -p another
	cd another || return
	start -n another fake-smtp "$@"
	cd ..
}

# The recipients of what was received; fails where nothing was.
received() {
	[ -e got.log ] || return 1
	cut -d ' ' -f 3- got.log
}

# short [FILE]: status, recipient, code and stage of results.
short() {
	cut -f 1-4 "$@" | tr '\t' ' '
}

# send CODE [option ...] <batch: status, recipient, code and stage of each to
# short.
send() {
	local code=$1
	shift
	run -"$code" --separate-stderr smtpsend -bS -T "${WAIT:-30}" \
		-s "$ADDR" "$@"
	printf '%s' "${output:+$output
}" >results
	short results | ${ORDER:-cat} >short
}

# ended CODE PID: that is how it ends.
ended() {
	local code=0
	wait "$2" || code=$?
	[ "$code" = "$1" ]
}

# letter FROM TO ...: one message of a batch; its Message-ID is the first
# recipient's, its text is $TEXT.
letter() {
	local rcpt
	echo "MAIL FROM:<$1>"
	shift
	for rcpt; do
		echo "RCPT TO:<$rcpt>"
	done
	printf '%s\n' DATA "Message-ID: <$1>" 'Subject: s' '' "${TEXT:-Hi.}" .
}

# killed N command ...: runs it and kills it as soon as the journal has N lines;
# fails where it had ended by itself.
killed() {
	local lines=$1 pid code=0
	shift
	"$@" <in >results 3>&- &
	pid=$!
	until [ "$(wc -l <journal)" -ge "$lines" ] || ! kill -0 "$pid"; do
		:
	done
	kill -9 "$pid" || :
	wait "$pid" || code=$?
	[ "$code" = 137 ]
} 2>/dev/null

# batch N: that many messages, to r1@x, r2@x ...
batch() {
	awk -v n="$1" 'BEGIN {
		print "EHLO me"
		for (i = 1; i <= n; i++) {
			r = "<r" i "@x>"
			print "MAIL FROM:<me@x>\nRCPT TO:" r "\nDATA"
			print "Message-ID: " r "\nSubject: s\n\nHi.\n."
		}
		print "QUIT"
	}'
}

# The processes that pid has begun.
children() {
	[ -d /proc/self ] || skip "no /proc"
	# One that ends meanwhile is an error of grep's.
	{ grep -l "^PPid:[[:space:]]$pid\$" /proc/[0-9]*/status || :; } \
		2>/dev/null | cut -d / -f 3
}
