# What the tests of pop3d-lite share.

# secrets: the file of those who may log in.
secrets() {
	printf 'user1:secret\nuser2: two words \n' >passwd
	chmod 600 passwd
}

# box LOGIN: an empty Maildir.
box() {
	mkdir -p "mail/$1/tmp" "mail/$1/new" "mail/$1/cur"
}

# message PATH TEXT: a message of user1, TEXT as printf takes it.
message() {
	# shellcheck disable=SC2059
	printf "$2" >"mail/user1/$1"
}

# pop [option ...]: the session that standard input has, without LOGIN's
# lines; the answers go to raw, and without their CRs and the greeting to out.
# shellcheck disable=SC2120
pop() {
	reads_all pop3d-lite -i -u passwd -d mail "$@" >raw 2>err || return
	awk '
	BEGIN { printf "" >"out" }
	!sub(/\r$/, "") { print "no CR: " $0; bad = 1 }
	NR > 1 { gsub(/\r/, ""); print >"out" }
	END { exit bad }' raw
}

# session COMMAND ...: one of user1, with CRLF, and QUIT at its end; out has
# what comes between the log-in and the last answer.
session() {
	printf '%s\r\n' 'USER user1' 'PASS secret' "$@" QUIT | pop || return
	sed -i '1,2d;$d' out
}

# answers LINE ...: out is this.
answers() {
	printf '%s\n' "$@" >want
	diff want out
}

# left: the messages of user1, without where they are and their flags.
left() {
	find mail/user1/new mail/user1/cur -type f |
		sed 's,.*/,,; s/:.*//' | sort | tr '\n' ' '
}
