#include "exclude.h"

#include <stdlib.h>

#include "format/mail/idn.h"
#include "format/mail/verp.h"
#include "format/wire/gone.h"
#include "format/wire/results.h"

/* What is marked of an address in the order. */
enum mark { IN, OUT, HAD };

void
exclude_free(struct exclude *x)
{
	buf_free(&x->text);
	buf_free(&x->had);
}

/* Whether it is not written as it is compared. */
static int
is_unusual(const struct addr *a)
{
	size_t i;

	for (i = 0; i < a->local.n; i++)
		if (a->local.p[i] >= 'A' && a->local.p[i] <= 'Z')
			return 1;
	return !span_is_ascii(a->domain);
}

/*
 * Adds a line of it as it is compared: a domain of A-labels, whose case is the
 * set's to overlook.
 */
static void
add_comparable(struct buf *b, const struct addr *a)
{
	const char *why;

	if (!is_unusual(a)) {
		buf_addspan(b, a->text);
	} else {
		buf_addlower(b, a->local);
		buf_adds(b, a->domain.p != NULL ? "@" : "");
		if (idn_domain(b, a->domain, &why) < 0)
			buf_addspan(b, a->domain);
	}
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

/* Good entries whose addresses are unusual. */
struct unusual {
	struct buf text;	/* the addresses, as add_comparable has them */
	struct set set;
	char *out;		/* which of them are to be left out */
};

static void
collect_unusual(struct unusual *u, const struct order *o)
{
	struct order_walk walk = { 0 };
	struct span rest, address;
	struct entry e;

	while (order_find(o, &walk, &e, ENTRY_GOOD))
		if (is_unusual(&e.addr))
			add_comparable(&u->text, &e.addr);
	set_init(&u->set, u->text.p, o->seen.seed, SET_FOLD_DOMAIN);
	rest = buf_span(&u->text);
	while (next_address(&rest, &address))
		set_add(&u->set, address);
	u->out = die_calloc(u->set.n, 1);
}

/* Marks those whose addresses are to be left out as they are compared. */
static void
mark_unusual(const struct unusual *u, const struct order *o, char *out)
{
	struct order_walk walk = { 0 };
	struct buf b = { 0 };
	struct entry e;

	while (u->set.n > 0 && order_find(o, &walk, &e, ENTRY_GOOD)) {
		if (!is_unusual(&e.addr))
			continue;
		buf_clear(&b);
		add_comparable(&b, &e.addr);
		if (u->out[set_find(&u->set, span_chomp(buf_span(&b)))])
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

void
exclude_apply(const struct exclude *x, struct order *o,
    const struct tag_key *key)
{
	char *out = die_calloc(o->seen.n, 1);
	struct unusual u = { 0 };
	struct span rest = buf_span(&x->text), address;
	size_t k;

	set_sieve(&o->seen);
	collect_unusual(&u, o);
	while (next_address(&rest, &address)) {
		k = set_find(&o->seen, address);
		if (k != SET_NONE)
			out[k] = OUT;
		k = u.set.n > 0 ? set_find(&u.set, address) : SET_NONE;
		if (k != SET_NONE)
			u.out[k] = 1;
	}
	mark_unusual(&u, o, out);
	if (key != NULL && x->bare > 0)
		mark_hashed(x, o, key, out);
	if (x->had.n > 0)
		unmark_had(x, o, out);
	order_leave_out(o, out);
	set_free(&u.set);
	buf_free(&u.text);
	free(u.out);
	free(out);
}
