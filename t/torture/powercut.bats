#!/usr/bin/env bats
# Power cuts at random moments.  The whole chain, and again until the work is
# done: an order that was answered is in, every recipient has exactly one
# letter or is listed as unknown, there is one report, one archived order,
# nothing left over.  And the servers: what was answered is there.
#
# The files lie on an ext4 of a loop device, whose image is a file on a second
# ext4.  At the moment of the cut that one is frozen: from then on no block
# reaches the image, and who waits for the disk waits.  What has been written
# is copied, the chain is killed, and it goes on from the copy as a machine
# does after a power cut: what the kernel had not sent to the device is lost,
# and the journal is replayed.  The mail server's mailboxes are outside, so
# that what it has accepted outlives the cut.
#
# data=ordered and data=writeback, with noauto_da_alloc: ext4 must not make up
# for an fsync(2) that is missing, as other file systems do not.

load ../lib

export FROM=news@pth.ua SUPPORT=support@pth.ua
CUTS=${CUTS:-30}
SIZES=(2 40 300)		# recipients of an order

setup() {
	lib_setup
	dice
	[ "$(id -u)" = 0 ] || skip 'only root has loop devices'
	need fsfreeze losetup mkfs.ext4 mount
	mkdir below disk
	make_image below.img 96
	mount -o loop below.img below 2>err ||
		skip "no loop device: $(sed q err)"
	make_image empty.img 24
}

teardown() {
	lib_teardown
	fsfreeze -u below 2>/dev/null || :
	! mountpoint -q disk || unmount disk
	! mountpoint -q below || unmount below
}

# make_image FILE MIB: nothing of it is left to be made later.
make_image() {
	mkfs.ext4 -q -F -E lazy_itable_init=0,lazy_journal_init=0 "$1" "$2M"
}

# Those that are killed have it in use until they are gone.
unmount() {
	wait_for umount "$1" 2>/dev/null
}

# insert IMAGE: the disk is a copy of it.
insert() {
	local options=noatime,noauto_da_alloc,data=ordered
	[ $((RANDOM % 2)) = 0 ] || options=${options%ordered}writeback
	! mountpoint -q disk || unmount disk
	cp "$1" below/disk.img
	mount -o "loop,$options" below/disk.img disk
}

make_order() {
	local i
	{
		echo '[Recipients:]'
		echo not-an-address
		for ((i = 1; i <= $1; i++)); do
			echo "user$i@pth.ua mark=$i"
		done
		printf '[Subject:]\nHello\n[Body:]\nHello [login]!\n'
	} >order.txt
}

# All that happens between a client and the archive, in a session of its own,
# as far as it has not been done.  An order that was answered, and one that
# nobody has made safe; what is in the archive, as soon as that is said.
write_chain() {
	cat >chain <<-'END'
	cd disk || exit
	[ -e ../copied ] || cp ../odd.txt incoming/ && : >../copied
	if [ ! -e ../handed ]; then
		orderrecv -1 -l ./orders -d incoming 2>../orderrecv.err &
		until grep -q listening ../orderrecv.err; do
			kill -0 $! || exit
			sleep 0.01
		done
		ordersend -s ./orders ../order.txt || exit
		: >../handed
		wait
		sleep 0.1
	fi
	{ "$TOP/pipeline.sh" || echo failed; } | while read -r path; do
		[ "$path" != failed ] || exit
		cksum "$path" >>../archived
	done
	END
}

begin() {
	: >orderrecv.err
	launch -s sh chain >>out 2>err 3>&- &
	CHAIN=$!
}

# cut_power SECONDS: after so long; whether the chain was still at work.
cut_power() {
	local status=0
	sleep "$1"
	fsfreeze -f below
	cp below/disk.img cut.img
	kill -9 -- "-$CHAIN" 2>/dev/null || :
	fsfreeze -u below
	wait "$CHAIN" 2>/dev/null || status=$?
	insert cut.img
	[ "$status" -gt 128 ]
}

