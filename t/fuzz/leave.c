/*
 * What strangers send to unsub: a request's query, type and body, and a
 * message.  Nobody leaves but by the one token; a page has no markup of theirs.
 */
#include "format/wire/leave.h"

#include "fuzz.h"

#define TOKEN "yryfb2m7xds6qjjofeg3nx27oy"	/* of user+x@pth.ua */

/* How many marks the page has. */
static size_t
marks(struct span address, struct span list)
{
	struct buf page = { 0 };
	size_t n = 0, i;

	leave_page(&page, LEAVE_ASK, address, list, 0);
	for (i = 0; i < page.n; i++)
		n += page.p[i] == '<';
	buf_free(&page);
	return n;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct span input = span_of(data, n), query, type;
	struct buf address = { 0 };
	struct leave l = { .list = { "", 0 } };

	tag_key(&l.key, span_str("sekret"));
	if (leave_message(&address, &l, input) == 0)
		MUST(span_case_is(buf_span(&address), "user+x@pth.ua"));
	buf_clear(&address);
	query = span_chomp(span_cut(&input, '\n'));
	type = span_chomp(span_cut(&input, '\n'));
	if (leave_query(&address, &l, query) == 0)
		MUST(span_case_is(buf_span(&address), "user+x@pth.ua"));
	leave_is_confirmed(type, input);
	MUST(marks(query, type) ==
	    marks(span_str("x"), span_str(type.n > 0 ? "x" : "")));
	buf_free(&address);
	return 0;
}
