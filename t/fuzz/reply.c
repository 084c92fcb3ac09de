/*
 * format/wire/reply: a whole reply has a code in its range, and bounded
 * lines.
 */
#include "format/wire/reply.h"

#include "fuzz.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct span rest = span_of(data, n), line;
	struct reply r = { 0 };
	enum reply_event e;
	size_t at, lines;

	while (rest.n > 0) {
		e = reply_line(&r, span_line(&rest));
		MUST(e != REPLY_BAD || r.why != NULL);
		if (e == REPLY_END) {
			MUST(r.code >= 200 && r.code <= 599);
			MUST(r.lines <= REPLY_LINES_MAX);
			for (at = lines = 0; reply_next(&r, &at, &line); )
				lines++;
			MUST(lines <= r.lines);
		}
		if (e != REPLY_MORE)
			reply_start(&r);
	}
	reply_free(&r);
	return 0;
}
