#!/usr/bin/env bats
# retrydue: whether it is time to try again whom a journal calls deferred.

# shellcheck disable=SC2154 # run sets stderr

load lib

# lines STATUS NUMBER [COUNT]: that many lines about one letter.
lines() {
	local i
	for ((i = 0; i < ${3:-1}; i++)); do
		printf '%s\tuser%d@pth.ua\t451\trcpt\tx:25\t%d\t%s\t<%d@x>\t%s\n' \
			"$1" "$2" "$2" 2026-11-21T23:46:12Z "$2" later
	done
}

@test "the pause of so many tries, and the last one again and again" {
	for tries in 0 1 2 3 4 9; do
		for age in 0 90 3700 20000; do
			lines sent 7 5 >journal
			lines deferred 1 "$tries" >>journal
			lines unknown 2 8 >>journal
			aged "$age" journal
			status=0
			retrydue -p "1m	1h 5h" journal >out 2>&1 || status=$?
			[ ! -s out ]
			echo "$tries $age $status"
		done
	done >got
	cat >want <<-'END'
	0 0 0
	0 90 0
	0 3700 0
	0 20000 0
	1 0 75
	1 90 0
	1 3700 0
	1 20000 0
	2 0 75
	2 90 75
	2 3700 0
	2 20000 0
	3 0 75
	3 90 75
	3 3700 75
	3 20000 0
	4 0 75
	4 90 75
	4 3700 75
	4 20000 0
	9 0 75
	9 90 75
	9 3700 75
	9 20000 0
	END
	diff want got
}

@test "tries are those of the letter that had most; others' and torn lines none" {
	lines deferred 1 2 >journal
	lines deferred 2 1 >>journal
	lines deferred 3 1 >>journal
	lines deferred 1 5 | sed 's/later$/not begun/' >>journal
	lines deferred 1 >line
	head -c 60 line >>journal
	aged 100 journal
	run -75 --separate-stderr retrydue -v -p '1m 2m' journal
	[ -z "$output" ]
	[ "$stderr" = \
		'retrydue: journal: tried 2 times, and less than 120 seconds ago' ]
	run -0 --separate-stderr retrydue -v -p '1m 90' journal
	[ -z "$output$stderr" ]
}

@test "whoever is deferred no more has no try to wait for" {
	local last
	for last in sent failed unknown sending; do
		lines deferred 1 3 >journal
		lines deferred 2 1 >>journal
		lines $last 1 >>journal
		run -75 --separate-stderr retrydue -v -p 1h journal
		[[ $stderr == *'tried 3 times'* ]]
		lines $last 2 >>journal
		run -0 retrydue -p 1h journal
	done
	# A crash as it was sent: perhaps unknown, and that is asked for.
	run -75 retrydue -p 1h -s deferred,unknown journal
	lines sending 1 >journal
	run -0 retrydue -p 1h -s deferred,unknown journal
	lines sent 1 >>journal
	run -0 retrydue -p 1h -s deferred,unknown journal
}

@test "by default the second try is at once, and the third in five minutes" {
	lines deferred 1 >journal
	run -0 retrydue journal
	lines deferred 1 >>journal
	run -75 retrydue journal
	aged 300 journal
	run -0 retrydue journal
}

@test "-s: other states" {
	lines unknown 1 >journal
	run -0 retrydue -p 1h journal
	run -0 retrydue -p 1h -s failed,deferred journal
	run -75 retrydue -p 1h -s deferred,unknown journal
}

@test "a time in the future gets the present; what is not there is due" {
	lines deferred 1 >journal
	touch -t 203801190314 journal
	aged -60 after
	run -75 retrydue -p 1m journal
	[ -z "$(find journal -newer after)" ]
	: >empty
	for name in missing no/such '' empty; do
		run -0 --separate-stderr retrydue -v "$name"
		[ -z "$output$stderr" ]
	done
}

@test "what is wrong is told: 64, 66" {
	for pauses in '' ' ' x 5mm 1y m '5m x' '*' 1234567890 '1 -1'; do
		run -64 --separate-stderr retrydue -p "$pauses" missing
		[[ $stderr == 'retrydue: -p: '* ]]
	done
	run -64 retrydue -s sent missing
	run -64 retrydue
	run -64 retrydue a b
	run -66 --separate-stderr retrydue .
	[ "$stderr" = 'retrydue: .: Is a directory' ]
}
