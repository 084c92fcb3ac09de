#!/usr/bin/env bats
# What a peer says, or a file holds, is shown without anything that a terminal
# acts on, or that turns the direction of text; other UTF-8 stays.

# shellcheck disable=SC2154 # run sets stderr, stderr_lines

load lib
load smtpsend

# C0, C1 in UTF-8 and as bytes, an override, an isolate, a cut character.
ACTS=($'\e' $'\a' $'\xc2\x9b' $'\x9b' $'\x7f' $'\xe2\x80\xae' $'\xe2\x81\xa7' \
	$'\xf0\x9f')
ODD="ї$(printf '[%s]' "${ACTS[@]}")"

setup() {
	lib_setup
	printf 'Message-ID: <1@here.test>\nSubject: s\n\nHi.\n' >message
}

# harmless FILE ...: what is odd is told there, but not as it came.
harmless() {
	local file act
	for file; do
		LC_ALL=C grep -Fq 'ї' "$file" || { echo "$file: not told"; return 1; }
		for act in "${ACTS[@]}"; do
			LC_ALL=C lacks -Fq -e "$act" "$file" ||
				{ od -c "$file"; return 1; }
		done
	done
}

# shows CODE FILES command ...: it ends so, and the files (of out and err) are
# harmless.
shows() {
	local want=$1 files=$2 code=0
	shift 2
	"$@" >out 2>err <"${IN:-/dev/null}" || code=$?
	[ "$code" = "$want" ] || { echo "$*: $code"; cat out err; return 1; }
	# shellcheck disable=SC2086 # words
	harmless $files
}

@test "smtpsend: a refused recipient, however it is told" {
	fake "rcpt:*:550-5.1.1 $ODD|550 5.1.1 $ODD"
	IN=message
	shows 67 err smtpsend -s "$ADDR" -f a@b.c u@a.test
	shows 67 err smtpsend -v -s "$ADDR" -f a@b.c u@a.test
	shows 67 out smtpsend -n -s "$ADDR" -f a@b.c u@a.test
	shows 67 'out err' smtpsend -l - -s "$ADDR" -f a@b.c u@a.test
	shows 67 err smtpsend -l journal -s "$ADDR" -f a@b.c u@a.test
	harmless journal
	batch 1 >b
	IN=b shows 67 out smtpsend -bS -s "$ADDR"
	IN=b shows 67 out smtpsend -bS -n -s "$ADDR"
}

@test "smtpsend: a greeting, a reply to EHLO, one after the dot" {
	fake "greeting:*:554 $ODD"
	IN=message
	shows 75 err smtpsend -s "$ADDR" -f a@b.c u@a.test
	shows 75 'out err' smtpsend -v -n -s "$ADDR" -f a@b.c u@a.test
	fake "ehlo:*:250-x $ODD|250 $ODD" "dot:*:250 $ODD"
	shows 0 'out err' smtpsend -v -l - -s "$ADDR" -f a@b.c u@a.test
	fake "mail:*:421 $ODD"
	printf 'EHLO me\nMAIL FROM:<a@b.c>\n' >typed
	IN=typed shows 75 out smtpsend -I -v -s "$ADDR"
}

@test "smtpsend: an address in a batch" {
	fake
	printf '%s\n' "MAIL FROM:<a@x>" "RCPT TO:<a${ODD}@x>" \
		'RCPT TO:<b@x>' DATA "Subject: $ODD" \
		'' Hi. . QUIT >b
	IN=b shows 67 out smtpsend -bS -s "$ADDR"
	IN=b shows 67 'out err' smtpsend -bS -v -s "$ADDR"
	IN=b shows 67 out smtpsend -bS -n -s "$ADDR"
	# One with a control is none: no journal could tell it again.
	printf 'MAIL FROM:<a@x>\nRCPT TO:<a\u202eb@x>\nDATA\n\nHi.\n.\nQUIT\n' >b
	run -67 smtpsend -bS -s "$ADDR" -l journal <b
	[[ $output == *$'\ta no-break space, or an invisible character, in '* ]]
}

@test "smtpsend -C: what a command says" {
	printf '#!/bin/sh\nprintf "%%s\\r\\n" "220 %s"; read -r x\n' "$ODD" >said
	chmod +x said
	IN=message
	shows 75 err smtpsend -v -C ./said -s localhost:1 -f a@b.c u@a.test
}

