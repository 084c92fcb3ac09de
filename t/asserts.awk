# Reads bats files and what they load, and prints each place that looks like
# an assertion and can never fail.  In a test, set -e ends the test at a command
# that fails, but not where
#	! COMMAND	is not the last line of a test or function
#	A && B		has B after it and is not that last line, and A fails
#	run COMMAND	is not told a status, and none is looked at after it
#	f || ..., run f	call a function: set -e is off in all of it
# and ! grep, run ! cmp and their like pass where the file is missing.
# So is what fails by chance, where a pipe fails with any of its commands:
#	A | grep -q x	grep ends at its first match, and A fails if it writes
#			after that; head, read, sed 1q and their like

# The line without what is quoted, without comments and here-documents, and
# with each (...) and $(...) that begins and ends in it as X.
function strip(line,    i, c, out, two) {
	if (here != "") {
		c = line
		if (tabs)
			sub(/^\t+/, "", c)
		if (c == here)
			here = ""
		return ""
	}
	out = ""
	for (i = 1; i <= length(line); i++) {
		c = substr(line, i, 1)
		two = substr(line, i, 2)
		if (quote == "") {
			if (c == "#" && (out == "" || out ~ /[ \t;(]$/))
				break
			if (c == "\\") {
				if (i < length(line))
					out = out "X"
				else
					out = out c
				i++
			} else if (two == "$'") {
				quote = "$'"
				i++
			} else if (c == "'" || c == "\"") {
				quote = c
			} else
				out = out c
		} else if (quote == "\"" && two == "$(") {
			depth++
			i++
		} else if (quote == "\"" && depth > 0 && c == ")") {
			depth--
		} else if (c == "\\" && quote != "'") {
			i++
		} else if (c == substr(quote, length(quote)) && depth == 0) {
			quote = ""
			out = out "Q"
		}
	}
	if (quote == "" && match(line, /[^<]<<-?['\\]?[A-Z]+/) &&
	    out ~ /(^|[^<])<<-?(Q|X?[A-Z]+)/) {
		here = substr(line, RSTART + 3, RLENGTH - 3)
		tabs = here ~ /^-/
		gsub(/[^A-Z]/, "", here)
	}
	whole = whole " " out
	while (sub(/\$?\([^()]*\)/, "X", out))
		if (out ~ /^[a-zA-Z_0-9]+X[ \t]*[{]/) {
			sub(/X/, "_ARGS_", out)
			break
		}
	return out
}

function forget(    i) {
	while (n > 0)
		delete text[n--]
}

function bad(line, why) {
	print FILENAME_ ":" line ": " why
}

# What stands in words[1 ...] of the statement, behind if, until, then, ...
function head(code) {
	gsub(/^[ \t]+|[ \t]+$/, "", code)
	while (sub(/^(if|elif|while|until|then|else|do|time|[{])[ \t]+/, "",
	    code))
		;
	return code
}

# Is what ends at statement i the end of a test or function?
function is_last(i,    t) {
	for (i++; i <= n; i++) {
		t = text[i]
		if (t ~ /^(fi|esac|;;)([ \t;]|$)/)
			continue
		return t ~ /^[})]/ || t ~ /^(else|elif)/ || t ~ /^[^ \t]*\)/
	}
	return 1
}

# Is there a pipe in the code whose reader may end before its writer?
function ends_early(code, line,    i, n, piece) {
	gsub(/[|][|]/, ";", code)
	n = split(code, piece, "|")
	for (i = 2; i <= n; i++) {
		# Of yes t/lib.bash says that it does not fail.
		if (piece[i - 1] ~ /(^|[ \t;({])yes [^;]*$/)
			continue
		sub(/^&?[ \t]*([A-Z_]+=[^ \t]*[ \t]+)*/, "", piece[i])
		if (piece[i] ~ /^(head|read|sed [0-9]+q)([ \t)]|$)/ &&
		    piece[i] !~ /^head -[nc] -/ ||
		    piece[i] ~ /^grep( -[^ ]*)* -[a-zA-Z]*[qlLm]/ ||
		    piece[i] ~ /^sed( -[a-zA-Z]+)* Q/ &&
		    line ~ /[|][ \t]*sed( -[a-zA-Z]+)* '[^'|]*q'/ ||
		    piece[i] ~ /^awk / && line ~ /[ \t;{]exit *[;}]/)
			return 1
	}
	return 0
}

function judge(    i, j, t, code, found) {
	for (i = 1; i <= n; i++) {
		t = text[i]
		if (ends_early(pipes[i], raw[i]))
			bad(at[i], "a pipe's reader may end before its writer")
		code = t
		sub(/^[^ ()\t]+\)[ \t]*/, "", code)
		sub(/[ \t]*;;$/, "", code)
		if (code ~ /^(if|elif|while|until|for|case)[ \t]/)
			continue
		code = head(code)
		if (code ~ /^! / && code !~ /[|][|]/ && !is_last(i))
			bad(at[i], "! asserts nothing here")
		if (code ~ /^(run( --[a-z-]+)* )?! ([A-Z_]+=[^ ]* )*(grep|cmp|diff)([ \t]|$)/)
			bad(at[i], "passes without the file: run -1, lacks")
		if (code ~ / && / && code !~ /[|][|]/ && !is_last(i) &&
		    code !~ / && (continue|return|break|exit)([ \t0-9]*|$)/)
			bad(at[i], "what stands before && asserts nothing")
		if (code ~ /^run( --[a-z-]+)* +[^-! ]/ &&
		    code !~ /^run( --[a-z-]+)* Q/) {
			found = 0
			for (j = i + 1; j <= n && !found; j++) {
				if (raw[j] ~ /[$]([{]?status|[{]#?lines)/)
					found = 1
				if (text[j] ~ /^run / || text[j] ~ /^[}]/)
					break
			}
			if (!found)
				bad(at[i], "run, and any status will do")
		}
	}
}

FNR == 1 {
	judge()
	forget()
	quote = here = ""
	depth = 0
	held = whole = ""
	FILENAME_ = FILENAME
}

{
	begun = quote != "" || here != ""
	code = strip($0)
	if (held == "")
		start = FNR
	held = held (held == "" ? "" : " ") code
	said = said "\n" $0
	if (quote != "" || here != "" && 0)
		next
	if (held ~ /(\\|[|]|&&)[ \t]*$/) {
		sub(/\\[ \t]*$/, "", held)
		next
	}
	gsub(/^[ \t]+|[ \t]+$/, "", held)
	if (held != "") {
		text[++n] = held
		raw[n] = said
		pipes[n] = whole
		at[n] = start
	}
	held = said = whole = ""
}

END { judge() }
