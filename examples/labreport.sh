#!/bin/sh
# labreport.sh: the report of a lab, one HTML file for the screen and for paper.
#
#	script typescript		(then the work, and exit)
#	labreport.sh -l uk -a 'Petrov, KN-31' -t task.txt -c client.c \
#		-s typescript -d dialogue -e conclusions.txt -o report.html
#
# Each part is read once, made into HTML, and put behind the others of its
# section, a file in $dir; at the end the sections are put together.  Whatever
# comes from outside is escaped: by html below, by protoladder or protoexplain;
# of a grade in HTML, labreport/grade.awk lets known elements through.  The page
# needs nothing but itself, and the same parts give the same bytes.

set -u
LC_ALL=C				# awk sees bytes
export LC_ALL

usage='usage: labreport.sh [-hVv] [-l en|uk|ru] [-T title] [-a author] [-o file]
                    [-n name] -t|-c|-s|-d|-r|-k|-g|-e part ...
  -t  the task, a text             -r  results: a text, or results(5)
  -c  code                         -k  what was verified: lines of what,
  -s  a console, of script(1)          expected and found, tabs between
  -d  dialogues: dialogue(5)       -g  a grade, as protograde prints it
  -e  the conclusions, a text
  -a  who wrote it, when ...: a line under the title (several)
  -l  the language of the headings (en)
  -n  what the next part is called (its file name)
  -o  the file to write, whose name is printed (standard output)
  -T  the title
  -v  report each part on standard error
A part - is standard input.'

options=:a:c:d:e:g:hk:l:n:o:r:s:T:t:Vv
sections='task code console dialogue results checks grade conclusions'

say() {
	printf 'labreport.sh: %s\n' "$*" >&2
}

die() {
	status=$1
	shift
	say "$@"
	exit "$status"
}

# All that is wrong is told before the end; the worst makes the exit code.
bad=0
note() {
	[ "$bad" -ge "$1" ] || bad=$1
	return "$1"
}

wrong() {
	status=$1
	shift
	say "$@"
	note "$status"
}

# word NAME: in the language of the report.
word() {
	sed -n "s/^$1	//p" "$parts/words.$language"
}

# --- Text to HTML --------------------------------------------------------

# html(s): a line, escaped.  U+FFFD stands for what a page must not hold, or
# would not show as it is: control characters, of ASCII and C1, noncharacters,
# and what turns the direction of text.
html='
function html(s) {
	gsub(/&/, "\\&amp;", s)
	gsub(/</, "\\&lt;", s)
	gsub(/>/, "\\&gt;", s)
	gsub(/"/, "\\&quot;", s)
	gsub(/[\001-\010\013-\037\177]/, "\357\277\275", s)
	if (s ~ /[\200-\377]/) {
		gsub(/\302[\200-\237]|\357\277[\276\277]/, "\357\277\275", s)
		gsub(/\330\234|\342\200[\216\217\252-\256]/, "\357\277\275", s)
		gsub(/\342\201[\246-\251]/, "\357\277\275", s)
	}
	return s
}'

# line TEXT: a name or a title.
line() {
	printf '%s' "$1" | tr '\n' ' ' | clean | awk "$html"'{
		printf "%s", html($0)
	}'
}

clean() {
	awk -f "$parts/utf8.awk" -f "$parts/console.awk"
}

# Paragraphs, whose lines stay lines.
paragraphs() {
	awk "$html"'
	/^[ \t]*$/ { if (open) print "</p>"; open = 0; next }
	{ print (open++ ? "" : "<p class=\"text\">") html($0) }
	END { if (open) print "</p>" }'
}

# Each line by itself: the style sheet numbers them.
numbered() {
	printf '<pre class="code">'
	awk "$html"'{ printf "<span>%s\n</span>", html($0) }'
	echo '</pre>'
}

# The first newline in a pre element is not part of it.
verbatim() {
	printf '<pre>\n'
	awk "$html"'{ print html($0) }'
	echo '</pre>'
}

# table COLUMNS: fields with tabs between.  Without columns the first line has
# their names.  Of checks a fourth column says whether they were right.
table() {
	awk -F '\t' -v columns="$1" -v yes="$(word yes)" -v no="$(word no)" \
		"$html"'
	function row(name, class, n,    i) {
		printf "<tr%s>", class
		for (i = 1; i <= n; i++)
			printf "<%s>%s</%s>", name, html($i), name
		print "</tr>"
	}
	NR == 1 {
		print "<table>\n<thead>"
		checks = split(columns, names, "\t") == 4
		first = $0
		if (columns != "")
			$0 = columns
		row("th", "", NF)
		print "</thead>\n<tbody>"
		if (columns == "")
			next
		$0 = first
	}
	checks {
		same = $2 "" == $3 ""
		$0 = $1 FS $2 FS $3 FS (same ? yes : no)
	}
	{ row("td", checks && !same ? " class=\"failed\"" : "", NF) }
	END { print "</tbody>\n</table>" }'
}

