#!/bin/sh
# The demo, written up: make labreport.
#
#	examples/demo-report.sh [-l en|uk|ru] [-o file]
#
# A run of demo.sh, and of it what a report of a lab has; meanwhile protograde
# judges its client.  labreport.sh does the rest.

set -eu
here=$(CDPATH='' cd -P -- "$(dirname -- "$0")" && pwd -P)
src=$here/../src
PATH=$here/../bin:$PATH
language=en
output=labreport.html
while getopts l:o: opt; do
	case $opt in
	l) language=$OPTARG ;;
	o) output=$OPTARG ;;
	*) echo "usage: ${0##*/} [-l en|uk|ru] [-o file]" >&2; exit 64 ;;
	esac
done

dir=$(mktemp -d "${TMPDIR:-/tmp}/mailorder.XXXXXX")
grade=
finish() {
	[ -z "$grade" ] || { kill "$grade" && wait "$grade"; } 2>/dev/null || :
	rm -rf "$dir"
}
trap finish EXIT
trap 'exit 1' HUP INT TERM

protograde -n "$here/labreport/points" -o html client -- \
	smtpsend -s %h:%p -f %f %t >"$dir/grade" &
grade=$!

# The output of the demo has headings: "=== what follows".
KEEP=$dir "$here/demo.sh" >"$dir/output" || {
	cat "$dir/output" >&2
	exit 1
}
awk -v dir="$dir" '
/^=== / {
	n++
	print substr($0, 5) >(dir "/" sprintf("name.%02d", n))
	next
}
n && (NF || shown == n) {
	print >(dir "/" sprintf("console.%02d", n))
	shown = n
}' "$dir/output"

set -- -l "$language" -T 'mailorder: one order, three recipients' \
	-t "$here/labreport/task.txt" -e "$here/labreport/conclusions.txt" \
	-r "$(echo "$dir"/ARC/*.results)" -k "$dir/checks"
for file in smtpsend.c client/smtp/transact.c smtpd-lite.c \
	server/smtp/smtpd.c; do
	set -- "$@" -n "src/$file" -c "$src/$file"
done
for file in "$dir"/console.*; do
	set -- "$@" -n "$(cat "$dir/name.${file##*.}")" -s "$file"
done
for file in "$dir"/*.log; do
	name=${file##*/}
	set -- "$@" -n "${name%.log} -v" -s "$file"
done
n=0
for file in "$dir"/dialogues/*; do
	n=$((n + 1))
	set -- "$@" -n "smtpd-lite -t: $n" -d "$file"
done
wait "$grade" || [ $? = 1 ]		# not all points
grade=
set -- "$@" -n protograde -g "$dir/grade"
"$here/labreport.sh" "$@" -o "$output"