@test "ordersend: what is stored, refused, or said at first" {
	echo x >f.txt
	start handout "printf '220 h orderrecv 1 -\r\n554 %s\r\n' '$ODD'" \
		"printf '421 %s\r\n' '$ODD'" \
		"printf '220 h orderrecv 1 -\r\n452 no\r\n221 %s\r\n' '$ODD'"
	shows 65 err ordersend -r 0 -s "$ADDR" f.txt
	shows 75 err ordersend -r 0 -s "$ADDR" f.txt
	shows 75 err ordersend -v -r 0 -s "$ADDR" f.txt
}

@test "ftpsend: refused, and with -v" {
	mkdir up
	echo x >f.txt
	start -n fake fake-ftp up "220=220 $ODD" "STOR=553 $ODD"
	shows 65 err ftpsend -r 0 "$ADDR" f.txt
	shows 65 err ftpsend -v -r 0 "$ADDR" f.txt
}

@test "mxlookup: names and their hosts" {
	local odd='\209\151\194\155\155\226\128\174'
	printf '%s\n' "a.test MX 10 x$odd.test" "b.test CNAME x$odd.test" \
		"x$odd.test A 192.0.2.1" >zone
	start -n dns fake-dns
	shows 68 err mxlookup -v -d "$ADDR" a.test
	[ ! -s out ]
	shows 0 err mxlookup -v -d "$ADDR" b.test
	[ "$(cat out)" = "0 b.test" ]
	printf 'a.test MX 10 x\\209\\151.test\n' >zone
	shows 0 out mxlookup -d "$ADDR" a.test
}

@test "orderparse: a line of input in a message" {
	printf '%s\n' '[Recipients:]' "a@x key$ODD=1, $ODD@x" '[Subject:] s' \
		'[Body:]' Hi. >order
	run -65 --separate-stderr orderparse -r order
	printf '%s\n' "$output$stderr" >told
	LC_ALL=C lacks -Fq -e "${ACTS[0]}" -e "${ACTS[2]}" -e "${ACTS[5]}" told
}

@test "mkmail -R: a line of results, whoever wrote it" {
	printf 'failed\tї%s@x\t550\trcpt\t-\t1\t2026-11-21T23:46:12Z\t-\t%s\n' \
		"$ODD" "$ODD" >results
	echo Hi. | mkmail -f a@b -s Report -R results support@x >report
	readmail report >parts
	harmless part.0
	readmail -f Diagnostic-Code part.1 >text || cp part.1 text
	LC_ALL=C lacks -Fq -e "${ACTS[2]}" -e "${ACTS[5]}" text
}

@test "servers: what clients say, with -v" {
	printf '%s\r\n' "EHLO $ODD" "MAIL FROM:<$ODD@x>" "$ODD" QUIT >said
	IN=said shows 0 err smtpd-lite -i -v -d mail
	printf '%s\r\n' "USER $ODD" "$ODD" QUIT >said
	IN=said shows 0 err env TCPREMOTEIP=127.0.0.1 ftpd-lite -i -v
	printf 'u:p\n' >passwd
	chmod 600 passwd
	mkdir -p mail
	IN=said shows 0 err env TCPREMOTEIP=127.0.0.1 pop3d-lite -i -v \
		-u passwd -d mail
	printf 'ORDER %s\r\nQUIT\r\n' "$ODD" >said
	IN=said shows 0 err orderrecv -i -v
}

@test "what stands behind a NUL is told, too" {
	printf 'u:p\n' >passwd
	chmod 600 passwd
	printf 'ORDER a\0b\r\nQUIT\r\n' >said
	for server in 'smtpd-lite -d mail' ftpd-lite 'pop3d-lite -u passwd' \
		orderrecv; do
		# shellcheck disable=SC2086 # words
		TCPREMOTEIP=127.0.0.1 $server -i -v <said 2>err >out || true
		grep ': C: ORDER a?b$' err || { echo "$server"; cat err; false; }
	done
	start handout "printf '220 h orderrecv 1 -\r\n554 a\\0b\r\n'"
	echo x >f.txt
	run -65 --separate-stderr ordersend -r 0 -s "$ADDR" f.txt
	[ "$stderr" = 'ordersend: f.txt: 554 a b' ]
}

@test "servers: no such name for a file, whose path is printed" {
	for name in 'a%C2%9Bb' 'a%E2%80%AEtxt' 'a%9B'; do
		printf 'ORDER 0 %064d %s -\r\nQUIT\r\n' 0 "$name" |
			orderrecv -i >out
		grep -q '^501 bad line: the name ' out
		printf "USER anonymous\r\nPASS x\r\nMKD a\r\nRNFR $(sed \
			's/%/\\x/g' <<<"$name")\r\nQUIT\r\n" |
			TCPREMOTEIP=127.0.0.1 ftpd-lite -i >out
		grep -q '^553 the name ' out
	done
}
