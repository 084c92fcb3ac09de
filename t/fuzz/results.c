/*
 * format/wire/results: a line that is understood is written again as one
 * that means the same.
 */
#include "format/wire/results.h"

#include "fuzz.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct span rest = span_of(data, n), line;
	struct buf b = { 0 };
	struct result r, back;

	while (rest.n > 0) {
		line = span_chomp(span_line(&rest));
		if (result_parse(&r, line) != 0)
			continue;
		buf_clear(&b);
		result_add(&b, &r);
		MUST(memchr(b.p, '\n', b.n) == b.p + b.n - 1);
		MUST(result_parse(&back, span_chomp(buf_span(&b))) == 0);
		MUST(back.status == r.status && back.code == r.code &&
		    back.stage == r.stage && back.number == r.number &&
		    back.time == r.time &&
		    (r.rcpt.n == 0 || back.rcpt.n > 0));
		result_exit(&back);
	}
	buf_free(&b);
	return 0;
}
