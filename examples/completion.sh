#!/bin/sh
# What makes a shell complete the words of our programs, read from what they
# say with -h:
#
#	examples/completion.sh bash|zsh|fish directory program ...
#
# writes for each program the file that this shell looks for there: NAME,
# _NAME or NAME.fish.  "make install" does so.

usage='usage: completion.sh bash|zsh|fish directory program ...'

fail() {
	code=$1
	shift
	printf 'completion.sh: %s\n' "$*" >&2
	exit "$code"
}

# The options of a usage on standard input, a line each: the option, whether it
# may be repeated, what follows it (empty: nothing), and what it does; then the
# words among the operands.  Fields are separated by tabs.
options() {
	awk '
	function put(name, argument, many) {
		if (name == "--" || name in seen)
			return
		seen[name] = 1
		order[++n] = name
		of[name] = argument
		repeated[name] = many
	}
	# In brackets several letters are several options, else one word.
	function cluster(word, argument, many, bracketed,    i) {
		if (!bracketed || argument != "") {
			put(word, argument, many)
			return
		}
		for (i = 2; i <= length(word); i++)
			put("-" substr(word, i, 1), "", many)
	}
	function describe(name, text,    at) {
		at = match(text, /; -[A-Za-z0-9] /)
		if (at) {
			describe(substr(text, at + 2, 2), substr(text, at + 5))
			text = substr(text, 1, at - 1)
		}
		if (!(name in does))
			does[name] = text
	}
	function finish() {
		if (last != "")
			describe(last, text)
		last = ""
	}
	/^  -[A-Za-z0-9]+ +[^ ]/ {
		finish()
		last = $1
		text = $0
		sub(/^  -[A-Za-z0-9]+ +/, "", text)
		listed = 1
		next
	}
	/^      / && last != "" && listed {
		sub(/^ +/, "")
		text = text " " $0
		next
	}
	{ finish() }
	!listed { synopsis = synopsis " " $0 }
	END {
		finish()
		m = split(synopsis, word, " ")
		for (i = 1; i <= m; i++) {
			w = word[i]
			bracketed = sub(/^\[+/, "", w)
			if (w !~ /^-./) {
				if (w ~ /^[a-z]+\|[a-z|]+$/)
					words = words " " w
				continue
			}
			argument = ""
			if (!sub(/\]+$/, "", w)) {
				next_one = word[i + 1]
				if (next_one ~ /^[^-\[|.]/) {
					argument = next_one
					i++
					sub(/\]+$/, "", argument)
				}
			}
			many = word[i + 1] == "..." && word[i] ~ /\]$/
			cluster(w, argument, many, bracketed)
		}
		put("-h", "", 0)
		put("-V", "", 0)
		describe("-h", "print the usage")
		describe("-V", "print the version")
		for (i = 1; i <= n; i++) {
			name = order[i]
			print name "\t" repeated[name] "\t" of[name] "\t" \
			    (name in does ? does[name] : of[name])
		}
		gsub(/\|/, " ", words)
		print "\t\t" words
	}'
}

# What an argument may be, by its name: put before the functions that print.
kinds='
function kind(argument) {
	if (argument == "")
		return "none"
	if (argument ~ /^[a-z0-9]+(\|[a-z0-9]+)+$/)
		return "words"
	if (argument ~ /(^|-)dir$|^directory$/)
		return "directory"
	if (argument ~ /file$|^(html|gone|list|points|results|rules)$/ ||
	    argument ~ /^(store|table|users)$/)
		return "file"
	return argument == "command" ? "command" : "text"
}
function list(argument) {
	gsub(/\|/, " ", argument)
	return argument
}
BEGIN {
	FS = "\t"
	print "# Made of what " program " -h says, by completion.sh."
}'

