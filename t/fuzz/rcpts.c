/*
 * format/mail/hdr: recipients in a header are addresses, and no more than the
 * text has room for.
 */
#include "format/mail/hdr.h"

#include "fuzz.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct hdr_rcpts t;
	size_t entries = 0;
	int r;

	hdr_rcpts_init(&t, span_of(data, n));
	while ((r = hdr_rcpts_next(&t)) != 0) {
		MUST(r == 1 || t.addrs.why != NULL);
		MUST(r < 0 || (t.addrs.addr.n > 0 &&
		    memchr(t.addrs.addr.p, '\n', t.addrs.addr.n) == NULL));
		MUST(++entries <= n);
	}
	hdr_rcpts_free(&t);
	return 0;
}
