#!/usr/bin/env bats
# Every example of every page, run as it stands there but for the ports, for
# names of hosts and for directories of the system.  A page has a test here by
# its name, which runs as many examples as the page has.

# shellcheck disable=SC2154 # run sets output, stderr, lines

load lib
load smtpsend

setup() {
	lib_setup
	PAGE=${BATS_TEST_DESCRIPTION}
	TRIED=
	cp "$TOP/examples/session.txt" .
	mkdir shim incoming
	PATH=$PWD/shim:$PATH
	ln -s "$TOP/pipeline.sh" .
	ln -s "$TOP/pipeline.sh" shim/
	printf '%s\n' user1 user3 support >users
	printf '%s\n' user1:secret anna:secret news:secret >passwd
	echo secret >key
	chmod 600 passwd key
	export FROM=news@pth.ua SUPPORT=support@pth.ua
}

# examples N: the page's N-th one; how many there are.  Displayed lines are
# one, and so are .Dl lines without others between.
examples() {
	awk -v want="$1" '
	/^\.Sh / { on = $2 == "EXAMPLES"; next }
	!on { next }
	/^\.Bd / { n++; shown = 1; next }
	/^\.Ed/ { shown = 0; next }
	/^\.D[l1] / && !line { n++ }
	{ line = /^\.D[l1] / }
	line { sub(/^\.D[l1] /, "") }
	(line || shown) && n == want {
		gsub(/\\\(dq/, "\"")
		gsub(/\\e/, "\\")
		gsub(/\\&/, "")
		print
	}
	END { if (want == 0) print n + 0 }' "$TOP/man/$PAGE"
}

# example N [WHAT WITH] ...: the N-th one to commands, with these words put in for
# others; of a transcript ("$ command") the commands alone, and what they print
# to want.
example() {
	local n=$1 text
	shift
	text=$(examples "$n")
	[ -n "$text" ] || { echo "$PAGE: no example $n"; return 1; }
	while [ $# -gt 0 ]; do
		[[ $text == *"$1"* ]] || { echo "$PAGE $n: no $1"; return 1; }
		text=${text//"$1"/$2}
		shift 2
	done
	TRIED+=" $n"
	awk '/^\$ / { more = 1; sub(/^\$ /, ""); transcript = 1 }
		transcript && !more { print >"want"; next }
		{ print >"commands"; more = /\\$/ }
		BEGIN { printf "" >"commands"; printf "" >"want" }' <<<"$text"
}

# gives CODE N ...: the example ends so, and prints what the page says.
gives() {
	local code=$1
	shift
	example "$@" || return
	run "-$code" --separate-stderr sh ./commands
	printf '%s' "$output${output:+
}" >got
	[ ! -s want ] || diff want got
}

# no_server: the commands end where their server cannot start, and take no log
# of an earlier one for its.
no_server() {
	rm -f path
	mkdir path
	echo listening >log
	sh ./commands &
	ended_in_time "$!" 20 || {
		kill "$!"
		return 1
	}
	wait "$!" && return 1
	[ ! -e log ]
}

# serves N ...: the example is a server, or more, that go on; ADDR is one's.
serves() {
	example "$@" || return
	start -n "ex$1" sh -c '. ./commands; wait'
}

# kitchen: what the recipes of the cookbook take to be there; SERVED has the
# addresses of its servers, and what stands for them on the page.
kitchen() {
	printf '%s\n' 'Subject: Exam' '' 'At nine.' >letter
	printf '%s\n' user1:secret news:secret >passwd
	echo secret >secret
	echo plan >план.pdf
	mkdir upload certs
	cp session.txt upload/
	cp session.txt certs/cert-user1.pdf
	cp session.txt certs/cert-user3.pdf
	touch -t 202001010000 upload/session.txt
	start smtpd-lite -l 127.0.0.1:0 -d mail -u users -a passwd
	SERVED=(localhost:2525 "$ADDR")
	start orderrecv -l 127.0.0.1:0
	SERVED+=(localhost:2626 "$ADDR")
	start ftpd-lite -l 127.0.0.1:0
	SERVED+=(localhost:2121 "$ADDR")
	bounced
	printf '[Recipients:] a@b.c\n[Subject:] [email] [token]\n[Body:]\n' |
		orderparse -f x@y.z -k key -m a@b.c >answer
	export EMAIL=me@pth.ua
}

# patches: three commits, or where there is no git what makes a patch as it
# does.
patches() {
	local n
	if ! command -v git >/dev/null; then
		printf '%s\n' '#!/bin/sh' "cat >0001.patch <<'END'" \
			'From: me@pth.ua' 'To: user1@pth.ua' 'Subject: Step 1' \
			'' 'END' >shim/git
		chmod +x shim/git
		return
	fi
	# No hook, signature or other wish of the caller's.
	export GIT_CONFIG_GLOBAL=/dev/null GIT_CONFIG_NOSYSTEM=1
	git init -q .
	for n in 1 2 3; do
		echo "$n" >file
		git add file
		git -c user.name=Me -c user.email=me@pth.ua commit -qm "Step $n"
	done
}

# recipe CODE [PATTERN]: the next one, as it stands but for those addresses; a
# line of what it prints is so, or nothing is printed.
recipe() {
	local i text words=()
	NEXT=$((${NEXT:-0} + 1))
	text=$(examples "$NEXT")
	for ((i = 0; i < ${#SERVED[@]}; i += 2)); do
		[[ $text != *"${SERVED[i]}"* ]] || words+=("${SERVED[@]:i:2}")
	done
	gives "$1" "$NEXT" "${words[@]}"
	if [ $# -gt 1 ]; then
		grep -Eq -e "$2" got && return
	else
		[ -s got ] || return 0
	fi
	printf '%s\n' "$PAGE $NEXT: not so: '$2'" "$text" "$output" "$stderr"
	return 1
}

# Each example of the page has been tried, once at least.
all_tried() {
	tr ' ' '\n' <<<"$TRIED" | sed '/^$/d' | sort -n -u >tried
	seq "$(examples 0)" | diff - tried
}

mail_server() {
	start smtpd-lite -l 127.0.0.1:0 -d mail -u users
	export SMTPSERVER=$ADDR
}

letters() {
	find "mail/$1/new" -type f 2>/dev/null | wc -l
}

# The order was handled: two letters and the report.
is_handled() {
	wait_for sh -c 'ls ARC/*.txt' 2>/dev/null >&2
	[ "$(letters user1) $(letters user3) $(letters support)" = "1 1 1" ]
}

@test "every page has its test here" {
	(cd "$TOP/man" && ls) >want
	sed -n 's/^@test "\([a-z0-9-]*\.[157]\)" {$/\1/p' "$BATS_TEST_FILENAME" |
		LC_ALL=C sort >got
	LC_ALL=C sort want | diff - got
	# ... which sees to it that no example is left out.
	[ "$(grep -c '^	all_tried$' "$BATS_TEST_FILENAME")" = \
		"$(wc -l <want)" ]
}

@test "archive-stamp.1" {
	gives 0 1
	cp "$TOP/examples/session.txt" report.txt
	gives 0 2 2026 "$(date +%Y)"
	echo x >photo.jpg
	touch -t 202001020304.05 photo.jpg
	gives 0 3
	[ "$(cat got)" = ARC/photo-20200102-030405.jpg ]
	all_tried
}

@test "bsmtp.5" {
	fake
	example 1
	run -0 smtpsend -bS -s "$ADDR" <commands
	tail -n 1 got.1 | tr -d '\r' | grep -x '\.and this line .* one dot\.'
	printf '#!/bin/sh\necho "$@"; cat\n' >shim/exim
	chmod +x shim/exim
	printf '%s\n' '[Recipients:] a@b.c, b@b.c' '[Subject:] s' '[Body:]' \
		'MAIL FROM:<a@b.c> ї' .x MAIL >session.txt
	gives 0 2
	[ "${lines[0]}" = -bS ]
	[ "$(grep -c '^MAIL FROM:<[^>]*>$' got)" = 2 ]
	[ "$(grep -c $'^MAIL FROM:<a@b.c> ї\r$' got)" = 2 ]
	all_tried
}

@test "dialogue.5" {
	example 1
	cp commands dialogue
	[ "$(awk -F '\t' '{ print NF }' dialogue | sort | uniq -c |
		tr -s ' ' | paste -sd , -)" = ' 1 1, 9 5' ]
	gives 0 2
	[ "$(cat got)" = $'EHLO pc\nNOOP\nQUIT' ]
	all_tried
}

@test "ftpd-lite.1" {
	mail_server
	serves 1 'ftpd-lite |' 'ftpd-lite -l :0 |'
	ftpsend "$ADDR" session.txt
	is_handled
	# REPORT=ftp: the order is attached.
	grep -q '^Content-Disposition: attachment' mail/support/new/*
	serves 2 -s '-l :0 -s'
	serves 3 '*:2121' 127.0.0.1:0
	ftpsend -u anna -P 'cat key' "$ADDR" session.txt
	cmp session.txt incoming/session.txt
	gives 0 4
	[ "$(tr -d '\r' <got | cut -c1-3 | paste -sd ' ' -)" = '220 331 230 221' ]
	all_tried
}

@test "ftpsend.1" {
	start ftpd-lite -l :0
	gives 0 1 orders.example "$ADDR"
	cmp session.txt incoming/session.txt
	start -n second ftpd-lite -l :0 -u passwd
	gives 0 2 localhost:2121 "$ADDR"
	grep -q today incoming/today.txt
	all_tried
}

@test "mailorder.7" {
	mail_server
	serves 1 'orderrecv |' 'orderrecv -l :0 |'
	ordersend -q -s "$ADDR" session.txt
	is_handled
	mkdir -p spool/incoming
	cp session.txt spool/incoming/
	gives 0 2 '* * * * * ' '' /var/spool/mailorder spool
	[ "$(find spool/ARC -name 'session-*.txt' | wc -l)" = 1 ]
	[ "$(letters user1)" = 2 ]
	# Without TLS, which is openssl's; t/interop has that.
	start -n login smtpd-lite -l 127.0.0.1:0 -d mail -u users -a passwd
	echo "machine 127.0.0.1 login news password secret" >netrc
	chmod 600 netrc
	cp session.txt incoming/
	NETRC=$PWD/netrc gives 0 3 mail.pth.ua "$ADDR" '-Z ' ''
	[ "$(letters user1)" = 3 ]
	gives 0 4
	[ "$(grep -c '^250 2.0.0 Ok: queued' got)" = 3 ]
	serves 5 :2525 :0 :1110 :0
	wait_for sh -c '[ "$(grep -c "listening on" ex5.err)" = 2 ]'
	smtpsend -s "$(sed -n 's/^smtpd.* on //p' ex5.err)" -f a@b a@pth.ua \
		<session.txt
	[ "$(letters a)" = 1 ]
	gives 67 6 localhost:2525 "$SMTPSERVER"
	[ "${#lines[@]}" = 3 ]
	gives 0 7
	grep -qx 'user2@pth.ua 5.1.1 No such user here' got
	cp session.txt letter
	cp session.txt task.txt
	cp session.txt conclusions.txt
	ln -s "$TOP/examples" .
	gives 0 8 localhost:2525 "$SMTPSERVER"
	[ "$(cat got)" = report.html ]
	grep -q '>MAIL FROM:' report.html
	all_tried
}

@test "mailorderrc.5" {
	fake
	example 1 'mail.pth.ua' "$ADDR" 'tls starttls' 'tls off' \
		/etc/mailorder.aliases aliases 'user news' '' 'secret ' '# '
	cp commands rc
	example 2
	cp commands aliases
	run -0 smtpsend -K rc -FCronDaemon -i -oem root <<<$'Subject: s\n'
	[ "$(cat got.log)" = '1 news@pth.ua admin@pth.ua' ]
	all_tried
}

# bounced: a Maildir of what came back, for two programs.
bounced() {
	mkdir -p mail/news/new
	cp "$TOP/t/bounces/exim.eml" mail/news/new
}

@test "bounceparse.1" {
	bounced
	gives 0 1
	[ "$(cut -f 1 gone)" = $'user9@example.org\nuser10@example.net' ]
	gives 0 2
	[ "$(head -n 1 got | cut -f 2)" = user9@example.org ]
	all_tried
}

@test "bouncematch.1" {
	bounced
	mkdir ARC
	bounceparse mail/news | awk -F '\t' -v OFS='\t' '{ $1 = "sent"; print }' \
		>ARC/session.results
	[ -s ARC/session.results ]
	bounceparse mail/news >all
	gives 0 1
	cp got matched
	[ -s matched ]
	gives 0 2
	cmp matched back/session.bounces
	rm -r back
	mkdir back
	gives 0 3
	cmp matched "$(<got)"
	rm seen
	gives 0 4
	cmp matched got
	bouncematch -k seen bounces ARC | cmp - /dev/null
	all_tried
}

@test "suppress.1" {
	bounced
	mkdir ARC
	printf 'failed\tuser2@pth.ua\t550\trcpt\tx:25\t1\t%s\t-\t5.1.1 no\n' \
		2026-11-21T10:00:00Z >ARC/session.results
	gives 0 1
	gives 0 2
	[ "$(tr -s ' ' <got)" = ' 3 failed' ]
	gives 0 3
	run -0 suppress -o gone ARC/session.results
	[ "$(wc -l <gone)" = 2 ]
	all_tried
}

@test "gone.5" {
	printf 'b@x\na@x\n' >gone
	printf 'a@x\n' >gone.other
	example 1
	grep -q $'^user2@pth.ua\tleft\t' commands
	gives 0 2
	[ "$(cat got)" = $'a@x\nb@x' ]
	all_tried
}

@test "mkbatch.1" {
	fake
	export SMTPSERVER=$ADDR
	# The git that there may be is not needed.
	mkdir mail mail/user1 mail/user1/cur mail/user1/new
	for i in 1 2; do
		printf '%s\n' 'To: list@pth.ua' "Subject: $i" '' Hi. |
			tee "000$i.patch" >"mail/user1/new/$i"
	done
	printf '%s\n' 'From x Mon Nov 23 10:00:00 2026' 'To: a@x' '' 1 >sent.mbox
	gives 0 1 'git format-patch' :
	[ "$(received | uniq -c | tr -s ' ')" = ' 2 list@pth.ua' ]
	gives 0 2
	[ "$(wc -l <got)" = 6 ]
	all_tried
}

@test "mailorder-cookbook.7" {
	kitchen
	# one message
	recipe 0 .
	[ "$(letters user1)" = 0 ]
	recipe 0
	recipe 0
	recipe 0
	recipe 0
	recipe 0 '-- RCPT TO:<user1@pth.ua> '
	[ "$(letters user1)" = 5 ]
	# a mailing
	recipe 0 '^Hello user1!'
	recipe 67
	cp results first
	[ "$(cut -f 1 results | sort | uniq -c | tr -s ' ' | paste -sd , -)" = \
		' 1 failed, 2 sent' ]
	recipe 67
	recipe 0 '^Room 12, Olena\.'
	recipe 0 '^3$'
	recipe 0 pth
	recipe 0 '^sent	user3@pth.ua	250'
	recipe 0 '^sent	user3@pth.ua	250'
	grep -l 'filename="*cert-user3.pdf' mail/user3/new/*
	recipe 67 '^sent	user1@pth.ua	250'
	lacks -q user3 got
	patches
	recipe 0 '^sent	user1@pth.ua	250'
	# afterwards
	recipe 0 '^user2@pth.ua 5.1.1 '
	sed 's/^sent\(	user3\)/deferred\1/' first >results
	recipe 0
	[ "$(orderparse -r again.txt)" = user3@pth.ua ]
	recipe 0
	grep -q '>3 recipients<' mailing.svg
	rm gone
	recipe 0 '^user1@'
	lacks -q user2@ got
	recipe 67 '^sent	user1@'
	grep -Eq '^Return-Path: <news\+[^-]*-user1=pth\.ua@pth\.ua>' \
		mail/user1/new/*
	recipe 0
	grep -q '^user9@example\.org	failed' gone
	recipe 0
	grep -q '^a@b\.c	left' gone
	recipe 0
	[ "$(letters support)" = 1 ]
	# taking orders
	recipe 0 '^ARC/session-'
	[ "$(letters support)" = 2 ]
	recipe 0
	cmp session.txt incoming/today.txt
	recipe 0
	cmp session.txt incoming/session.txt
	recipe 0 '^working$'
	recipe 0
	[ "$(wc -l <recipients)" = 3 ]
	recipe 0 '^ARC/report-'
	# tests and lessons
	recipe 0 '^250 2.0.0 Ok: queued'
	recipe 0 '^Subject: Exam'
	recipe 0 '^451 4.2.0 try later'
	recipe 0 'RCPT TO:<user1@pth.ua>'
	recipe 0
	recipe 0 550
	recipe 0 .
	recipe 0 '^\+OK'
	recipe 0 mx
	all_tried
}

@test "mkmail.1" {
	fake
	gives 0 1
	echo Hi. >text
	echo plan >план.txt
	SMTPSERVER=$ADDR EMAIL=me@pth.ua gives 0 2
	[ "$(received)" = user1@pth.ua ]
	printf 'failed\tu@x\t550\trcpt\t-\t1\t2026-11-21T23:46:12Z\t-\tno\n' \
		>session.results
	gives 0 3
	grep -q '^Message-ID: <session.1@pth.ua>' report
	grep -q 'report-type="*delivery-status' report
	all_tried
}

@test "mxlookup.1" {
	printf '%s\n' 'pth.ua MX 10 mx1.pth.ua' 'pth.ua MX 20 mx2.pth.ua' \
		'mx1.pth.ua A 192.0.2.1' >zone
	start -n dns fake-dns
	gives 0 1 'mxlookup pth' "mxlookup -d $ADDR pth"
	gives 0 2 127.0.0.1:5353 "$ADDR"
	printf '%s\n' 'pth.ua MX 10 mx1.pth.ua' 'mx1.pth.ua A 192.0.2.1' >zone
	example 3 127.0.0.1:5353 "$ADDR"
	run -0 --separate-stderr sh ./commands
	diff want - <<<"$stderr"
	printf '%s\n' 'pth.ua MX 10 mx1.pth.ua' 'pth.ua MX 20 mx2.pth.ua' \
		>pth.zone
	gives 0 4
	all_tried
}

@test "order.5" {
	gives_order() {
		example "$1"
		run -0 orderparse -f a@b.c -k key -r commands
		[ "${#lines[@]}" = "$2" ]
	}
	gives_order 1 3
	gives_order 2 3
	gives_order 3 3
	gives_order 4 2
	all_tried
}

@test "orderparse.1" {
	mail_server
	gives 0 1
	grep -q '^Hello user1!' got
	gives 0 2
	[ "$(grep -c '^250 2.0.0 Ok: queued' got)" = 3 ]
	gives 67 3
	[ "$(cut -f 1 results | sort | uniq -c | tr -s ' ' | paste -sd , -)" = \
		' 1 failed, 2 sent' ]
	gives 0 4
	[ "$(tr -s ' ' <got | paste -sd , -)" = '3, 3 pth.ua' ]
	printf 'email,grade\na@b.c,1\n' >grades.csv
	printf '[Subject:] [grade]\n[Body:]\n' >letter.txt
	gives 0 5
	grep -qx 'field grade 1' got
	printf 'email,name,course,grade\na@b.c,A,x,1\na@b.c,A,y,2\n' >courses.csv
	printf '%s\n' '[Subject:] s' '[Body:]' '[rows]' '[course]: [grade]' \
		'[/rows]' >courses.txt
	gives 0 6
	grep -qx 'y: 2' got
	mkdir files
	echo x >files/cert-a.pdf
	sed '1i[Recipients:] a@b.c\n[Attach:] cert-[login].pdf' letter.txt |
		sed 's/ \[grade\]//' >certificates.txt
	gives 0 7
	grep -q 'filename=cert-a.pdf' batch
	printf 'deferred\tuser2@pth.ua\t-\tdot\th:25\t1\t%s\t-\t\n' \
		2026-11-21T23:46:12Z >results
	gives 0 8
	[ "$(orderparse -r again.txt)" = user2@pth.ua ]
	echo user2@pth.ua >gone
	gives 0 9
	[ "$(grep -c 'MAIL FROM:<news+[a-z2-7]*-user[13]=pth.ua@pth.ua>' batch)" \
		= 2 ]
	all_tried
}

@test "orderproto.7" {
	# The project's own, in place of two that a machine may lack.
	printf '#!/bin/sh\ndigest\n' >shim/sha256sum
	start orderrecv -l 127.0.0.1:0
	printf '#!/bin/sh\n[ "$1" = -N ] || set -- -o\n[ "$1" = -o ] || set --\n
		exec wire "$@" %s\n' "$ADDR" >shim/nc
	chmod +x shim/*
	gives 0 1
	grep -q '^250 stored session.txt ' got
	cmp session.txt incoming/session.txt
	gives 0 2
	grep -q '^250 stored order-' got
	all_tried
}

@test "orderrecv.1" {
	mail_server
	serves 1 'orderrecv |' 'orderrecv -l :0 |'
	ordersend -q -s "$ADDR" session.txt
	is_handled
	serves 2
	ordersend -q -s "$ADDR" -n other.txt session.txt
	wait_for grep -qx incoming/other.txt ex2.out
	gives 0 3
	grep -q '^250 stored order-' got
	all_tried
}

@test "ordersend.1" {
	start orderrecv -l 127.0.0.1:0
	gives 0 1 'ordersend ' "ordersend -s $ADDR "
	cmp session.txt incoming/session.txt
	gives 0 2 'ordersend ' "ordersend -s $ADDR "
	grep -q today incoming/session-today.txt
	gives 0 3 orders.example:2626 "$ADDR"
	[ ! -s got ]
	all_tried
}

@test "ordertake.1" {
	echo user2 >>users
	mail_server
	cp session.txt incoming/one.txt
	cp session.txt incoming/two.txt
	gives 0 1
	[ "$(cut -f 1 results | sort | uniq -c)" = '      6 sent' ]
	[ "$(wc -l <got)" = 2 ]
	[ -z "$(ls -A incoming)$(ls -A work)" ]
	example 2
	run -0 sh -c '. ./commands 2>&1'
	diff want - <<<"$output"
	all_tried
}

@test "pop3d-lite.1" {
	orderparse -S session.txt | smtpd-lite -i -d mail >/dev/null
	gives 0 1
	grep -q '^Hello user1!' got
	serves 2 :1110 :0
	# The third one is a file of stunnel's, which t/interop runs.
	example 3
	grep -qx 'connect = 127.0.0.1:1110' commands
	all_tried
}

@test "protoexplain.1" {
	fake
	gives 0 1 localhost:2525 "$ADDR"
	grep -q '^C: RCPT TO:<user1@pth.ua>$' got
	printf '%s\n' 'S: 220 a' 'C: EHLO pc' 'S: 250-a' 'S: 250 AUTH CRAM-MD5' \
		'C: AUTH CRAM-MD5' 'S: 334 MQ==' 'S: 535 no' >dialogue
	gives 65 2
	gives 0 3
	all_tried
}

@test "protograde.1" {
	ln -s "$TOP/t/bin/mutant-client" shim/
	printf '#!/bin/sh\nexec mutant-client good "$@"\n' >client
	chmod +x client
	gives 0 1
	gives 0 2
	[ "$(tail -n 1 got)" = '4 of 4; failed: 0, not tried: 0' ]
	echo 'anna ./client %h %p %f %t %m' >list.txt
	gives 0 3
	[ "$(cat class.tsv)" = $'name\tgot\tof\tcrlf\tdots\nanna\t4\t4\t1\t1' ]
	ln -s "$TOP/t/bin/mutant-server" shim/
	printf '#!/bin/sh\nexec mutant-server good "$@"\n' >server
	chmod +x server
	mkdir stored
	mail_server
	printf '%s\n' quit >points.txt
	gives 0 4 localhost:2525 "$ADDR" '-d mail' '-d stored'
	[ "$(grep -c 'failed: 0, not tried: 0' got)" = 2 ]
	rm passwd
	gives 0 5
	[ "$(tail -n 1 got)" = '30 of 30; failed: 0, not tried: 0' ]
	all_tried
}

@test "protoladder.1" {
	fake
	cp session.txt letter
	export SMTPSERVER=$ADDR
	gives 0 1
	grep -q -e '-- RCPT TO:<user1@pth.ua> ' got || { cat got; false; }
	gives 0 2
	[ "$(grep -c '^</svg>$' ladder.svg states.svg)" = $'ladder.svg:1\nstates.svg:1' ]
	gives 0 3
	all_tried
}

@test "protoreplay.1" {
	cp session.txt letter
	start -n one smtpd-lite -l 127.0.0.1:0 -d mail
	first=$ADDR
	start -n two smtpd-lite -l 127.0.0.1:0 -d mail
	gives 0 1 localhost:2525 "$first" localhost:2526 "$ADDR"
	[ "$(cat got)" = 'the same' ]
	gives 0 2
	example 3 :2527 127.0.0.1:0
	start -n replay sh ./commands
	smtpsend -s "$ADDR" user1@pth.ua <letter
	gives 0 4 localhost:2525 "$first"
	grep -q -e '-- EHLO pc ' got
	all_tried
}

@test "prototap.1" {
	serves 1 :2500 :0 '>dialogue' '>>dialogue'
	gives 0 2 localhost:2500 "$ADDR"
	wait_for grep -q '	close$' dialogue
	grep -q '	RCPT TO:<user1@pth.ua>$' dialogue
	mail_server
	serves 3 :2500 :0 :2525 "$SMTPSERVER"
	printf 'EHLO x\r\nQUIT\r\n' | wire "$ADDR" | grep -a '250 STARTTLS'
	wait_for grep -q '	close$' dialogues/*
	gives 0 4
	[ "$(tr -d '\r' <got | cut -c1-3 | paste -sd ' ' -)" = '220 250 221' ]
	all_tried
}

@test "results.5" {
	example 1
	cp commands results
	echo x | mkmail -f a@b -R results a@b | grep '^Action: failed'
	gives 0 2
	[ "$(tr -s ' ' <got)" = $' 1 failed\n 1 sent' ]
	all_tried
}

@test "resultplot.1" {
	fake
	export SMTPSERVER=$ADDR
	gives 0 1
	grep -q '>3 recipients<' mailing.svg
	mkdir ARC
	cp results ARC/session.results
	gives 0 2
	grep -q '>3 recipients<' all.svg
	all_tried
}

@test "savefile.1" {
	printf 'sent\ta@x\nfailed\tb@x\n' >session.results
	mkdir usb
	cp session.txt usb/
	gives 0 1
	[ "$(wc -l <recipients)" = 3 ]
	gives 0 2
	[ "$(cat unreached)" = $'failed\tb@x' ]
	gives 0 3
	cmp session.txt incoming/session.txt
	gives 0 4
	[ -s recipients.now ]
	[ ! -e recipients ]
	all_tried
}

@test "resultcount.1" {
	mail_server
	orderparse -S session.txt >./batch
	mkdir ARC
	run -67 smtpsend -bS <./batch
	echo "$output" >ARC/session.results
	gives 0 1
	gives 0 2
	[ "$(head -n 2 got | paste -sd ' ' -)" = 'recipients: 3 sent: 2' ]
	all_tried
}

@test "orderdone.1" {
	mkdir -p work/.session.txt
	cp session.txt work/
	: >work/session.txt.results
	gives 0 1
	[ -z "$(ls -A work)" ]
	all_tried
}

@test "retrydue.1" {
	mail_server
	orderparse -S session.txt >./batch
	gives 67 1
	[ "$(grep -c '^sent' got)" = 2 ]
	all_tried
}

@test "settled.1" {
	mkdir upload
	cp session.txt upload/old
	touch -t 202001010000 upload/old
	: >upload/new
	example 1
	run -0 sh ./commands
	[ "$(ls upload incoming | paste -sd ' ' -)" = 'incoming: old  upload: new' ]
	touch -t 202001010000 session.txt
	gives 0 2
	[ "$(cat got)" = 3 ]
	all_tried
}

@test "smtpd-lite.1" {
	gives 0 1
	[ "$(grep -c '^250 2.0.0 Ok: queued' got)" = 3 ]
	serves 2 :2525 :0
	run -67 smtpsend -s "$ADDR" -f a@b user1@pth.ua nobody@pth.ua <session.txt
	serves 3 :2525 :0
	[ -d relay ]
	# t/4045 has what it does to messages.
	gives 0 4
	serves 5 :2525 :0
	for i in 1 2 3; do
		smtpsend -s "$ADDR" -f a@b u@pth.ua <session.txt || echo "$i"
	done >got
	[ "$(cat got)" = 3 ]
	gives 0 6
	grep -qx 'It works.' boxes/babydoe.txt
	ln -s "$TOP/t/bin/no-tls" shim/openssl
	for file in cert.pem key.pem; do
		(umask 077 && echo "$file" >"$file")
	done
	serves 7 :2525 :0
	printf 'EHLO x\r\n' | wire "$ADDR" | grep -x $'250-STARTTLS\r'
	echo 'echo "Subject: Session" | smtpsend -s "$1" -f a@b u+ci@pth.ua' >app
	gives 0 8 'sleep 1' : ./app 'sh ./app'
	[ "$(cat got)" = 'Subject: Session' ]
	no_server
	all_tried
}

@test "README.md: a program's mail is examined" {
	awk 'BEGIN { RS = "" } /smtpd-lite -1/' "$TOP/README.md" >block
	sed 's/:2525/:0/; s/sleep 1/:/' block >commands
	cat >program-that-sends-mail <<-'END'
	#!/bin/sh
	to=$(sed -n 's/.*listening on //p' log)
	echo 'Subject: Welcome' | smtpsend -s "$to" -f a@b user1@pth.ua
	END
	chmod +x program-that-sends-mail
	echo 'listening on [::1]:1' >log
	run -0 sh ./commands
	[ "$output" = 'Subject: Welcome' ]
	no_server
}

@test "README.md: what it makes is a key" {
	rm key
	(umask 022; sed -n '/>key)$/p' "$TOP/README.md" | sh)
	orderparse -k key -E 'news+[verp]@pth.ua' -S session.txt >got
	grep -q '^MAIL FROM:<news+.*-user1=pth.ua@pth.ua>' got
	[ "$(wc -c <key)" -ge 64 ]
}

@test "smtpd-rules.5" {
	example 1
	cp commands rules
	serves 2 smtpd-lite 'smtpd-lite -l :0'
	wire "$ADDR" </dev/null >got
	grep -q '^421 4.3.2 starting up' got
	all_tried
}

@test "smtpsend.1" {
	fake
	gives 0 1 localhost:2525 "$ADDR"
	[ "$(received)" = 'user1@pth.ua user3@pth.ua' ]
	gives 0 2 localhost:2525 "$ADDR"
	[ "$(received | tail -n 1)" = user1@pth.ua ]
	fake 'rcpt:user2:550 5.1.1 nobody'
	export SMTPSERVER=$ADDR
	gives 67 3
	[ "$(received | paste -sd ' ' -)" = 'user1@pth.ua user3@pth.ua' ]
	gives 0 4
	[ "$(cat got)" = 'user2@pth.ua: 5.1.1 nobody' ]
	all_tried
}

@test "unsub.1" {
	printf '[Recipients:] a@b.c\n[Subject:] [email] [token]\n[Body:]\n' |
		orderparse -f x@y.z -k key -m a@b.c >message
	query=$(sed -n 's/^Subject: \(.*\) \(.*\)/a=\1\&t=\2/p' message)
	serves_page() {
		GATEWAY_INTERFACE=CGI/1.1 REQUEST_METHOD=GET \
			QUERY_STRING=$query gives 0 1 /usr/local/bin/unsub unsub
	}
	serves_page
	grep -q '<b>a@b.c</b>' got
	gives 0 2
	[ "$(cut -f 1-2 gone)" = $'a@b.c\tleft' ]
	mkdir -p mail/leave/new
	cp message mail/leave/new
	gives 0 3
	[ "$(cut -f 1-2 results)" = $'left\ta@b.c' ]
	all_tried
}

@test "withlock.1" {
	mail_server
	cp session.txt incoming/
	gives 0 1 /var/lock/pipeline ./lock
	is_handled
	echo 1 >counter
	gives 0 2
	[ "$(cat counter)" = 2 ]
	gives 0 3
	[ "$(cat counter)" = 3 ]
	all_tried
}
