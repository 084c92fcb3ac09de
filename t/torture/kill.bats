#!/usr/bin/env bats
# kill -9 at random moments, and again until the work is done: every
# recipient has exactly one letter, or is listed as unknown; exactly one
# report, one archived order, nothing left over.

load ../lib

export FROM=news@pth.ua SUPPORT=support@pth.ua
RECIPIENTS=${RECIPIENTS:-200}
KILLS=${KILLS:-50}

setup() {
	lib_setup
	dice
	mkdir incoming
	{
		echo '[Recipients:]'
		for ((i = 1; i <= RECIPIENTS; i++)); do
			echo "user$i@pth.ua mark=$i"
		done
		printf '[Subject:]\nHello\n[Body:]\nHello [login]!\n'
	} >order.txt
}

# A moment of up to $1 ms.
random_nap() {
	sleep "$(printf '0.%03d' $((RANDOM % $1)))"
}

# Runs the pipeline in a process group of its own.
begin() {
	setsid "$TOP/pipeline.sh" >>out 2>>err 3>&- &
	GROUP=$!
}

# Kills it after at most $1 ms; whether it was still at work.
cut_short() {
	local status=0
	random_nap "$1"
	kill -9 -- "-$GROUP" 2>/dev/null || :
	wait "$GROUP" 2>/dev/null || status=$?
	[ "$status" -gt 128 ]
}

# Until nothing is left; servers are back within some of these runs.
finish() {
	local i
	for ((i = 0; i < 20; i++)); do
		if "$TOP/pipeline.sh" >>out 2>>err; then
			return
		fi
	done
	cat err
	return 1
}

# judge KILLS: the letters against the archived results.
judge() {
	local unknown
	set -- "$1" ARC/order-*.txt
	[ $# = 2 ] && cmp order.txt "$2" || return
	set -- "$1" ARC/order-*.results
	[ $# = 2 ] || return
	[ "$(find ARC -type f | wc -l)" = 2 ] || return
	[ -z "$(ls -A work)" ] && [ -z "$(ls incoming)" ] || return
	[ "$(cut -f 2 "$2" | sort -u | wc -l)" = $RECIPIENTS ] || return
	[ "$(wc -l <"$2")" = $RECIPIENTS ] || return
	find mail -path '*/new/*' -type f | cut -d / -f 2 | sort | uniq -c \
		>letters
	awk -F '\t' -v OFS=' ' '{ sub(/@.*/, "", $2); print $1, $2 }' "$2" \
		>results
	# Two letters are one too many, whatever the results say; a report in
	# doubt is repeated under its Message-ID.
	awk 'FNR == NR { n[$2] = $1; next }
		$1 == "sent" && n[$2] != 1 { print $0 ": " n[$2] + 0; bad = 1 }
		$1 == "unknown" && n[$2] > 1 { print $0 ": " n[$2]; bad = 1 }
		$1 != "sent" && $1 != "unknown" { print; bad = 1 }
		END { exit bad }' letters results || return
	unknown=$(grep -c '^unknown' results || :)
	echo "$unknown unknown after $1 kills"
	[ "$unknown" -le "$1" ] || return
	cat mail/support/new/* | grep -i '^Message-ID:' | sort -u >ids
	[ "$(wc -l <ids)" = 1 ] || return
	# Half a letter is none.
	[ "$(grep -lx 'Hello user[0-9]*!' mail/user*/new/* | wc -l)" = \
		"$(find mail/user*/new -type f | wc -l)" ] || return
}

@test "the whole pipeline killed $KILLS times" {
	start smtpd-lite -l localhost:0 -d mail
	export SMTPSERVER=$ADDR
	kills=0 rounds=0
	while [ "$kills" -lt "$KILLS" ]; do
		rounds=$((rounds + 1))
		rm -rf mail/* ARC work
		cp order.txt incoming/
		inround=0
		while [ "$kills" -lt "$KILLS" ]; do
			begin
			cut_short 300 || break
			kills=$((kills + 1)) inround=$((inround + 1))
		done
		finish
		judge "$inround"
	done
	echo "$kills kills in $rounds rounds"
}

@test "smtpd-lite killed and restarted" {
	start smtpd-lite -l ./smtp -d mail
	export SMTPSERVER=./smtp
	cp order.txt incoming/
	kills=0
	while [ "$kills" -lt $((KILLS / 4)) ]; do
		begin
		random_nap 150
		crash
		kills=$((kills + 1))
		wait "$GROUP" || :
		start smtpd-lite -l ./smtp -d mail
	done
	finish
	judge "$kills"
}

@test "orderrecv killed in mid-transfer" {
	head -c 3000000 /dev/zero | tr '\0' x >big.txt
	for ((i = 0; i < KILLS / 4; i++)); do
		start orderrecv -l ./orders -d incoming
		ordersend -r 0 -s ./orders order.txt big.txt >sent 2>&1 3>&- &
		sender=$!
		sleep "$(printf '0.0%02d' $((RANDOM % 40)))"
		crash
		wait "$sender" || :
	done
	start orderrecv -l ./orders -d incoming
	ordersend -s ./orders order.txt big.txt
	stop
	# Whatever the killed ones stored is whole, and the repetition of
	# what came whole made no second file.
	[ "$(ls incoming)" = $'big.txt\norder.txt' ]
	cmp big.txt incoming/big.txt
	cmp order.txt incoming/order.txt
	[ -z "$(find incoming -name '.tmp*')" ]
}

# What the orphans had in hand is done as well.
settled() {
	"$TOP/pipeline.sh" >>out 2>>err && [ -z "$(ls -A work)" ]
}

@test "any one process of the pipeline killed, the others left to go on" {
	need pgrep
	start smtpd-lite -l localhost:0 -d mail
	export SMTPSERVER=$ADDR
	kills=0
	while [ "$kills" -lt $((KILLS / 5)) ]; do
		rm -rf mail/* ARC work
		cp order.txt incoming/
		inround=0
		while [ "$kills" -lt $((KILLS / 5)) ]; do
			begin
			random_nap 200
			mapfile -t alive < <(pgrep -s "$GROUP" || :)
			[ ${#alive[@]} -gt 0 ] || break
			kill -9 "${alive[RANDOM % ${#alive[@]}]}" || :
			kills=$((kills + 1)) inround=$((inround + 1))
			wait "$GROUP" || :
		done
		wait_for settled
		judge "$inround"
	done
}
