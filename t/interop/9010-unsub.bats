#!/usr/bin/env bats
# Leaving, from a letter as it arrived: its header read by Python's email
# package, the request made as RFC 8058 has it, by curl, to unsub under lighttpd
# and busybox httpd; and the message that a mailto link asks for.

# shellcheck disable=SC2154 # run sets output

load ../lib
load mailers

setup() {
	lib_setup
	need python3 curl
	echo sekret >key
	chmod 600 key
	PORT=$(free_port)
	mkdir -p www/cgi-bin
	printf '#!/bin/sh\ncd "%s" && exec "%s" -k key -o gone\n' "$PWD" \
		"$(command -v unsub)" >www/cgi-bin/unsub
	chmod +x www/cgi-bin/unsub
	cat >order <<-END
	[Recipients:] user+x@pth.ua, ann@pth.ua
	[Headers:]
	List-Unsubscribe: <http://127.0.0.1:$PORT/cgi-bin/unsub?a=[email%]&t=[token]>, <mailto:leave@pth.ua?subject=[email%]%20[token]>
	List-Unsubscribe-Post: List-Unsubscribe=One-Click
	[Subject:] News
	[Body:]
	Hello [login]!
	END
	orderparse -f news@pth.ua -k key -S order |
		smtpd-lite -i -d mail -D pth.ua >/dev/null
	python - mail/user/new/* >links <<-'END'
	import email, email.policy, re, sys
	m = email.message_from_binary_file(open(sys.argv[1], "rb"),
	    policy=email.policy.default)
	assert m["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
	print("\n".join(re.findall("<([^>]*)>", m["List-Unsubscribe"])))
	END
	URL=$(sed -n 1p links)
}

# web [option ...]: the status of the answer, which goes to page.
web() {
	curl -s -o page -w '%{http_code}' "$@"
}

# start_web command ...: the web server, which listens on PORT then.
start_web() {
	launch -s "$@" >web.out 2>&1 3>&- &
	STARTED+=("$!")
	wait_for sh -c "curl -s -o /dev/null 'http://127.0.0.1:$PORT/'"
}

# One click, all that is not one, and once more.
leaves_by_click() {
	[ "$(web "$URL")" = 200 ]
	[ "$(web -I "$URL")" = 200 ]
	grep -q '<button' page || [ "$(web "$URL")" = 200 ]
	[ "$(web "${URL%?}")" = 403 ]
	[ "$(web -d List-Unsubscribe=One-Click "${URL/user/ann}")" = 403 ]
	[ "$(web -d x=y "$URL")" = 400 ]
	[ "$(web -X DELETE "$URL")" != 200 ]
	[ ! -e gone ]
	[ "$(web -d List-Unsubscribe=One-Click "$URL")" = 200 ]
	[ "$(web -F List-Unsubscribe=One-Click "$URL")" = 200 ]
	[ "$(web -d leave=yes "$URL")" = 200 ]
	[ "$(cut -f 1-2 gone)" = $'user+x@pth.ua\tleft' ]
	[ "$(orderparse -X gone -k key -r order)" = ann@pth.ua ]
}

@test "one click through lighttpd" {
	need lighttpd
	cat >lighttpd.conf <<-END
	server.modules = ("mod_cgi")
	server.document-root = "$PWD/www"
	server.bind = "127.0.0.1"
	server.port = $PORT
	cgi.assign = ("/unsub" => "")
	END
	start_web lighttpd -D -f lighttpd.conf
	leaves_by_click
}

@test "one click through busybox httpd" {
	need busybox
	busybox httpd --help >/dev/null 2>&1 || skip "a busybox without httpd"
	start_web busybox httpd -f -p "127.0.0.1:$PORT" -h www
	leaves_by_click
}

@test "the message that the mailto link asks for" {
	python - "$(sed -n 2p links)" >answer <<-'END'
	import email.message, sys, urllib.parse
	link = urllib.parse.urlsplit(sys.argv[1])
	assert link.scheme == "mailto" and link.path == "leave@pth.ua"
	m = email.message.EmailMessage()
	m["From"] = "Somebody Else <else@example.org>"
	m["To"] = link.path
	m["Subject"] = urllib.parse.parse_qs(link.query)["subject"][0]
	m.set_content("")
	sys.stdout.buffer.write(m.as_bytes())
	END
	unsub -k key answer | cut -f 1-2 >got
	[ "$(<got)" = $'left\tuser+x@pth.ua' ]
	sed 's/^Subject: user/Subject: ann/' answer >forged
	run -65 unsub -k key forged
}
