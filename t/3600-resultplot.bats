#!/usr/bin/env bats
# resultplot: results as a picture.  What is counted is in t/unit/survey.c.

# shellcheck disable=SC2154 # run sets output, stderr, lines

load lib

# result STATUS RCPT CODE TIME TEXT
result() {
	printf '%s\t%s\t%s\trcpt\tmx.test:25\t1\t2026-11-21T%sZ\t<%s>\t%s\n' \
		"$1" "$2" "$3" "$4" "$2" "$5"
}

mailing() {
	result sent ann@pth.ua 250 23:46:12 '2.0.0 Ok'
	result failed bob@pth.ua 550 23:46:12 '5.1.1 <bob@pth.ua>: no "<&user>"'
	result deferred cat@x.test 451 23:46:13 '4.7.1 greylisted'
	result unknown dan@x.test - 23:46:14 'connection lost'
	result sent cat@x.test 250 23:53:14 '2.0.0 Ok'
}

# texts FILE: what can be read in a picture, a line each.
texts() {
	sed -n 's/^<text [^>]*>\(.*\)<\/text>$/\1/p' "$1"
}

@test "a picture has the sums, the rate, domains, refusals and waiting times" {
	mailing >results
	resultplot results >got.svg
	texts got.svg >got
	for want in '4 recipients' 'sent 2 (50.0 %)' 'failed 1 (25.0 %)' \
		'unknown 1 (25.0 %)' 'Messages a second' pth.ua x.test \
		'2, not sent 1' '550 5.1.1 &lt;…&gt;: no "&lt;&amp;user&gt;"' \
		'451 4.7.1 greylisted' 'connection lost' \
		'How long a deferred one waited until it was sent' '&lt;10m'; do
		grep -Fqx -- "$want" got || { echo "no $want"; cat got; false; }
	done
	lacks -q '^deferred' got
	head -n 1 got.svg | grep '^<svg xmlns="http://www.w3.org/2000/svg" version="1.1" width="800" height="[0-9]*" '
	lacks -Eqi '<script|<style|@font|href|<image' got.svg
	[ "$(grep -c '^<path fill="url(#result-' got.svg)" = 4 ]
	# Each pattern that is used is there; from several files, and by pipe.
	grep -o 'url(#[^)]*' got.svg | sort -u | while IFS='#' read -r _ id; do
		grep -q "<pattern id=\"$id\"" got.svg || exit 1
	done
	head -n 2 results >one
	tail -n 3 results | resultplot one - | cmp - got.svg
	! command -v xmllint >/dev/null || xmllint --noout got.svg
	resultplot -w 320 results | sed -n 1p | grep ' width="320" '
}

@test "what is malformed is told, line by line, and nothing is drawn" {
	{
		mailing
		echo nonsense
		result sent a@b - 23:46:12 x | sed 's/23:46:12/today/'
	} >bad
	run -65 --separate-stderr resultplot bad
	[ -z "$output" ]
	[ "$stderr" = 'resultplot: bad:6: not a line of results(5)
resultplot: bad:7: not a line of results(5)
resultplot: not drawn: the input is malformed' ]
	run -65 --separate-stderr resultplot </dev/null
	[ "$stderr" = 'resultplot: there are no results in the input' ]
	run -66 --separate-stderr resultplot none
	[ "$stderr" = 'resultplot: none: No such file or directory' ]
	run -64 resultplot -w 10 bad
}

@test "a journal whose last line is cut off is drawn; a full disk is told" {
	{
		mailing
		result perhaps a@b - 23:46:12 'a status of another day'
		printf 'sent\ta@b'
	} >journal
	resultplot -v journal >got.svg 2>err
	[ "$(cat err)" = 'resultplot: results: 5, domains: 2, reasons: 3' ]
	[ -c /dev/full ] || skip 'no /dev/full'
	run -74 sh -c 'resultplot journal >/dev/full'
}
