# A page of HTML -> what stands in its body, for a section of another page.
#
#	PART=grade.html LC_ALL=C awk -f grade.awk grade.html
#
# Nothing comes through but text and the elements below, each closed, with
# those of their attributes that ask for nothing and do nothing.  All else is
# told, with its line, and the end is 1.

BEGIN {
	RS = "<"
	known("b br caption code col colgroup dd div dl dt em hr i kbd li ol")
	known("p pre s samp small span strong sub sup table tbody td tfoot th")
	known("thead tr u ul var")
	known("h1 h2", "h3")
	known("h3 h4 h5 h6", "h4")
	known("article body details footer header html main section", "div")
	known("a", "span")
	known("figcaption summary", "p")
	line = 1
}

{ at = line; line += gsub(/\n/, "\n") }
comment { if (index($0, "-->")) { comment = 0; text(behind("-->")) } next }
/^!--/ { if (index($0, "-->")) text(behind("-->")); else comment = 1; next }
NR == 1 { text($0); next }
{ element(substr($0, 1, index($0, ">") - 1), index($0, ">")) }
!head { text(behind(">")) }

END {
	while (depth > 0)
		wrong("<" open[depth--] "> is not closed")
	exit bad
}

function known(names, as,    i, n, name) {
	n = split(names, name, " ")
	for (i = 1; i <= n; i++)
		becomes[name[i]] = as == "" ? name[i] : as
}

function wrong(what) {
	gsub(/[^ -~]/, "?", what)
	printf "labreport.sh: %s:%d: %s\n", ENVIRON["PART"], at,
	    substr(what, 1, 80) | "cat >&2"
	bad = 1
}

function behind(s) {
	return substr($0, index($0, s) + length(s))
}

function text(s,    i, n, piece) {
	gsub(/>/, "\\&gt;", s)
	gsub(/[\001-\010\013-\037\177]/, "\357\277\275", s)
	n = split(s, piece, "[&]")	# one of one character takes a newline, too
	for (i = 1; i <= n; i++) {
		if (i > 1)
			printf "%s", reference(piece[i]) ? "&" : "&amp;"
		printf "%s", piece[i]
	}
}

function reference(s) {
	return s ~ /^(#[0-9]+|#[xX][0-9a-fA-F]+|[a-zA-Z]+);/
}

# element(tag, whole): what stands in < and >.
function element(tag, whole,    name) {
	name = tolower(tag)
	sub("[ \t\r\n/]*$", "", name)
	sub(/[ \t\r\n].*/, "", name)
	if (name ~ /^\/?head$/)
		head = name == "head"
	else if (head || name == "!doctype")
		return
	else if (!whole || !(substr(name, 1 + (name ~ /^\//)) in becomes))
		wrong("<" (name == "" ? tag : name) ">: not in a report")
	else if (name ~ /^\//)
		close_element(substr(name, 2))
	else if (name ~ /^(br|col|hr)$/)
		printf "<%s/>", name
	else {
		open[++depth] = name
		printf "<%s%s>", becomes[name], attributes(tag)
	}
}

function close_element(name) {
	if (depth > 0 && open[depth] == name) {
		printf "</%s>", becomes[name]
		depth--
	} else
		wrong("</" name "> closes nothing")
}

function attributes(tag,    kept) {
	while (match(tag, /[ \t\n][a-z-]+="[^"&]*"/)) {
		kept = substr(tag, RSTART + 1, RLENGTH - 1)
		tag = substr(tag, RSTART + RLENGTH)
		if (kept ~ /^(class|colspan|lang|rowspan|scope)=/)
			all[++n_all] = kept
	}
	kept = ""
	while (n_all > 0)
		kept = " " all[n_all--] kept
	return kept
}
