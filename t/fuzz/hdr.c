/*
 * format/mail/hdr: fields are pieces of the text, one behind the other, and the
 * addresses in them have no line endings.
 */
#include "format/mail/hdr.h"

#include "fuzz.h"

static void
check_addresses(struct span value)
{
	struct hdr_addrs a;
	size_t entries = 0;
	int r;

	hdr_addrs_init(&a, value);
	while ((r = hdr_addrs_next(&a)) != 0) {
		MUST(r == 1 || a.why != NULL);
		MUST(r < 0 || a.addr.n > 0);
		/* Each takes a byte at least. */
		MUST(++entries <= value.n + 1);
	}
	hdr_addrs_free(&a);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct span text = span_of(data, n);
	struct buf line = { 0 };
	enum hdr_event e;
	struct hdr_field f;
	struct hdr h;
	size_t at = 0;

	hdr_init(&h, text);
	while ((e = hdr_next(&h, &f)) == HDR_FIELD) {
		MUST(f.at == at && f.raw.p == text.p + at && f.raw.n > 0);
		MUST(hdr_is_name(f.name));
		at += f.raw.n;
		check_addresses(f.value);
		buf_clear(&line);
		hdr_unfold(&line, f.value);
		MUST(line.n == 0 || memchr(line.p, '\n', line.n) == NULL);
		MUST(hdr_find(text, f.name).p != NULL);
	}
	MUST(h.at <= n && hdr_next(&h, &f) == e);
	buf_free(&line);
	return 0;
}
