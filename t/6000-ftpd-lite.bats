#!/usr/bin/env bats
# ftpd-lite: sessions on standard input, over sockets, and bad clients.

load lib
load dial

setup() {
	lib_setup
	printf 'one\r\ntwo\0\nthree' >order.txt
}

# serve [OPTION ...]: a server on a free port, for incoming/.
serve() {
	start ftpd-lite -l 127.0.0.1:0 "$@"
}

# says LINE ...: the answers to these lines on standard input, from loopback,
# without the greeting and the CRs.
says() {
	printf '%s\r\n' "$@" | TCPREMOTEIP=127.0.0.1 ftpd-lite -i |
		tail -n +2 | tr -d '\r'
}

# enter NAME [LOGIN PASSWORD]: a session, logged in, anonymously where there is
# none.
enter() {
	dial "$1"
	hear "$1" 220
	say "$1" "USER ${2:-anonymous}" 331
	say "$1" "PASS ${3:-x}" 230
}

# passive NAME: asks for a data connection; DATA is where it is to go.
passive() {
	say "$1" EPSV 229
	DATA=${LINE##*|||}
	DATA=${DATA%%|*}
}

# idle NAME: a session that has asked for a data connection; all that it says
# goes at once, as time may be lost between two commands.
idle() {
	dial "$1"
	tell "$1" 'USER anonymous' 'PASS x' EPSV
	for code in 220 331 230 229; do
		hear "$1" "$code"
	done
	DATA=${LINE##*|||}
	DATA=${DATA%%|*}
}

# begin NAME COMMAND: with a data connection, which is NAME.data.
begin() {
	passive "$1"
	PORT=$DATA dial "$1.data"
	say "$1" "$2" 150
}

# finish NAME BEGINNING: the data connection is closed, and this is the answer.
finish() {
	hang_up "$1.data"
	hear "$1" "$2"
}

# up NAME FILE TEXT [ANSWER]: an upload.  up_file has a file for the text.
up() {
	begin "$1" "STOR $2"
	printf %s "$3" >&"${TO["$1.data"]}"
	finish "$1" "${4:-226}"
}

up_file() {
	begin "$1" "STOR $2"
	# The server may have closed it before the end.
	cat "$3" >&"${TO["$1.data"]}" || :
	finish "$1" "${4:-226}"
}

# list NAME COMMAND: what that lists goes to listed, without CR.
list() {
	begin "$1" "$2"
	tr -d '\r' <&"${FROM["$1.data"]}" >listed
	finish "$1" 226
}

# came SIZE: so much has come of an upload.
came() {
	[ "$(cat incoming/.seen/.tmp.* 2>/dev/null | wc -c)" = "$1" ]
}

# xs N: so many letters x.
xs() {
	head -c "$1" /dev/zero | tr '\0' x
}

# incoming_has NAME ...: these files, and no others.
incoming_has() {
	(cd incoming && find . -name .seen -prune -o -type f -print) |
		LC_ALL=C sort >listing
	printf './%s\n' "$@" | LC_ALL=C sort | cmp - listing
	[ -z "$(find incoming/.seen -name '.tmp.*')" ]
}

incoming_is_empty() {
	[ -z "$(ls incoming)" ] || return
	[ -z "$(find incoming/.seen -name '.tmp.*')" ]
}

@test "the greeting, HELP and QUIT on standard input" {
	printf 'QUIT\r\n' | ftpd-lite -i >out
	grep -Eqx $'220 [^ ]+ ftpd-lite\r' out
	says HELP SYST QUIT | cut -c1-3 | tr '\n' ' ' >out
	[ "$(cat out)" = '214 215 221 ' ]
}

@test "anonymous only from loopback; nothing before the log-in" {
	[ "$(says 'USER anonymous' 'PASS x' 'PWD' | cut -c1-3 | tr '\n' ' ')" = \
		'331 230 257 ' ]
	[ "$(says 'STOR a' EPSV LIST | sort -u)" = \
		'530 Please log in with USER and PASS' ]
	printf 'USER anonymous\r\nPASS x\r\nPWD\r\n' |
		TCPREMOTEIP=192.0.2.7 ftpd-lite -i >out
	[ "$(tail -n +2 out | cut -c1-3 | tr '\n' ' ')" = '530 503 530 ' ]
	printf 'USER anonymous\r\n' | ftpd-lite -i >out
	grep -q '^530' out
}

@test "a file is stored whole, mode 0600, and its path printed" {
	serve
	enter f
	say f 'TYPE I' 200
	up_file f a.txt order.txt '226 stored a.txt'
	say f 'SIZE a.txt' '213 15'
	say f QUIT 221
	cmp order.txt incoming/a.txt
	[ "$(facts mode incoming/a.txt incoming)" = $'600\n700' ]
	[ "$(cat ftpd-lite.out)" = incoming/a.txt ]
	incoming_has a.txt
}

@test "the same name again, and the same content: nothing is replaced" {
	serve
	enter f
	up f a.txt 1 '226 stored a.txt'
	up f a.txt 2 '226 stored a-2.txt'
	up f a.txt 2 '226 stored a-3.txt'
	up f .a 4
	say f 'RNFR .a' 350
	say f 'RNTO a.txt' '250 stored a-4.txt'
	[ "$(cat incoming/a.txt incoming/a-*)" = 1224 ]
	[ "$(wc -l <ftpd-lite.out)" = 4 ]
}

@test "a dot-name is unfinished until it is renamed" {
	serve
	enter f
	up f .part hello
	say f 'SIZE .part' '213 5'
	list f NLST
	[ ! -s listed ]
	[ "$(ls -A incoming)" = .seen ]
	[ ! -s ftpd-lite.out ]
	say f 'RNFR .part' 350
	say f 'RNTO a.txt' '250 stored a.txt'
	[ "$(cat incoming/a.txt)" = hello ]
	list f NLST
	[ "$(cat listed)" = a.txt ]
	up f .gone x
	say f 'DELE .gone' 250
	say f 'SIZE .gone' 550
	up f .left x
	say f 'RNFR a.txt' 550
	say f 'DELE a.txt' 550
	say f QUIT 221
	[ "$(cat ftpd-lite.out)" = incoming/a.txt ]
	wait_for incoming_has a.txt
}

@test "an unfinished file by any of its usual names; -s has others" {
	serve
	enter f
	for name in a.txt.filepart .in.a.txt. a.txt.part a.txt.tmp 'a.txt~' \
		a.txt.partial; do
		up f "$name" "$name"
		[ ! -s ftpd-lite.out ]
		list f MLSD
		[ ! -s listed ]
	done
	say f "RNFR $name" 350
	say f 'RNTO a.txt' '250 stored a.txt'
	[ "$(cat incoming/a.txt)" = "$name" ]
	list f MLSD
	grep -Eqx 'type=file;size=13;modify=[0-9]{14}; a.txt' listed
	say f QUIT 221
	stop
	incoming_has a.txt
	serve -s '*.up' -s 'tmp-*'
	enter f
	up f b.tmp x '226 stored b.tmp'
	up f tmp-b x '226 Transfer complete, unfinished until it is renamed'
	up f b.up x '226 Transfer complete, unfinished'
	say f 'RNFR b.up' 350
	say f 'RNTO b.up.part' '250 stored b.up.part'
	say f 'RNFR b.up.part' '550 Stored already: only unfinished files'
	stop
	incoming_has a.txt b.tmp b.up.part
}

@test "text mode: CRLF becomes LF, and nothing else changes" {
	serve
	enter f
	say f 'TYPE A' 200
	up f a.txt $'one\r\ntwo\r\nno end\r\n'
	up f b.txt $'a\rb\r\r\n\nc\r'
	printf 'one\ntwo\nno end\n' | cmp - incoming/a.txt
	printf 'a\rb\r\n\nc\r' | cmp - incoming/b.txt
}

@test "names that would leave the directory, or a line, are refused" {
	serve
	enter f
	for name in ../x /etc/x a/b .. ... 'x\001y' '' / "$(xs 201)" 'a\000b' \
	    '\377\376'; do
		passive f
		printf "STOR $name\r\n" >&"${TO[f]}"
		hear f 553
	done
	up f /incoming/in.txt x
	up f /./top.txt x
	say f 'CWD /incoming' 250
	say f 'CDUP' 2
	say f 'CWD /' 250
	say f 'CWD etc' 550
	say f 'MKD x' 550
	up f 'наказ %2F.txt' x
	incoming_has in.txt top.txt 'наказ %2F.txt'
}

@test "no bounce, no download, no append, no restart" {
	serve
	enter f
	up f a.txt x
	while IFS=: read -r code command; do
		say f "$command" "$code"
	done <<-'END'
	502:PORT 127,0,0,1,4,1
	550:RETR a.txt
	502:EPRT |1|127.0.0.1|1025|
	550:APPE a.txt
	501:REST 1
	504:MODE B
	504:STRU R
	504:TYPE E
	425:STOR b
	425:LIST
	503:RNTO b
	550:RMD x
	500:NOTHING
	350:REST 0
	202:ALLO 5
	200:MODE S
	502:SITE CHMOD 0 a.txt
	502:AUTH TLS
	502:REIN
	522:EPSV 3
	522:EPSV 2
	425:STOR b
	229:EPSV 1
	200:EPSV ALL
	501:PASV
	229:EPSV
	END
	incoming_has a.txt
}

@test "listings, STOU, MDTM" {
	serve
	enter f
	up f a.txt hello
	touch -t 202611212346.12 incoming/a.txt
	list f LIST
	[ "$(cat listed)" = '-rw------- 1 ftp ftp 5 Nov 21  2026 a.txt' ]
	say f 'MDTM a.txt' '213 20261121234612'
	begin f STOU
	printf x >&"${TO[f.data]}"
	finish f 226
	[ -e "incoming/${LINE##* }" ]
	list f 'NLST a.txt'
	[ "$(cat listed)" = a.txt ]
	passive f
	say f 'NLST b' 550
}

@test "a cut upload leaves nothing: reset, ABOR, control cut, idle" {
	serve
	xs 100000 >many
	enter f
	passive f
	dial_by f.data -r "127.0.0.1:$DATA"
	say f 'STOR a' 150
	cat many >&"${TO[f.data]}"
	wait_for came 100000
	no_more f.data
	hang_up f.data
	hear f 426
	begin f 'STOR a'
	printf x >&"${TO[f.data]}"
	printf '\377\364\377\362ABOR\r\n' >&"${TO[f]}"
	hear f 426
	hear f 226
	hang_up f.data
	begin f 'STOR .b'
	cat many >&"${TO[f.data]}"
	hang_up f f.data
	wait_for incoming_is_empty
	[ ! -s ftpd-lite.out ]
	stop
	serve -T 1
	idle g
	PORT=$DATA dial g.data
	say g 'STOR d' 150
	printf x >&"${TO[g.data]}"
	hear g 421
	hang_up g.data
	wait_for incoming_is_empty
	[ ! -s ftpd-lite.out ]
}

@test "a client that is killed has stored nothing" {
	serve
	{
		enter f
		begin f 'STOR .a'
		xs 100000 >&"${TO[f.data]}"
		: >sent
		exec sleep 60
	} 3>&- &
	wait_for [ -e sent ]
	kill -9 "$!"
	wait_for incoming_is_empty
	[ ! -s ftpd-lite.out ]
}

@test "the data connection is for the control connection's peer alone" {
	start ftpd-lite -l '*:0'
	enter f
	passive f
	# Not every system has all of 127.
	printf evil | wire -b 127.0.0.9 "127.0.0.1:$DATA" >got 2>err || :
	[ ! -s got ]
	PORT=$DATA dial f.data
	say f 'STOR a' 150
	printf good >&"${TO[f.data]}"
	finish f '226 stored a'
	[ "$(cat incoming/a)" = good ]
}

@test "a stranger who knocks keeps no session alive" {
	start ftpd-lite -l '*:0' -T 1
	idle f
	knock() {
		wire -b 127.0.0.9 "127.0.0.1:$DATA" </dev/null >got 2>err || :
		read -r -t 0 -u "${FROM[f]}"
	}
	wait_for knock
	hear f 421
}

@test "no descriptor for a data connection: refused, and no spinning" {
	start -n ftpd-lite launch -n 20 ftpd-lite -l 127.0.0.1:0
	enter f
	passive f
	port=$DATA
	# Each takes two descriptors, until there are none.
	for i in 1 2 3 4 5 6 7 8 9 10; do
		dial "held$i"
		hear "held$i"
		[[ $LINE = 220* ]] || break
		say "held$i" 'USER anonymous' 331
		say "held$i" 'PASS x' 230
		tell "held$i" EPSV
		hear "held$i"
		[[ $LINE = 229* ]] || break
	done
	[[ $LINE = 42* ]]
	PORT=$port dial f.data
	ended f.data
	has_line 'data connection: ' ftpd-lite.err
	say f 'STOR a' 425
	for ((; i > 0; i--)); do
		hang_up "held$i"
	done
	hang_up f.data
	up f a x '226 stored a'
	incoming_has a
}

@test "passive ports cannot be guessed: 16384 of them, and none follows another" {
	serve
	enter f
	enter g
	for _ in {1..15}; do
		for c in f g; do
			passive "$c"
			echo "$DATA"
		done
	done >ports
	awk '$1 < 49152 || $1 > 65535 { exit 1 }' ports
	# Of 30 there are hardly two alike, or less than 3 apart, in a row; and
	# hardly all in one half.
	awk 'NR > 1 && $1 - last < 3 && last - $1 < 3 { near++ } { last = $1 }
		$1 < 57344 { low++ }
		END { exit near > 3 || low < 1 || low > NR - 1 }' ports
	[ "$(sort -u ports | wc -l)" -gt 25 ]
	# One that is taken is passed over.  What gets any port gets none of
	# these.
	hang_up f g
	stop
	low=$((20000 + RANDOM % 10000))
	serve -p $low-$((low + 3))
	enter a
	enter b
	enter c
	for c in a b c; do
		passive "$c"
		echo "$DATA"
	done | sort -u >ports
	[ "$(wc -l <ports)" = 3 ]
}

@test "passive ports from a range" {
	serve -p 52000-52063
	enter f
	for _ in 1 2 3 4 5; do
		passive f
		((DATA >= 52000 && DATA <= 52063))
	done
	say f PASV 227
	[[ $LINE = *'(127,0,0,1,203,'* ]]
	run -64 --separate-stderr ftpd-lite -p 5-4
	run -64 --separate-stderr ftpd-lite -p 0-4
	run -64 --separate-stderr ftpd-lite -p 4-65536
	[ -z "$output" ]
}

@test "the largest size, and a full disk" {
	serve -m 100k
	xs 102401 >larger
	xs 102400 >large
	enter f
	up_file f a larger 552
	enter g
	up_file g b large
	say g 'ALLO 102401' 552
	incoming_has b
	hang_up f g
	stop
	start -n full bash -c 'ulimit -f 64; exec ftpd-lite -l 127.0.0.1:0 -d full'
	xs 200000 >larger
	enter f
	up_file f a larger 452
	enter g
	up g b x
	[ "$(ls full)" = b ]
}

@test "wrong passwords hold up the next ones of the login, in all workers" {
	printf 'anna:a\nbob:b\n' >passwd
	chmod 600 passwd
	serve -u passwd -w 2
	dial f g
	hear f 220
	hear g 220
	for _ in 1 2; do
		for c in f g; do
			say "$c" 'USER anna' 331
			tell "$c" 'PASS x'
		done
		hear f 530
		hear g 530
	done
	dial h
	hear h 220
	say h 'USER Anna' 331
	tell h 'PASS a'
	enter i bob b
	nothing h
	hear h 230
	# That was right, and all is as before.
	enter j anna a
}

@test "passwords: right, wrong, three times wrong, a bad file" {
	printf 'anna:pass word\n' >passwd
	chmod 600 passwd
	serve -v -u passwd
	enter f Anna 'pass word'
	up f a x
	dial g
	hear g 220
	while IFS=: read -r code command; do
		say g "$command" "$code"
	done <<-'END'
	331:USER anonymous
	530:PASS x
	331:USER anna
	530:PASS pass
	530:STOR a
	530:USER ../anna
	331:USER anna
	530:PASS x
	END
	hear g 421
	incoming_has a
	run -1 grep -q 'pass word' ftpd-lite.err
	grep -q 'C: PASS \*\*\*\*' ftpd-lite.err
	chmod 644 passwd
	run -78 --separate-stderr ftpd-lite -u passwd
	: >empty
	chmod 600 empty
	run -78 --separate-stderr ftpd-lite -u empty
	run -78 --separate-stderr ftpd-lite -u none
	[ -z "$output" ]
}

@test "a web page cannot talk to it; long lines end the session" {
	[ "$(says 'POST / HTTP/1.1' 'USER anonymous' 'PASS x')" = \
		'500 This is FTP, not HTTP' ]
	[ "$(says $'\x16\x03\x01' 'USER anonymous' 'PASS x')" = \
		'500 This is FTP, not TLS' ]
	[ "$(says "NOOP $(printf '%05000d' 0)" QUIT)" = \
		'500 Line too long' ]
}

@test "-1 takes one file and ends; SIGTERM ends in good order" {
	serve -1
	enter f
	up f a x
	hang_up f
	wait "$PID"
	incoming_has a
	serve
	stop
}

@test "standard output full: 74, and the file is there" {
	ftpd-lite -l 127.0.0.1:0 >/dev/full 2>err 3>&- &
	PID=$!
	STARTED+=("$PID")
	wait_for has_line listening err
	# shellcheck disable=SC2034 # dial takes it
	PORT=$(sed -n 's/.*listening.*://p' err)
	enter f
	begin f 'STOR a'
	printf x >&"${TO[f.data]}"
	hang_up f.data
	status=0
	stop || status=$?
	[ "$status" = 74 ]
	[ -f incoming/a ]
}

@test "kill -9: what was confirmed is there, what was not is swept up" {
	serve
	enter f
	up f a "$(xs 5000)"
	begin f 'STOR b'
	xs 5000 >&"${TO[f.data]}"
	wait_for came 5000
	crash
	[ "$(ls incoming)" = a ]
	serve
	incoming_has a
}

@test "two at once under one name; several workers; many idle" {
	serve -w 2 -c 500
	dial idle{1..200}
	enter f
	enter g
	begin f 'STOR x'
	begin g 'STOR x'
	printf '%09999d' 1 >&"${TO[f.data]}"
	printf '%09999d' 2 >&"${TO[g.data]}"
	hang_up f.data g.data
	for c in f g; do
		hear "$c"
		echo "$LINE"
	done | sort >said
	printf '%s\n' '226 stored x' '226 stored x-2' | diff - said
	incoming_has x x-2
	[ "$(wc -l <ftpd-lite.out)" = 2 ]
}

@test "too many sessions: told so" {
	serve -c 1
	enter f
	dial g
	hear g 421
}

@test "ftpsend and ftpd-lite: in place of nothing, many on one line" {
	serve
	mkdir many
	for i in 1 2 3 4 5 6 7 8 9 10; do
		head -c $((i * 7777)) /dev/urandom >"many/$i.bin"
	done
	run -0 --separate-stderr ftpsend "ftp://$ADDR/incoming/" many/*
	[ -z "$output$stderr" ]
	diff -r -x .seen many incoming
	[ "$(wc -l <ftpd-lite.out)" = 10 ]
}

@test "over a UNIX socket, and IPv6 where there is one" {
	start ftpd-lite -l ./sock
	printf 'USER ftp\r\nPASS x\r\nPASV\r\nQUIT\r\n' | wire ./sock >out
	grep -q '^227 .*(127,0,0,1,' out
	stop
	start ftpd-lite -l '[::1]:0' || skip 'no IPv6'
	ftpsend "$ADDR" order.txt
	incoming_has order.txt
}

@test "-v shows no password, however it is typed" {
	printf '%b\r\n' ' USER joe' ' PASS geheim' '\tpass geheim' 'PASS\tgeheim' \
		PASSgeheim 'USER joe' geheim '\xff\xf4PASS geheim' 'ACCT geheim' \
		NOOP oops QUIT |
		TCPREMOTEIP=127.0.0.1 ftpd-lite -i -v >out 2>err
	run -1 grep -a geheim err
	grep -q 'C: oops' err
	grep -q 'C: USER joe' err
}