for_bash() {
	awk -v program="$1" "$kinds"'
	$1 == "" { operands = $3; next }
	{ all = all " " $1 }
	kind($3) == "words" {
		cases = cases "\t" $1 ") _mailorder -W \"" list($3) "\" ;;\n"
	}
	kind($3) == "directory" { directories = directories "|" $1 }
	kind($3) == "file" { files = files "|" $1 }
	kind($3) == "command" { commands = commands "|" $1 }
	kind($3) == "text" { texts = texts "|" $1 }
	function one(options, does) {
		if (options != "")
			print "\t" substr(options, 2) ") " does " ;;"
	}
	END {
		sub(/^ /, "", all)
		name = program
		gsub(/[^A-Za-z0-9]/, "_", name)
		print "_mailorder_" name "() {"
		print "\tlocal word=${COMP_WORDS[COMP_CWORD]} IFS=$\047\\n\047"
		print "\t_mailorder() {"
		print "\t\tmapfile -t COMPREPLY < <(" \
		    "compgen \"$@\" -- \"$word\")"
		print "\t}"
		print "\tCOMPREPLY=()"
		print "\tcase ${COMP_WORDS[COMP_CWORD - 1]} in"
		gsub(/_mailorder -W "[^"]*"/, "IFS=\" \" &", cases)
		printf "%s", cases
		one(directories, "_mailorder -d")
		one(files, "_mailorder -f")
		one(commands, "_mailorder -c")
		one(texts, ":")
		print "\t*)"
		print "\t\tcase $word in"
		print "\t\t-*) IFS=\" \" _mailorder -W \"" all "\" ;;"
		if (operands != "") {
			print "\t\t*) IFS=\" \" _mailorder -W \"" operands "\""
			print "\t\t\t[ ${#COMPREPLY[@]} -gt 0 ] ||"
			print "\t\t\t\t_mailorder -f ;;"
		} else
			print "\t\t*) _mailorder -f ;;"
		print "\t\tesac ;;"
		print "\tesac"
		print "}"
		print "complete -o filenames -F _mailorder_" name " " program
	}'
}

for_zsh() {
	echo "#compdef $1"
	awk -v program="$1" "$kinds"'
	# Quoted for the shell, and for what _arguments reads.
	function quoted(text) {
		gsub(/[\\\[\]:]/, "\\\\&", text)
		gsub(/\047/, "\047\\\047\047", text)
		return text
	}
	function action(argument,    k) {
		k = kind(argument)
		return k == "words" ? "(" list(argument) ")" : \
		    k == "directory" ? "_files -/" : \
		    k == "file" ? "_files" : \
		    k == "command" ? "_command_names -e" : " "
	}
	$1 == "" { operands = $3; next }
	{
		spec = ($2 ? "*" : "") $1 "[" quoted($4) "]"
		if ($3 != "")
			spec = spec ":" quoted($3) ":" action($3)
		specs = specs " \\\n\t\047" spec "\047"
	}
	END {
		print "_arguments -s -S" specs " \\"
		if (operands != "")
			print "\t\0471:what:(" substr(operands, 2) ")\047 \\"
		print "\t\047*:file:_files\047"
	}'
}

for_fish() {
	awk -v program="$1" "$kinds"'
	function quoted(text) {
		gsub(/[\\\047]/, "\\\\&", text)
		return "\047" text "\047"
	}
	$1 == "" {
		if ($3 != "")
			print "complete -c " program " -a " \
			    quoted(substr($3, 2))
		next
	}
	{
		flag = length($1) == 2 ? " -s " : " -o "
		k = kind($3)
		print "complete -c " program flag substr($1, 2) " -d " \
		    quoted($4) \
		    (k == "words" ? " -x -a " quoted(list($3)) : \
		    k == "directory" ? " -x -a " \
		    quoted("(__fish_complete_directories)") : \
		    k == "file" ? " -r" : \
		    k == "command" ? " -x -a " \
		    quoted("(__fish_complete_command)") : \
		    k == "text" ? " -x" : "")
	}'
}

[ $# -ge 3 ] || { echo "$usage" >&2; exit 64; }
shell=$1 directory=$2
shift 2
case $shell in
bash | zsh | fish) ;;
*) fail 64 "$shell: neither bash, zsh nor fish" ;;
esac
for path; do
	program=${path##*/}
	case $shell in
	bash) file=$program ;;
	zsh) file=_$program ;;
	fish) file=$program.fish ;;
	esac
	text=$("$path" -h) || fail 66 "$path: -h fails"
	list=$(printf '%s\n' "$text" | options) || fail 74 "$program: awk fails"
	printf '%s\n' "$list" | "for_$shell" "$program" \
		>"$directory/$file" || fail 74 "$directory/$file: not written"
done
