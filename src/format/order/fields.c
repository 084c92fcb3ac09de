#include "fields.h"

#include <stdlib.h>

#include "format/wire/escape.h"
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

enum entry_key
fields_kind(const struct fields *f, struct span key)
{
	const enum entry_key k = entry_key(key);

	return k == KEY_TOKEN && f->key == NULL ? KEY_FIELD : k;
}

size_t
fields_number(const struct fields *f, struct span key)
{
	size_t k = fields_kind(f, key);

	if (k != KEY_FIELD)
		return k;
	k = set_find(&f->keys, key);
	return k != SET_NONE && f->used[k].known ? KEY_FIELD + k : SET_NONE;
}

int
fields_has(const struct fields *f, const struct placeholder *p)
{
	return fields_number(f, p->key) != SET_NONE ||
	    (p->escaped && meant_find(&f->meant, p->key).p != NULL);
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
fields_default(const struct fields *f, const struct fields *left,
    struct span text, int html, struct buf *b)
{
	struct placeholder p;
	size_t i = 0, done = 0;

	while (placeholder_next(text, &i, &p)) {
		if (!fields_has(f, &p) || fields_has(left, &p))
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
	meant_free(&f->meant);
	memset(f, 0, sizeof *f);
}

/* What is used of a field of that key, or NULL. */
static struct used_field *
find_used(struct fields *f, struct span key)
{
	size_t k = set_find(&f->keys, key);

	return k != SET_NONE ? &f->used[k] : NULL;
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
