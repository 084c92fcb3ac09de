#include "fields.h"

#include <stdlib.h>

#include "format/wire/escape.h"
#include "format/wire/name.h"
#include "headers.h"

/* The placeholder that starts at i: 1, or 0 where none does. */
static int
placeholder_at(struct span s, size_t i, struct placeholder *p)
{
	size_t n;

	p->at = i++;
	p->escaped = i < s.n && s.p[i] == '[';
	i += (size_t)p->escaped;
	for (n = i; n < s.n && entry_is_key(s.p[n]);)
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

static enum entry_key
key_of(const struct fields *f, struct span key)
{
	const enum entry_key k = entry_key(key);

	return k == KEY_TOKEN && f->key == NULL ? KEY_FIELD : k;
}

size_t
fields_number(const struct fields *f, struct span key)
{
	size_t k = key_of(f, key);

	if (k != KEY_FIELD)
		return k;
	k = set_find(&f->keys, key);
	return k != SET_NONE && f->used[k].known ? KEY_FIELD + k : SET_NONE;
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
fields_has_empty(const struct fields *f)
{
	size_t k;

	for (k = 0; k < f->n; k++)
		if (f->used[k].known && f->used[k].have == 0)
			return 1;
	return 0;
}

int
fields_has_placeholder(const struct fields *f)
{
	struct placeholder p;
	struct span text;
	size_t i, k;

	for (k = 0; k < f->texts.n; k += sizeof text) {
		memcpy(&text, f->texts.p + k, sizeof text);
		for (i = 0; placeholder_next(text, &i, &p);)
			if (!p.escaped && fields_number(f, p.key) != SET_NONE)
				return 1;
	}
	return 0;
}

void
fields_default(const struct fields *f, const struct fields *left,
    struct span text, int html, struct buf *b)
{
	struct placeholder p;
	size_t i = 0, done = 0, k;

	while (placeholder_next(text, &i, &p)) {
		k = fields_number(f, p.key);
		if (k == SET_NONE || fields_number(left, p.key) != SET_NONE)
			continue;
		buf_add(b, text.p + done, p.at - done);
		done = p.end;
		if (p.escaped)
			buf_add(b, text.p + p.at + 1, p.end - p.at - 1);
		else if (html)
			escape_html(b, p.default_text);
		else
			buf_addspan(b, p.default_text);
	}
	buf_add(b, text.p + done, text.n - done);
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

static struct used_field *
add_key(struct fields *f, struct span key)
{
	size_t k = set_add(&f->keys, key);

	if (k < f->n)
		return &f->used[k];
	if (f->n == f->cap) {
		f->cap = f->cap > 0 ? 2 * f->cap : 8;
		f->used = die_realloc(f->used, f->cap, sizeof *f->used);
	}
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
		k = key_of(f, p.key);
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
	struct span rest = o->headers, name, value;
	uint64_t seed;
	size_t k;
	int r;

	memcpy(&seed, o->digest, sizeof seed);
	set_init(&f->keys, o->text.p, seed, 0);
	collect_text(f, o->subject);
	while ((r = headers_next(&rest, &name, &value)) != 0)
		if (r > 0)
			collect_text(f, value);
	collect_text(f, o->html);
	collect_text(f, o->body);
	while (columns.n > 0) {
		k = set_find(&f->keys, span_chomp(span_line(&columns)));
		if (k != SET_NONE)
			f->used[k].known = 1;
	}
}

/* What is used of a field of that key, or NULL. */
static struct used_field *
find_used(struct fields *f, struct span key)
{
	size_t k = set_find(&f->keys, key);

	return k != SET_NONE ? &f->used[k] : NULL;
}

/* Counts a field of the recipient at hand, who is good or a duplicate. */
static void
count(struct fields *f, struct order *o, struct span key, int good)
{
	struct used_field *used = find_used(f, key);

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
		if (key_of(f, field.key) == KEY_FIELD)
			count(f, o, field.key, e->kind == ENTRY_GOOD);
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
};

/* Who lacks which of the n fields: the number, FAULTS_MAX at most. */
static size_t
find_lacks(struct fields *f, const struct order *o, const size_t *which,
    size_t n, struct lack *lacks)
{
	struct order_walk walk = { 0 };
	struct entry e;
	size_t i, found = 0;

	while (found < FAULTS_MAX && order_find(o, &walk, &e, ENTRY_GOOD)) {
		fields_take(f, &e);
		for (i = 0; i < n && found < FAULTS_MAX; i++)
			if (fields_lacks(f, which[i])) {
				lacks[found].addr = e.addr.text;
				lacks[found++].k = which[i];
				f->used[which[i]].lacked = 1;
			}
	}
	return found;
}

/* Each placeholder in a text where a lack shows. */
static void
tell_lacks(struct fields *f, struct order *o, struct span text,
    const struct lack *lacks, size_t n)
{
	struct placeholder p;
	size_t at = 0, i, k;

	while (!faults_full(&o->faults) && placeholder_next(text, &at, &p)) {
		if (p.escaped || p.default_text.p != NULL)
			continue;
		k = set_find(&f->keys, p.key);
		if (k == SET_NONE || !f->used[k].lacked)
			continue;
		for (i = 0; i < n; i++)
			if (lacks[i].k == k)
				faults_add(&o->faults, text.p + p.at, "%.*s "
				    "has no field %.*s, and there is no "
				    "default",
				    (int)lacks[i].addr.n, lacks[i].addr.p,
				    faults_brief(p.key), p.key.p);
	}
}

/* A token that nothing makes would be a link that leads nowhere. */
static void
find_tokens(const struct fields *f, struct order *o)
{
	struct placeholder p;
	struct span text;
	size_t i, k;

	for (i = 0; i < f->texts.n; i += sizeof text) {
		memcpy(&text, f->texts.p + i, sizeof text);
		for (k = 0; placeholder_next(text, &k, &p);)
			if (!p.escaped && span_is(p.key, "token") &&
			    fields_number(f, p.key) == SET_NONE)
				faults_add(&o->faults, text.p + p.at,
				    "[token] is made with a key (-k)");
	}
}

static void
find_missing(struct fields *f, struct order *o, const size_t *which, size_t n)
{
	struct lack *lacks = die_calloc(FAULTS_MAX, sizeof *lacks);
	struct span text;
	size_t found, i;

	found = find_lacks(f, o, which, n, lacks);
	for (i = 0; i < f->texts.n; i += sizeof text) {
		memcpy(&text, f->texts.p + i, sizeof text);
		tell_lacks(f, o, text, lacks, found);
	}
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
		if (used->known && used->bare && used->have < o->good)
			which[n++] = k;
	}
	if (n > 0)
		find_missing(f, o, which, n);
	find_tokens(f, o);
	free(which);
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
		used = find_used(f, field.key);
		if (used == NULL)
			continue;
		used->value = quoted_text(&field.value, &f->copies);
		used->turn = f->turn;
	}
}
