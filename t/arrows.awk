# Reads the C files of src and prints each include and each call that the
# arrows of the design forbid:
#	programs -> client, server, store, grade -> format -> sys
# format takes only buf and die of sys; server takes session too, and knows no
# socket, clock or file; client and server never meet.  Only die ends the
# process, forked children aside; nothing below the programs prints, or reads
# the environment.

BEGIN {
	rooms = "^(client|server|store|grade|format|sys)$"
	closed = "^(arpa|net|netinet)/|^sys/(file|ioctl|mman|select|socket" \
	    "|stat|statvfs|time|times|uio|un|wait)[.]h$|^(dirent|fcntl|ftw" \
	    "|glob|netdb|poll|pthread|pwd|signal|spawn|stdio|syslog|termios" \
	    "|time|unistd|utime)[.]h$"
}

function bad(why) {
	print FILENAME ":" FNR ": " why
}

function calls(names) {
	return code ~ "(^|[^A-Za-z0-9_])(" names ")[ \t]*[(]"
}

FNR == 1 {
	n = split(FILENAME, part, "/")
	room = n == 2 ? "program" : part[2]
	folder = FILENAME
	sub(/^src\//, "", folder)
	sub(/[^\/]*$/, "", folder)
	if (room != "program" && room !~ rooms)
		bad("no such room")
	own = FILENAME
	sub(/^src\//, "", own)
	first = sub(/[.]c$/, ".h", own) && room != "program"
	# A module in two files has one header, which comes first in both.
	if (first && (getline line < ("src/" own)) < 0)
		own = folder "[a-z0-9]+[.]h"
	close("src/" own)
	pure = room == "server" || room == "format"
}

/^[ \t]*#[ \t]*include/ {
	name = $0
	sub(/^[^<"]*/, "", name)
	angle = name ~ /^</
	name = substr(name, 2)
	sub(/[>"].*/, "", name)
	if (!angle && name !~ /\//)
		name = folder name
	if (first && (angle || name !~ "^" own "$"))
		bad("own header is not the first")
	first = 0
	if (angle) {
		if (pure && name ~ closed)
			bad(room " includes " name)
		next
	}
	to = name
	sub(/\/.*/, "", to)
	if (room == "program")
		ok = to ~ rooms
	else if (room == "sys")
		ok = to == "sys"
	else
		ok = to == room || to == "format" || to == "sys"
	if (pure && to == "sys" && name !~ /^sys\/(buf|die)[.]h$/)
		ok = room == "server" && name == "sys/session.h"
	if (!ok)
		bad(room " includes " name)
	next
}

/^[ \t]*\/?[*]/ {
	next
}

{
	code = $0
	gsub(/"([^"\\]|\\.)*"/, "\"\"", code)
	gsub(/\/[*].*[*]\//, "", code)
	if (calls("exit|abort|quick_exit") && FILENAME != "src/sys/die.c")
		bad("ends the process")
	if (calls("_exit|_Exit") && room != "sys" && room != "client")
		bad("ends the process")
	if (code ~ /(^|[^A-Za-z0-9_])(getenv|environ)([^A-Za-z0-9_]|$)/ &&
	    room != "program")
		bad("reads the environment")
	if ((calls("printf|puts|putchar") ||
	    code ~ /(^|[^A-Za-z0-9_])stdout([^A-Za-z0-9_]|$)/) &&
	    room != "program")
		bad("prints")
}
