#include "mask.h"

/* The longest name of a mechanism, RFC 4422 3.1. */
#define MECHANISM_MAX 20

#define VERB 4

/* What stands before the verb: blanks, and what a terminal adds. */
static struct span
skip_noise(struct span line)
{
	while (line.n > 0 && !byte_is_letter(line.p[0]))
		line = span_drop(line, 1);
	return line;
}

/*
 * Whether a word is the name of a mechanism, and no response in its place:
 * base64 has letters of both cases.
 */
static int
is_mechanism(struct span word)
{
	int upper = 0, lower = 0;
	size_t i;

	for (i = 0; i < word.n; i++) {
		upper |= word.p[i] >= 'A' && word.p[i] <= 'Z';
		lower |= word.p[i] >= 'a' && word.p[i] <= 'z';
		if (!byte_is_letter(word.p[i]) && !byte_is_digit(word.p[i]) &&
		    word.p[i] != '-' && word.p[i] != '_')
			return 0;
	}
	return word.n <= MECHANISM_MAX && !(upper && lower);
}

static size_t
open_part(struct span line, struct span rest)
{
	struct span word;
	size_t n;

	if (span_case_begins(rest, "PASS") || span_case_begins(rest, "ACCT"))
		return line.n - rest.n + VERB;
	if (!span_case_begins(rest, "AUTH") && !span_case_begins(rest, "APOP"))
		return line.n;
	for (n = VERB; n < rest.n && byte_is_blank(rest.p[n]); n++)
		;
	word = span_word(span_drop(rest, n));
	if (span_case_begins(rest, "APOP") || is_mechanism(word))
		n += word.n;
	else
		n = VERB;
	return line.n - rest.n + n;
}

size_t
mask_open(int *pending, struct span line, int known)
{
	struct span rest = skip_noise(line);
	int asks = span_case_begins(rest, "AUTH") ||
	    span_case_begins(rest, "USER");

	if (*pending && !known && !asks)
		return 0;
	*pending = asks;
	return open_part(line, rest);
}

void
mask_add(struct buf *b, struct span line, size_t open)
{
	buf_add(b, line.p, open);
	if (open > 0 && open < line.n && line.p[open - 1] != ' ')
		buf_addc(b, ' ');
	if (open < line.n)
		buf_adds(b, "****");
}
