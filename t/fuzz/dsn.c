/*
 * format/mail/dsn: whatever results it reads, its part is lines in ASCII or
 * UTF-8 that end in CRLF, and has a block for each recipient.
 */
#include "format/mail/dsn.h"

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
	struct span rest = span_of(data, n);
	struct buf out = { 0 };
	struct dsn d = { 0 };
	size_t i, line, last = 0;

	while ((line = dsn_read(&d, &rest)) != 0) {
		MUST(line > last);
		last = line;
	}
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
