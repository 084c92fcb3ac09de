# A typescript of script(1) -> what its terminal has shown, as plain UTF-8:
#
#	LC_ALL=C awk -f utf8.awk -f console.awk typescript
#
# There is a screen as high and wide as the first line says.  Rows that leave
# it, or are wiped off it, are printed; one that was too long for it is one
# line again.  A program that takes the whole screen, as an editor does, is left
# out.  Sequences move and erase within bounds, and one without an end hides no
# more than the rest of its line.  What is no character becomes U+FFFD.

BEGIN {
	height = 24
	width = 0			# not known: nothing is wrapped
	top = last = row = col = 0	# rows of the screen, and the cursor
	end[0] = 0
}

NR == 1 && /^Script started on / {
	if (match($0, /COLUMNS="[0-9]+"/))
		width = within(substr($0, RSTART + 9), 1, 1000)
	if (match($0, /LINES="[0-9]+"/))
		height = within(substr($0, RSTART + 7), 1, 200)
	next
}

# Only at the end is this a word of script's.
held != "" { lf(held); held = "" }
/^Script done on / { held = $0; next }
{ lf($0) }

END {
	wipe()
	if (hidden)
		printf "labreport.sh: %s:%d: from here on a program has the %s\n",
		    ENVIRON["PART"], hidden, "whole screen" | "cat >&2"
}

function within(n, low, high) {
	n += 0
	return n < low ? low : n > high ? high : n
}

# --- Rows ----------------------------------------------------------------

# A row is one string, whole[r], until the cursor goes into it; then it is
# end[r] characters, cell[r, 0] and so on.
function cells(r,    i, n, s) {
	if (!(r in whole))
		return
	s = whole[r]
	delete whole[r]
	for (i = 1; i <= length(s); i += n) {
		n = octets(s, i)
		cell[r, end[r]++] = substr(s, i, n)
	}
}

# Empty rows are printed when another follows.
function show(r,    i, s) {
	if (r in whole)
		s = whole[r]
	for (i = 0; i < end[r]; i++) {
		s = s cell[r, i]
		delete cell[r, i]
	}
	if (!wrapped[r])
		sub(/[ \t]+$/, "", s)
	if (s == "")
		empty++
	else {
		for (; empty > 0; empty--)
			print ""
		printf "%s%s", s, wrapped[r] ? "" : "\n"
	}
	delete whole[r]
	delete end[r]
	delete wrapped[r]
}

function go_to(r) {
	row = within(r, top, top + height - 1)
	while (last < row)
		end[++last] = 0
}

function down() {
	while (row + 1 >= top + height)
		show(top++)
	go_to(row + 1)
}

# What was on the screen stays in the log.
function wipe() {
	while (top <= last)
		show(top++)
	row = last = top
	end[top] = 0
}

function erase(r, from, to) {
	cells(r)
	if (to >= end[r] - 1 && from < end[r]) {
		end[r] = from
		wrapped[r] = 0
	}
	for (; from <= to && from < end[r]; from++)
		cell[r, from] = " "
}

function remove(n,    i) {
	cells(row)
	for (i = col; i + n < end[row]; i++)
		cell[row, i] = cell[row, i + n]
	if (col < end[row])
		end[row] = i
}

function insert(n,    i) {
	cells(row)
	if (col >= end[row] || end[row] > 2000)
		return
	for (i = end[row] - 1; i >= col; i--)
		cell[row, i + n] = cell[row, i]
	for (i = col; i < col + n; i++)
		cell[row, i] = " "
	end[row] += n
	if (width && end[row] > width)
		end[row] = width
}

# --- What is written to the terminal -------------------------------------

# A line with the newline behind it.
function lf(s) {
	if (!hidden && col == 0 && end[row] == 0 && !(row in whole) &&
	    s ~ /^[ -~]*\r*$/ && (!width || length(s) < width)) {
		sub(/\r*$/, "", s)
		whole[row] = s
	} else
		write(s)
	if (!hidden) {
		col = 0
		down()
	}
}

function write(s,    i, n, c) {
	for (i = 1; i <= length(s); i += n) {
		c = substr(s, i, 1)
		n = octets(s, i)
		if (c == "\033")
			n = escape(s, i + 2, substr(s, i + 1, 1)) - i
		else if (n == 2 && (c = substr(s, i, 2)) ~ /^\302[\200-\237]/)
			n = escape(s, i + 2, c1(substr(c, 2))) - i
		else if (c ~ /[\001-\037\177]/)
			control(c)
		else {
			put(n ? substr(s, i, n) : "\357\277\275")
			n += !n
		}
	}
}

