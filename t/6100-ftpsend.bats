#!/usr/bin/env bats
# ftpsend: what it does with good servers and bad ones.

load lib

setup() {
	lib_setup
	mkdir up
	printf 'one\r\ntwo\0\n\n' >order.txt
}

# fake [RULE ...]: a fake-ftp for up/.
fake() {
	start -n fake fake-ftp up "$@"
}

# up_has NAME ...: these files, and no others, lie on the server.
up_has() {
	(cd up && find . -type f | LC_ALL=C sort) >listing
	printf './%s\n' "$@" | LC_ALL=C sort | cmp - listing
}

up_is_empty() {
	[ -z "$(ls -A up)" ]
}

# fails CODE ARGUMENT ...: ftpsend says something, and nothing on stdout.
fails() {
	run "-$1" --separate-stderr ftpsend "${@:2}"
	[ -z "$output" ]
	[ -n "$stderr" ]
}

@test "a file goes up under a dot-name, is compared and renamed" {
	fake
	run -0 --separate-stderr ftpsend -v "ftp://$ADDR/" order.txt
	[ -z "$output" ]
	cmp order.txt up/order.txt
	up_has order.txt
	sed -n 's/^C: //p' <<<"$stderr" | sed 's/ftpsend-[0-9a-f]*$/T/' >said
	printf '%s\n' 'USER anonymous' 'PASS ****' FEAT 'OPTS UTF8 ON' 'TYPE I' \
		EPSV 'STOR .T' 'SIZE .T' 'SIZE order.txt' 'RNFR .T' \
		'RNTO order.txt' QUIT | cmp - said
	terminal ftpsend -v "$ADDR" order.txt | tr -d '\r' >shown
	grep -qx $'\e''\[1mS: 221 .*'$'\e''\[0m' shown
	grep -qx 'C: QUIT' shown
	NO_COLOR=1 terminal ftpsend -v "$ADDR" order.txt >shown
	lacks $'\e' shown
}

