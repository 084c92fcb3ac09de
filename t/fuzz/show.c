/*
 * sys/buf: what is to be shown has nothing in it that is not printable, is no
 * longer than what came, and is shown again as it is.
 */
#include "format/mail/mime.h"

#include "fuzz.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct span input = span_of(data, n);
	struct buf shown = { 0 }, again = { 0 }, line = { 0 };
	size_t i;

	buf_addshown(&shown, input);
	buf_addshown(&again, buf_span(&shown));
	MUST(shown.n <= n && span_eq(buf_span(&shown), buf_span(&again)));
	for (i = 0; i < shown.n; i++)
		if (shown.p[i] == '\t')
			shown.p[i] = ' ';
	MUST(span_is_printable(buf_span(&shown)));
	MUST(!span_is_printable(input) ||
	    span_eq(buf_span(&shown), input));
	mime_line(&line, input);
	MUST(span_is_printable(buf_span(&line)));
	MUST(!span_has_control(buf_span(&line)));
	buf_free(&shown);
	buf_free(&again);
	buf_free(&line);
	return 0;
}
