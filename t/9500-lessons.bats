# The lessons in examples/lessons: what they show is what happens.
# Slow.

load lib

# steps FILE: splits a lesson into steps, each a command NN.sh ("$ ", "> "),
# its input NN.in ("C: ") and its output NN.want ("S: ", and plain lines).
# An empty line is output when an indented one follows that is no command.
# smtpsend -I and -v show what the client says, too, and who says what.
steps() {
	awk '
	!/^    / {
		if ($0 != "")
			blanks = 0
		else
			blanks++
		next
	}
	{
		line = substr($0, 5)
		if (line ~ /^\$ /) {
			step = sprintf("%02d", ++n)
			printf "" >(step ".in")
			printf "" >(step ".want")
			blanks = 0
		}
		for (; blanks > 0; blanks--)
			print "" >(step ".want")
		if (line ~ /^([$>] |>$)/) {
			print substr(line, 3) >(step ".sh")
			if (line ~ /^\$/)
				both = 0
			if (line ~ /(smtpsend|ftpsend) -[Iv]/)
				both = 1
			next
		}
		if (line ~ /^C:/)
			print substr(line, 4) >(step ".in")
		if (both || line !~ /^C:/) {
			if (!both)
				sub(/^S: ?/, "", line)
			print line >(step ".want")
		}
	}' "$1"
}

# alike WANT GOT: two lines, where "..." stands for anything.
alike() {
	local pattern=${1//\\/\\\\}

	pattern=${pattern//\*/\\*}
	pattern=${pattern//\?/\\?}
	pattern=${pattern//\[/\\[}
	# shellcheck disable=SC2053 # a pattern
	[[ $2 == ${pattern//.../*} ]]
}

# play FILE: runs a lesson in a directory of its own, and compares.
play() {
	local step i want got
	mkdir "${1##*/}.d"
	cd "${1##*/}.d" || return
	mkdir steps run
	(cd steps && steps "$1")
	cd run || return
	for step in ../steps/*.sh; do
		step=${step%.sh}
		sh "$step.sh" <"$step.in" >"$step.out" 2>"$step.err" || :
		mapfile -t want <"$step.want"
		mapfile -t got <"$step.out"
		got=("${got[@]//$'\r'/}")
		for ((i = 0; i < ${#want[@]} || i < ${#got[@]}; i++)); do
			alike "${want[i]-}" "${got[i]-}" && continue
			cat "$step.sh" "$step.err"
			printf '%s\n' "${got[@]}" | diff "$step.want" -
			return 1
		done
	done
	cd ../..
}

# lesson_tools: what not every system has, under the names that lessons use.
lesson_tools() {
	PATH=$TOP/examples/lessons:$TOP/examples:$PATH
	mkdir tools
	command -v sha256sum || printf '%s\n' '#!/bin/sh' \
		'printf "%s  -\n" "$(digest)"' >tools/sha256sum
	command -v base64 || printf '%s\n' '#!/bin/sh' \
		'if [ "${1-}" != -d ]; then b64 && echo; exit; fi' \
		"tr -d '\n' | b64 -d" >tools/base64
	chmod +x tools/* 2>/dev/null || :
	PATH=$PATH:$PWD/tools
}

# lessons NUMBER ...: they are true.
lessons() {
	local n
	lesson_tools
	for n; do
		play "$TOP/examples/lessons/$n"-*.txt
	done
}

@test "lessons 1 to 5 are true" {
	lessons 01 02 03 04 05
}

@test "lessons 6 to 10 are true" {
	lessons 06 07 08 09 10
}

@test "lessons 11 to 15 are true" {
	lessons 11 12 13 14 15
}

@test "lessons 16 to 20 are true" {
	lessons 16 17 18 19 20
}

@test "each lesson is in README, and has its check" {
	local lesson n lessons=("$TOP"/examples/lessons/[0-9]*.txt)
	[ "${#lessons[@]}" = 20 ]
	lesson_tools
	for lesson in "${lessons[@]}"; do
		grep -q "^	${lesson##*/}	" "$TOP/examples/lessons/README"
		n=${lesson##*/}
		n=${n%%-*}
		n=${n#0}
		grep -q "^Lesson $n: " "$lesson"
		grep -Eq "check $n(\$|;| )" "$lesson"
		grep -q "^    missing " "$lesson"
		grep -q "^    Lesson $n is done\.\$" "$lesson"
	done
	run -64 check 21
	run -64 check
	# It finds the programs; with CDPATH a shell says where it has gone.
	mkdir tree
	cp -R "$TOP/examples" tree
	ln -s "$BINDIR" tree/bin
	printf '%s\n' '[Recipients:] a@x, b@x, c@x' '[Subject:] s' '[Body:]' x \
		>mine.txt
	CDPATH=. PATH=/usr/bin:/bin run -1 tree/examples/lessons/check 15
	grep 'ok .*(mine.txt)' <<<"$output"
}

@test "a lesson that is not true is seen" {
	printf '%s\n' '    $ echo a' '    b' >false
	run -1 play "$PWD/false"
}
