# What the tests of smtpd-lite share: sessions on standard input and output.

# talk [option ...]: the session that standard input has; the replies without
# their CR go to out, with NAME for our host's name and ID for identifiers.
talk() {
	smtpd-lite -i -d mail "$@" >raw 2>err || return
	lacks -v $'\r$' raw || return
	tr -d '\r' <raw | sed "1s/^220 \([^ ]*\) .*/\1/; 1!d" >name
	tr -d '\r' <raw | sed -E "s/^(2[25]0[ -])$(cat name)( |\$)/\1NAME\2/
		s/@$(cat name)>/@NAME>/; s/queued as .*/queued as ID/" >out
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
