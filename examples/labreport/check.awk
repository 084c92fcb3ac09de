# A text -> the same, without the mark of UTF-8 before it and the CR of its
# line ends.  A line that is not UTF-8, or has a NUL (which came as \377), is
# told.

NR == 1 { sub(/^\357\273\277/, "") }
{
	sub(/\r$/, "")
	print
	if (utf8($0))
		next
	printf "labreport.sh: %s:%d: not a text in UTF-8\n", ENVIRON["PART"],
	    NR | "cat >&2"
	bad = 1
}
END { exit bad }
