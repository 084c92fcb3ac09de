# A ladder of protoladder -> the same, in pictures that fit on a page, one below
# the other, where it is too high for one.  It is cut between arrows: of a band,
# a multiple of ROW from its top.  What reaches over a cut is in both pictures.

BEGIN { ROW = 24; PAGE = 960 }

NR == 1 {
	width = number(" width=\"")
	height = number(" height=\"")
}

{
	line[NR] = $0
	low[NR] = 0			# what has no place is in all pictures
	high[NR] = height
}

/^<rect y=/ { bands(number(" y=\""), number(" height=\"")) }
/^<rect .*y=/ { place(number(" y=\""), number(" height=\"")) }
/^<text / { place(number(" y=\""), 0) }
/^<path d="/ { split($0, part, "\""); trace(part[2]) }

END {
	bottom[0] = cut_behind(0)
	while (bottom[last] < height) {
		last++
		bottom[last] = cut_behind(bottom[last - 1])
	}
	for (i = 2; i < NR; i++)
		for (k = picture(low[i]); k <= last; k++) {
			if (k > 0 && bottom[k - 1] > high[i])
				break
			content[k] = content[k] line[i] "\n"
		}
	for (k = 0; k <= last; k++)
		show(k ? bottom[k - 1] : 0, bottom[k], content[k])
}

# The number behind this, in the line.
function number(name,    at) {
	at = index($0, name)
	return at ? substr($0, at + length(name)) + 0 : 0
}

function bands(y, n) {
	for (n += y; y < n; y += ROW)
		cut[++cuts] = y
}

function place(y, n) {
	low[NR] = y
	high[NR] = y + n
}

# A path of M, L, H and V: the y of M and L stands behind a blank.
function trace(d,    n, y) {
	low[NR] = height
	high[NR] = 0
	while (match(d, /[V ][0-9]+/)) {
		y = substr(d, RSTART + 1, RLENGTH - 1) + 0
		d = substr(d, RSTART + RLENGTH)
		if (y < low[NR])
			low[NR] = y
		if (y > high[NR])
			high[NR] = y
	}
}

# Where the picture that begins there ends.
function cut_behind(from,    to) {
	if (height - from <= PAGE)
		return height
	while (at < cuts && (to <= from || cut[at + 1] <= from + PAGE))
		to = cut[++at]
	return to > from ? to : height
}

# The picture that has this y; none is higher than a page, but for the last.
function picture(y,    k) {
	k = int(y / PAGE)
	if (k > last)
		k = last
	while (k > 0 && bottom[k - 1] > y)
		k--
	while (k < last && bottom[k] <= y)
		k++
	return k
}

function show(from, to, what) {
	printf "<svg xmlns=\"http://www.w3.org/2000/svg\" version=\"1.1\""
	printf " width=\"%d\" height=\"%d\"", width, to - from
	printf " viewBox=\"0 %d %d %d\"", from, width, to - from
	printf " xml:space=\"preserve\">\n%s</svg>\n", what
}
