#!/usr/bin/env bats
# The manual pages.

load lib

# page_each FUNCTION: calls it with each page.
page_each() (
	bad=0
	for page in "$TOP"/man/*; do
		"$1" "$page" || { echo "${page##*/}: not so" >&2; bad=1; }
	done
	exit "$bad"
)

sections() {
	sed -n 's/^\.Sh //p' "$1"
}

has() {
	local section all
	all=$(sections "$1")
	for section in "${@:2}"; do
		[[ $'\n'$all$'\n' = *$'\n'$section$'\n'* ]] ||
			{ echo "no $section" >&2; return 1; }
	done
}

lints() {
	mandoc -Tlint -Wwarning "$1"
}

@test "mandoc finds no fault" {
	need mandoc
	page_each lints
}

# A word of what is quoted, or of a list's tag, that mdoc takes for a macro is
# lost.
quotes() {
	lacks -nE '^\.(Ql|Dl|D1|Li|%[A-Z]) ([^"]* )?(Ad|An|At|Bx|Do|Em|En|In|It|No|Os|Ox|Sh|So|Ss|Tn|Ud|Xo)( |$)' "$1" &&
		lacks -nE '^\.It ([^"]* )?(Ad|An|At|Bx|Do|En|In|It|Os|Ox|Sh|So|Ss|Ud)( |$)' "$1"
}

@test "no word of a quotation is taken for a macro" {
	page_each quotes
}

titled() {
	local file=${1##*/} name
	name=${file%.*}
	grep -qx "\.Dt ${name^^} ${file##*.}" "$1" &&
		grep -q '^\.Dd [A-Z][a-z]* [0-9]*, 20[0-9][0-9]$' "$1" &&
		grep -qx '\.Os' "$1" &&
		grep -qx "\.Nm $name" "$1"
}

@test "each page bears its own name" {
	page_each titled
}

has_sections() {
	case $1 in
	*.1) has "$1" NAME SYNOPSIS DESCRIPTION 'EXIT STATUS' EXAMPLES \
		DIAGNOSTICS 'SEE ALSO' ;;
	*) has "$1" NAME DESCRIPTION EXAMPLES 'SEE ALSO' ;;
	esac
}

@test "each page has its sections" {
	page_each has_sections
}

in_order() {
	local order='NAME SYNOPSIS DESCRIPTION ENVIRONMENT FILES EXIT_STATUS
	EXAMPLES DIAGNOSTICS SEE_ALSO STANDARDS CAVEATS'
	sections "$1" | tr ' ' _ | awk -v order="$order" '
	BEGIN {
		n = split(order, name)
		for (i = 1; i <= n; i++)
			place[name[i]] = i
	}
	$0 in place {
		if (place[$0] < last)
			exit 1
		last = place[$0]
	}'
}

@test "sections stand in their usual order" {
	page_each in_order
}

# Every number that the table names is an exit code of the design, or one of
# a shell's; all programs have 64, and 0 where it is not another's to give.
states_codes() {
	case $1 in *.1) ;; *) return 0 ;; esac
	sed -n '/^\.Sh EXIT STATUS/,/^\.Sh [^E]/p' "$1" >exit_status
	grep -Eq '^\.It (Li |Sy )?0( |$)|^That of$' exit_status &&
		grep -Eq '^\.It (Li |Sy )?64( |$)' exit_status || return
	sed -En 's/^\.It (Li |Sy )?([0-9]+).*/\2/p' exit_status >codes
	lacks -Evx '0|64|65|66|67|68|73|74|75|77|78|80|1|126|127' codes
}

@test "EXIT STATUS is a table of the codes, 0 and 64 among them" {
	page_each states_codes
}

@test "references among our own pages lead somewhere" {
	cd "$TOP/man"
	awk 'BEGIN {
		for (i = 1; i < ARGC; i++) {
			page[ARGV[i]]
			name = ARGV[i]
			sub(/[.].*/, "", name)
			ours[name]
		}
	}
	/^[.]Xr / {
		to = $2 "." substr($3, 1, 1)
		if ($2 in ours && !(to in page)) {
			print FILENAME ": no " to
			bad = 1
		}
	}
	END { exit bad }' *
}
