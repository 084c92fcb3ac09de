/*
 * format/mail/tolist: recipients are addresses, and no more than the text
 * has room for.
 */
#include "format/mail/tolist.h"

#include "fuzz.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct tolist t;
	size_t entries = 0;
	int r;

	tolist_init(&t, span_of(data, n));
	while ((r = tolist_next(&t)) != 0) {
		MUST(r == 1 || t.addrs.why != NULL);
		MUST(r < 0 || (t.addrs.addr.n > 0 &&
		    memchr(t.addrs.addr.p, '\n', t.addrs.addr.n) == NULL));
		MUST(++entries <= n);
	}
	tolist_free(&t);
	return 0;
}
