#!/usr/bin/env bats
# unsub: by a message and as a CGI program.  What it takes for a token is in
# t/unit/leave.c.

# shellcheck disable=SC2154 # run sets stderr

load lib

setup() {
	lib_setup
	echo sekret >key
	chmod 600 key
	TOKEN=yryfb2m7xds6qjjofeg3nx27oy	# of user+x@pth.ua
	QUERY="a=user%2Bx%40pth.ua&t=$TOKEN"
	export SOURCE_DATE_EPOCH=1795304772
	LINE=$'user+x@pth.ua\tleft\t2026-11-21T23:46:12Z\t1\tby web page'
}

# cgi METHOD QUERY [BODY [NAME=VALUE ...]]: the answer in got.
cgi() {
	local body=${3-}
	# Not all of them read it.
	printf %s "$body" >body
	env GATEWAY_INTERFACE=CGI/1.1 \
		REQUEST_METHOD="$1" QUERY_STRING="$2" \
		CONTENT_TYPE=application/x-www-form-urlencoded \
		CONTENT_LENGTH="${#body}" "${@:4}" \
		unsub -k key -o gone <body >got
}

# answers CODE METHOD ...: it gives that status, and nobody has left.
answers() {
	cgi "${@:2}"
	head -n 1 got | grep "^Status: $1 " || { cat got; return 1; }
	[ ! -e gone ]
}

@test "a message: a line of results(5), or of gone(5), once" {
	printf 'From: x@y.z\nSubject: Re: user+x@pth.ua %s\n\nplease\n' \
		"$TOKEN" >message
	printf 'left\tuser+x@pth.ua\t-\tleave\t-\t0\t%s\t-\tby message\n' \
		2026-11-21T23:46:12Z >want
	unsub -k key message | diff -u want -
	unsub -k key - <message | diff -u want -
	# No end to its last line, and who left otherwise.
	printf 'USER+X@pth.ua\tfailed\nb@pth.ua' >gone
	unsub -k key -o gone <message >out
	unsub -k key -o gone <message >>out
	[ ! -s out ]
	printf '%s\n' $'USER+X@pth.ua\tfailed' b@pth.ua \
		"${LINE%web page}message" | diff -u - gone
	printf 'USER+X@pth.ua\tleft\n' >gone
	cp gone before
	unsub -k key -o gone <message
	cmp before gone
}

@test "a message without the token, or another list's: 65, nobody leaves" {
	printf 'Subject: user+x@pth.ua %s\n\n' "$TOKEN" >message
	run -65 --separate-stderr unsub -k key -L news -o gone message
	printf 'Subject: other@pth.ua %s\n\n' "$TOKEN" >message
	run -65 --separate-stderr unsub -k key -o gone message
	[ "$stderr" = 'unsub: message: there is no address in the Subject with its token' ]
	[ ! -e gone ]
	run -66 unsub -k key missing
	run -78 unsub -k message message
	run -64 unsub message
}

@test "CGI: GET and HEAD show a button, and nobody leaves" {
	answers 200 GET "$QUERY"
	grep -q '<form method="post">' got
	grep -q '<b>user+x@pth.ua</b>' got
	answers 200 HEAD "$QUERY"
	[ "$(tail -n 1 got)" = $'\r' ]
}

@test "CGI: POST of one click, in both forms, or of the button: once" {
	type=CONTENT_TYPE='multipart/form-data; boundary=x'
	part=$'--x\r\nContent-Disposition: form-data; name="List-Unsubscribe"\r
\r\nOne-Click\r\n--x--\r\n'
	for body in List-Unsubscribe=One-Click leave=yes "$part"; do
		rm -f gone
		if [ "$body" = "$part" ]; then
			cgi POST "$QUERY" "$body" "$type"
		else
			cgi POST "$QUERY" "$body"
		fi
		cgi POST "$QUERY" leave=yes
		head -n 1 got | grep '^Status: 200 '
		echo "$LINE" | diff -u - gone
	done
}

@test "CGI: what is forged, unclear, too large or cut short changes nothing" {
	click=List-Unsubscribe=One-Click
	answers 403 GET "${QUERY}x"
	answers 403 POST "a=other%40pth.ua&t=$TOKEN" "$click"
	answers 403 POST 'a=<script>alert(1)</script>&t=' "$click"
	lacks script got
	answers 403 GET ''
	answers 405 PUT "$QUERY" "$click"
	grep -q '^Allow: GET, HEAD, POST' got
	answers 400 POST "$QUERY" x=y
	answers 408 POST "$QUERY" "$click" CONTENT_LENGTH=100
	answers 411 POST "$QUERY" "$click" CONTENT_LENGTH=
	answers 413 POST "$QUERY" "$click" CONTENT_LENGTH=8193
	answers 413 POST "$QUERY" "$click" CONTENT_LENGTH=18446744073709551615
}

@test "CGI: a list that cannot be written: 500, said on standard error" {
	mkfifo fifo
	printf 'Subject: user+x@pth.ua %s\n\n' "$TOKEN" >message
	run -74 --separate-stderr unsub -k key -o fifo message
	[ "$stderr" = 'unsub: fifo: not a file, as a list must be' ]
	mkdir gone
	run -74 --separate-stderr cgi POST "$QUERY" leave=yes
	head -n 1 got | grep '^Status: 500 '
	[[ $stderr = 'unsub: gone: '* ]]
}

@test "many at once, while suppress replaces the list: none is lost" {
	mkdir lists
	: >lists/gone
	ln -s lists/gone gone
	for i in 1 2 3 4 5 6 7 8; do
		printf '[Recipients:] user%s@pth.ua\n[Subject:] [email] [token]\n[Body:]\n' \
			$i >order
		orderparse -f a@b.c -k key -m user$i@pth.ua order >message$i
	done
	for i in 1 2 3 4 5 6 7 8; do
		for j in 1 2 3; do
			printf 'failed\tf%s@pth.ua\t550\trcpt\t-\t0\t%s\t-\t%s\n' \
				$i.$j 2026-11-21T10:00:00Z '5.1.1 no' |
				suppress -o gone
		done &
		unsub -k key -o gone message$i &
	done
	wait
	[ -h gone ]
	[ "$(cut -f 1 gone | sort | paste -sd ' ' -)" = "$({
		for i in 1 2 3 4 5 6 7 8; do
			printf '%s@pth.ua\n' f$i.1 f$i.2 f$i.3 user$i
		done
	} | sort | paste -sd ' ' -)" ]
	[ "$(wc -l <lists/.gone.seen)" -eq 48 ]
}

@test "a list that another has for a while is waited for" {
	printf 'Subject: user+x@pth.ua %s\n\n' "$TOKEN" >message
	mkfifo over
	withlock gone sh -c 'echo held >held; read -r x <over' 3>&- &
	wait_for [ -s held ]
	# SIGALRM ends it, for it waits.
	run -142 launch -t 1 unsub -k key -o gone message
	[ ! -s gone ]
	echo >over
	unsub -k key -o gone message
	printf '%s\n' "${LINE%web page}message" | diff -u - gone
}
