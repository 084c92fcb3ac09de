#include "rows.h"

#include <stdlib.h>

#include "format/mail/idn.h"

static const char open_tag[] = "[rows]", close_tag[] = "[/rows]";

void
rows_free(struct rows *r)
{
	free(r->next);
	memset(r, 0, sizeof *r);
}

/* What the entry has in the field of that key: 1, or 0 where it lacks it. */
static int
find_value(const struct entry *e, struct span key, struct span *value)
{
	struct span rest = e->fields;
	struct field field;
	const char *why;

	*value = e->addr.text;
	if (entry_key(key) == KEY_EMAIL)
		return 1;
	while (entry_field(&rest, &field, &why) > 0)
		if (span_eq(field.key, key)) {
			*value = field.value.raw;
			return value->n > 0;
		}
	return 0;
}

/*
 * The entry at a place joins those of the one that was the last so far: which
 * is the last now.  Those who are left out are with their own address alone,
 * and in nobody's way.
 */
static size_t
join(struct rows *r, struct order *o, size_t last, size_t place,
    const struct entry *e)
{
	struct entry first;
	int left_out;

	order_at(o, last, &first);
	left_out = first.kind == ENTRY_EXCLUDED;
	if (idn_same_address(&first.addr, &e->addr)) {
		order_follow(o, place, left_out);
		if (left_out)
			return last;
		r->next[last] = (uint32_t)place + 1;
		return place;
	}
	if (left_out)
		return place;
	if (e->kind != ENTRY_EXCLUDED)
		faults_add(&o->faults, e->text.p, "%.*s: the key of -G is that "
		    "of another letter, to %.*s", (int)e->addr.text.n,
		    e->addr.text.p, (int)first.addr.text.n, first.addr.text.p);
	return last;
}

static void
link_entries(struct rows *r, struct order *o, struct span key)
{
	struct order_walk walk = { 0 };
	struct buf lasts = { 0 };
	struct span value;
	struct entry e;
	struct set set;
	size_t k, n, last, place;

	order_set(o, &set, entry_key(key) == KEY_EMAIL ? SET_FOLD_DOMAIN :
	    SET_FOLD_NONE);
	while (order_next(o, &walk, &e)) {
		if (e.kind == ENTRY_BAD || e.addr.text.n == 0 ||
		    !find_value(&e, key, &value))
			continue;
		place = order_place(&walk);
		n = set.n;
		k = set_add(&set, value);
		if (k == n) {
			buf_add(&lasts, &place, sizeof place);
			continue;
		}
		memcpy(&last, lasts.p + k * sizeof last, sizeof last);
		last = join(r, o, last, place, &e);
		memcpy(lasts.p + k * sizeof last, &last, sizeof last);
	}
	if (set.n == 0 && o->good > 0)
		faults_add(&o->faults, o->recipients.p, "no recipient has the "
		    "field %.*s of -G", faults_brief(key), key.p);
	set_free(&set);
	buf_free(&lasts);
}

/* Where a tag stands from i on, or s.n. */
static size_t
find_tag(struct span s, size_t i, const char *tag)
{
	const char *p;

	while (i < s.n && (p = span_find(span_drop(s, i), '[')) != NULL) {
		i = (size_t)(p - s.p);
		if (span_begins(span_drop(s, i), tag))
			return i;
		i++;
	}
	return s.n;
}

/* Checks that tags come in pairs; how many pairs there are. */
static size_t
check_tags(struct order *o, struct span text)
{
	size_t i = 0, open, close, pairs = 0;

	for (;;) {
		open = find_tag(text, i, open_tag);
		close = find_tag(text, i, close_tag);
		if (close < open)
			faults_add(&o->faults, text.p + close,
			    "[/rows] without [rows] before it");
		if (close < open || open == text.n)
			return pairs;
		i = open + sizeof open_tag - 1;
		if (close == text.n || find_tag(text, i, open_tag) < close) {
			faults_add(&o->faults, text.p + open,
			    "[rows] without [/rows] after it");
			return pairs + 1;
		}
		i = close + sizeof close_tag - 1;
		pairs++;
	}
}

