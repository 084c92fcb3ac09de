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
	buf_free(&x->ends);
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
 * Adds it as it is compared: a domain of A-labels, whose case is the set's to
 * overlook.
 */
static void
add_comparable(struct buf *b, const struct addr *a)
{
	const char *why;

	if (!is_unusual(a)) {
		buf_addspan(b, a->text);
		return;
	}
	buf_addlower(b, a->local);
	if (a->domain.p == NULL)
		return;
	buf_addc(b, '@');
	if (idn_domain(b, a->domain, &why) < 0)
		buf_addspan(b, a->domain);
}

int
exclude_line(struct exclude *x, struct span line, const char **why)
{
	struct addr a;
	uint32_t end;
	const int r = gone_address(&a, &line, why);

	if (r <= 0)
		return r;
	*why = "a line of results(5): suppress(1) makes a list of such";
	if (a.domain.p == NULL && span_find(span_cut(&line, '\t'), '@') != NULL)
		return -1;
	*why = "the lists are too large";
	if (a.text.n > EXCLUDE_SIZE_MAX - x->text.n)
		return -1;
	add_comparable(&x->text, &a);
	x->bare += a.domain.p == NULL;
	end = (uint32_t)x->text.n;
	buf_add(&x->ends, &end, sizeof end);
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
	struct buf text;	/* the addresses as they are compared */
	struct buf ends;	/* where each ends, a uint32_t */
	struct set set;
	char *out;		/* which of them are to be left out */
};

static void
collect_unusual(struct unusual *u, const struct order *o)
{
	struct order_walk walk = { 0 };
	struct entry e;
	uint32_t at = 0, end;
	size_t i;

	while (order_find(o, &walk, &e, ENTRY_GOOD)) {
		if (!is_unusual(&e.addr))
			continue;
		add_comparable(&u->text, &e.addr);
		end = (uint32_t)u->text.n;
		buf_add(&u->ends, &end, sizeof end);
	}
	set_init(&u->set, u->text.p, o->seen.seed,
	    SET_FOLD_DOMAIN);
	for (i = 0; i < u->ends.n; i += sizeof end, at = end) {
		memcpy(&end, u->ends.p + i, sizeof end);
		set_add(&u->set, span_of(u->text.p + at, end - at));
	}
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
		if (u->out[set_find(&u->set, buf_span(&b))])
			out[set_find(&o->seen, e.addr.text)] = OUT;
	}
	buf_free(&b);
}

/* The i-th address, from 0: 1, or 0 where there are not so many. */
static int
get(const struct exclude *x, size_t i, struct span *address)
{
	uint32_t at = 0, end;

	if (i >= x->ends.n / sizeof end)
		return 0;
	memcpy(&end, x->ends.p + i * sizeof end, sizeof end);
	if (i > 0)
		memcpy(&at, x->ends.p + (i - 1) * sizeof at, sizeof at);
	*address = span_of(x->text.p + at, end - at);
	return 1;
}

/* Marks those whose hash is on a list. */
static void
mark_hashed(const struct exclude *x, const struct order *o,
    const struct tag_key *key, char *out)
{
	struct order_walk walk = { 0 };
	struct buf word = { 0 };
	struct span address;
	struct entry e;
	struct set bare;
	size_t i;

	set_init(&bare, x->text.p, o->seen.seed, SET_FOLD_NONE);
	for (i = 0; get(x, i, &address); i++)
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
	struct span address;
	size_t i, k;

	collect_unusual(&u, o);
	for (i = 0; get(x, i, &address); i++) {
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
	buf_free(&u.ends);
	free(u.out);
	free(out);
}