function put(c) {
	if (hidden)
		return
	if (width && col >= width) {
		wrapped[row] = 1
		down()
		col = 0
	}
	cells(row)
	while (end[row] < col)
		cell[row, end[row]++] = " "
	cell[row, col++] = c
	if (end[row] < col)
		end[row] = col
}

function control(c) {
	if (hidden)
		return
	if (c == "\r")
		col = 0
	else if (c == "\b" && col > 0)
		col--
	else if (c == "\t") {
		col += 8 - col % 8
		if (width && col >= width)
			col = width - 1
	}
}

# c1(c): of U+0080 to U+009F, by its second octet, what stands for it behind
# ESC.
function c1(c,    n) {
	n = index("\204\205\215\220\230\233\235\236\237", c)
	return n ? substr("DEMPX[]^_", n, 1) : "="
}

# Regular expressions with a slash in brackets are strings: awks differ there.
#
# escape(s, i, kind): a sequence whose first character behind ESC is kind, and
# the rest of which begins at i; returns where it is over.
function escape(s, i, kind,    part) {
	part = substr(s, i, 64)
	if (kind == "[") {
		if (!match(part, "^[0-?]*[ -/]*[@-~]"))
			return i
		part = substr(part, 1, RLENGTH)
		i += RLENGTH
		if (part !~ "[ -/]")
			csi(substr(part, 1, RLENGTH - 1),
			    substr(part, RLENGTH))
	} else if (kind ~ /[PX^_]/ || kind == "]") {
		i = behind_string(s, i)
	} else if (kind ~ "^[ -/]") {
		if (match(part, "^[ -/]*[0-~]"))
			i += RLENGTH
	} else if (!hidden)
		simple(kind)
	return i
}

# A title of a window and the like: up to BEL or ST, or what breaks it off.
function behind_string(s, i) {
	while (i <= length(s) && substr(s, i, 1) !~ /[\007\030\032\033]/ &&
	    substr(s, i, 2) != "\302\234")
		i++
	if (substr(s, i, 2) == "\033\\" || substr(s, i, 1) == "\302")
		return i + 2
	return substr(s, i, 1) == "\033" ? i : i + 1
}

function simple(kind) {
	if (kind == "7")
		save()
	else if (kind == "8")
		restore()
	else if (kind == "M")
		go_to(row - 1)
	else if (kind == "D")
		down()
	else if (kind == "E") {
		col = 0
		down()
	}
}

function save() {
	saved_row = row
	saved_col = col
}

function restore() {
	go_to(saved_row)
	col = saved_col + 0
}

# csi(p, kind): CSI with these parameters.
function csi(p, kind,    n, second, length_of_row) {
	if (p ~ /^[?](1049|1047|47)$/ && kind ~ /[hl]/)
		hidden = kind == "h" ? NR : 0
	if (hidden || p ~ /^[<-?]/)
		return
	n = within(p, 0, 999)
	second = p ~ /;/ ? p : ""
	sub(/^[^;]*;/, "", second)
	length_of_row = row in whole ? length(whole[row]) : end[row]
	if (kind == "K")
		erase(row, n ? 0 : col, n == 1 ? col : length_of_row)
	else if (kind == "J")
		erase_screen(n, length_of_row)
	else if (kind ~ /[Hf]/) {
		go_to(top + within(n, 1, 999) - 1)
		col = within(second, 1, 999) - 1
	} else if (kind == "s")
		save()
	else if (kind == "u")
		restore()
	else
		move(kind, within(n, 1, 999), length_of_row)
}

function erase_screen(n, length_of_row,    r) {
	if (n == 2 || (n == 0 && row == top && col == 0))
		wipe()
	else if (n == 0) {
		erase(row, col, length_of_row)
		for (r = row + 1; r <= last; r++) {
			cells(r)
			erase(r, 0, end[r])
		}
	}
}

function move(kind, n, length_of_row,    right) {
	right = width ? width - 1 : within(length_of_row, 999, 9999)
	if (kind ~ /[AF]/)
		go_to(row - n)
	else if (kind ~ /[BE]/)
		go_to(row + n)
	else if (kind == "d")
		go_to(top + n - 1)
	else if (kind ~ /[Ca]/)
		col = within(col + n, 0, right)
	else if (kind == "D")
		col = within(col - n, 0, right)
	else if (kind ~ /[G`]/)
		col = within(n - 1, 0, right)
	else if (kind == "P")
		remove(n)
	else if (kind == "@")
		insert(n)
	else if (kind == "X")
		erase(row, col, col + n - 1)
	if (kind ~ /[EF]/)
		col = 0
}