# --- Parts ---------------------------------------------------------------

# fetch FILE: it, to $part; $PART is its name in messages, those of awk, too.
fetch() {
	PART=$(printf '%s' "$1" | tr '[:cntrl:]' '?')
	[ "$1" != - ] || PART=stdin
	export PART
	[ -z "$talk" ] || say "$PART: read"
	if [ "$1" = - ]; then
		cat >"$part"
	else
		cat -- "$1" >"$part"
	fi 2>"$dir/error" || {
		error=$(cat "$dir/error")
		wrong 66 "$PART: ${error##*: }"
		return
	}
	[ -s "$part" ] || wrong 65 "$PART: it is empty"
}

# fetch_text FILE: the same, of text in UTF-8.
fetch_text() {
	fetch "$1" && tr '\000' '\377' <"$part" >"$dir/bytes" || return
	awk -f "$parts/utf8.awk" -f "$parts/check.awk" "$dir/bytes" \
		>"$part" || note 65
}

# add KIND command ...: what the command makes of $part, to the section.  Parts
# that are not named have a caption of their file's name, those of a text none.
add() {
	kind=$1
	shift
	{
		[ "$kind" = text ] && [ -z "$name" ] ||
			printf '<h3>%s</h3>\n' "$(line "${name:-$PART}")"
		"$@" <"$part"
	} >>"$dir/$section" || die 74 "$dir/$section: cannot be written"
	name=
}

add_text() {
	fetch_text "$1" && add text paragraphs
}

add_code() {
	fetch_text "$1" && add file numbered
}

add_console() {
	fetch "$1" && tr -d '\000' <"$part" >"$dir/bytes" &&
		clean <"$dir/bytes" >"$part" && add file verbatim
}

# protoexplain ends with 65 where a line is wrong; what is no dialogue, though,
# protoladder does not draw.
add_dialogue() {
	fetch "$1" || return
	protoladder <"$part" 2>"$dir/error" >"$dir/svg" &&
		protoexplain -m -o html <"$part" 2>>"$dir/error" \
			>"$dir/explained"
	status=$?
	awk '/: stdin:/ {
		at = index($0, "stdin")
		$0 = substr($0, 1, at - 1) ENVIRON["PART"] substr($0, at + 5)
	}
	{ print }' "$dir/error" >&2
	if [ -s "$dir/svg" ] && { [ "$status" = 0 ] || [ "$status" = 65 ]; }
	then
		add file dialogue
	else
		note "$status"
	fi
}

# The body of protoexplain's page, whose headings are lower here.
dialogue() {
	printf '<h4>%s</h4>\n<div class="ladder">\n' "$(word ladder)"
	awk -f "$parts/ladder.awk" "$dir/svg"
	printf '</div>\n<h4>%s</h4>\n' "$(word explained)"
	n=$(grep -c '^<p class="wrong">' "$dir/explained")
	printf '<p>%s: %s</p>\n<div class="explained" lang="en">\n' \
		"$(word faults)" "$n"
	sed -e '1,/^<body>$/d' -e '/^<\/body>$/,$d' -e '/^<h1>/d' \
		-e 's/^<h2>\(.*\)<\/h2>$/<h4>\1<\/h4>/' "$dir/explained"
	echo '</div>'
}

has_fields() {
	awk -F '\t' -v n="$1" 'n ? NF != n : NF < 2 { exit 1 }' "$part"
}

add_results() {
	fetch_text "$1" || return
	if has_fields 9; then
		add text table "$(echo status recipient code stage \
			server number time id text | tr ' ' '\t')"
	else
		add text verbatim
	fi
}

add_checks() {
	fetch_text "$1" || return
	awk -F '\t' 'NF != 3 {
		printf "labreport.sh: %s:%d: not what, expected and found\n",
		    ENVIRON["PART"], NR | "cat >&2"
		bad = 1
	}
	END { exit bad }' "$part" || note 65 || return
	add text table "$(word columns)"
}