@test "several files, standard input and a name, one log-in" {
	fake
	cp order.txt two.txt
	run -0 ftpsend "$ADDR" order.txt two.txt
	run -0 ftpsend -n 'Наказ.txt' "$ADDR" <order.txt
	run -0 ftpsend "$ADDR/" - <order.txt
	up_has order.txt two.txt order-2.txt 'Наказ.txt'
	for f in up/*; do
		cmp order.txt "$f"
	done
}

@test "a name that is taken gets -2, and that is said" {
	fake
	echo old >up/order.txt
	run -0 --separate-stderr ftpsend "$ADDR" order.txt
	[ "$stderr" = 'ftpsend: order.txt: the name is taken: stored as order-2.txt' ]
	cmp order.txt up/order-2.txt
	[ "$(cat up/order.txt)" = old ]
}

@test "directories: there, missing, made, refused" {
	fake
	mkdir up/in
	ftpsend "ftp://$ADDR/in/" order.txt
	fails 65 -r 0 "ftp://$ADDR/a/b%20c/" order.txt
	up_has in/order.txt
	ftpsend -m "ftp://$ADDR/a/b%20c/" order.txt
	cmp order.txt "up/a/b c/order.txt"
}

@test "PASV where EPSV is refused, never to the address it names" {
	fake 'EPSV=500 what'
	ftpsend -T 5 "$ADDR" order.txt
	up_has order.txt
}

@test "no SIZE, no FEAT: it works all the same" {
	fake 'FEAT=500 what' 'SIZE=500 what'
	ftpsend "$ADDR" order.txt
	up_has order.txt
	fake 'FEAT=500 what'
	run -0 ftpsend "$ADDR" order.txt
	[ "$output" = 'ftpsend: order.txt: the name is taken: stored as order-2.txt' ]
	fake 'FEAT=500 what' DATA=short
	fails 75 -r 0 "$ADDR" order.txt
	[[ $stderr = *'the server has 10 bytes of 11'* ]]
}

@test "renaming refused: that is said, and it goes up in place" {
	fake 'RNFR=502 no'
	cp order.txt two.txt
	run -0 --separate-stderr ftpsend "$ADDR" order.txt two.txt
	[ "$stderr" = 'ftpsend: renaming is refused (502 no): uploading in place' ]
	up_has order.txt two.txt
	cmp two.txt up/two.txt
}

@test "RNTO refused: the same" {
	fake 'RNTO=553 no'
	run -0 --separate-stderr ftpsend "$ADDR" order.txt
	[ "$stderr" = 'ftpsend: renaming is refused (553 no): uploading in place' ]
	up_has order.txt
}

@test "all refused: the name with a dot, and the other one" {
	fake 'STOR=550 no'
	fails 65 "$ADDR" order.txt
	[ "$stderr" = "ftpsend: a name with a dot is refused (550 no): uploading in place
ftpsend: order.txt: 550 no" ]
	up_is_empty
}

@test "EPSV and PASV refused: no word of the name" {
	fake 'EPSV=500 no' 'PASV=502 no data'
	fails 65 -r 0 "$ADDR" order.txt
	[ "$stderr" = 'ftpsend: order.txt: 502 no data' ]
	up_is_empty
}

@test "what it cannot delete on the server is named" {
	fake 'RNTO=550 no' 'DELE=550 never'
	run -0 --separate-stderr ftpsend "$ADDR" order.txt
	left=$(cd up && echo .ftpsend-*)
	[ "$stderr" = "ftpsend: renaming is refused (550 no): uploading in place
ftpsend: $left: left on the server, which does not delete it (550 never)" ]
	up_has "$left" order.txt
	rm -r up
	mkdir up
	fake 'RNFR=421 going down' 'DELE=421 going down'
	fails 75 -r 0 "$ADDR" order.txt
	left=$(cd up && echo .ftpsend-*)
	[[ $stderr = *"ftpsend: $left: may be left on the server"* ]]
}

@test "refused for good: 65, and nothing is left there" {
	head -c 100000 /dev/zero >long.txt
	fake 'STOR=552 too large'
	fails 65 "$ADDR" order.txt long.txt
	[ "$stderr" = "ftpsend: order.txt: 552 too large
ftpsend: long.txt: 552 too large" ]
	up_is_empty
}

@test "refused in the end: what the server has deleted is not named" {
	head -c 2000 /dev/zero >long.txt
	start ftpd-lite -l :0 -d up -m 1k
	fails 65 "$ADDR" long.txt
	[ "$stderr" = \
		"ftpsend: long.txt: 552 File too large: at most 1024 octets" ]
}

@test "no room: 75, after some tries" {
	fake 'STOR=452 full'
	fails 75 -r 1 "$ADDR" order.txt
	[ "$stderr" = 'ftpsend: order.txt: 452 full' ]
	up_is_empty
}

@test "no room at first: stored in the end" {
	fake 'STOR@1=452 full'
	ftpsend "$ADDR" order.txt
	up_has order.txt
}

# survives RULE: a server that fails so at first has the file in the end.
survives() {
	mkdir "$1"
	start -n "fake$1" fake-ftp "$1" "$1"
	ftpsend "$ADDR" order.txt
	stop || :
	[ "$(ls -A "$1")" = order.txt ]
	cmp order.txt "$1/order.txt"
}

@test "cut off at any stage before the last: sent again, once" {
	pids=()
	for stage in USER PASS TYPE EPSV STOR SIZE RNFR; do
		for how in cut late; do
			survives "$stage@1=$how" &
			pids+=("$!")
		done
	done
	for pid in "${pids[@]}"; do
		wait "$pid"
	done
}

@test "many files: each waits for little, and a cut loses and doubles none" {
	mkdir many
	for i in 1 2 3 4 5 6; do
		head -c $((i * 5000)) /dev/urandom >"many/$i"
	done
	fake RNTO@3=451\ later SIZE@6=cut EPSV@5=425\ none
	run -0 --separate-stderr ftpsend -v "$ADDR" many/*
	diff -r many up
	# The questions go together.
	sed -n 's/^\([CS]\): \([A-Z0-9]*\).*/\1\2/p' <<<"$stderr" | tr '\n' ' ' \
		>said
	grep -q 'CSIZE CSIZE CRNFR S213 S550 S350 CRNTO S250 ' said
}

