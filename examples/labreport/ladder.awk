# A ladder of protoladder -> the same, in pictures that fit on a page, one below
# the other, where it is too high for one.  It is cut between arrows: of a band,
# a multiple of ROW from its top.  The first picture has all of it, of which
# each shows a part; name is that of the whole.

BEGIN { ROW = 24; PAGE = 960 }

NR == 1 {
	if (match($0, / width="[0-9]+"/))
		width = substr($0, RSTART + 8) + 0
	if (match($0, / height="[0-9]+"/))
		height = substr($0, RSTART + 9) + 0
}

/^<rect y="[0-9]+" width="[0-9]+" height="[0-9]+"/ {
	match($0, /y="[0-9]+"/)
	y = substr($0, RSTART + 3) + 0
	match($0, /height="[0-9]+"/)
	band(y, y + substr($0, RSTART + 8))
}

{ picture[NR] = $0 }

END {
	if (height <= PAGE || cuts == 0 || picture[NR] != "</svg>") {
		for (i = 1; i <= NR; i++)
			print picture[i]
		exit
	}
	cut[++cuts] = height
	part(0, to = behind(0))
	print "<g id=\"" name "\">"
	for (i = 2; i < NR; i++)
		print picture[i]
	print "</g>\n</svg>"
	while (to < height) {
		from = to
		part(from, to = behind(from))
		print "<use href=\"#" name "\"/>\n</svg>"
	}
}

function band(from, to) {
	for (; from < to; from += ROW)
		cut[++cuts] = from
}

# behind(from): where the picture that begins there ends.
function behind(from,    to) {
	while (next_cut < cuts && (to <= from || cut[next_cut + 1] <= from + PAGE))
		to = cut[++next_cut]
	return to > from ? to : height
}

function part(from, to) {
	printf "<svg xmlns=\"http://www.w3.org/2000/svg\" version=\"1.1\""
	printf " width=\"%d\" height=\"%d\"", width, to - from
	printf " viewBox=\"0 %d %d %d\"", from, width, to - from
	print " xml:space=\"preserve\">"
}
