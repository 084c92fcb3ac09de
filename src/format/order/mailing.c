#include "mailing.h"

#include <stdlib.h>

#include "format/mail/crlf.h"
#include "format/mail/idn.h"

/* In the length of one who is left out; ORDER_SIZE_MAX leaves it free. */
#define LEFT_OUT UINT32_C(0x80000000)

/* An address in the order's text. */
struct mailing_rcpt {
	uint32_t at, n;
};

/*
 * The next one who shares a copy.  Those who are left out have their place in
 * one, too: it would be another copy, with another Message-ID, each time that
 * somebody comes on a list.
 */
static int
next_sharer(const struct order *o, struct order_walk *walk, struct entry *e)
{
	while (order_next(o, walk, e))
		if (e->kind == ENTRY_GOOD || e->kind == ENTRY_EXCLUDED)
			return 1;
	return 0;
}

/* The domain with its @, which tells the set what is a domain. */
static struct span
at_domain(const struct entry *e)
{
	return span_of(e->addr.domain.p - 1, e->addr.domain.n + 1);
}

/* Numbers the domains and counts the recipients of each; ends are counts. */
static void
count_domains(struct mailing *m, struct set *domains)
{
	struct order_walk walk = { 0 };
	struct entry e;

	m->ends = die_calloc(m->source->order.good + m->source->order.excluded,
	    sizeof *m->ends);
	while (next_sharer(&m->source->order, &walk, &e))
		m->ends[set_add(domains, at_domain(&e))]++;
	m->domains = domains->n;
}

/*
 * Puts the entries together by domain.  Domains and recipients come as they do
 * in the order.
 */
static void
sort_copies(struct mailing *m)
{
	const struct order *o = &m->source->order;
	struct order_walk walk = { 0 };
	struct mailing_rcpt *r;
	struct entry e;
	struct set domains;
	size_t k, n, sum = 0;

	order_set(o, &domains, SET_FOLD_DOMAIN);
	count_domains(m, &domains);
	for (k = 0; k < m->domains; k++) {
		n = m->ends[k];
		m->ends[k] = sum;	/* its start, which filling moves */
		sum += n;
	}
	m->all = die_calloc(sum, sizeof *m->all);
	while (next_sharer(o, &walk, &e)) {
		r = &m->all[m->ends[set_find(&domains, at_domain(&e))]++];
		r->at = (uint32_t)(e.addr.text.p - o->text.p);
		r->n = (uint32_t)e.addr.text.n |
		    (e.kind == ENTRY_EXCLUDED ? LEFT_OUT : 0);
	}
	set_free(&domains);
}

/* Takes a copy from the domain at hand: how many get it. */
static size_t
take_copy(struct mailing *m)
{
	const char *text = m->source->order.text.p;
	const struct mailing_rcpt *r;
	struct span address;
	size_t n = 0, sharers = 0;

	while (sharers < m->most && m->done < m->ends[m->domain]) {
		r = &m->all[m->done++];
		address = span_of(text + r->at, r->n & ~LEFT_OUT);
		m->sharer[sharers++] = address;
		if ((r->n & LEFT_OUT) == 0)
			m->rcpt[n++] = address;
	}
	m->letter.sharers = sharers;
	return n;
}

/* The next copy: how many recipients it has, or 0 after the last. */
static size_t
next_copy(struct mailing *m)
{
	size_t n = 0;

	while (n == 0 && m->domain < m->domains) {
		if (m->done < m->ends[m->domain])
			n = take_copy(m);
		else
			m->domain++;
	}
	return n;
}

static void
open_copies(struct mailing *m, size_t most)
{
	const size_t all = m->source->order.good + m->source->order.excluded;

	m->most = most < all ? most : all + 1;
	m->sharer = die_calloc(m->most, sizeof *m->sharer);
	m->rcpt = die_calloc(m->most, sizeof *m->rcpt);
	sort_copies(m);
	while (next_copy(m) > 0)
		m->copies++;
	m->done = m->domain = 0;
}

/* The next message: how many recipients it has, or 0 after the last. */
static size_t
next_message(struct mailing *m)
{
	struct entry e;

	if (m->most > 0)
		return next_copy(m);
	if (!order_find(&m->source->order, &m->walk, &e, ENTRY_GOOD))
		return 0;
	fields_take(&m->source->fields, &e);
	m->letter.repeat = e.repeat;
	m->letter.place = order_place(&m->walk);
	m->rcpt[0] = e.addr.text;
	return 1;
}

void
mailing_open(struct mailing *m, struct source *s,
    const struct letter_opt *opt, size_t most)
{
	memset(m, 0, sizeof *m);
	m->source = s;
	if (most > 1 && !fields_has_placeholder(&s->fields))
		open_copies(m, most);
	else
		m->rcpt = die_calloc(1, sizeof *m->rcpt);
	letter_open(&m->letter, s, opt);
	m->letter.sharer = m->sharer;
}

void
mailing_close(struct mailing *m)
{
	letter_free(&m->letter);
	free(m->rcpt);
	free(m->sharer);
	free(m->all);
	free(m->ends);
	buf_free(&m->text);
}

/* Makes what is to come a piece at least, but at the end. */
static void
fill(struct mailing *m)
{
	size_t n;

	buf_consume(&m->text, m->given);
	m->given = 0;
	if (m->state == MAILING_START) {
		letter_begin(&m->letter, m->most > 0 ? m->copies :
		    m->source->order.good, &m->text);
		m->state = MAILING_MIDDLE;
	}
	while (m->text.n < MAILING_PIECE && m->state == MAILING_MIDDLE) {
		n = next_message(m);
		if (n > 0) {
			letter_add(&m->letter, m->rcpt, n, &m->text);
			continue;
		}
		letter_end(&m->text);
		m->state = MAILING_OVER;
	}
}

int
mailing_next(struct mailing *m, struct span *piece)
{
	if (m->text.n - m->given < MAILING_PIECE)
		fill(m);
	piece->p = m->text.p + m->given;
	piece->n = m->text.n - m->given;
	if (piece->n > MAILING_PIECE)
		piece->n = MAILING_PIECE;
	m->given += piece->n;
	return piece->n > 0;
}

int
mailing_find(struct mailing *m, const struct addr *rcpt, struct buf *b)
{
	struct buf message = { 0 };
	struct addr a;
	size_t i, n;

	while ((n = next_message(m)) > 0)
		for (i = 0; i < n; i++) {
			if (rcpt != NULL &&
			    (addr_parse(&a, m->rcpt[i], NULL) < 0 ||
			    !idn_same_address(&a, rcpt)))
				continue;
			letter_message(&m->letter, m->rcpt, &message);
			crlf_remove(b, buf_span(&message));
			buf_free(&message);
			return 1;
		}
	return 0;
}

const char *
mailing_refuse_sender(struct span s)
{
	struct entry e;
	size_t i = 0;

	order_mailbox(s, &e);
	if (e.kind == ENTRY_BAD)
		return e.why;
	while (i < s.n && (unsigned char)s.p[i] >= ' ')
		i++;
	return e.fields.n > 0 || i < s.n || !span_is_utf8(s) ?
	    "not an address" : NULL;
}