add_grade() {
	fetch_text "$1" || return
	if awk 'NF { exit !/^[ \t]*</ }' "$part"; then
		awk -f "$parts/grade.awk" "$part" >"$dir/bytes" || note 65 ||
			return
		mv "$dir/bytes" "$part"
		add file cat
	elif has_fields 0; then
		add file table ''
	else
		add file verbatim
	fi
}

# --- The page ------------------------------------------------------------

page() {
	printf '<!DOCTYPE html>\n<html lang="%s">\n<head>\n' "$language"
	printf '<meta charset="utf-8"/>\n<title>%s</title>\n' "$heading"
	printf '<style>\n'
	cat "$parts/style.css" || return
	printf '</style>\n</head>\n<body>\n<h1>%s</h1>\n' "$heading"
	[ -z "$authors" ] || printf '%s\n' "$authors"
	printf '<h2>%s</h2>\n<ol class="contents">\n' "$(word contents)"
	for section in $sections; do
		[ ! -s "$dir/$section" ] || printf \
			'<li><a href="#%s">%s</a></li>\n' "$section" \
			"$(word "$section")"
	done
	echo '</ol>'
	n=0
	for section in $sections; do
		[ -s "$dir/$section" ] || continue
		n=$((n + 1))
		printf '<h2 id="%s">%s. %s</h2>\n' "$section" "$n" \
			"$(word "$section")"
		cat "$dir/$section" || return
	done
	printf '</body>\n</html>\n'
}

# --- What was asked for --------------------------------------------------

misuse() {
	say "$1"
	printf '%s\n' "$usage" >&2
	exit 64
}

answer() {
	printf '%s\n' "$1" 2>/dev/null && exit
	die 74 'stdout: cannot be written'
}

find_programs() {
	here=$(CDPATH='' cd -P -- "$(dirname -- "$0")" && pwd -P) ||
		die 75 "$0: no directory"
	parts=$here/labreport
	PATH=$PATH:${here%/*}/bin
	for program in protoexplain protoladder savefile; do
		command -v "$program" >/dev/null || die 78 \
			"$program: not found on PATH, nor in ${here%/*}/bin"
	done
}

# First what holds for all parts, wherever it stands.
read_settings() {
	while getopts "$options" opt; do
		case $opt in
		a) authors="$authors${authors:+$newline}<p class=\"author\">$(
			line "$OPTARG")</p>" ;;
		h) answer "$usage" ;;
		l)	language=$OPTARG
			case $language in
			en | uk | ru) ;;
			*) misuse "-l $language: none of en, uk, ru" ;;
			esac ;;
		o) output=$OPTARG ;;
		T) heading=$OPTARG ;;
		V)	version=$(savefile -V) || exit 75
			answer "labreport.sh ${version#* }" ;;
		v) talk=yes ;;
		:) misuse "-$OPTARG: an argument is missing" ;;
		'?') misuse "-$OPTARG: no such option" ;;
		esac
	done
	shift $((OPTIND - 1))
	[ $# -eq 0 ] || misuse "$1: no option says what part this is"
}

add_parts() {
	while getopts "$options" opt; do
		case $opt in
		c) section=code; add_code "$OPTARG" ;;
		d) section=dialogue; add_dialogue "$OPTARG" ;;
		e) section=conclusions; add_text "$OPTARG" ;;
		g) section=grade; add_grade "$OPTARG" ;;
		k) section=checks; add_checks "$OPTARG" ;;
		n) name=$OPTARG ;;
		r) section=results; add_results "$OPTARG" ;;
		s) section=console; add_console "$OPTARG" ;;
		t) section=task; add_text "$OPTARG" ;;
		esac
	done
}

main() {
	authors='' heading='' language=en name='' output=- section='' talk=''
	newline='
'
	case ${1-} in
	--help) set -- -h ;;
	--version) set -- -V ;;
	esac
	find_programs
	OPTIND=1
	read_settings "$@"
	heading=$(line "${heading:-$(word title)}")

	dir=$(mktemp -d "${TMPDIR:-/tmp}/labreport.XXXXXX") ||
		die 73 'no directory for temporary files'
	trap 'rm -rf "$dir"' EXIT
	trap 'exit 75' HUP INT TERM
	part=$dir/part
	OPTIND=1
	add_parts "$@"
	[ -n "$section" ] || misuse 'no part to report'
	[ "$bad" = 0 ] || exit "$bad"

	page >"$dir/page" || die 74 "$dir/page: cannot be written"
	if [ "$output" = - ]; then
		cat "$dir/page" 2>/dev/null ||
			die 74 'stdout: cannot be written'
	else
		savefile -- "$output" <"$dir/page" || exit
		answer "$output"
	fi
}

main "$@"
