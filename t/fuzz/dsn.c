/*
 * format/wire/dsn: whatever results it reads, its part is lines in ASCII or
 * UTF-8 that end in CRLF, and has a block for each recipient.
 */
#include "format/wire/dsn.h"

#include "fuzz.h"

static size_t
blocks(struct span part)
{
	size_t n = 0;

	while (part.n > 0)
		n += span_chomp(span_line(&part)).n == 0;
	return n;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct buf out = { 0 };
	struct dsn d = { 0 };
	size_t i;

	dsn_read(&d, span_of(data, n), "results", &out);
	MUST(span_lines(buf_span(&out)) <= span_lines(span_of(data, n)));
	MUST(out.n == 0 || out.p[out.n - 1] == '\n');
	buf_clear(&out);
	dsn_say(&out, &d);
	MUST(out.n == 0 || out.p[out.n - 1] == '\n');
	buf_clear(&out);
	dsn_add(&out, "mx.example", &d);
	for (i = 0; i < out.n; i++)
		MUST((out.p[i] == '\n') == (i > 0 && out.p[i - 1] == '\r'));
	MUST(blocks(buf_span(&out)) >= d.n);
	buf_free(&out);
	dsn_free(&d);
	return 0;
}
