#include "values.h"

#include <stdlib.h>

/* The placeholder that starts at i: 1, or 0 where none does. */
static int
place_at(struct span s, size_t i, struct place *p)
{
	size_t n;

	p->at = i++;
	p->escaped = i < s.n && s.p[i] == '[';
	i += (size_t)p->escaped;
	for (n = i; n < s.n && entry_is_key(s.p[n]);)
		n++;
	p->key = span_of(s.p + i, n - i);
	p->standby = span_of(NULL, 0);
	if (n > i && n < s.n && s.p[n] == '|') {
		/* no bracket, so that no text is looked at twice */
		for (i = ++n; n < s.n && s.p[n] != '[' && s.p[n] != ']' &&
		    s.p[n] != '\n';)
			n++;
		p->standby = span_of(s.p + i, n - i);
	}
	p->end = n + 1;
	return p->key.n > 0 && n < s.n && s.p[n] == ']';
}

int
place_next(struct span s, size_t *i, struct place *p)
{
	const char *bracket;

	while (*i < s.n &&
	    (bracket = memchr(s.p + *i, '[', s.n - *i)) != NULL) {
		*i = (size_t)(bracket - s.p);
		if (place_at(s, *i, p)) {
			*i = p->end;
			return 1;
		}
		++*i;
	}
	return 0;
}

size_t
values_source(const struct values *v, struct span key)
{
	size_t k = entry_own(key);

	if (k != OWN_NONE)
		return k;
	k = set_find(&v->set, key);
	return k != SET_NONE && v->v[k].known ? OWN_NONE + k : SET_NONE;
}

int
values_key(const struct values *v, size_t k, struct span *key, size_t *have)
{
	if (!v->v[k].known)
		return 0;
	*key = v->v[k].key;
	*have = v->v[k].have;
	return 1;
}

int
values_lack(const struct values *v, size_t k)
{
	return v->v[k].turn != v->turn;
}

int
values_has_idle(const struct values *v)
{
	size_t k;

	for (k = 0; k < v->n; k++)
		if (v->v[k].known && v->v[k].have == 0)
			return 1;
	return 0;
}

int
values_has_place(const struct values *v, struct span text)
{
	struct place p;
	size_t i = 0;

	while (place_next(text, &i, &p))
		if (!p.escaped && values_source(v, p.key) != SET_NONE)
			return 1;
	return 0;
}

void
values_escape(struct buf *b, struct span value)
{
	size_t i;

	for (i = 0; i < value.n; i++)
		switch (value.p[i]) {
		case '&':
			buf_adds(b, "&amp;");
			break;
		case '<':
			buf_adds(b, "&lt;");
			break;
		case '>':
			buf_adds(b, "&gt;");
			break;
		case '"':
			buf_adds(b, "&quot;");
			break;
		case '\'':
			buf_adds(b, "&#39;");
			break;
		default:
			buf_addc(b, value.p[i]);
		}
}

void
values_settle(const struct values *v, const struct values *left,
    struct span text, int html, struct buf *b)
{
	struct place p;
	size_t i = 0, done = 0, k;

	while (place_next(text, &i, &p)) {
		k = values_source(v, p.key);
		if (k == SET_NONE || values_source(left, p.key) != SET_NONE)
			continue;
		buf_add(b, text.p + done, p.at - done);
		done = p.end;
		if (p.escaped)
			buf_add(b, text.p + p.at + 1, p.end - p.at - 1);
		else if (html)
			values_escape(b, p.standby);
		else
			buf_addspan(b, p.standby);
	}
	buf_add(b, text.p + done, text.n - done);
}

void
values_free(struct values *v)
{
	set_free(&v->set);
	free(v->v);
	buf_free(&v->copies);
	buf_free(&v->texts);
	memset(v, 0, sizeof *v);
}

static struct value *
add_value(struct values *v, struct span key)
{
	size_t k = set_add(&v->set, key);

	if (k < v->n)
		return &v->v[k];
	if (v->n == v->cap) {
		v->cap = v->cap > 0 ? 2 * v->cap : 8;
		v->v = realloc(v->v, v->cap * sizeof *v->v);
		if (v->v == NULL)
			die_nomem();
	}
	memset(&v->v[k], 0, sizeof *v->v);
	v->v[k].key = key;
	v->n++;
	return &v->v[k];
}

void
values_collect(struct values *v, const struct order *o, struct span text)
{
	struct value *value;
	struct place p;
	uint64_t seed;
	size_t i = 0;

	if (v->set.base == NULL) {
		memcpy(&seed, o->digest, sizeof seed);
		set_init(&v->set, o->text.p, seed, 0);
	}
	buf_add(&v->texts, &text, sizeof text);
	while (place_next(text, &i, &p)) {
		if (entry_own(p.key) != OWN_NONE)
			continue;
		value = add_value(v, p.key);
		if (!p.escaped && p.standby.p == NULL)
			value->bare = 1;
	}
}

