#include "envelope.h"

#include "format/mail/addr.h"
#include "format/mail/hdr.h"

/* As much of an entry as is repeated when it is no address. */
#define BAD_ENTRY_MAX 320

void
envelope_complete(struct buf *addr, const char *helo)
{
	struct addr a;

	/* Only in a quoted one there may be an @ that no domain follows. */
	if (addr->n > 0 && addr->p[0] != '"' &&
	    memchr(addr->p, '@', addr->n) != NULL)
		return;
	if (addr->n > 0 && addr_parse_bare(&a, buf_span(addr), NULL) == 0 &&
	    a.domain.p == NULL)
		buf_addf(addr, "@%s", helo);
}

const char *
envelope_sender(struct buf *from, struct span text, const char *helo)
{
	const char *why = "not an address";
	struct hdr_addrs list;
	struct addr a;

	if (text.n == 0 || span_is(text, "<>"))
		return NULL;
	hdr_addrs_init(&list, text);
	if (hdr_addrs_next(&list) != 1) {
		if (list.why != NULL)
			why = list.why;
	} else if (addr_parse_bare(&a, buf_span(&list.addr), &why) == 0) {
		buf_addspan(from, a.text);
		envelope_complete(from, helo);
		why = hdr_addrs_next(&list) == 0 ? NULL :
		    "more than one address";
	}
	hdr_addrs_free(&list);
	return why;
}

static int
is_known(const struct message *m, struct span addr)
{
	struct addr a, b;
	size_t i;

	if (addr_parse(&a, addr, NULL) < 0)
		return 0;
	for (i = 0; i < m->rcpts; i++)
		if (addr_parse(&b, buf_span(&m->rcpt[i].addr), NULL) == 0 &&
		    addr_same(&a, &b))
			return 1;
	return 0;
}

/* One entry: addr, or why it is none. */
static void
add(struct message *m, struct buf *addr, const char *why, const char *helo)
{
	struct addr a;
	struct rcpt *r;

	if (why == NULL && addr_parse_bare(&a, buf_span(addr), &why) == 0) {
		envelope_complete(addr, helo);
		if (!is_known(m, buf_span(addr)))
			message_rcpt(m, buf_span(addr), span_of(NULL, 0));
		return;
	}
	if (addr->n > BAD_ENTRY_MAX)
		addr->n = BAD_ENTRY_MAX;
	r = message_rcpt(m, buf_span(addr), span_of(NULL, 0));
	rcpt_decide(r, RESULT_FAILED, STAGE_RCPT, 0, span_str(why));
}

void
envelope_list(struct message *m, struct span list, const char *helo)
{
	struct hdr_addrs a;

	hdr_addrs_init(&a, list);
	while (hdr_addrs_next(&a) != 0)
		add(m, &a.addr, a.why, helo);
	hdr_addrs_free(&a);
}

void
envelope_header(struct message *m, struct span text, const char *helo)
{
	struct hdr_rcpts t;

	hdr_rcpts_init(&t, text);
	while (hdr_rcpts_next(&t) != 0)
		add(m, &t.addrs.addr, t.addrs.why, helo);
	hdr_rcpts_free(&t);
}
