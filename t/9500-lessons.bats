# The lessons in examples/lessons: what they show is what happens.

load lib

# steps FILE: splits a lesson into steps, each a command NN.sh ("$ ", "> "),
# its input NN.in ("C: ") and its output NN.want ("S: ", and plain lines).
# An empty line is output when an indented one follows that is no command.
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
		if (line ~ /^[$>] /)
			print substr(line, 3) >(step ".sh")
		else if (line ~ /^C:/)
			print substr(line, 4) >(step ".in")
		else {
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
		tr -d '\r' <"$step.out" >"$step.got"
		mapfile -t want <"$step.want"
		mapfile -t got <"$step.got"
		for ((i = 0; i < ${#want[@]} || i < ${#got[@]}; i++)); do
			alike "${want[i]-}" "${got[i]-}" && continue
			cat "$step.sh" "$step.err"
			diff "$step.want" "$step.got"
			return 1
		done
	done
	cd ../..
}

@test "every lesson is true" {
	local lesson n=0
	if ! command -v sha256sum; then
		mkdir tools
		printf '%s\n' '#!/bin/sh' 'printf "%s  -\n" "$(digest)"' \
			>tools/sha256sum
		chmod +x tools/sha256sum
		PATH=$PATH:$PWD/tools
	fi
	for lesson in "$TOP"/examples/lessons/[0-9]*.txt; do
		play "$lesson"
		grep -q "$(printf '\t%s\t' "${lesson##*/}")" \
			"$TOP/examples/lessons/README"
		n=$((n + 1))
	done
	[ "$n" = 8 ]
}

@test "a lesson that is not true is seen" {
	printf '%s\n' '    $ echo a' '    b' >false
	run -1 play "$PWD/false"
}
