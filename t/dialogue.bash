# What the tests that read dialogue(5) share.

# said PROTOCOL LINE ...: a dialogue of these lines, a millisecond apart, each
# "SIDE TEXT", with letters behind the side: "!" early, "." text, "*" masked,
# "/" split, "l" ends in LF, "n" in nothing.
said() {
	echo "dialogue 1 $1 127.0.0.1:40312 mail.test:25 2026-11-21T23:46:12Z"
	printf '%s\n' "${@:2}" | awk '{
		side = substr($1, 1, 1)
		flag = $1 ~ /!/ ? "early" : $1 ~ /[.]$/ ? "text" : \
		    $1 ~ /[*]$/ ? "masked" : $1 ~ /\/$/ ? "split" : "-"
		end = side == "-" ? "-" : $1 ~ /l/ ? "lf" : \
		    $1 ~ /n/ ? "none" : "crlf"
		sub(/^[^ ]* ?/, "")
		printf "%.6f\t%s\t%s\t%s\t%s\n", NR / 1000, side, end, flag, $0
	}'
}

# spoken SIDE <dialogue: what that side has said, byte for byte.
spoken() {
	local side end text
	while IFS=$'\t' read -r _ side end _ text; do
		[ "$side" = "$1" ] || continue
		printf '%b' "$text"
		case $end in
		crlf) printf '\r\n' ;;
		lf) printf '\n' ;;
		cr) printf '\r' ;;
		esac
	done
}

# heard SIDE FILE: what that side has said, "ENDING,FLAGS TEXT" where these are
# not crlf and -.
heard() {
	awk -F '\t' -v side="$1" '$2 == side {
		odd = $3 == "crlf" && $4 == "-" ? "" : $3 "," $4 " "
		print odd $5
	}' "$2"
}
