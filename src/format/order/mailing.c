#include "mailing.h"

void
mailing_open(struct mailing *m, struct letter *l,
    const struct letter_opt *opt, size_t most)
{
	struct letter_opt how = *opt;

	memset(m, 0, sizeof *m);
	m->letter = l;
	m->order = l->order;
	m->grouped = most > 1 && letter_is_same(l);
	if (m->grouped)
		copies_open(&m->copies, m->order, most);
	how.copies = m->grouped;
	letter_open(l, &how);
}

void
mailing_close(struct mailing *m)
{
	copies_free(&m->copies);
	buf_free(&m->text);
}

/* One letter more: 1, or 0 where there is none. */
static int
add_letter(struct mailing *m)
{
	struct entry e;
	size_t n;

	if (m->grouped) {
		n = copies_next(&m->copies);
		if (n > 0)
			letter_add_copy(m->letter, m->copies.rcpt, n,
			    &m->text);
		return n > 0;
	}
	if (!order_find(m->order, &m->walk, &e, ENTRY_GOOD))
		return 0;
	letter_add(m->letter, &e, &m->text);
	return 1;
}

/* Makes what is to come a piece at least, but at the end. */
static void
fill(struct mailing *m)
{
	buf_consume(&m->text, m->given);
	m->given = 0;
	if (m->state == MAILING_START) {
		letter_begin(m->letter, m->grouped ? m->copies.n :
		    m->order->good, &m->text);
		m->state = MAILING_MIDDLE;
	}
	while (m->text.n < MAILING_PIECE && m->state == MAILING_MIDDLE)
		if (!add_letter(m)) {
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

/* The copy that goes to one recipient, and others. */
static int
find_copy(struct mailing *m, const struct addr *rcpt, struct buf *b)
{
	struct addr a;
	size_t i, n;

	while ((n = copies_next(&m->copies)) > 0)
		for (i = 0; i < n; i++) {
			if (addr_parse(&a, m->copies.rcpt[i], NULL) < 0 ||
			    !addr_same(&a, rcpt))
				continue;
			letter_copy(m->letter, m->copies.rcpt, n, b);
			return 1;
		}
	return 0;
}

int
mailing_find(struct mailing *m, const struct addr *rcpt, struct buf *b)
{
	struct entry e;

	if (m->grouped)
		return find_copy(m, rcpt, b);
	while (order_find(m->order, &m->walk, &e, ENTRY_GOOD))
		if (addr_same(&e.addr, rcpt)) {
			letter_message(m->letter, &e, b);
			return 1;
		}
	return 0;
}

const char *
mailing_refuse_sender(struct span s)
{
	struct entry e;
	size_t i;

	order_mailbox(s, &e);
	if (e.kind == ENTRY_BAD)
		return e.why;
	for (i = 0; i < s.n && (unsigned char)s.p[i] >= ' '; i++)
		;
	return e.fields.n > 0 || i < s.n || mime_utf8_check(s) < s.n ?
	    "not an address" : NULL;
}
