#!/usr/bin/env bats
# A control character in what goes into a protocol line, a header or a file
# name: wrong usage, before anything is sent or made.

# shellcheck disable=SC2154 # run sets stderr, stderr_lines

load lib

setup() {
	lib_setup
	printf '%s\n' '[Recipients:] a@x' '[Subject:] s' '[Body:]' Hi. >order
	echo Hi. >file.txt
	CONTROLS=($'\r\nb@x' $'\n' $'\e[2J' $'\x7f' $'\xc2\x9b2J' $'\t')
}

# refused WORD ...: this command, with each control character for %c.
refused() (
	for control in "${CONTROLS[@]}"; do
		status=0
		"${@//%c/$control}" <file.txt >out 2>err || status=$?
		stderr=$(<err)
		[ "$status" = 64 ]
		[ ! -s out ]
		[[ $stderr == *control\ character ||
			$stderr == *': not the name of a header field' ||
			$stderr == *': not a part of a file name' ||
			$stderr == *': not an address' ]]
	done
)

@test "smtpsend: recipients, -f, -F, -H, -a, -M, -s" {
	refused smtpsend -s 127.0.0.1:1 a@x%c
	refused smtpsend -s 127.0.0.1:1 b@x 'a@x, %cc@x'
	refused smtpsend -t -s 127.0.0.1:1 a@x%c
	refused smtpsend -s 127.0.0.1:1 -f a@x%c b@x
	refused env EMAIL=a@x%c smtpsend -s 127.0.0.1:1 b@x
	refused smtpsend -s 127.0.0.1:1 -F a%c b@x
	refused smtpsend -s 127.0.0.1:1 -H a%c b@x
	refused smtpsend -s 127.0.0.1:1 -P "echo x" -a a%c b@x
	refused smtpsend -s 127.0.0.1:1 -P "echo x" -a a -M PLAIN%c b@x
	refused smtpsend -s 127.0.0.1%c:1 b@x
	refused env SMTPSERVER=127.0.0.1%c:1 smtpsend b@x
}

@test "mkmail: recipients, -f, -H" {
	refused mkmail -f me@x a@x%c
	refused mkmail -f me@x%c a@x
	refused env EMAIL=me@x%c mkmail a@x
	unset 'CONTROLS[5]' # a tab is a blank in text
	refused mkmail -f me@x -s '%c.' a@x
	refused mkmail -f me@x -H 'X-A: b%c' a@x
	refused mkmail -f me@x -H 'X-A%c: b' a@x
}

@test "orderparse: -f, -F, -m" {
	refused orderparse -f me@x%c -S order
	refused orderparse -f me@x%c -n order
	refused env EMAIL=me@x%c orderparse -S order
	refused orderparse -F '*@x%c' -f me@x -S order
	refused orderparse -f me@x -m a@x%c order
}

@test "ordersend: -n, -s" {
	refused ordersend -r 0 -s 127.0.0.1:1 -n a%c file.txt
	refused ordersend -r 0 -s 127.0.0.1:1%c file.txt
}

@test "ftpsend: -n, -u, the URL" {
	refused ftpsend -r 0 -n a%c ftp://127.0.0.1:1/ file.txt
	refused ftpsend -r 0 -P "echo x" -u a%c ftp://127.0.0.1:1/ file.txt
	refused ftpsend -r 0 ftp://127.0.0.1:1/a%c/ file.txt
	for code in %0d%0aDELE%20b %00 %0a %09 %1b %7f %c2%85; do
		for url in "127.0.0.1:1/a$code/" "127.0.0.1:1/$code" \
		    "a$code@127.0.0.1:1/" "127.0.0.1$code/"; do
			run -64 --separate-stderr ftpsend -r 0 "ftp://$url" file.txt
			[[ $stderr == *': a control character' ]]
		done
	done
}

@test "archive-stamp: -f" {
	refused archive-stamp -f a%c file.txt
	[ ! -e ARC ] && [ -e file.txt ]
}

# told WORD ...: of a file that is wrong, "a LF b" for %f, each line of what is
# said has its name.
told() {
	run --separate-stderr "${@//%f/$'a\nb'}" <file.txt
	[ "$status" -ge 65 ]
	[[ $stderr == "$1: a?b:"* ]]
	run -1 grep -v "^$1: a?b:" <<<"$stderr"
}

@test "a line end in a file's name does not end the line that tells of it" {
	printf '\377\n\0\n' >$'a\nb'
	chmod 600 $'a\nb'
	printf '[Subject:]\n[Body:]\n' >letter
	told orderparse -n %f
	told orderparse -X %f order
	told orderparse -R %f order
	told orderparse -t %f letter
	told mkmail -f me@x -R %f a@x
	told suppress %f
	told resultcount %f
	told mxlookup -f %f a.test
	told smtpsend -K %f -s 127.0.0.1:1 a@x
	told smtpd-lite -i -R %f
	told smtpd-lite -i -u %f
	told pop3d-lite -i -u %f
	told protograde -n %f client -- true
}
