#!/usr/bin/env bats
# orderrecv killed at any moment: no order is lost, none comes twice, and the
# next start tidies up.

load lib

HELLO=2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824

hello() {
	printf 'ORDER 5 %s a.txt -\r\nhello' "$HELLO"
}

answers() {
	orderrecv -i | tail -n +2 | tr -d '\r' | cut -d' ' -f1-3
}

# KEY of the order that hello sends.
key() {
	printf 'a.txt\n%s\n-' "$HELLO" | digest | cut -c1-40
}

@test "killed in mid-transfer: nothing shows, and the next start sweeps" {
	start orderrecv -l 127.0.0.1:0
	exec 9<>"/dev/tcp/127.0.0.1/$PORT"
	printf 'ORDER 5 %s a.txt -\r\nhel' "$HELLO" >&9
	wait_for compgen -G 'incoming/.seen/.tmp.*' >/dev/null
	exec 8<>"/dev/tcp/127.0.0.1/$PORT"
	printf 'raw' >&8
	crash
	exec 9>&- 8>&-
	[ "$(ls incoming)" = '' ]
	orderrecv -i </dev/null >out
	run -1 compgen -G 'incoming/.seen/.tmp.*'
	[ "$(hello | answers)" = '250 stored a.txt' ]
}

@test "the tidying waits for the last living server" {
	start orderrecv -l 127.0.0.1:0
	exec 9<>"/dev/tcp/127.0.0.1/$PORT"
	printf 'ORDER 5 %s a.txt -\r\nhel' "$HELLO" >&9
	wait_for compgen -G 'incoming/.seen/.tmp.*' >/dev/null
	orderrecv -i </dev/null >out
	compgen -G 'incoming/.seen/.tmp.*'
	printf lo >&9
	{ read -r _; read -r line; } <&9
	[[ $line == '250 stored a.txt'* ]]
	exec 9>&-
}

@test "killed before the order got its name: sent again, it is stored" {
	mkdir -p incoming/.seen
	printf hello >"incoming/.seen/$(key).new"
	: >"incoming/.seen/$(key)"
	[ "$(hello | answers)" = '250 stored a.txt' ]
	[ "$(ls incoming)" = a.txt ]
	[ ! -e "incoming/.seen/$(key).new" ]
	[ "$(hello | answers)" = '250 duplicate a.txt' ]
}

@test "killed after the order got its name: sent again, it is a duplicate" {
	mkdir -p incoming/.seen
	printf hello >"incoming/.seen/$(key).new"
	: >"incoming/.seen/$(key)"
	ln "incoming/.seen/$(key).new" incoming/a.txt
	mkdir work
	mv incoming/a.txt work
	[ "$(hello | answers)" = '250 duplicate a.txt' ]
	[ "$(ls incoming)" = '' ]
	[ ! -e "incoming/.seen/$(key).new" ]
}

@test "the same while another server lives" {
	start orderrecv -l 127.0.0.1:0
	printf hello >"incoming/.seen/$(key).new"
	: >"incoming/.seen/$(key)"
	[ "$(hello | answers)" = '250 stored a.txt' ]
	rm incoming/.seen/"$(key)" incoming/a.txt
	printf hello >"incoming/.seen/$(key).new"
	: >"incoming/.seen/$(key)"
	ln "incoming/.seen/$(key).new" incoming/a.txt
	[ "$(hello | answers)" = '250 duplicate a.txt' ]
	[ "$(ls incoming)" = a.txt ]
}

@test "kill -9 at random moments under a burst, until all are in: once each" {
	dice
	kills=${KILLS:-7}
	mkdir src
	for i in $(seq 60); do echo "order $i" >"src/$i.txt"; done
	for round in $(seq 0 "$kills"); do
		start -n "recv$round" orderrecv -l 127.0.0.1:0
		ordersend -q -r 0 -s "$ADDR" src/*.txt 2>/dev/null 3>&- &
		sender=$!
		if [ "$round" -lt "$kills" ]; then
			sleep "$(printf '0.0%02d' $((RANDOM % 30)))"
			crash
			wait "$sender" || :
		else
			wait "$sender"
			stop
		fi
	done
	ls incoming | sort >got
	ls src | sort >want
	diff want got
	diff -r src incoming -x .seen
	run -0 ls -A incoming/.seen
	[[ $output != *tmp* && $output != *new* ]]
}
