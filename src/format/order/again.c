#include "again.h"

#include <stdlib.h>

unsigned
again_states(struct span list)
{
	static const enum result_status known[] = {
		RESULT_FAILED, RESULT_DEFERRED, RESULT_UNKNOWN
	};
	unsigned states = 0, was;
	size_t i, n;

	for (;;) {
		for (n = 0; n < list.n && list.p[n] != ','; n++)
			;
		was = states;
		for (i = 0; i < COUNT(known); i++)
			if (span_is(span_of(list.p, n),
			    result_status_name(known[i])))
				states |= 1U << known[i];
		if (states == was)
			return 0;
		if (n == list.n)
			return states;
		list = span_drop(list, n + 1);
	}
}

/* The name that results(5) has for an entry. */
static struct span
name_of(const struct entry *e)
{
	return e->kind == ENTRY_GOOD ? e->addr.text : e->text;
}

size_t
again_make(struct buf *b, const struct order *o, const struct dsn *d,
    unsigned states)
{
	struct order_walk walk = { 0 };
	const char *rest = o->recipients.p + o->recipients.n;
	struct buf names = { 0 };
	struct span s;
	struct entry e;
	struct set set;
	uint64_t seed;
	size_t i, n = 0, at;

	for (i = 0; i < d->n; i++)
		buf_addspan(&names, d->r[i].rcpt);
	memcpy(&seed, o->digest, sizeof seed);
	set_init(&set, names.p, seed, 1);
	for (i = at = 0; i < d->n; i++) {
		s = span_of(names.p + at, d->r[i].rcpt.n);
		at += s.n;
		if (s.n > 0 && (states & 1U << d->r[i].status) != 0)
			set_add(&set, s);
	}
	buf_add(b, o->text.p, (size_t)(o->recipients.p - o->text.p));
	buf_adds(b, "\n");
	while (order_next(o, &walk, &e))
		if (e.kind != ENTRY_DUPLICATE &&
		    set_find(&set, name_of(&e)) != SET_NONE) {
			if (e.text.p[0] == '#')
				buf_addc(b, ',');	/* no comment */
			buf_addspan(b, e.text);
			buf_adds(b, "\n");
			n++;
		}
	buf_add(b, rest, (size_t)(o->text.p + o->text.n - rest));
	if (n == 0)
		buf_clear(b);
	set_free(&set);
	buf_free(&names);
	return n;
}

static int
by_place(const void *a, const void *b)
{
	const struct span *s = a, *t = b;

	return (s->p > t->p) - (s->p < t->p);
}

void
again_settle(struct buf *b, const struct order *o, const struct values *v,
    const struct values *left)
{
	struct span texts[4];
	const char *done = o->text.p;
	size_t i;
	int html;

	texts[0] = o->subject;
	texts[1] = o->headers;
	texts[2] = o->html;
	texts[3] = o->body;
	qsort(texts, 4, sizeof *texts, by_place);
	for (i = 0; i < 4; i++) {
		if (texts[i].p == NULL)
			continue;
		html = texts[i].p == o->html.p;
		buf_add(b, done, (size_t)(texts[i].p - done));
		values_settle(v, left, texts[i], html, b);
		done = texts[i].p + texts[i].n;
	}
	buf_add(b, done, (size_t)(o->text.p + o->text.n - done));
}
