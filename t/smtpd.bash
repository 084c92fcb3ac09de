# What the tests of smtpd-lite share: sessions on standard input and output.

# talk [option ...]: the session that standard input has; the replies without
# their CR go to out, with NAME for our host's name and ID for identifiers.
talk() {
	reads_all smtpd-lite -i -d mail "$@" >raw 2>err || return
	awk '
	BEGIN { printf "" >"out" }
	!sub(/\r$/, "") { print "no CR: " $0; bad = 1 }
	{ gsub(/\r/, "") }
	NR == 1 {
		name = /^220 [^ ]* / ? $2 : $0
		print name >"name"
	}
	/^2[25]0[ -]/ && index(substr($0, 5) " ", name " ") == 1 {
		$0 = substr($0, 1, 4) "NAME" substr($0, 5 + length(name))
	}
	i = index($0, "@" name ">") {
		$0 = substr($0, 1, i) "NAME" substr($0, i + 1 + length(name))
	}
	{
		sub(/queued as .*/, "queued as ID")
		print >"out"
	}
	END { exit bad }' raw
}

# replies: the codes of out, one a reply.
replies() {
	sed -n 's/^\([0-9]*\) .*/\1/p' out | tr '\n' ' '
}

# count DIR: the files in it.
count() {
	find "$1" -type f | wc -l
}

# letter BOX: the one message in a Maildir, without the lines we added, the
# empty one before a text that has no header among them.
letter() {
	[ "$(count "mail/$1/new")" = 1 ] || return
	sed '1,/^	.*[+-][0-9]*$/d' "mail/$1/new"/* | sed '1{/^$/d;}'
}

nothing_stored() {
	[ -z "$(find mail -type f ! -name .lock)" ]
}