void
values_know(struct values *v, struct span keys)
{
	size_t k;

	while (keys.n > 0) {
		k = set_find(&v->set, span_chomp(span_line(&keys)));
		if (k != SET_NONE)
			v->v[k].known = 1;
	}
}

/*
 * The value of a key, or NULL.  Entries mostly have the same fields in the
 * same order: the key is first compared with what came here the last time.
 */
static struct value *
find_value(struct values *v, struct span key)
{
	size_t k = v->v[v->last].after;

	if (!span_eq(v->v[k].key, key)) {
		k = set_find(&v->set, key);
		if (k == SET_NONE)
			return NULL;
		v->v[v->last].after = k;
	}
	v->last = k;
	return &v->v[k];
}

/* What the entries give: their keys are known, and how many have each. */
static void
count(struct values *v, struct order *o, const struct entry *e)
{
	struct span rest = e->fields;
	struct field f;
	struct value *value;
	const char *why;

	v->turn++;
	while (entry_field(&rest, &f, &why) > 0) {
		value = find_value(v, f.key);
		if (value == NULL)
			continue;
		value->known = 1;
		if (value->turn == v->turn)
			order_wrong(o, f.key.p, "field %.*s for the second "
			    "time", order_brief(f.key), f.key.p);
		else if (e->kind == ENTRY_GOOD)
			value->have++;
		value->turn = v->turn;
	}
}

/* Somebody lacks the k-th key. */
struct lack {
	struct span addr;
	size_t k;
};

/* Who lacks which of the n keys: the number, ORDER_FAULTS_MAX at most. */
static size_t
find_lacks(struct values *v, const struct order *o, const size_t *keys,
    size_t n, struct lack *lacks)
{
	struct order_walk walk = { 0 };
	struct entry e;
	size_t i, found = 0;

	while (found < ORDER_FAULTS_MAX &&
	    order_find(o, &walk, &e, ENTRY_GOOD)) {
		values_take(v, &e);
		for (i = 0; i < n && found < ORDER_FAULTS_MAX; i++)
			if (values_lack(v, keys[i])) {
				lacks[found].addr = e.addr.text;
				lacks[found++].k = keys[i];
				v->v[keys[i]].lacked = 1;
			}
	}
	return found;
}

/* Each place in a text where a lack shows. */
static void
tell_lacks(struct values *v, struct order *o, struct span text,
    const struct lack *lacks, size_t n)
{
	struct place p;
	size_t at = 0, i, k;

	while (!order_is_full(o) && place_next(text, &at, &p)) {
		if (p.escaped || p.standby.p != NULL)
			continue;
		k = set_find(&v->set, p.key);
		if (k == SET_NONE || !v->v[k].lacked)
			continue;
		for (i = 0; i < n; i++)
			if (lacks[i].k == k)
				order_wrong(o, text.p + p.at, "%.*s has no "
				    "field %.*s, and there is no default",
				    (int)lacks[i].addr.n, lacks[i].addr.p,
				    order_brief(p.key), p.key.p);
	}
}

static void
find_missing(struct values *v, struct order *o, const size_t *keys, size_t n)
{
	struct lack *lacks = malloc(ORDER_FAULTS_MAX * sizeof *lacks);
	struct span text;
	size_t found, i;

	if (lacks == NULL)
		die_nomem();
	found = find_lacks(v, o, keys, n, lacks);
	for (i = 0; i < v->texts.n; i += sizeof text) {
		memcpy(&text, v->texts.p + i, sizeof text);
		tell_lacks(v, o, text, lacks, found);
	}
	free(lacks);
}

void
values_check(struct values *v, struct order *o)
{
	struct order_walk walk = { 0 };
	const struct value *value;
	struct entry e;
	size_t *keys, k, n = 0;

	while (v->n > 0 && order_next(o, &walk, &e))
		if (e.kind != ENTRY_BAD)
			count(v, o, &e);
	/* Who has all of these has made the order that much longer. */
	keys = malloc((v->n + 1) * sizeof *keys);
	if (keys == NULL)
		die_nomem();
	for (k = 0; k < v->n; k++) {
		value = &v->v[k];
		if (value->known && value->bare && value->have < o->good)
			keys[n++] = k;
	}
	if (n > 0)
		find_missing(v, o, keys, n);
	free(keys);
}

void
values_take(struct values *v, const struct entry *e)
{
	struct span rest = e->fields;
	struct value *value;
	struct field f;
	const char *why;

	v->login = e->addr.local;
	v->email = e->addr.text;
	v->domain = e->addr.domain;
	v->turn++;
	buf_clear(&v->copies);
	buf_reserve(&v->copies, e->text.n);	/* so that it stays in place */
	v->name = quoted_text(&e->name, &v->copies);
	while (v->n > 0 && entry_field(&rest, &f, &why) > 0) {
		value = find_value(v, f.key);
		if (value == NULL)
			continue;
		value->text = quoted_text(&f.value, &v->copies);
		value->turn = v->turn;
	}
}