/* Tells of [rows] where it cannot be. */
static void
refuse(struct order *o, struct span text, const char *why)
{
	size_t i = find_tag(text, 0, open_tag);

	if (find_tag(text, i, close_tag) < text.n)
		faults_add(&o->faults, text.p + i, "[rows] %s", why);
}

static void
refuse_heading(struct order *o)
{
	static const char why[] = "is allowed in the body and the HTML only";

	refuse(o, o->subject, why);
	refuse(o, o->headers, why);
}

void
rows_group(struct rows *r, struct order *o, struct span key)
{
	size_t pairs;

	rows_free(r);
	r->grouped = 1;
	r->order = o;
	r->next = die_calloc(order_entries(o), sizeof *r->next);
	link_entries(r, o, key);
	refuse_heading(o);
	pairs = check_tags(o, o->html);
	pairs += check_tags(o, o->body);
	if (pairs == 0 && o->rows > 0 && o->body.p != NULL)
		faults_add(&o->faults, o->body.p, "there is no text "
		    "between [rows] and [/rows], which -G needs");
}

void
rows_refuse(struct order *o, const struct fields *f)
{
	static const char why[] =
	    "needs the key by which rows are put together (-G)";

	if (fields_number(f, span_str("rows")) != SET_NONE)
		return;		/* it is a field */
	refuse_heading(o);
	refuse(o, o->html, why);
	refuse(o, o->body, why);
}

void
rows_text_free(struct rows_text *t)
{
	size_t i;

	for (i = 0; i < t->n; i++)
		template_free(&t->piece[i].fill);
	free(t->piece);
	memset(t, 0, sizeof *t);
}

static void
add_piece(struct rows_text *t, const struct fields *f, struct span text,
    int html, int repeated)
{
	struct rows_piece *piece;

	t->piece = die_realloc(t->piece, t->n + 1, sizeof *t->piece);
	piece = &t->piece[t->n++];
	memset(piece, 0, sizeof *piece);
	piece->repeated = repeated;
	piece->fill.html = html;
	template_compile(&piece->fill, f, text, TEMPLATE_PIECE);
}

/*
 * The line of a tag that is alone in it goes with it: *from is moved back to
 * its start, and what is returned is where the next line begins.
 */
static size_t
take_line(struct span s, size_t *from, size_t to)
{
	size_t start = *from, end = to;

	while (start > 0 && byte_is_blank(s.p[start - 1]))
		start--;
	while (end < s.n && (byte_is_blank(s.p[end]) || s.p[end] == '\r'))
		end++;
	if ((start > 0 && s.p[start - 1] != '\n') ||
	    (end < s.n && s.p[end] != '\n'))
		return to;
	*from = start;
	return end + (end < s.n);
}

int
rows_compile(struct rows_text *t, const struct fields *f, struct span text,
    int html)
{
	size_t i = 0, open, close, inner;

	if (find_tag(text, 0, open_tag) == text.n)
		return -1;
	while ((open = find_tag(text, i, open_tag)) < text.n) {
		close = find_tag(text, open, close_tag);
		inner = take_line(text, &open, open + sizeof open_tag - 1);
		add_piece(t, f, span_of(text.p + i, open - i), html, 0);
		i = take_line(text, &close, close + sizeof close_tag - 1);
		add_piece(t, f, span_of(text.p + inner, close - inner), html,
		    1);
	}
	add_piece(t, f, span_drop(text, i), html, 0);
	return 0;
}

void
rows_fill(const struct rows_text *t, const struct rows *r, size_t place,
    struct fields *f, struct buf *b)
{
	const struct rows_piece *piece;
	struct entry e;
	size_t i, at;

	for (i = 0; i < t->n; i++) {
		piece = &t->piece[i];
		for (at = place + 1; piece->repeated && at > 0;
		    at = r->next[at - 1]) {
			order_at(r->order, at - 1, &e);
			fields_take(f, &e);
			template_fill(&piece->fill, f, b);
		}
		order_at(r->order, place, &e);
		fields_take(f, &e);
		if (!piece->repeated)
			template_fill(&piece->fill, f, b);
	}
	if (b->n > 0 && b->p[b->n - 1] != '\n')
		buf_adds(b, "\r\n");
}
