#include "repeats.h"

/* The first entry of an address. */
struct first {
	struct span text, local;
	size_t line;
};

static void
note(struct faults *notes, const struct first *f, const struct entry *e,
    enum set_fold fold)
{
	if (fold == SET_FOLD_ALL && e->kind == ENTRY_GOOD &&
	    !span_eq(f->local, e->addr.local))
		faults_add(notes, e->text.p, "%.*s: differs only in case from "
		    "the address in line %zu: each gets a letter",
		    (int)e->addr.text.n, e->addr.text.p, f->line);
	if (fold == SET_FOLD_DOMAIN && e->kind == ENTRY_DUPLICATE &&
	    !span_eq(f->text, e->text))
		faults_add(notes, e->text.p, "%.*s: dropped: the address is in "
		    "line %zu with other cells (-G email puts both on one "
		    "letter)", (int)e->addr.text.n, e->addr.text.p, f->line);
}

/* Entries whose addresses are the same to a set that folds them so. */
static void
compare(struct faults *notes, const struct order *o, enum set_fold fold)
{
	struct order_walk walk = { 0 };
	struct buf firsts = { 0 };
	struct first f;
	const char *p = o->text.p;
	struct entry e;
	struct set set;
	uint64_t seed;
	size_t k, n, line = 1;

	memcpy(&seed, o->digest, sizeof seed);
	set_init(&set, o->text.p, seed, fold);
	while (order_next(o, &walk, &e)) {
		for (; p < e.text.p; p++)
			line += *p == '\n';
		if (e.kind == ENTRY_BAD || e.addr.text.n == 0)
			continue;
		n = set.n;
		k = set_add(&set, e.addr.text);
		if (k < n) {
			memcpy(&f, firsts.p + k * sizeof f, sizeof f);
			note(notes, &f, &e, fold);
			continue;
		}
		f.text = e.text;
		f.local = e.addr.local;
		f.line = line;
		buf_add(&firsts, &f, sizeof f);
	}
	set_free(&set);
	buf_free(&firsts);
}

/* Without a capital before the @ no two can differ in case. */
static int
has_capital(const struct order *o)
{
	struct order_walk walk = { 0 };
	struct entry e;
	size_t i;

	while (order_find(o, &walk, &e, ENTRY_GOOD))
		for (i = 0; i < e.addr.local.n; i++)
			if (e.addr.local.p[i] >= 'A' &&
			    e.addr.local.p[i] <= 'Z')
				return 1;
	return 0;
}

void
repeats_find(struct faults *notes, const struct order *o, int rows)
{
	if (rows && o->duplicates > 0)
		compare(notes, o, SET_FOLD_DOMAIN);
	if (has_capital(o))
		compare(notes, o, SET_FOLD_ALL);
}
