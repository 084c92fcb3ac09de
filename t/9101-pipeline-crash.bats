#!/usr/bin/env bats
# pipeline.sh, killed with all it has started before and after each program
# it runs, one after the other, and then run again.
# Slow.

load lib

export FROM=news@pth.ua SUPPORT=support@pth.ua

# The programs that pipeline.sh runs and that change something.
PARTS='archive-stamp mkmail orderdone orderparse ordertake savefile smtpsend
withlock'

# Each part is a script that counts, and at step $CRASH kills its process
# group, before or after it has run what it stands for.
shims() {
	mkdir shim real
	cat >shim/part <<-'END'
	#!/bin/sh
	printf . >>steps
	read -r steps <steps
	real=$REAL/${0##*/}
	[ ${#steps} = "$CRASH" ] || exec "$real" "$@"
	[ "$WHEN" = after ] && "$real" "$@"
	kill -9 0
	END
	chmod +x shim/part
	for part in $PARTS; do
		ln -s "$(command -v "$part")" real
		ln -s part "shim/$part"
	done
	export REAL=$PWD/real
}

letters() {
	find mail -path "*/$1/new/*" -type f | wc -l
}

# One letter each, or the results say "unknown"; one report, one order.
check() {
	local user
	for user in user1 user3; do
		n=$(letters "$user")
		[ "$n" = 1 ] || { [ "$n" = 0 ] && grep -q \
			"^unknown	$user@" ARC/*.results; } || return
	done
	[ "$(letters support)" = 1 ] || return
	set -- ARC/order-*.txt
	[ $# = 1 ] && cmp order.txt "$1" || return
	set -- ARC/order-*.results
	[ $# = 1 ] && [ "$(wc -l <"$1")" = 3 ] || return
	[ "$(ls -A ARC | wc -l)" = 2 ] || return
	[ -z "$(find work incoming ! -type d)" ] && [ -z "$(ls -A work)" ]
}

crash_everywhere() {
	export WHEN=$1 CRASH=0
	while [ "$CRASH" -lt 200 ]; do
		CRASH=$((CRASH + 1))
		rm -rf mail/* work ARC incoming steps
		mkdir incoming
		cp order.txt incoming/
		: >steps
		# Its parts die in their own time, and hold locks until then:
		# the last to go closes the pipe.
		PATH=$PWD/shim:$PATH launch -s "$TOP/pipeline.sh" \
			9>&1 >out 2>err 3>&- | cat || :
		[ "$(wc -c <steps)" -ge "$CRASH" ] || return 0
		"$TOP/pipeline.sh" >out 2>err &&
			[ ! -s err ] && check || {
			echo "killed $WHEN step $CRASH:"
			cat err
			find work incoming ARC mail
			return 1
		}
	done
}

setup() {
	lib_setup
	printf 'user1\nuser3\nsupport\n' >users
	cp "$TOP/examples/session.txt" order.txt
	start smtpd-lite -l localhost:0 -d mail -u users
	export SMTPSERVER=$ADDR
	shims
}

@test "killed before each step" {
	crash_everywhere before
	[ "$CRASH" -gt 16 ] && [ "$CRASH" -lt 200 ]
}

@test "killed after each step" {
	crash_everywhere after
	[ "$CRASH" -gt 16 ] && [ "$CRASH" -lt 200 ]
}
