/*
 * The client's side of orderproto(7) with a server that says what the input
 * does, to two orders.  What counts as stored has been said to be, with its
 * size and checksum.
 */
#include "client/order/orderc.h"

#include "fuzz.h"

#define PATIENCE 50		/* ms that a wait may take */
#define ORDERS 2

static int
holds(const struct buf *text, const char *word)
{
	struct span s = buf_span(text);
	size_t n = strlen(word);

	for (; s.n >= n; s = span_drop(s, 1))
		if (span_case_is(span_of(s.p, n), word))
			return 1;
	return 0;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	static struct orderc_conf conf = { .timeout = PATIENCE, .tag = "-" };
	static struct peer peer;
	struct orderfile f[ORDERS];
	size_t i;

	peer_listen(&peer, &conf.addr);
	for (i = 0; i < ORDERS; i++)
		MUST(orderfile_load(&f[i], as_file(span_str("hello")),
		    span_str(i == 0 ? "a.txt" : "b"), "/tmp", 1) == EX_OK);
	peer_start(&peer, span_of(data, n));
	orderc_send(&conf, f, ORDERS);
	for (i = 0; i < ORDERS; i++) {
		MUST(f[i].code != 250 || (holds(&f[i].text, f[i].sha) &&
		    holds(&f[i].text, "5")));
		orderfile_free(&f[i]);
	}
	peer_end(&peer);
	return 0;
}
