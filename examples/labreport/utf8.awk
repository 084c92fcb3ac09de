# UTF-8, for an awk that sees bytes (LC_ALL=C).

# utf8(s): s is UTF-8: no form that is too long, no surrogate, nothing over
# U+10FFFF.
function utf8(s) {
	if (s !~ /[\200-\377]/)
		return 1
	if (s ~ /\340[\200-\237]|\355[\240-\277]|\360[\200-\217]|\364[\220-\277]/)
		return 0
	# A blank for each, lest the octets around it make another one.
	gsub(/[\360-\364][\200-\277][\200-\277][\200-\277]/, " ", s)
	gsub(/[\340-\357][\200-\277][\200-\277]/, " ", s)
	gsub(/[\302-\337][\200-\277]/, " ", s)
	return s !~ /[\200-\377]/
}

# octets(s, i): how many the character at this place of s has; 0 where none
# begins there.
function octets(s, i,    c, n) {
	c = substr(s, i, 1)
	if (c < "\200")
		return 1
	n = c < "\302" ? 0 : c < "\340" ? 2 : c < "\360" ? 3 : \
	    c < "\365" ? 4 : 0
	s = substr(s, i, n)
	return length(s) == n && utf8(s) ? n : 0
}
