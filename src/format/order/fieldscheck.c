#include "fields.h"

#include <stdlib.h>

static struct used_field *
add_key(struct fields *f, struct span key)
{
	size_t k = set_add(&f->keys, key);

	if (k < f->n)
		return &f->used[k];
	f->used = die_grow(f->used, f->n, &f->cap, sizeof *f->used);
	memset(&f->used[k], 0, sizeof *f->used);
	f->used[k].key = key;
	f->n++;
	return &f->used[k];
}

static void
collect_text(struct fields *f, struct span text)
{
	struct used_field *used;
	struct placeholder p;
	enum entry_key k;
	size_t i = 0;

	buf_add(&f->texts, &text, sizeof text);
	while (placeholder_next(text, &i, &p)) {
		k = fields_kind(f, p.key);
		f->encodes |= k == KEY_ENCODED;
		f->tokens |= k == KEY_TOKEN;
		if (k != KEY_FIELD)
			continue;
		used = add_key(f, p.key);
		if (!p.escaped && p.default_text.p == NULL)
			used->bare = 1;
	}
}

/* The keys of all placeholders, and the columns among them. */
static void
collect(struct fields *f, const struct order *o, struct span columns)
{
	struct span rest = o->attach, name, value;
	size_t i, k;

	order_set(o, &f->keys, SET_FOLD_NONE);
	collect_text(f, o->subject);
	for (i = 0; i < o->extra.n; i++)
		collect_text(f, o->extra.field[i].value);
	while (order_path(&rest, &value))
		collect_text(f, value);
	collect_text(f, o->html);
	collect_text(f, o->body);
	while (fields_column(&columns, &name, &value)) {
		k = set_find(&f->keys, value);
		if (k != SET_NONE)
			f->used[k].known = 1;
	}
}

/* Counts a field of the recipient at hand, who is good or a duplicate. */
static void
count(struct fields *f, struct order *o, struct span key, int good)
{
	const size_t k = set_find(&f->keys, key);
	struct used_field *used;

	if (k == SET_NONE)
		return;
	used = &f->used[k];
	used->known = 1;
	if (used->turn == f->turn)
		faults_add(&o->faults, key.p, "the field %.*s is here twice",
		    faults_brief(key), key.p);
	else if (good)
		used->have++;
	used->turn = f->turn;
}

static void
check_entry(struct fields *f, struct order *o, const struct entry *e)
{
	struct span rest = e->fields;
	struct field field;
	const char *why;
	int r;

	f->turn++;
	while ((r = entry_field(&rest, &field, &why)) > 0) {
		if (fields_kind(f, field.key) == KEY_FIELD)
			count(f, o, field.key, e->kind == ENTRY_GOOD ||
			    e->kind == ENTRY_ROW);
		else
			faults_add(&o->faults, field.key.p, "%.*s is not a "
			    "field: it comes from the address",
			    (int)field.key.n, field.key.p);
	}
	if (r < 0)
		faults_add(&o->faults, rest.p, "%s", why);
}

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
				f->used[which[i]].lacked = 1;
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

/* Whether some word in brackets is no placeholder. */
static int
has_others(const struct fields *f)
{
	struct placeholder_walk walk = { 0 };
	struct placeholder p;

	while (fields_next(f, &walk, &p))
		if (fields_number(f, p.key) == SET_NONE)
			return 1;
	return 0;
}

/* A token that nothing makes would be a link that leads nowhere. */
static void
find_tokens(struct fields *f, struct order *o)
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
collect_meant(struct fields *f, const struct order *o, struct span columns)
{
	static const char *const reserved[] = {
		"login", "email", "domain", "name", "email%", "token"
	};
	struct span heading, key;
	size_t i;

	for (i = 0; i < COUNT(reserved); i++) {
		key = span_str(reserved[i]);
		if (fields_number(f, key) != SET_NONE)
			meant_add(&f->meant, key, key);
	}
	if (columns.n == 0)
		add_entry_keys(&f->meant, o);
	while (fields_column(&columns, &heading, &key)) {
		meant_add(&f->meant, heading, key);
		meant_add(&f->meant, key, key);
	}
	meant_sort(&f->meant);
}

/* A word that is like a key would go out as it stands. */
static void
find_meant(struct fields *f, struct order *o, struct span columns)
{
	struct placeholder_walk walk = { 0 };
	struct placeholder p;
	struct span key;

	collect_meant(f, o, columns);
	while (fields_next(f, &walk, &p)) {
		if (p.escaped || fields_has(f, &p))
			continue;
		key = meant_find(&f->meant, p.key);
		if (key.p != NULL)
			faults_add(&o->faults, walk.text.p + p.at, "[%.*s] is "
			    "not a placeholder: [%.*s] is, and [[%.*s] is "
			    "plain text", faults_brief(p.key), p.key.p,
			    faults_brief(key), key.p, faults_brief(p.key),
			    p.key.p);
	}
}

static void
find_missing(struct fields *f, struct order *o, const size_t *which, size_t n)
{
	struct lack *lacks = die_calloc(FAULTS_MAX, sizeof *lacks);

	tell_lacks(f, o, lacks, find_lacks(f, o, which, n, lacks));
	free(lacks);
}

void
fields_check(struct fields *f, struct order *o, struct span columns)
{
	struct order_walk walk = { 0 };
	const struct used_field *used;
	struct entry e;
	size_t *which, k, n = 0;

	collect(f, o, columns);
	while (order_next(o, &walk, &e))
		if (e.kind != ENTRY_BAD)
			check_entry(f, o, &e);
	/* Who has all of these has made the order that much longer. */
	which = die_calloc(f->n, sizeof *which);
	for (k = 0; k < f->n; k++) {
		used = &f->used[k];
		if (used->known && used->bare && used->have < o->good + o->rows)
			which[n++] = k;
	}
	if (n > 0)
		find_missing(f, o, which, n);
	free(which);
	f->others = has_others(f);
	if (f->others) {
		find_tokens(f, o);
		find_meant(f, o, columns);
	}
}
