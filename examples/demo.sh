#!/bin/sh
# A real order travels the whole way: make demo; by FTP: make demo-ftp.
#
#	examples/demo.sh [socket | ftp]
#
# Two servers on free loopback ports, one order, one run of pipeline.sh, all
# in a temporary directory; then what came of it, looked at and checked, and a
# letter read back over POP3.  A directory KEEP (its name from the root) gets
# the archive, the dialogues, what the servers said, and what was verified.

set -eu
umask 077
REPORT=${1:-socket}
export REPORT
# shellcheck source=SCRIPTDIR/demo-common.sh
. "$(dirname "$0")/demo-common.sh"

cd "$dir"
printf 'user1\nuser3\nsupport\n' >users

heading 'Two servers: smtpd-lite has no user2'
start smtpd-lite smtpd-lite -v -l localhost:0 -d mail -u users -t dialogues
SMTPSERVER=$address
case $REPORT in
ftp)
	server=ftpd-lite
	client='ftpsend -v'
	;;
*)
	server=orderrecv
	client='ordersend -v -s'
	;;
esac
start "$server" "$server" -v -l localhost:0 -d incoming

heading "${client%% *} examples/session.txt"
$client "$address" "$top/examples/session.txt" 2>&1
read -r path <&3
echo "$server has stored $path:"
cat "$server.log"

heading "The SMTP dialogue of one letter (to a mailbox of its own)"
smtp=$SMTPSERVER
start scratch smtpd-lite -l localhost:0 -d scratch
orderparse -m user1@pth.ua -f news@pth.ua "$path" |
	smtpsend -v -s "$address" -f news@pth.ua user1@pth.ua 2>&1

heading "pipeline.sh $path"
SMTPSERVER=$smtp FROM=news@pth.ua SUPPORT=support@pth.ua \
	"$top/pipeline.sh" "$path" 2>&1

heading 'The letters as they lie in the mailboxes'
for letter in mail/user*/new/*; do
	echo "--- $letter"
	cat "$letter"
done

heading 'Results: what became of each recipient'
cat ARC/*.results

heading 'The report to the support desk'
cat mail/support/new/*

heading 'ls ARC'
ls ARC

# --- Is everything as it should be? --------------------------------------

same 'files in ARC' "$(number ARC/*)" 2
order=$(echo ARC/session-????????-??????.txt)
holds 'the archived order is the one that was handed in' \
	cmp "$order" "$top/examples/session.txt"
same results "$(cut -f 1-4 ARC/session-????????-??????.results)" \
	"$(printf '%s\t%s\t%s\t%s\n' sent user1@pth.ua 250 dot \
		failed user2@pth.ua 550 rcpt sent user3@pth.ua 250 dot)"
same 'mailboxes' "$(ls mail)" "$(printf 'support\nuser1\nuser3')"
for user in user1 user3 support; do
	same "letters to $user" "$(number mail/$user/new/*)" 1
done
for user in user1 user3; do
	tr -d '\r' <"$(echo mail/$user/new/*)" >letter
	holds "the letter greets $user" grep -qx "Hello $user!" letter
	holds "it has the order's subject" \
		grep -qx 'Subject: Session is soon!' letter
done
report=$(echo mail/support/new/*)
holds 'the report names the order and the number of recipients' \
	grep -q 'session\.txt: 3 recipients' "$report"
if [ "$REPORT" = ftp ]; then
	holds 'the order is attached to the report' \
		grep -q 'filename="\{0,1\}session\.txt' "$report"
else
	same 'recipients in the report' \
		"$(grep -o 'user[0-9]@pth\.ua' "$report" | sort -u)" \
		user2@pth.ua
fi
holds 'the report says why user2 was not reached: 550' \
	grep -q 'failed  *550 ' "$report"
same 'blocks in the report' "$(grep -ci '^Final-Recipient:' "$report")" 1
same 'left behind' "$(ls work; ls incoming)" ''
# user1 fetches the letter, which is no new one afterwards.
heading 'pop3d-lite: user1 reads the letter back'
cp mail/user1/new/* letter
echo 'user1:secret' >passwd
printf '%s\r\n' 'USER user1' 'PASS secret' STAT 'RETR 1' QUIT |
	pop3d-lite -i -u passwd -d mail | tr -d '\r' >pop3
cat pop3
sed '1,/octets$/d; /^\.$/,$d; s/^\.//' pop3 >back
holds 'the letter read back over POP3 is the one in the mailbox' \
	cmp back letter
same "new letters to user1" "$(ls mail/user1/new)" ''

[ -z "${KEEP-}" ] || cp -R ARC checks dialogues ./*.log "$KEEP"
heading 'All is as it should be.'
