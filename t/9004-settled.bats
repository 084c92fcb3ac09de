#!/usr/bin/env bats
# settled: whether nobody has written to files for a while.

load lib

@test "0 for what nobody has written to for so long, else 1, in silence" {
	aged 100 old
	aged 5000 older
	run -0 --separate-stderr settled old
	[ -z "$output$stderr" ]
	run -0 settled -t 99 old
	run -1 --separate-stderr settled -t 200 old
	[ -z "$output$stderr" ]
	run -0 settled -t 4900 older
	run -1 settled -t 5100 older
	aged 62 minute
	run -0 settled minute
	aged 30 minute
	run -1 settled minute
	: >new
	run -1 settled new
	run -0 settled -t 0 new
}

@test "several: 0 when all are settled; -v names those that are not" {
	aged 100 old
	aged 5000 older
	: >new
	run -0 --separate-stderr settled -v old older
	[ -z "$output$stderr" ]
	run -1 --separate-stderr settled -v old new older missing
	[ -z "$output" ]
	[ "$stderr" = 'settled: new: not yet settled
settled: missing: not there' ]
}

@test "one's name may be anything" {
	for name in $'a\nb' 'a b' '*' $'\377'; do
		aged 100 "$name"
		run -0 settled "$name"
		run -1 settled -t 200 "$name"
	done
	: >-t
	aged 100 ./-t
	run -0 settled -- -t
}

@test "what is not there is not settled, until it is" {
	run -1 --separate-stderr settled missing no/such
	[ -z "$output$stderr" ]
	ln -s nowhere dangling
	run -1 settled dangling
	aged 100 nowhere
	run -0 settled dangling
}

@test "what cannot be looked at: 66, before all" {
	: >new
	run -66 --separate-stderr settled -v new new/file
	[ "$stderr" = 'settled: new: not yet settled
settled: new/file: Not a directory' ]
}

@test "a time in the future gets the present, and counts from there" {
	for time in 203801190314 210602070628 300001010000; do
		touch -t $time ahead || continue
		aged 1 before
		run -1 --separate-stderr settled -t 50 ahead
		aged -1 after
		[ -z "$output$stderr" ]
		[ -n "$(find ahead -newer before)" ]
		[ -z "$(find ahead -newer after)" ]
	done
	wait_for settled -t 1 ahead
}

@test "a time in the future that is not ours to set: 74" {
	touch -t 203801190314 ahead
	[ "$(id -u)" = 0 ] || skip 'only root has files of others'
	need setpriv
	chmod 755 .
	run -74 --separate-stderr setpriv --reuid 65534 --regid 65534 \
		--clear-groups settled ahead
	[ "$stderr" = "settled: ahead: its time, in the future, cannot be set: Operation not permitted" ]
}

@test "a time that soon passes is left" {
	aged -3000 ahead
	touch -r ahead same
	run -1 settled -t 5000 ahead
	[ -z "$(find ahead -newer same)$(find same -newer ahead)" ]
	run -1 settled -t 2000 ahead
	[ -n "$(find same -newer ahead)" ]
}

@test "long ago, before 1970 too" {
	touch -t 197001010000 epoch
	run -0 settled -t 999999999 epoch
	touch -t 190001010000 before || skip 'no such times here'
	run -0 settled -t 999999999 before
}

@test "wrong usage: 64" {
	run -64 settled
	run -64 settled -t -1 x
	run -64 settled -t 1y x
	run -64 settled -t 1000000000 x
}