# many_survive RULE CODE WANTED: the same for several files.
many_survive() {
	mkdir "$1"
	start -n "fake$1" fake-ftp "$1" "$1"
	run "-$2" ftpsend "$ADDR" many/*
	stop || :
	diff -r "$3" "$1"
}

@test "many files, and what can go wrong with one: none lost or doubled" {
	mkdir many
	for i in 1 2 3 4 5; do
		head -c $((i * 1000)) /dev/urandom >"many/$i"
	done
	cp -R many not3
	cp -R many not4
	rm not3/3 not4/4
	pids=()
	while IFS=: read -r rule code wanted; do
		many_survive "$rule" "$code" "$wanted" &
		pids+=("$!")
	done <<-'END'
	RNTO@2=451 later:0:many
	RNTO@3=550 no:0:many
	RNTO@3=cut:80:not3
	RNTO@3=late:80:many
	STOR@3=451 later:0:many
	STOR@4=552 no:65:not4
	STOR@3=cut:0:many
	STOR@3=late:0:many
	DATA@3=drop:0:many
	DATA@3=short:0:many
	EPSV@3=425 none:0:many
	EPSV@3=cut:0:many
	RNFR@3=451 later:0:many
	SIZE@5=cut:0:many
	END
	for pid in "${pids[@]}"; do
		wait "$pid"
	done
}

@test "a server that cannot take two commands at once: one at a time" {
	fake ONE=line
	cp order.txt two.txt
	run -0 --separate-stderr ftpsend -v -T 3 "$ADDR" order.txt two.txt
	[[ $stderr = *'no answer in time'* ]]
	up_has order.txt two.txt
}

@test "cut off after RNTO: perhaps stored, 80, not sent again" {
	fake RNTO@1=late
	fails 80 "$ADDR" order.txt
	[ "$stderr" = \
		'ftpsend: order.txt: may have been stored: the connection was cut' ]
	up_has order.txt
}

@test "in place and cut off before the answer: perhaps stored, 80" {
	fake 'RNFR=502 no' STOR@2=late
	fails 80 "$ADDR" order.txt
	rm up/order.txt
	# the file is there, but the answer about its size is lost
	fake 'RNFR=502 no' SIZE@5=cut
	fails 80 "$ADDR" order.txt
	[[ $stderr = *'order.txt: may have been stored: the connection was cut' ]]
	up_has order.txt
}

@test "a file that says it is empty, and is not: all of it is stored" {
	[ -r /proc/version ] || skip 'no /proc/version'
	fake
	ftpsend -n v.txt "$ADDR" /proc/version
	cmp /proc/version up/v.txt
}

@test "the data connection breaks: sent again" {
	fake DATA@1=drop
	head -c 3000000 /dev/urandom >big.txt
	ftpsend "$ADDR" big.txt
	cmp big.txt up/big.txt
	up_has big.txt
}

@test "a byte lost on the way is noticed" {
	fake DATA=short
	fails 75 -r 0 "$ADDR" order.txt
	[[ $stderr = *'the server has 10 bytes of 11'* ]]
	up_is_empty
	stop || :
	fake DATA@1=short
	ftpsend "$ADDR" order.txt
	cmp order.txt up/order.txt
}

@test "a server that says nothing: 75 in time" {
	fake STOR=mute
	SECONDS=0
	fails 75 -T 1 -r 0 "$ADDR" order.txt
	[ "$SECONDS" -lt 30 ]
	[[ $stderr = *'no answer in time' ]]
}

@test "no FTP server: 75" {
	fake 220=hello
	fails 75 -r 0 "$ADDR" order.txt
	[[ $stderr = *'invalid reply' ]]
}

@test "the log-in refused: 77; nobody there: 75; no such host: 68" {
	fake 'PASS=530 no'
	fails 77 "$ADDR" order.txt
	stop || :
	fails 75 -r 0 "$ADDR" order.txt
	# Such a name is known to be none without a name server.
	fails 68 -r 0 host..invalid order.txt
}

@test "the password: from a command, or netrc, never shown" {
	fake
	echo secret-word >key
	run -0 --separate-stderr ftpsend -v -u anna -P 'cat key' "$ADDR" order.txt
	[[ $stderr = *'C: USER anna'*'C: PASS ****'* ]]
	[[ $stderr != *secret-word* ]]
	echo 'machine 127.0.0.1 login anna password secret-word' >netrc
	chmod 600 netrc
	NETRC=netrc ftpsend "ftp://anna@$ADDR/" order.txt
	fails 77 -u anna -P false "$ADDR" order.txt
	NETRC=netrc fails 77 -u olga "$ADDR" order.txt
	chmod 644 netrc
	NETRC=netrc fails 77 -u anna "$ADDR" order.txt
	fails 64 "ftp://anna:secret@$ADDR/" order.txt
	[[ $stderr != *secret* ]]
}

@test "a password with a line ending or a NUL never gets on a line" {
	fake
	printf 'machine 127.0.0.1 login joe password "x\nDELE old.txt"\n' >netrc
	chmod 600 netrc
	echo old >up/old.txt
	NETRC=netrc fails 77 -v -u joe "$ADDR" order.txt
	[ "$stderr" = 'ftpsend: netrc: the password of joe has a line ending, or a NUL, in it' ]
	printf 'a\rDELE old.txt\n' >key
	fails 77 -u joe -P 'cat key' "$ADDR" order.txt
	printf 'a\0b\n' >key
	fails 77 -u joe -P 'cat key' "$ADDR" order.txt
	fails 64 -u $'joe\nDELE old.txt' "$ADDR" order.txt
	up_has old.txt
}

@test "wrong usage is known before the network" {
	fails 64
	fails 64 -n a/b localhost order.txt
	fails 64 -n name localhost order.txt order.txt
	fails 64 localhost - -
	fails 64 -T 0 localhost order.txt
	fails 64 'localhost/%0d' order.txt
	fails 64 'ftp://' order.txt
	fails 64 -u '' localhost order.txt
}

@test "what cannot be read does not stop the others" {
	fake
	cp order.txt .hidden
	fails 66 "$ADDR" none.txt order.txt
	fails 65 "$ADDR" .hidden
	up_has order.txt
}
