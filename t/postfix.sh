# shellcheck shell=sh
# An instance of Postfix, for tests and benches that run as root.

# start_postfix DIR MAIN MASTER
# All it has is in DIR, which others may pass through: configuration, queue,
# log, which is said where it does not start.  MAIN and MASTER are lines for
# main.cf and master.cf, beside those that every instance needs; a tab at the
# start of one is not its own.
start_postfix() {
	mkdir "$1/postfix" "$1/queue" "$1/data"
	chown postfix "$1/data"
	cat >"$1/postfix/main.cf" <<-END
	compatibility_level = 3.6
	queue_directory = $1/queue
	data_directory = $1/data
	maillog_file = $1/log
	maillog_file_prefixes = $1
	END
	printf '%s\n' "$2" | sed 's/^	//' >>"$1/postfix/main.cf"
	cat >"$1/postfix/master.cf" <<-END
	cleanup   unix  n  -  n  -    0  cleanup
	qmgr      unix  n  -  n  300  1  qmgr
	rewrite   unix  -  -  n  -    -  trivial-rewrite
	bounce    unix  -  -  n  -    0  bounce
	defer     unix  -  -  n  -    0  bounce
	trace     unix  -  -  n  -    0  bounce
	error     unix  -  -  n  -    -  error
	retry     unix  -  -  n  -    -  error
	postlog   unix-dgram  n  -  n  -  1  postlogd
	END
	printf '%s\n' "$3" | sed 's/^	//' >>"$1/postfix/master.cf"
	postfix -c "$1/postfix" start 3>&- 2>&1 || { cat "$1/log" && false; }
}
