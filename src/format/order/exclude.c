#include "exclude.h"

#include <stdlib.h>

#include "format/mail/verp.h"
#include "format/wire/gone.h"
#include "format/wire/results.h"

#define AHEAD 16		/* addresses that are read before they are
				   looked for */

/* What is marked of an address in the order. */
enum mark { IN, OUT, HAD };

void
exclude_free(struct exclude *x)
{
	buf_free(&x->text);
	buf_free(&x->had);
}

/* Adds a line of it as it is compared: the domain is the set's to fold. */
static void
add_comparable(struct buf *b, const struct addr *a)
{
	buf_addlower(b, a->local);
	buf_addspan(b, span_drop(a->text, a->local.n));
	buf_addc(b, '\n');
}

/* Takes a line of those off *rest: 1, or 0 after the last. */
static int
next_address(struct span *rest, struct span *address)
{
	if (rest->n == 0)
		return 0;
	*address = span_cut(rest, '\n');
	return 1;
}

int
exclude_line(struct exclude *x, struct span line, const char **why)
{
	struct addr a;
	const int r = gone_address(&a, &line, why);

	if (r <= 0)
		return r;
	*why = "a line of results(5): suppress(1) makes a list of such";
	if (a.domain.p == NULL && span_find(span_cut(&line, '\t'), '@') != NULL)
		return -1;
	*why = "the lists are too large";
	if (x->text.n + a.text.n > EXCLUDE_SIZE_MAX)
		return -1;
	add_comparable(&x->text, &a);
	x->bare += a.domain.p == NULL;
	return 0;
}

void
exclude_had(struct exclude *x, struct span line)
{
	struct result r;

	if (result_parse(&r, line) != 0)
		return;
	buf_addc(&x->had, r.status == RESULT_DEFERRED ? '0' : '1');
	buf_addspan(&x->had, r.rcpt);
	buf_addc(&x->had, '\n');
}

/* Good entries with capitals before the @. */
struct capitals {
	struct buf text;	/* the addresses, as add_comparable has them */
	struct set set;
	char *out;		/* which of them are to be left out */
};

static void
collect_capitals(struct capitals *c, const struct order *o)
{
	struct order_walk walk = { 0 };
	struct span rest, address;
	struct entry e;

	while (order_find(o, &walk, &e, ENTRY_GOOD))
		if (span_has_capital(e.addr.local))
			add_comparable(&c->text, &e.addr);
	set_init(&c->set, c->text.p, o->seen.seed, SET_FOLD_DOMAIN);
	rest = buf_span(&c->text);
	while (next_address(&rest, &address))
		set_add(&c->set, address);
	c->out = die_calloc(c->set.n, 1);
}

/* Marks those whose addresses are to be left out as they are compared. */
static void
mark_capitals(const struct capitals *c, const struct order *o, char *out)
{
	struct order_walk walk = { 0 };
	struct buf b = { 0 };
	struct entry e;

	while (c->set.n > 0 && order_find(o, &walk, &e, ENTRY_GOOD)) {
		if (!span_has_capital(e.addr.local))
			continue;
		buf_clear(&b);
		add_comparable(&b, &e.addr);
		if (c->out[set_find(&c->set, span_chomp(buf_span(&b)))])
			out[set_find(&o->seen, e.addr.text)] = OUT;
	}
	buf_free(&b);
}

/* Marks those whose hash is on a list. */
static void
mark_hashed(const struct exclude *x, const struct order *o,
    const struct tag_key *key, char *out)
{
	struct order_walk walk = { 0 };
	struct buf word = { 0 };
	struct span rest = buf_span(&x->text), address;
	struct entry e;
	struct set bare;

	set_init(&bare, x->text.p, o->seen.seed, SET_FOLD_NONE);
	while (next_address(&rest, &address))
		if (span_find(address, '@') == NULL)
			set_add(&bare, address);
	while (order_find(o, &walk, &e, ENTRY_GOOD)) {
		buf_clear(&word);
		verp_hash(&word, key, e.addr.text);
		if (set_find(&bare, buf_span(&word)) != SET_NONE)
			out[set_find(&o->seen, e.addr.text)] = OUT;
	}
	set_free(&bare);
	buf_free(&word);
}

/* Takes back the marks of those who have had a letter: the last line counts. */
static void
unmark_had(const struct exclude *x, const struct order *o, char *out)
{
	struct span rest = buf_span(&x->had), line;
	size_t i;

	while (rest.n > 0) {
		line = span_chomp(span_line(&rest));
		i = set_find(&o->seen, span_drop(line, 1));
		if (i != SET_NONE && out[i])
			out[i] = line.p[0] == '1' ? HAD : OUT;
	}
	for (i = 0; i < o->seen.n; i++)
		out[i] = out[i] == OUT;
}

/*
 * Marks those who are on a list: in o as they stand there, in c as they are
 * compared; an address has the same hash for both.  Each is looked for when
 * some more have been read (set_seek).
 */
static void
mark_listed(const struct exclude *x, const struct order *o,
    const struct capitals *c, char *out)
{
	struct span rest = buf_span(&x->text), address[AHEAD];
	uint32_t hash[AHEAD];
	size_t i, k, n;

	do {
		for (n = 0; n < AHEAD && next_address(&rest, &address[n]); n++)
			hash[n] = set_seek(&o->seen, address[n]);
		for (i = 0; i < n; i++) {
			k = set_get(&o->seen, address[i], hash[i]);
			if (k != SET_NONE)
				out[k] = OUT;
			k = set_get(&c->set, address[i], hash[i]);
			if (k != SET_NONE)
				c->out[k] = 1;
		}
	} while (n > 0);
}

void
exclude_apply(const struct exclude *x, struct order *o,
    const struct tag_key *key)
{
	char *out = die_calloc(o->seen.n, 1);
	struct capitals c = { 0 };

	if (o->capitals)
		collect_capitals(&c, o);
	mark_listed(x, o, &c, out);
	mark_capitals(&c, o, out);
	if (key != NULL && x->bare > 0)
		mark_hashed(x, o, key, out);
	if (x->had.n > 0)
		unmark_had(x, o, out);
	order_leave_out(o, out);
	set_free(&c.set);
	buf_free(&c.text);
	free(c.out);
	free(out);
}
