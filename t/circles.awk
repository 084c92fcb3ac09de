# Reads all the C files of src (awk -f t/circles.awk $(find src -name '*.[ch]'),
# from the top of the tree) and prints each circle of includes: between the
# modules of one folder, and between the folders of one layer.  A module is
# NAME.h with NAME.c; a file of C without a header of its own belongs to the
# module whose header it includes first.  A circle is one line, the folder or
# layer and who is in it, and then a line for each include that goes round:
#	server/smtp: in a circle: reply session
#		src/server/smtp/reply.h:3: reply includes session

BEGIN {
	for (i = 1; i < ARGC; i++)
		there[path(ARGV[i])] = 1
}

# The file's name from src on.
function path(file) {
	sub(/^src\//, "", file)
	return file
}

function folder_of(name) {
	sub(/\/?[^\/]*$/, "", name)
	return name
}

function layer_of(name) {
	sub(/\/.*/, "", name)
	return name
}

function base_of(name) {
	sub(/.*\//, "", name)
	return name
}

# Within group, from includes to at the place where.
function edge(group, from, to, where) {
	if (from == to)
		return
	if (!((group, from) in number)) {
		number[group, from] = ++count[group]
		member[group, count[group]] = from
	}
	if (!((group, to) in number)) {
		number[group, to] = ++count[group]
		member[group, count[group]] = to
	}
	reach[group, from, to] = 1
	edges++
	in_group[edges] = group
	source[edges] = from
	target[edges] = to
	place[edges] = where
}

FNR == 1 {
	file = path(FILENAME)
	folder = folder_of(file)
	own = file
	sub(/[.][ch]$/, "", own)
	alone = !((own ".h") in there)
}

folder == "" {
	next
}

/^[ \t]*#[ \t]*include[ \t]*"/ {
	name = $0
	sub(/^[^"]*"/, "", name)
	sub(/".*/, "", name)
	if (name !~ /\//)
		name = folder "/" name
	sub(/[.]h$/, "", name)
	if (alone && folder_of(name) == folder) {
		own = name
		alone = 0
	}
	to = folder_of(name)
	if (to == folder)
		edge(folder, base_of(own), base_of(name), FILENAME ":" FNR)
	else if (layer_of(to) == layer_of(folder))
		edge("folders of " layer_of(folder), folder, to,
		    FILENAME ":" FNR)
}

# Who reaches whom, in group.
function close_over(group,    i, j, k, n, a, b, c) {
	n = count[group]
	for (k = 1; k <= n; k++) {
		b = member[group, k]
		for (i = 1; i <= n; i++) {
			a = member[group, i]
			if (!((group, a, b) in reach))
				continue
			for (j = 1; j <= n; j++) {
				c = member[group, j]
				if ((group, b, c) in reach)
					reach[group, a, c] = 1
			}
		}
	}
}

# Whether a and b are in one circle.
function together(group, a, b) {
	return (group, a, b) in reach && (group, b, a) in reach
}

function tell(group,    i, j, a, names, told) {
	for (i = 1; i <= count[group]; i++) {
		a = member[group, i]
		if (a in told || !together(group, a, a))
			continue
		names = ""
		for (j = i; j <= count[group]; j++)
			if (together(group, a, member[group, j])) {
				names = names " " member[group, j]
				told[member[group, j]] = 1
			}
		print group ": in a circle:" names
		for (j = 1; j <= edges; j++)
			if (in_group[j] == group &&
			    together(group, a, source[j]) &&
			    together(group, a, target[j]))
				print "\t" place[j] ": " source[j] \
				    " includes " target[j]
	}
}

END {
	for (group in count) {
		close_over(group)
		tell(group)
	}
}
