# What the mail programs do in the sweep of faults, and what the servers do on
# sockets: see faults.bash and runs.bash.

# --- smtpd-lite: two messages, of which one is for two ------------------

# session FILE MESSAGE ...: SMTP for these, the lines of FILE in each.
session() {
	local n lines=$1
	shift
	{
		echo 'EHLO x'
		for n; do
			echo 'MAIL FROM:<a@b.test>'
			echo 'RCPT TO:<anna@b.test>'
			[ "$n" = 2 ] || echo 'RCPT TO:<bert@b.test>'
			printf '%s\n' DATA 'Subject: s' '' "begin $n"
			cat "$lines"
			printf '%s\n' "end $n" .
		done
		echo QUIT
	} | sed 's/$/\r/'
}

# stored LINE BOX: how many messages for that box have that line.
stored() {
	local files=(mail/"$2"/new/* mail/"$2.txt" relay/*)
	cat -- "${files[@]}" 2>/dev/null | tr -d '\r' | grep -cx "$1"
}

# answers FILE: the replies to the final dots, or what came in place of one.
answers() {
	tr -d '\r' <"$1" | grep -A 1 '^354' | grep -v '^354\|^--' | cut -c 1-3
}

smtpd_base() {
	seq 1 2000 >lines
	session lines 1 2 >in
}

smtpd_go() {
	case $NAME in
	*.relay) set -- "$@" smtpd-lite -D here.test -q relay
		export TCPREMOTEIP=127.0.0.1 ;;
	*) set -- "$@" smtpd-lite -o "${NAME#*.}" ;;
	esac
	exec "$@" -i -d mail <in
}

# copies MESSAGE LEAST MOST: so often each of its boxes has it, whole.  What is
# left of one in the middle of a mailbox is for the next delivery to remove.
copies() {
	local box n
	for box in anna bert; do
		[ "$1 $box" != '2 bert' ] || continue
		n=$(stored "end $1" $box)
		[ "$n" -ge "$2" ] && [ "$n" -le "$3" ] || return
		[ "$NAME" = smtpd.mbox ] && [ "$STATUS" = 137 ] ||
			[ "$(stored "begin $1" $box)" = "$n" ] || return
	done
}

# What was accepted is there once, what was refused is not; what got no answer
# is there once at most.
smtpd_true() {
	local n=0 answer
	for answer in $(answers out) none none; do
		n=$((n + 1))
		case $answer in
		250) copies $n 1 1 || return ;;
		[45]*) copies $n 0 0 || return ;;
		*) [ $n -gt 2 ] || copies $n 0 1 || return ;;
		esac
	done
}

smtpd_whole() {
	[ "$(answers out)" = $'250\n250' ] && smtpd_true
}

smtpd_refused() {
	grep -q '^4[25]' out
}

# Only what was not accepted is sent again.
smtpd_again() {
	local left=() n=0 answer
	for answer in $(answers out.1) none none; do
		n=$((n + 1))
		[ "$answer" = 250 ] || [ $n -gt 2 ] || left+=("$n")
	done
	session lines "${left[@]}" >in
	smtpd_go "$@"
}

# A client that got no answer, and sends it again, may have it there twice.
smtpd_same() {
	local n=0 answer
	for answer in $(answers out.1) none none; do
		n=$((n + 1))
		case $answer in
		250 | [45]*) copies $n 1 1 || return ;;
		*) [ $n -gt 2 ] || copies $n 1 2 || return ;;
		esac
	done
	[ "$STATUS" = 0 ]
}

# --- smtpsend: three messages, each for one -----------------------------

# The server beside has mail/; a number of its own makes each run's recipients
# others.
batch() {
	local n
	echo 'EHLO x'
	for n in 1 2 3; do
		printf '%s\n' 'MAIL FROM:<a@b.test>' \
			"RCPT TO:<u$SERIAL.$n@pth.ua>" DATA \
			"Message-ID: <$SERIAL.$n@b.test>" '' Hello . 
	done
	echo QUIT
}

batch_base() { :; }

batch_go() {
	batch >in
	case $NAME in
	*.jobs) set -- "$@" smtpsend -j 2 ;;
	*) set -- "$@" smtpsend ;;
	esac
	exec "$@" -bS -T 5 -s "$SERVER" -l journal <in
}

# letters N: how many that recipient has.
letters() {
	local mail=$BATS_TEST_TMPDIR/mail
	[[ $NAME != served* ]] || mail=mail
	set -- "$mail/u$SERIAL.$1/new"/*
	[ -e "$1" ] || set --
	echo $#
}

# says STATUS N: the results say that of the Nth.
says() {
	grep -q "^$1	u$SERIAL\.$2@" out
}

# Nobody twice; who was said to have it does, who was not does not.
batch_true() {
	local n has
	for n in 1 2 3; do
		has=$(letters $n)
		[ "$has" -le 1 ] || return
		! says sent $n || [ "$has" = 1 ] || return
		! says '\(failed\|deferred\)' $n || [ "$has" = 0 ] || return
	done
}

batch_whole() {
	says sent 1 && says sent 2 && says sent 3 && batch_true
}

# In a batch the results have the reasons.
batch_says() {
	grep -Eq '^(failed|deferred|unknown)' out
}

# Nobody is left out, or it is said that nobody knows.
batch_same() {
	local n
	for n in 1 2 3; do
		says '\(sent\|unknown\)' $n || return
	done
	batch_true
}

# --- smtpsend as sendmail: one message ----------------------------------

single_base() {
	echo secret >key
	printf 'Subject: s\n\nHello\n' >in
}

single_go() {
	case $NAME in
	*.login) set -- "$@" smtpsend -a anna -P 'cat key' -s "$SERVER" ;;
	*) set -- "$@" smtpsend -x -d "$DNS" -s ":${SERVER##*:}" ;;
	esac
	exec "$@" -T 5 -f a@b.test "u$SERIAL.1@a.test" <in
}

# Who is told that it was not sent sends it again.
single_true() {
	case $STATUS in
	0) [ "$(letters 1)" = 1 ] ;;
	80 | 137) [ "$(letters 1)" -le 1 ] ;;
	*) [ "$(letters 1)" = 0 ] ;;
	esac
}

single_whole() {
	single_true
}

single_again() {
	[ "$(letters 1)" = 1 ] || single_go "$@"
}

# What was on its way when the reply to its dot was lost may come after it was
# sent again.
single_same() {
	local most=1
	[[ $FAULT != *KILL && $(<err.1) != *': unknown at '* ]] || most=2
	[ "$STATUS" = 0 ] && [ "$(letters 1)" -ge 1 ] &&
		[ "$(letters 1)" -le $most ]
}

# --- Real servers, and clients that no fault befalls --------------------

served_base() {
	pop_base
	text_base
}

# find_server: sets SERVER to what the server that is PID says; fails where it
# has ended, or says nothing for long, as where that could not be written.
find_server() {
	local i=0
	until [[ $(<err) = *'listening on '* ]]; do
		kill -0 "$PID" 2>/dev/null && [ $((i++)) -lt 600 ] || return
		sleep 0.01
	done
	SERVER=$(sed -n 's/.*listening on //p; /listening on/q' err)
}

served_go() {
	local up=no
	case $NAME in
	*.smtp) set -- "$@" smtpd-lite -w 2 -d mail ;;
	*.order) set -- "$@" orderrecv -w 2 -d incoming ;;
	*.ftp) set -- "$@" ftpd-lite -w 2 -d incoming ;;
	*.pop) set -- "$@" pop3d-lite -w 2 -u passwd -d mail ;;
	esac
	"$@" -l 127.0.0.1:0 >server.out &
	PID=$!
	! find_server || up=yes
	echo "$PID" >"$NOW"
	# Each worker has its fault; then all is well.
	[ $up = no ] || client 2>client.err || client 2>>client.err || : >failed
	kill "$PID" 2>/dev/null
	wait "$PID" 2>/dev/null
}

client() {
	case $NAME in
	*.smtp) batch | smtpsend -bS -T 3 -s "$SERVER" -l journal >out
		[ $? != 75 ] ;;
	*.order) ordersend -r 0 -T 3 -n order.txt -s "$SERVER" text >out ;;
	*.ftp) ftpsend -r 0 -T 3 -n order.txt "ftp://$SERVER/" text &&
		echo stored >out ;;
	*.pop) (exec 9<>"/dev/tcp/127.0.0.1/${SERVER##*:}" && cat in >&9 &&
		exec launch -t 5 cat <&9) >out && pop_said_all ;;
	esac
}

# What is there is whole; a server that has its workers goes on, and ends as it
# should.
served_true() {
	local f
	[ "$STATUS" = 0 ] || [[ $FAULT = *KILL || $(<err) != *listening* ||
		$FAULT = @(clone|socketpair|fcntl|pipe2|memory)* ||
		$(<err) = *stdout:* ]] || return
	case $NAME in
	*.smtp) batch_true ;;
	*.pop) cmp -s 1 mail/user1/*/1* ;;
	*) for f in incoming/*; do
			[ ! -e "$f" ] || cmp -s text "$f" || return
		done
		[ ! -s out ] || [ -e "$f" ] ;;
	esac
}

served_whole() {
	case $NAME in
	*.smtp) batch_whole ;;
	*.pop) pop_whole ;;
	*) [ -s out ] && cmp -s text incoming/order.txt ;;
	esac
}

# Each new worker has the same fault again, and a message on its way when one
# dies may have come or not.
served_refused() {
	[ -e failed ] || grep -q '^unknown' out
}

# A connection that was cut says nothing but that.
served_says() {
	[[ $FAULT = @(send|recv)* ]]
}

served_patient() { :; }

served_again() {
	[ "$NAME" != served.pop ] || [ -e mail/user1/new/2 ] ||
		[ -e mail/user1/cur/2 ] || cp 2 mail/user1/new/2
	served_go "$@"
}

served_same() {
	[ "$STATUS" = 0 ] || return
	case $NAME in
	*.smtp) batch_same ;;
	*) served_whole ;;
	esac
}