# stored SIZE: what the archive has, and nothing else has anything.
stored() {
	[ -z "$(ls -A disk/work)" ] && [ -z "$(ls disk/incoming)" ] || return
	set -- "$1" disk/ARC/order-*.txt
	[ $# = 2 ] && cmp order.txt "$2" || return
	set -- "$1" disk/ARC/order-*.results
	[ $# = 2 ] && [ "$(wc -l <"$2")" = $(($1 + 1)) ] || return
	[ "$(find disk/ARC -type f ! -name 'odd-*' | wc -l)" = 2 ] || return
	[ "$(find disk/ARC -name 'odd-*.txt' | wc -l)" -le 1 ] || return
	(cd disk && cut -d ' ' -f 3 ../archived | xargs cksum) >now
	diff archived now
}

# mailed SIZE: the letters are what the results say.
mailed() {
	find mail -path '*/user*/new/*' -type f | cut -d / -f 2 | sort | uniq -c \
		>letters
	awk -F '\t' -v OFS=' ' '{ sub(/@.*/, "", $2); print $1, $2 }' \
		disk/ARC/order-*.results >results
	[ "$(sort -u -k 2 results | wc -l)" = $(($1 + 1)) ] || return
	awk 'FILENAME == "letters" { n[$2] = $1; next }
		$1 == "sent" && n[$2] != 1 { print $0 ": " n[$2] + 0; bad = 1 }
		$1 == "unknown" && n[$2] > 1 { print $0 ": " n[$2]; bad = 1 }
		$1 == "failed" && $2 == "not-an-address" { next }
		$1 != "sent" && $1 != "unknown" { print; bad = 1 }
		END { exit bad }' letters results || return
	unknown=$((unknown + $(grep -c '^unknown' results || :)))
	[ "$(grep -lx 'Hello user[0-9]*!' mail/user*/new/* | wc -l)" = \
		"$(find mail/user*/new -type f | wc -l)" ]
}

# reported NAME: the Message-IDs of the reports about it.
reported() {
	find mail/support/new -type f \
		-exec grep -l "^Subject: $1: " {} + >reports || :
	[ ! -s reports ] || xargs sed -n 's/^Message-ID: //p' <reports | sort -u
}

# An order that somebody has had a letter of is safe from then on.
odd_kept() {
	set -- disk/ARC/odd-*.txt mail/odd/new/*
	[ ! -e "$2" ] || { [ $# = 2 ] && cmp odd.txt "$1"; }
}

judge() {
	stored "$1" && mailed "$1" && odd_kept &&
		[ "$(reported order.txt | wc -l)" = 1 ] &&
		[ "$(reported odd.txt | wc -l)" -le 1 ]
}

# fresh SIZE: an empty disk and empty mailboxes.
fresh() {
	rm -rf mail/* handed copied out
	echo 'no order' >odd.txt
	[ $((RANDOM % 2)) = 0 ] || printf '[Recipients:]\nodd@pth.ua\n%s\n%s\n' \
		'[Subject:] Hello' '[Body:]' >odd.txt
	: >archived
	make_order "$1"
	insert empty.img
	mkdir disk/incoming
	savefile -s disk/incoming
}

# How long the chain takes that nobody cuts: milliseconds.
measure() {
	local start=${EPOCHREALTIME/[.,]/} status=0
	begin
	wait "$CHAIN" || status=$?
	[ "$status" = 0 ] || { cat err; return 1; }
	TAKES=$(((${EPOCHREALTIME/[.,]/} - start) / 1000))
}

@test "the whole chain, its power cut $CUTS times" {
	# A mailing that takes its time: most cuts are to hit it.
	echo 'at dot every 4 delay 10ms' >rules
	start smtpd-lite -l localhost:0 -d mail -R rules
	export SMTPSERVER=$ADDR
	write_chain
	unknown=0 cuts=0 rounds=0
	for size in "${SIZES[@]}"; do
		fresh "$size"
		measure
		judge "$size"
		takes+=("$TAKES")
	done
	echo "# an order for ${SIZES[*]} takes ${takes[*]} ms" >&3
	while [ "$cuts" -lt "$CUTS" ]; do
		rounds=$((rounds + 1)) i=$((RANDOM % ${#SIZES[@]}))
		fresh "${SIZES[i]}"
		export JOBS=$((RANDOM % 2 * 3 + 1))
		alive=yes
		while [ "$alive" = yes ] && [ "$cuts" -lt "$CUTS" ]; do
			ms=$((RANDOM % (takes[i] + 50)))
			begin
			cut_power "$(printf '%d.%03d' $((ms / 1000)) \
				$((ms % 1000)))" || alive=no
			cuts=$((cuts + 1))
		done
		begin
		status=0
		wait "$CHAIN" || status=$?
		[ "$status" = 0 ] && judge "${SIZES[i]}" || {
			echo "round $rounds, cut $cuts, exit code $status:"
			cat err
			ls -lR disk
			return 1
		}
	done
	echo "# $cuts cuts in $rounds rounds, $unknown unknown" >&3
}

# batch FROM TO: messages with these numbers, to three mailboxes here and three
# elsewhere.
batch() {
	awk -v from="$1" -v to="$2" 'BEGIN {
		print "HELO client.test"
		for (n = from; n <= to; n++) {
			at = n % 2 ? "pth.ua" : "far.test"
			printf "MAIL FROM:<a@b.test>\nRCPT TO:<box%d@%s>\n",
				n % 3, at
			printf "DATA\nMessage-ID: <%d@b.test>\n\n", n
			for (i = n % 50; i > 0; i--)
				print "line", i, "of a text of some length"
			printf "message %d\n.\n", n
		}
		print "QUIT"
	}'
}

# Servers with their files on the disk, and clients that note outside of it
# what was answered.
write_servers() {
	cat >chain <<-'END'
	cd disk || exit
	serve() {
		name=$1
		shift
		: >"../$name.err"
		"$@" -l localhost:0 2>"../$name.err" >/dev/null &
		until grep -q listening "../$name.err"; do
			kill -0 $! || exit
			sleep 0.01
		done
		addr=$(sed -n 's/.*listening on //p' "../$name.err")
	}
	files() {
		client=$1 n=0
		shift
		while n=$((n + 1)); do
			printf 'file %d\n' "$n" >"../$client.$n"
			"$client" -n "$n.txt" "$@" "../$client.$n" \
				>/dev/null || exit
			echo "$n" >>"../$client.answered"
		done
	}
	serve maildir smtpd-lite -d maildir -q relay -D pth.ua
	smtpsend -bS -j 3 -s "$addr" <../messages >../maildir.answered &
	serve mbox smtpd-lite -o mbox -d mbox
	smtpsend -bS -s "$addr" <../messages >../mbox.answered &
	serve orders orderrecv -d orders
	files ordersend -s "$addr" &
	serve ftp ftpd-lite -d ftp
	files ftpsend -r 0 "ftp://$addr/"
	END
}

# whole FILE: each file it names ends with the number of its message.
whole() {
	[ -z "$(xargs sh -c 'for f; do [ -s "$f" ] || echo "$f"; done' - <"$1")" ]
	xargs awk '
	function check() {
		if (FNR == 1 && NR > 1 && last !~ /^message [0-9]+$/) {
			print name ": ends with " last
			exit 1
		}
	}
	{ check(); name = FILENAME; sub(/\r$/, "") }
	$0 != "" && $0 != "." && $0 != "QUIT" { last = $0 }
	END { FNR = 1; check() }' /dev/null <"$1"
}

# answered NAME: the numbers of the messages that smtpsend has a reply for.
answered() {
	awk -F '\t' '$1 == "sent" { print $6 }' "$1.answered" | sort
}

# stored_once NAME FILE: each message that NAME was answered is once in what
# FILE names.
stored_once() {
	answered "$1" >want
	xargs cat /dev/null <"$2" | tr -d '\r' | sed -n 's/^message //p' |
		sort >got
	[ -z "$(uniq -d got)" ] && [ -z "$(comm -23 want got)" ]
}

# files_stored NAME DIR: each file that NAME was answered is whole.
files_stored() {
	local n
	while read -r n; do
		cmp "$1.$n" "disk/$2/$n.txt" || return
	done <"$1.answered"
}

@test "what servers have answered outlives the cut, $((CUTS / 3)) times" {
	write_servers
	batch 1 3000 >messages
	total=0
	for ((cuts = 0; cuts < CUTS / 3; cuts++)); do
		insert empty.img
		rm -f ./*.answered
		touch {maildir,mbox,ordersend,ftpsend}.answered
		begin
		wait_for test -s ftp.err
		cut_power "0.$((100 + RANDOM % 400))"
		find disk/maildir disk/relay \
			-type f ! -name '.*' ! -path '*/tmp/*' >files || :
		whole files
		stored_once maildir files
		# What a cut has left of a message does not spoil the next one.
		batch 3001 3003 | sed 's/far/pth/' |
			smtpd-lite -i -o mbox -d disk/mbox >/dev/null
		find disk/mbox -name '*.txt' >files
		whole files
		stored_once mbox files
		files_stored ordersend orders
		files_stored ftpsend ftp
		for name in maildir mbox; do
			total=$((total + $(answered $name | wc -l)))
		done
		total=$((total + $(cat ordersend.answered ftpsend.answered | wc -l)))
	done
	echo "# $cuts cuts, $total answers" >&3
	[ "$total" -gt "$cuts" ]
}
