#!/bin/sh
# What letters cost: an order for many recipients, a body of 300 octets with
# two placeholders, made into a batch that is written to a pipe; against cat
# of the same batch through a pipe, mawk's printf, a general merge in awk
# (gsub for each field) and Python's email package, the last two on fewer
# recipients.  Each makes letters of the same size.  The same again with a list
# of as many addresses to leave out (-X), of which a tenth are recipients.  All
# in one run, in turns; medians of five, and their ratios.  Producer and reader
# have a core each.
#
#	t/bench/letters.sh [rounds [recipients]]
#
# Needs python3; mawk, taskset and GNU time, where they are there.
set -eu

BINDIR=${BINDIR:-$(cd "$(dirname "$0")/../../bin" && pwd)}
ROUNDS=${1:-5} N=${2:-1000000}
FEW=$((N / 100)) PATH=$BINDIR:$PATH
dir=$(mktemp -d "${TMPDIR:-/var/tmp}/letters.XXXXXX")
trap 'rm -rf "$dir"' EXIT
trap 'exit 1' HUP INT TERM
cd "$dir"
export SOURCE_DATE_EPOCH=1795304772 LC_ALL=C

one='' two=''
if command -v taskset >/dev/null && [ "$(getconf _NPROCESSORS_ONLN)" -gt 1 ]
then
	one='taskset -c 0' two='taskset -c 1'
fi

# order BODY: the order, the body's lines being those of a file.
order() {
	printf '[Recipients:]\n'
	awk -v n="$N" 'BEGIN { for (i = 1; i <= n; i++)
		printf "user%d@example.org grade=%d\n", i, i % 100 }'
	printf '[Subject:]\nSession is soon!\n[Body:]\n'
	cat "$1"
}

cat >latin <<'END'
Hello [login], your grade is [grade].
We are happy to inform you about the upcoming exam. Complete all
assignments and submit all reports before the end of the next week;
who is late has to come to the office and explain it in person, and
that is no pleasure for anybody. Good luck to all of you!
Regards
END
cat >cyrillic <<'END'
Вітаємо, [login]! Ваш бал: [grade].
Раді повідомити, що сесія вже скоро. Складіть усі завдання і подайте
всі звіти вчасно. Хай щастить!
З повагою, ваші нерви
END
order latin >latin.order
# As many others, of whom every tenth one is a recipient after all.
awk -v n="$N" 'BEGIN { for (i = 1; i <= n; i++)
	printf "%s%d@example.org\tfailed\t2026-11-21T23:46:12Z\t1\t%s\n",
		i % 10 ? "gone" : "user", i, "550 5.1.1 no such user" }' >gone
order cyrillic >cyrillic.order
orderparse -f news@pth.ua -S latin.order >batch.latin
orderparse -f news@pth.ua -S cyrillic.order >batch.cyrillic

# The letter of one recipient as a template of each of the others.
sed -n '/^MAIL/,/^\.\r$/p;/^\.\r$/q' batch.latin | tr -d '\r' |
	sed -e 's/user1@example.org/@ADDR@/' -e 's/user1/@LOGIN@/' \
	-e 's/is 1\./is @GRADE@./' >letter
sed -e '1d' -e 's/ grade=/ /' -e '/^\[/,$d' latin.order >rows
{
	printf '{ printf "'
	sed -e 's/"/\\"/g' -e 's/$/\\r\\n/' letter | tr -d '\n' |
		sed 's/@[A-Z]*@/%s/g'
	printf '", $1, $1, substr($1, 1, index($1, "@") - 1), $2 }\n'
} >printf.awk
cat >merge.awk <<'END'
BEGIN {
	while ((getline line <"letter") > 0)
		text = text line "\r\n"
}
{
	s = text
	value["ADDR"] = $1
	value["LOGIN"] = substr($1, 1, index($1, "@") - 1)
	value["GRADE"] = $2
	for (key in value)
		gsub("@" key "@", value[key], s)
	printf "%s", s
}
END
cat >loop.py <<'END'
import email.message, email.policy, hashlib, sys
body = open("latin").read()
for line in sys.stdin:
    addr, grade = line.split()
    m = email.message.EmailMessage(email.policy.SMTP)
    m["From"] = "news@pth.ua"
    m["To"] = addr
    m["Subject"] = "Session is soon!"
    m["Date"] = "Sat, 21 Nov 2026 23:46:12 +0000"
    m["Message-ID"] = "<%s@pth.ua>" % hashlib.sha256(
        addr.encode()).hexdigest()[:32]
    m.set_content(body.replace("[login]", addr.partition("@")[0]).replace(
        "[grade]", grade))
    sys.stdout.write("MAIL FROM:<news@pth.ua>\r\nRCPT TO:<%s>\r\nDATA\r\n%s.\r\n"
                     % (addr, m.as_string()))
