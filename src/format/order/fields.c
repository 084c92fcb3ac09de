#include "fields.h"

#include <stdlib.h>

#include "format/wire/name.h"

/* The placeholder that starts at i: 1, or 0 where none does. */
static int
placeholder_at(struct span s, size_t i, struct placeholder *p)
{
	size_t n;

	p->at = i++;
	p->escaped = i < s.n && s.p[i] == '[';
	i += (size_t)p->escaped;
	for (n = i; n < s.n && strchr("[]|\r\n", s.p[n]) == NULL;)
		n++;
	p->key = span_of(s.p + i, n - i);
	p->default_text = span_of(NULL, 0);
	if (n > i && n < s.n && s.p[n] == '|') {
		/* no bracket, so that no text is looked at twice */
		for (i = ++n; n < s.n && s.p[n] != '[' && s.p[n] != ']' &&
		    s.p[n] != '\n';)
			n++;
		p->default_text = span_of(s.p + i, n - i);
	}
	p->end = n + 1;
	return p->key.n > 0 && n < s.n && s.p[n] == ']';
}

int
placeholder_next(struct span s, size_t *i, struct placeholder *p)
{
	const char *bracket;

	while (*i < s.n &&
	    (bracket = memchr(s.p + *i, '[', s.n - *i)) != NULL) {
		*i = (size_t)(bracket - s.p);
		if (placeholder_at(s, *i, p)) {
			*i = p->end;
			return 1;
		}
		++*i;
	}
	return 0;
}

/* What a key is, if it is one: KEY_TOKEN only where there is a key for it. */
static enum entry_key
kind_of(const struct fields *f, struct span key)
{
	const enum entry_key k = entry_key(key);

	return k == KEY_TOKEN && f->key == NULL ? KEY_FIELD : k;
}

/* What is used of a field of that key, or NULL. */
static struct used_field *
find_used(const struct fields *f, struct span key)
{
	size_t k = set_find(&f->keys, key);

	return k != SET_NONE ? &f->used[k] : NULL;
}

/*
 * The same of a field of an entry.  Entries mostly have the same fields in the
 * same order: what stood behind the last one is tried first.
 */
static struct used_field *
find_field(struct fields *f, struct span key)
{
	size_t k;

	if (f->n == 0)
		return NULL;
	k = f->used[f->last].after;
	if (!span_eq(f->used[k].key, key)) {
		k = set_find(&f->keys, key);
		if (k == SET_NONE)
			return NULL;
		f->used[f->last].after = k;
	}
	f->last = k;
	return &f->used[k];
}

size_t
fields_number(const struct fields *f, struct span key)
{
	const enum entry_key kind = kind_of(f, key);
	const struct used_field *used;

	if (kind != KEY_FIELD)
		return kind;
	used = find_used(f, key);
	return used != NULL && used->known ?
	    KEY_FIELD + (size_t)(used - f->used) : SET_NONE;
}

int
fields_has(const struct fields *f, const struct placeholder *p)
{
	const struct used_field *used;

	if (fields_number(f, p->key) != SET_NONE)
		return 1;
	used = p->escaped ? find_used(f, p->key) : NULL;
	return used != NULL && used->alike;
}

int
fields_key(const struct fields *f, size_t k, struct span *key, size_t *have)
{
	if (!f->used[k].known)
		return 0;
	*key = f->used[k].key;
	*have = f->used[k].have;
	return 1;
}

int
fields_lacks(const struct fields *f, size_t k)
{
	return f->used[k].turn != f->turn;
}

int
fields_column(struct span *columns, struct span *heading, struct span *key)
{
	if (columns->n == 0)
		return 0;
	*heading = span_chomp(span_line(columns));
	*key = span_chomp(span_line(columns));
	return 1;
}

int
fields_has_empty(const struct fields *f)
{
	size_t k;

	for (k = 0; k < f->n; k++)
		if (f->used[k].known && f->used[k].have == 0)
			return 1;
	return 0;
}

int
fields_next(const struct fields *f, struct placeholder_walk *w,
    struct placeholder *p)
{
	while (!placeholder_next(w->text, &w->at, p)) {
		if (w->texts == f->texts.n)
			return 0;
		memcpy(&w->text, f->texts.p + w->texts, sizeof w->text);
		w->texts += sizeof w->text;
		w->at = 0;
	}
	return 1;
}

int
fields_has_placeholder(const struct fields *f)
{
	struct placeholder_walk walk = { 0 };
	struct placeholder p;

	while (fields_next(f, &walk, &p))
		if (!p.escaped && fields_number(f, p.key) != SET_NONE)
			return 1;
	return 0;
}

void
fields_free(struct fields *f)
{
	set_free(&f->keys);
	free(f->used);
	buf_free(&f->copies);
	buf_free(&f->texts);
	buf_free(&f->encoded);
	buf_free(&f->token);
	memset(f, 0, sizeof *f);
}

/* What only some orders ask for. */
static void
take_link(struct fields *f)
{
	buf_clear(&f->encoded);
	if (f->encodes)
		name_encode(&f->encoded, f->email);
	buf_clear(&f->token);
	if (f->tokens)
		tag_leave(&f->token, f->key, f->list, f->email);
}

void
fields_take(struct fields *f, const struct entry *e)
{
	struct span rest = e->fields;
	struct used_field *used;
	struct field field;
	const char *why;

	f->login = e->addr.local;
	f->email = e->addr.text;
	f->domain = e->addr.domain;
	take_link(f);
	f->turn++;
	buf_clear(&f->copies);
	buf_reserve(&f->copies, e->text.n);	/* so that it stays in place */
	f->name = quoted_text(&e->name, &f->copies);
	while (f->n > 0 && entry_field(&rest, &field, &why) > 0) {
		used = find_field(f, field.key);
		if (used == NULL)
			continue;
		used->value = quoted_text(&field.value, &f->copies);
		used->turn = f->turn;
	}
}

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
		k = kind_of(f, p.key);
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
	struct used_field *used;
	size_t i;

	order_set(o, &f->keys, SET_FOLD_NONE);
	collect_text(f, o->subject);
	for (i = 0; i < o->extra.n; i++)
		collect_text(f, o->extra.field[i].value);
	while (order_path(&rest, &value))
		collect_text(f, value);
	collect_text(f, o->html);
	collect_text(f, o->body);
	while (fields_column(&columns, &name, &value)) {
		used = find_used(f, value);
		if (used != NULL)
			used->known = 1;
	}
}

/* Counts a field of the recipient at hand, who is good or a duplicate. */
static void
count(struct fields *f, struct order *o, struct span key, int good)
{
	struct used_field *used = find_field(f, key);

	if (used == NULL)
		return;
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
		if (kind_of(f, field.key) == KEY_FIELD)
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

/* Marks the fields that somebody lacks, and must not: whether there are any. */
static int
mark_lacked(struct fields *f, const struct order *o)
{
	struct used_field *used;
	size_t k;
	int any = 0;

	for (k = 0; k < f->n; k++) {
		used = &f->used[k];
		used->lacked = used->known && used->bare &&
		    used->have < o->good + o->rows;
		any |= used->lacked;
	}
	return any;
}

void
fields_check(struct fields *f, struct order *o, struct span columns)
{
	struct order_walk walk = { 0 };
	struct entry e;

	collect(f, o, columns);
	while (order_next(o, &walk, &e))
		if (e.kind != ENTRY_BAD)
			check_entry(f, o, &e);
	if (mark_lacked(f, o))
		fields_tell_lacks(f, o);
	f->others = has_others(f);
	if (f->others)
		fields_tell_others(f, o, columns);
}
