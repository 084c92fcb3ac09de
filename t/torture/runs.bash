# What the programs do in the sweep of faults, and what is to become of it: see
# faults.bash.  A run's files are in the directory where it is made.

# --- archive-stamp: two files go to the archive -------------------------

stamp_base() {
	echo one >a.txt
	seq 1 5000 >b.txt
	mkdir ref
	cp a.txt b.txt ref
}

stamp_go() {
	exec "$@" archive-stamp -u -t 0 -d ARC a.txt b.txt
}

# Each file of the archive is one of them, and whole.
stamp_true() {
	local f name
	for f in ARC/*; do
		[ -e "$f" ] || continue
		name=${f#ARC/}
		cmp -s "ref/${name%%-*}.txt" "$f" || return
	done
	for name in a b; do
		[ -e $name.txt ] || [ -e ARC/$name-19700101-000000.txt ] ||
			return
	done
	while read -r f; do
		[ -e "$f" ] || return
	done <out
}

stamp_whole() {
	[ ! -e a.txt ] && [ ! -e b.txt ] && stamp_true &&
		[ "$(echo ARC/*)" = 'ARC/a-19700101-000000.txt'\
' ARC/b-19700101-000000.txt' ]
}

stamp_again() {
	local left=()
	[ ! -e a.txt ] || left+=(a.txt)
	[ ! -e b.txt ] || left+=(b.txt)
	[ ${#left[@]} = 0 ] || exec "$@" archive-stamp -u -t 0 "${left[@]}"
}

# --- savefile: a command's output replaces a file -----------------------

save_base() {
	seq 1 20000 >big
	echo old >new
}

save_go() {
	exec "$@" savefile -n new cat big
}

save_whole() {
	cmp -s big new
}

save_true() {
	save_whole || [ "$(<new)" = old ]
}

keep_base() {
	mkdir dir
	echo text >dir/file
}

keep_go() {
	exec "$@" savefile -s dir/file dir
}

keep_whole() {
	[ "$(<dir/file)" = text ]
}

# --- ordertake: three orders, one of a name that is taken ----------------

take_base() {
	mkdir incoming work ref
	echo old >work/a.txt
	echo one >incoming/a.txt
	seq 1 5000 >incoming/b.txt
	echo stale >work/b.txt.results
	cat work/a.txt >ref/old
	cat incoming/a.txt >ref/one
	cat incoming/b.txt >ref/b
}

take_go() {
	exec "$@" ordertake
}

# Each order is there, once and whole, and has what was said to be its name.
take_true() {
	local f
	[ "$(find incoming work -type f ! -name '*.results' ! -name '.*' |
		wc -l)" = 3 ] || return
	cmp -s ref/old work/a.txt || return
	cmp -s ref/one work/a-2.txt || cmp -s ref/one incoming/a.txt || return
	cmp -s ref/b work/b.txt || cmp -s ref/b incoming/b.txt || return
	while read -r f; do
		[ -e "work/$f" ] || return
	done <out
}

take_whole() {
	take_true && [ -z "$(ls -A incoming)" ] &&
		[ ! -e work/b.txt.results ]
}

take_same() {
	[ "$STATUS" = 0 ] && take_whole
}

# --- orderdone: what lies beside one order of two -------------------------

orderdone_base() {
	mkdir -p work/.a.txt
	: >work/.a.txt/.lock
	echo id >work/.a.txt/id
	seq 1 100 >work/a.txt.results
	echo other >work/b.txt
}

orderdone_go() {
	exec "$@" orderdone a.txt
}

orderdone_true() {
	[ "$(<work/b.txt)" = other ]
}

orderdone_whole() {
	orderdone_true && [ "$(ls -A work)" = b.txt ]
}

# --- Filters, of which the output is all --------------------------------

mkmail_base() {
	seq 1 3000 >text
	printf 'a\0b' >file
	echo '<p>text' >html
}

mkmail_go() {
	export SOURCE_DATE_EPOCH=0
	exec "$@" mkmail -f news@pth.ua -s Subject -a file -A html \
		user1@pth.ua <text
}

order_base() {
	printf 'email,mark\nuser%d@pth.ua,a\n' 1 2 3 >table.csv
	printf '%s\n' '[Recipients:]' 'user1@pth.ua mark=1' user2@pth.ua \
		'no address' '[Subject:]' 'Hello' '[Body:]' '[mark|none]' >order
	seq 1 3000 >>order
	printf 'deferred\tuser1@pth.ua\t451\trcpt\tx:1\t1\t%s\t-\tlater\n' \
		2026-11-21T23:46:12Z >results
}

order_go() {
	export SOURCE_DATE_EPOCH=0
	exec "$@" orderparse -S -f news@pth.ua -i x order
}

count_base() {
	order_base
	printf '2\nduplicates 0\nleft out 1\n' >counts
	printf 'sent\tuser2@pth.ua\t250\tdot\tx:1\t2\t%s\t-\tok\n' \
		2026-11-21T23:46:12Z >>results
}

count_go() {
	exec "$@" resultcount -n counts results
}

due_base() {
	order_base
}

due_go() {
	exec "$@" retrydue -p 0 results
}

again_base() {
	order_base
}

again_go() {
	export SOURCE_DATE_EPOCH=0
	exec "$@" orderparse -S -f news@pth.ua -i x -R results order
}

table_base() {
	order_base
	printf '%s\n' '[Subject:]' 'Hello' '[Body:]' 'You have [mark].' >order
}

table_go() {
	exec "$@" orderparse -r -t table.csv order
}

mx_base() { :; }

mx_go() {
	exec "$@" mxlookup -T 5 -d "$SERVER" a.test b.test
}

withlock_base() { :; }

withlock_go() {
	exec "$@" withlock -p dir/lock sh -c 'echo done >made'
}

withlock_whole() {
	[ "$(<made)" = 'done' ]
}

withlock_true() {
	[ "$STATUS" = 0 ] || [ ! -e made ]
}

# --- Orders, by the project's protocol and by FTP -----------------------

# order_line NAME FILE: as it is announced.
order_line() {
	printf 'ORDER %d %s %s -\r\n' "$(wc -c <"$2")" "$(digest <"$2")" "$1"
}

recv_base() {
	echo one >a.txt
	seq 1 20000 >b.txt
	{
		order_line a.txt a.txt
		cat a.txt
		order_line b.txt b.txt
		cat b.txt
		printf 'QUIT\r\n'
	} >in
}

recv_go() {
	exec "$@" orderrecv -i -d incoming <in
}

# What is there is whole, and there once; what was said to be is there.
recv_true() {
	local f name
	for f in incoming/*; do
		[ ! -e "$f" ] || cmp -s "${f#incoming/}" "$f" || return
	done
	for name in a b; do
		[[ $(<out) != *"250 stored $name.txt"* ]] ||
			[ -e incoming/$name.txt ] || return
	done
}

recv_whole() {
	recv_true && [ "$(cd incoming && echo ./*)" = './a.txt ./b.txt' ] &&
		[[ $(<out) = *'250 '*'250 '* ]]
}

recv_refused() {
	[[ $(<out) = *$'\n'4* || $(<out) = 4* ]]
}

# delivered N: the server beside has the order at least N times, at most once.
delivered() {
	local f n=0
	for f in "$BATS_TEST_TMPDIR/incoming/$SERIAL."*; do
		[ -e "$f" ] || continue
		cmp -s text "$f" || return
		n=$((n + 1))
	done
	[ $n -ge "$1" ] && [ $n -le 1 ]
}

text_base() {
	seq 1 20000 >text
}

# A number of its own makes each one another order.
send_base() {
	seq 1 5000 >lines
}

send_go() {
	echo "order $SERIAL" >text
	cat ../base/lines >>text
	exec "$@" ordersend -r 0 -T 5 -n "$SERIAL.txt" -s "$SERVER" text
}

send_true() {
	delivered 0
}

send_whole() {
	delivered 1 && [ -s out ]
}

put_base() { text_base; }

put_go() {
	exec "$@" ftpsend -r 0 -T 5 -n "$SERIAL.txt" "ftp://$SERVER/" text
}

put_true() {
	[ "$STATUS" != 0 ] || delivered 1
}

put_whole() {
	delivered 1
}

# Over FTP nobody can know whether it came: a file may come again, with a
# name of its own.
put_same() {
	local f
	for f in "$BATS_TEST_TMPDIR/incoming/$SERIAL."*; do
		cmp -s text "$f" || return
	done
	[ "$STATUS" = 0 ]
}

ftpd_base() { :; }

ftpd_go() {
	export TCPREMOTEIP=127.0.0.1
	printf '%s\r\n' 'USER anonymous' 'PASS x' 'MKD sub' 'CWD sub' PWD \
		'SIZE x' QUIT >in
	exec "$@" ftpd-lite -i -d incoming <in
}

ftpd_whole() {
	[ "$(tail -n 1 out | cut -c 1-3)" = 221 ]
}

ftpd_refused() {
	grep -q '^4' out
}

# --- pop3d-lite: one message is read, another deleted -------------------

pop_base() {
	mkdir -p mail/user1/new mail/user1/cur mail/user1/tmp
	seq 1 3000 >mail/user1/new/1
	echo two >mail/user1/new/2
	cp mail/user1/new/* .
	echo user1:secret >passwd
	chmod 600 passwd
	printf '%s\r\n' 'USER user1' 'PASS secret' STAT 'UIDL' 'RETR 1' \
		'RETR 2' 'DELE 2' QUIT >in
}

pop_go() {
	exec "$@" pop3d-lite -i -u passwd -d mail <in
}

# The first is always there; the second is gone when the server has said so.
pop_true() {
	cmp -s 1 mail/user1/*/1* || return
	! pop_said_all || ! cmp -s 2 mail/user1/*/2*
}

pop_said_all() {
	[ "$(grep -c "^+OK" out)" = 9 ]
}

pop_whole() {
	pop_said_all && pop_true && ! [ -e mail/user1/new/2 ]
}

# A message that cannot be read on is the end of the session.
pop_refused() {
	! pop_said_all
}

pop_again() {
	[ -e mail/user1/new/2 ] || [ -e mail/user1/cur/2 ] ||
		cp 2 mail/user1/new/2
	pop_go "$@"
}