END
head -n "$FEW" rows >rows.few

# clock NAME RECIPIENTS command ...: appends the ns per recipient to NAME.ns.
# shellcheck disable=SC2086 # one and two are words
clock() {
	clock_name=$1 clock_n=$2
	shift 2
	clock_start=$(date +%s%N)
	$one "$@" | $two cat >/dev/null
	echo $((($(date +%s%N) - clock_start) / clock_n)) >>"$clock_name.ns"
}

median() {
	sort -n "$1.ns" | sed -n "$(((ROUNDS + 1) / 2))p"
}

# report NAME OTHER LEAST: how many times as fast as OTHER NAME is.
report() {
	[ -f "$2.ns" ] || { echo "$1 : $2 left out, a program is missing"; return; }
	awk -v a="$(median "$1")" -v b="$(median "$2")" -v n="$1" -v o="$2" \
		-v least="$3" 'BEGIN { printf "%s %d ns a letter, %s %d ns: " \
		"%.2f times as fast (%s at least)\n", n, a, o, b, b / a, least }'
}

size=$(wc -c <batch.latin) cyrillic=$(wc -c <batch.cyrillic)
round=0
while [ $((round += 1)) -le "$ROUNDS" ]; do
	clock cat "$N" cat batch.latin
	clock letters "$N" orderparse -f news@pth.ua -S latin.order
	clock excluding "$N" orderparse -f news@pth.ua -X gone -S latin.order
	clock cat-cyrillic "$N" cat batch.cyrillic
	clock cyrillic "$N" orderparse -f news@pth.ua -S cyrillic.order
	! command -v mawk >/dev/null ||
		clock printf "$N" mawk -f printf.awk rows
	clock merge "$FEW" awk -f merge.awk rows.few
	clock python "$FEW" python3 loop.py <rows.few
done

awk -v ns="$(median letters)" -v size="$size" -v n="$N" 'BEGIN {
	printf "%d octets a letter, %d MB/s\n", size / n, size / n / ns * 1000 }'
report letters cat 0.7
report excluding letters 0.8
report letters printf 2
report letters merge 100
report letters python 50
# What matters is octets a second: the letters are not of one size.
awk -v a="$(median letters)" -v b="$(median cyrillic)" -v s="$size" \
	-v t="$cyrillic" 'BEGIN { printf "cyrillic: %.2f times the speed of " \
	"the other, in octets (0.5 at least)\n", t / b / (s / a) }'
if [ -x /usr/bin/time ]; then
	/usr/bin/time -f %M -o memory orderparse -f news@pth.ua -S \
		latin.order >/dev/null
	awk -v order="$(wc -c <latin.order)" '{ printf "memory: the order " \
		"and %d MB (64 at most)\n", ($1 * 1024 - order) / 1048576 }' \
		memory
fi

# A file of 100 kB that all letters have, against cat of what comes out.
mkdir files
head -c 102400 /dev/urandom >files/leaflet.pdf
{
	printf '[Recipients:]\n'
	head -n "$FEW" rows | sed 's/ .*//'
	printf '[Subject:] s\n[Attach:] leaflet.pdf\n[Body:]\nHello [login]\n'
} >attach.order
orderparse -a files -f news@pth.ua -S attach.order >batch.attach
round=0
while [ $((round += 1)) -le "$ROUNDS" ]; do
	clock cat-attach "$FEW" cat batch.attach
	clock attach "$FEW" orderparse -a files -f news@pth.ua -S attach.order
done
report attach cat-attach 0.5
