#!/bin/sh
# t/bench/tap.sh [rounds]: a large message by curl to smtpd-lite, and the same
# through prototap, which writes all of it down.  MB says how large (1024).
# shellcheck source=SCRIPTDIR/lib.sh
. "$(dirname "$0")/lib.sh"

rounds=${1:-3}
mb=${MB:-1024}

command -v curl >/dev/null || { echo 'through prototap: no curl'; exit 0; }
{
	printf 'Subject: large\r\n\r\n'
	awk -v mb="$mb" 'BEGIN {
		for (i = 0; i < mb * 1048576; i += 64)
			printf "%062d\r\n", i
	}'
} >message
smtpd-lite -o sink -m 4G -l 127.0.0.1:0 2>server.err &
pids=$!
await server.err 'listening on'
server=$(sed -n 's/.*listening on //p' server.err)
prototap -o dialogues -l 127.0.0.1:0 "$server" 2>tap.err &
pids="$pids $!"
await tap.err 'listening on'
tap=$(sed -n 's/.*listening on //p' tap.err)

# send ADDR
send() {
	curl -sS "smtp://$1" --mail-from a@b.test --mail-rcpt c@d.test \
		-T message || exit 1
}

round=0
while [ $((round += 1)) -le "$rounds" ]; do
	clock direct send "$server"
	clock through send "$tap"
	rm -f dialogues/*
done
printf '%-40s %10s %10s %6s %6s\n' name ours peer ratio wanted
report "$mb MB by curl through prototap, direct" through direct 0.5
