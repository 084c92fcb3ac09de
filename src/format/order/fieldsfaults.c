/* What is wrong with the placeholders of an order. */
#include "fields.h"

#include <stdlib.h>

#include "meant.h"

/* Somebody lacks the k-th field. */
struct lack {
	struct span addr;
	size_t k;
	int row;		/* which matters between [rows] and [/rows] */
};

/* Who lacks which of the n fields: the number, FAULTS_MAX at most. */
static size_t
find_lacks(struct fields *f, const struct order *o, const size_t *which,
    size_t n, struct lack *lacks)
{
	struct order_walk walk = { 0 };
	struct entry e;
	size_t i, found = 0;

	while (found < FAULTS_MAX && order_next(o, &walk, &e)) {
		if (e.kind != ENTRY_GOOD && e.kind != ENTRY_ROW)
			continue;
		fields_take(f, &e);
		for (i = 0; i < n && found < FAULTS_MAX; i++)
			if (fields_lacks(f, which[i])) {
				lacks[found].addr = e.addr.text;
				lacks[found].row = e.kind == ENTRY_ROW;
				lacks[found++].k = which[i];
			}
	}
	return found;
}

/* Each placeholder where a lack shows. */
static void
tell_lacks(const struct fields *f, struct order *o, const struct lack *lacks,
    size_t n)
{
	struct placeholder_walk walk = { 0 };
	const char *rows = NULL;	/* the text that is between [rows] and
					   [/rows] */
	struct placeholder p;
	size_t i, k;

	while (!faults_full(&o->faults) && fields_next(f, &walk, &p)) {
		if (span_is(p.key, "rows"))
			rows = walk.text.p;
		else if (span_is(p.key, "/rows"))
			rows = NULL;
		if (p.escaped || p.default_text.p != NULL)
			continue;
		k = set_find(&f->keys, p.key);
		if (k == SET_NONE || !f->used[k].lacked)
			continue;
		for (i = 0; i < n; i++)
			if (lacks[i].k == k &&
			    (rows == walk.text.p || !lacks[i].row))
				faults_add(&o->faults, walk.text.p + p.at,
				    "%.*s has no field %.*s, and there is no "
				    "default",
				    (int)lacks[i].addr.n, lacks[i].addr.p,
				    faults_brief(p.key), p.key.p);
	}
}

void
fields_tell_lacks(struct fields *f, struct order *o)
{
	struct lack *lacks = die_calloc(FAULTS_MAX, sizeof *lacks);
	size_t *which = die_calloc(f->n, sizeof *which), k, n = 0;

	/* Who has all of these has made the order that much longer. */
	for (k = 0; k < f->n; k++)
		if (f->used[k].lacked)
			which[n++] = k;
	tell_lacks(f, o, lacks, find_lacks(f, o, which, n, lacks));
	free(which);
	free(lacks);
}

/* A token that nothing makes would be a link that leads nowhere. */
static void
tell_tokens(struct fields *f, struct order *o)
{
	struct placeholder_walk walk = { 0 };
	struct placeholder p;

	while (fields_next(f, &walk, &p))
		if (!p.escaped && span_is(p.key, "token") &&
		    fields_number(f, p.key) == SET_NONE) {
			faults_add(&o->faults, walk.text.p + p.at,
			    "[token] is made with a key (-k)");
			f->keyless++;
		}
}

/* All keys that any entry has. */
static void
add_entry_keys(struct meant *m, const struct order *o)
{
	struct order_walk walk = { 0 };
	struct field field;
	struct entry e;
	struct set seen;
	const char *why;
	size_t n;

	order_set(o, &seen, SET_FOLD_NONE);
	while (order_next(o, &walk, &e)) {
		if (e.kind == ENTRY_BAD)
			continue;
		while (entry_field(&e.fields, &field, &why) > 0) {
			n = seen.n;
			if (set_add(&seen, field.key) == n)
				meant_add(m, field.key, field.key);
		}
	}
	set_free(&seen);
}

/* What a word in brackets may be like. */
static void
collect_meant(struct meant *m, const struct fields *f, const struct order *o,
    struct span columns)
{
	static const char *const reserved[] = {
		"login", "email", "domain", "name", "email%", "token"
	};
	struct span heading, key;
	size_t i;

	for (i = 0; i < COUNT(reserved); i++) {
		key = span_str(reserved[i]);
		if (fields_number(f, key) != SET_NONE)
			meant_add(m, key, key);
	}
	if (columns.n == 0)
		add_entry_keys(m, o);
	while (fields_column(&columns, &heading, &key)) {
		meant_add(m, heading, key);
		meant_add(m, key, key);
	}
	meant_sort(m);
}

/* A word that is like a key goes out as it stands, and [[ before it as [. */
static void
tell_meant(struct fields *f, struct faults *faults, const struct meant *m)
{
	struct placeholder_walk walk = { 0 };
	struct placeholder p;
	struct span key;

	while (fields_next(f, &walk, &p)) {
		if (fields_number(f, p.key) != SET_NONE)
			continue;
		key = meant_find(m, p.key);
		if (key.p == NULL)
			continue;
		f->used[set_find(&f->keys, p.key)].alike = 1;
		if (!p.escaped && faults != NULL)
			faults_add(faults, walk.text.p + p.at, "[%.*s] is "
			    "not a placeholder: [%.*s] is, and [[%.*s] is "
			    "plain text", faults_brief(p.key), p.key.p,
			    faults_brief(key), key.p, faults_brief(p.key),
			    p.key.p);
	}
}

void
fields_tell_alike(struct fields *f, const struct order *o, struct span columns,
    struct faults *faults)
{
	struct meant meant = { 0 };

	collect_meant(&meant, f, o, columns);
	tell_meant(f, faults, &meant);
	meant_free(&meant);
}

void
fields_tell_others(struct fields *f, struct order *o, struct span columns)
{
	tell_tokens(f, o);
	fields_tell_alike(f, o, columns, columns.n > 0 ? &o->faults : NULL);
}
