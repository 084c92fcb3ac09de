# The whole pipeline in the sweep of faults, see faults.bash: chain.PROGRAM-N
# has the faults in the Nth start of that program, sh being pipeline.sh.

chain_base() {
	mkdir incoming shim
	{
		echo '[Recipients:]'
		printf 'uSERIAL.%d@pth.ua\n' 1 2 3
		printf '[Subject:]\nHello\n[Body:]\nHello [login]!\n'
	} >order
}

# The Nth start of a program is in the words' hands, the others are not.
shim() {
	local real
	real=$(type -P "$1")
	cat >"shim/$1" <<-END
	#!/bin/sh
	echo >>"starts.$1"
	[ "\$(wc -l <"starts.$1")" -eq "$2" ] || exec "$real" "\$@"
	exec ${*:3} "$real" "\$@"
	END
	chmod +x "shim/$1"
	PATH=$PWD/shim:$PATH
}

chain_go() {
	local form=${NAME#*.}
	sed "s/SERIAL/$SERIAL/" order >incoming/order.txt
	cp incoming/order.txt order.ref
	if [ $# -gt "${#START[@]}" ]; then
		shim "${form%-*}" "${form##*-}" "${@:${#START[@]}+1}"
		set -- "${START[@]}"
	fi
	pipeline "$@"
}

pipeline() {
	export FROM=news@pth.ua SUPPORT=s$SERIAL@pth.ua SMTPSERVER=$SERVER
	exec "$@" sh "$TOP/pipeline.sh"
}

# What a killed shell has started goes on, and has to end first.
chain_again() {
	local i
	if [[ $FAULT = *KILL ]]; then
		for ((i = 0; i < 50; i++)); do
			(pipeline "$@") && [ -z "$(ls -A work)" ] && return
			sleep 0.1
		done
	fi
	pipeline "$@"
}

# The programs' own words, or pipeline.sh's.
chain_says() {
	chain_refused ||
		grep -Eq '^(/.*/(pipeline.)?sh|[a-z.]+(-stamp)?): .*: .' err
}

# A shell that cannot read even the beginning of its script says nothing.
chain_refused() {
	[ "$NAME" = chain.sh-1 ] && [ ! -e work ]
}

# says N: what the results in the archive say of that recipient.
archived() {
	cut -f 1,2 ARC/order-*.results | sed -n "s/	u$SERIAL\\.$1@.*//p"
}

reports() {
	cat -- "$BATS_TEST_TMPDIR/mail/s$SERIAL/new"/* 2>/dev/null |
		grep -i '^Message-ID:' | sort -u | wc -l
}

# Nobody twice, and but one report, which after a crash may come again.
chain_true() {
	local n
	for n in 1 2 3; do
		[ "$(letters $n)" -le 1 ] || return
	done
	[ "$(reports)" -le 1 ]
}

# in_archive: all is there, and nowhere else.  What hides in work is for the
# next run to remove.
in_archive() {
	[ -z "$(ls -A incoming)" ] && [ -z "$(ls work)" ] &&
		[ "$(find ARC -type f | wc -l)" = 2 ] &&
		cmp -s order.ref ARC/order-*.txt && [ "$(reports)" = 1 ]
}

chain_whole() {
	local n
	in_archive && chain_true || return
	for n in 1 2 3; do
		[ "$(letters $n)" = 1 ] || return
	done
}

# Each has the letter, or a place among those of whom nobody knows.
chain_same() {
	local n
	in_archive && chain_true && [ "$STATUS" = 0 ] &&
		[ -z "$(ls -A work)" ] || return
	for n in 1 2 3; do
		case $(archived $n) in
		sent) [ "$(letters $n)" = 1 ] || return ;;
		unknown) ;;
		*) return 1 ;;
		esac
	done
}
