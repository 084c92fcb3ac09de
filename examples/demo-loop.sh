#!/bin/sh
# What comes back of a mailing is known to the next one: make demo-loop.
#
# Ten readers get a letter over two servers.  Later one letter bounces, one
# reader complains, and one leaves by one click, through a web server's CGI
# where busybox or lighttpd is there, and curl or wget; else unsub is called as
# a web server does it.  The second mailing goes to seven.  All is on free
# loopback ports and in a temporary directory, and is checked at the end.

set -eu
umask 077
# shellcheck source=SCRIPTDIR/demo-common.sh
. "$(dirname "$0")/demo-common.sh"

cd "$dir"
mkdir incoming www www/cgi-bin
echo 'a key that nobody knows' >key
echo yes >www/ready
# A CGI program has no PATH to speak of.
printf '#!/bin/sh\ncd "%s" && exec "%s/bin/unsub" -k key -o gone\n' \
	"$dir" "$top" >www/cgi-bin/unsub
chmod 700 www/cgi-bin/unsub

# --- The web -------------------------------------------------------------

# web_server PORT: the one there is, in place of this shell.
web_server() {
	PATH=$PATH:/usr/sbin
	if busybox httpd --help >/dev/null 2>&1; then
		exec busybox httpd -f -p "127.0.0.1:$1" -h www
	fi
	printf '%s\n' 'server.modules = ("mod_cgi")' 'server.port = '"$1" \
		'server.bind = "127.0.0.1"' 'cgi.assign = ("/unsub" => "")' \
		"server.document-root = \"$dir/www\"" >lighttpd.conf
	exec lighttpd -D -f lighttpd.conf
}

# get URL, post URL FORM: what the web server says, or unsub under none.
get() {
	case $1 in
	http://pth.ua/*) REQUEST_METHOD=GET call_unsub "$1" ;;
	*) curl -s "$1" || wget -q -O - "$1" ;;
	esac
}

post() {
	case $1 in
	http://pth.ua/*) printf '%s' "$2" |
		CONTENT_LENGTH=${#2} REQUEST_METHOD=POST call_unsub "$1" ;;
	*) curl -s -d "$2" "$1" || wget -q -O - --post-data="$2" "$1" ;;
	esac
}

call_unsub() {
	GATEWAY_INTERFACE=CGI/1.1 QUERY_STRING=${1#*\?} \
		CONTENT_TYPE=application/x-www-form-urlencoded www/cgi-bin/unsub
}

# Sets web to the address of the server, or says that there is none.
start_web() {
	for try in 1 2 3 4 5; do
		web=127.0.0.1:$((20000 + ($$ * 7 + try * 997) % 20000))
		web_server "${web#*:}" >web.log 2>&1 &
		pids="$pids $!"
		for _ in 1 2 3 4 5; do
			sleep 0.2
			[ "$(get "http://$web/ready" 2>/dev/null)" != yes ] ||
				return 0
			kill -0 "$!" 2>/dev/null || break
		done
	done
	web=pth.ua
}

# --- A mailing -----------------------------------------------------------

heading 'Two mail servers, and a web server'
start one smtpd-lite -l localhost:0 -d one
one=$address
start two smtpd-lite -l localhost:0 -d two
SMTPSERVER=$one,$address
start_web
if [ "$web" = pth.ua ]; then
	echo 'no web server, or no curl or wget: unsub called as by one'
else
	echo "web server on $web"
fi
export SMTPSERVER FROM=news@pth.ua SUPPORT=support@pth.ua JOBS=2 \
	BOUNCES=one/news GONE=gone \
	ORDEROPTIONS='-k key -E news+[verp]@pth.ua'

{
	echo '[Recipients:]'
	for i in 1 2 3 4 5 6 7 8 9 10; do
		echo "reader$i@pth.ua"
	done
	cat <<-END
	[Headers:]
	List-Unsubscribe: <http://$web/cgi-bin/unsub?a=[email%]&t=[token]>
	List-Unsubscribe-Post: List-Unsubscribe=One-Click
	[Subject:]
	News of the week
	[Body:]
	Hello [login]!
	END
} >order.txt
cat order.txt

# mailing NAME
mailing() {
	heading "pipeline.sh: $1"
	cp order.txt "incoming/$1.txt"
	"$top/pipeline.sh" -v 2>&1
}

# The letter to a reader, and a field of it.
letter() {
	tr -d '\r' <"$(find one two -path "*/$1/new/*" -type f)"
}

field() {
	letter "$1" | sed -n "s/^$2: *//p"
}

# return_path READER: where a bounce of the letter goes.
return_path() {
	field "$1" Return-Path | tr -d '<>'
}

mailing first
letters=$(find one two -path '*/reader*/new/*' -type f | wc -l)

# --- What comes back -------------------------------------------------------

heading 'The server of reader4 finds that it has no such user'
id=$(field reader4 Message-ID)
printf 'failed\treader4@pth.ua\t550\tdot\tmx.pth.ua:25\t1\t%s\t%s\t%s\n' \
	"$(date -u +%Y-%m-%dT%H:%M:%SZ)" "$id" '5.1.1 no such user' >result
mkmail -f mailer-daemon@pth.ua -s 'Undelivered mail' -R result \
	-H "In-Reply-To: $id" -H 'Auto-Submitted: auto-replied' \
	"$(return_path reader4)" </dev/null >bounce
cat bounce
smtpsend -s "$one" -f '<>' "$(return_path reader4)" <bounce

heading 'reader7 leaves: GET, as scanners do it, and then POST (RFC 8058)'
link=$(field reader7 List-Unsubscribe | tr -d '<>')
get "$link"
scanned=$(cat gone)
post "$link" List-Unsubscribe=One-Click
left=$(cut -f 1-2 gone)

heading 'reader9 complains to a provider, who tells us (RFC 5965)'
{
	cat <<-END
	From: complaints@pth.ua
	To: $(return_path reader9)
	Subject: a complaint
	MIME-Version: 1.0
	Content-Type: multipart/report; report-type=feedback-report; boundary=b

	--b
	Content-Type: text/plain

	A reader calls this message spam.
	--b
	Content-Type: message/feedback-report

	Feedback-Type: abuse
	User-Agent: demo/1.0
	Version: 1
	Original-Rcpt-To: reader9@pth.ua

	--b
	Content-Type: message/rfc822

	END
	letter reader9
	echo '--b--'
} >complaint
cat complaint
smtpsend -s "$one" -f complaints@pth.ua "$(return_path reader9)" <complaint

mailing second

heading 'gone: who gets no letter any more'
cat gone

heading 'The reports to the support desk'
cat one/support/new/*

# --- Is everything as it should be? --------------------------------------

same 'letters of the first mailing' "$letters" 10
same 'after GET' "$scanned" ''
same 'after POST' "$left" "$(printf 'reader7@pth.ua\tleft')"
same 'the list' "$(cut -f 1-2 gone | sort)" "$(printf '%s\t%s\n' \
	reader4@pth.ua failed reader7@pth.ua left reader9@pth.ua complained)"
same 'letters of both mailings' \
	"$(find one two -path '*/reader*/new/*' -type f | wc -l)" 17
for i in 4 7 9; do
	same "letters to reader$i" \
		"$(find one two -path "*/reader$i/new/*" -type f | wc -l)" 1
done
same 'reports' "$(number one/support/new/*)" 3
holds 'the second mailing left three out' \
	grep -q '^left out: 3' one/support/new/*
holds 'support knows that reader4 has not got the first letter' \
	grep -q '^Final-Recipient: rfc822; reader4@pth.ua' one/support/new/*
heading 'All is as it should be.'
