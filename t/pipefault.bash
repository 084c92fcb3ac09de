# pipeline.sh with one call of one program that goes wrong.

export FROM=news@pth.ua SUPPORT=support@pth.ua

# What pipeline.sh runs, but for sleep(1).
PARTS='archive-stamp cat date ln ls mkmail orderdone orderparse ordertake
resultcount retrydue savefile settled smtpsend withlock'

# How a call goes wrong: it fails; it is killed; it does nothing and says that
# all is well; it says half of what it has to say, and is killed.
# shellcheck disable=SC2034 # for those who load this
WAYS='fail kill nothing half'

pipefault_setup() {
	lib_setup
	printf 'user1\nuser3\nsupport\n' >users
	{
		echo '[Recipients:]'
		echo 'user1@pth.ua, nobody, user3@pth.ua'
		printf '[Subject:]\nHello\n[Body:]\nHello [login]!\n'
	} >order.txt
	aged 1000 order.txt
	start smtpd-lite -l localhost:0 -d mail -u users
	export SMTPSERVER=$ADDR SETTLE=100 REAL=$PATH
	cat >part <<-'END'
	#!/bin/sh
	me=${0##*/}
	PATH=$REAL
	printf . >>calls
	[ "$(wc -c <calls)" -eq "$CALL" ] || exec "$me" "$@"
	case $WAY in
	fail) exit 70 ;;
	refuse) exit 65 ;;
	nothing) exit 0 ;;
	half) "$me" "$@" >all; head -c $(($(wc -c <all) / 2)) all ;;
	esac
	kill -9 $$
	END
	chmod +x part
	for part in $PARTS; do
		mkdir -p "shims/$part"
		ln -s ../../part "shims/$part/$part"
	done
	ln -s "$TOP/pipeline.sh" pipeline
}

letters() {
	find mail -path "*/$1/new/*" -type f | wc -l
}

# Every step has been done, and once.
all_done() {
	[ "$(letters user1) $(letters user3)" = '1 1' ] || return
	set -- ARC/order-*.txt
	[ $# = 1 ] && cmp order.txt "$1" || return
	set -- ARC/order-*.results
	[ $# = 1 ] && [ "$(cut -f 1,2 "$1" | sort | tr '\t\n' '  ')" = \
		'failed nobody sent user1@pth.ua sent user3@pth.ua ' ] || return
	set -- ARC/*
	if [ "$SUPPORT" = support@pth.ua ]; then
		[ "$(letters support) $#" = '1 2' ] || return
	else
		[ "$(letters support) $#" = '0 3' ] || return
		grep -q '^Order order.txt: 3 recip' ARC/order-*.report || return
	fi
	[ -z "$(find incoming work ! -type d)" ]
}

# Whether no state is left either.
clean() {
	[ -z "$(ls -A work)" ]
}

# The run that went wrong has said so, of what, and not that all is well.  The
# state of an order that is done need not be told: the next run removes it.
told() {
	local status=$1 word
	set --
	# These come before any order.
	[[ $PART$CALL = @(ls|ordertake)1 ]] || set -- "$@" order
	[ "$WAY" = nothing ] || set -- "$@" "$PART"
	if [ "$status" = 0 ]; then
		# It is believed that nothing has come.
		[ "$PART$WAY" != ordertakenothing ] ||
			[ ! -e incoming/order.txt ] || return 0
		rm -rf work/.order.txt work/order.txt.results
		all_done
		return
	fi
	[ -s err ] || return
	for word; do
		grep -qw -e "$word" err || return
	done
}

# fault PART CALL WAY: a run in which that goes wrong, and one in which nothing
# does; 3 where there are fewer calls.
fault() {
	local status=0
	export PART=$1 CALL=$2 WAY=$3
	SUPPORT=support@pth.ua
	[ "$PART" != ln ] || SUPPORT=nobody@pth.ua
	rm -rf mail/* work ARC incoming
	mkdir incoming
	cp -p order.txt incoming/
	: >calls
	PATH=$PWD/shims/$PART:$PATH ./pipeline >out 2>err 3>&- || status=$?
	[ "$(wc -c <calls)" -ge "$CALL" ] || return 3
	told "$status" || {
		echo "$PART, call $CALL, $WAY: exit code $status:"
		cat err
		find work incoming ARC mail
		return 1
	}
	mv err err1
	"$TOP/pipeline.sh" >out 2>err && all_done && clean || {
		echo "$PART, call $CALL, $WAY: exit code $status, and then $?:"
		cat err1 err
		find work incoming ARC mail
		return 1
	}
}
