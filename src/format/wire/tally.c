#include "tally.h"

#include <stdlib.h>

#define SLOTS (4 * TALLY_MAX)	/* a power of two */

static uint64_t
hash_of(struct span s)
{
	uint64_t h = span_hash(SPAN_HASH, s);

	return h ^ h >> 32;
}

/* The slot of a name, or the free one where it belongs. */
static uint16_t *
find(const struct tally *t, struct span name, uint64_t hash)
{
	const struct tally_row *row;
	size_t i;

	for (i = hash & (SLOTS - 1); t->slot[i] != 0;
	    i = (i + 1) & (SLOTS - 1)) {
		row = &t->row[t->slot[i] - 1];
		if (row->hash == hash &&
		    span_eq(span_of(row->name, row->length), name))
			break;
	}
	return &t->slot[i];
}

static void
start(struct tally *t)
{
	t->row = die_calloc(TALLY_MAX, sizeof *t->row);
	t->slot = die_calloc(SLOTS, sizeof *t->slot);
}

static int
by_total(const void *left, const void *right)
{
	const struct tally_row *a = left, *b = right;

	if (a->total != b->total)
		return a->total < b->total ? 1 : -1;
	return (a->hash > b->hash) - (a->hash < b->hash);
}

/* The same, for people: those that are equal by name. */
static int
by_rank(const void *left, const void *right)
{
	const struct tally_row *a = left, *b = right;
	size_t n = a->length < b->length ? a->length : b->length;
	int c;

	if (a->total != b->total)
		return a->total < b->total ? 1 : -1;
	c = n > 0 ? memcmp(a->name, b->name, n) : 0;
	return c != 0 ? c : (a->length > b->length) - (a->length < b->length);
}

/* Counts all rows from the one at first on for the others. */
static void
give_up(struct tally *t, size_t first)
{
	size_t i, s;

	for (i = first; i < t->n; i++) {
		for (s = 0; s < RESULT_STATUSES; s++)
			t->others.of[s] += t->row[i].of[s];
		t->others.total += t->row[i].total;
		free(t->row[i].name);
		memset(&t->row[i], 0, sizeof t->row[i]);
	}
	t->n = first < t->n ? first : t->n;
}

/* Makes room: keeps the more frequent half of the names. */
static void
halve(struct tally *t)
{
	struct tally_row *row;
	size_t i;

	qsort(t->row, t->n, sizeof *t->row, by_total);
	give_up(t, TALLY_MAX / 2);
	memset(t->slot, 0, SLOTS * sizeof *t->slot);
	for (i = 0; i < t->n; i++) {
		row = &t->row[i];
		*find(t, span_of(row->name, row->length), row->hash) =
		    (uint16_t)(i + 1);
	}
}

static struct span
cut(struct span name)
{
	return span_of(name.p, name.n < TALLY_NAME_MAX ? name.n :
	    TALLY_NAME_MAX);
}

void
tally_add(struct tally *t, struct span name, enum result_status status)
{
	const struct span key = cut(name);
	const uint64_t hash = hash_of(key);
	struct tally_row *row;
	uint16_t *slot;

	if (t->slot == NULL)
		start(t);
	slot = find(t, key, hash);
	if (*slot == 0) {
		if (t->n == TALLY_MAX) {
			halve(t);
			slot = find(t, key, hash);
		}
		row = &t->row[t->n++];
		row->name = span_dup(key);
		row->length = key.n;
		row->hash = hash;
		*slot = (uint16_t)t->n;
	} else {
		row = &t->row[*slot - 1];
	}
	row->of[status]++;
	row->total++;
}

void
tally_remove(struct tally *t, struct span name, enum result_status status)
{
	const struct span key = cut(name);
	struct tally_row *row = &t->others;
	uint16_t *slot;

	if (t->slot == NULL)
		return;
	slot = find(t, key, hash_of(key));
	if (*slot > 0 && t->row[*slot - 1].of[status] > 0)
		row = &t->row[*slot - 1];
	if (row->of[status] > 0) {
		row->of[status]--;
		row->total--;
	}
}

void
tally_top(struct tally *t, size_t max)
{
	size_t n;

	if (t->n == 0)
		return;
	qsort(t->row, t->n, sizeof *t->row, by_rank);
	for (n = 0; n < t->n && n < max && t->row[n].total > 0; n++)
		;
	give_up(t, n);
}

void
tally_free(struct tally *t)
{
	give_up(t, 0);
	free(t->row);
	free(t->slot);
	memset(t, 0, sizeof *t);
}

/* The part behind the last "@". */
static struct span
domain_of(struct span rcpt)
{
	size_t i;

	for (i = rcpt.n; i > 0; i--)
		if (rcpt.p[i - 1] == '@')
			return span_drop(rcpt, i);
	return span_of(rcpt.p, 0);
}

void
tally_domain(struct buf *b, struct span rcpt)
{
	const struct span domain = domain_of(rcpt);

	if (domain.n == 0)
		buf_addc(b, '-');
	else
		buf_addlower(b, domain);
}
