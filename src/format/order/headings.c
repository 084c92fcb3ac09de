#include "headings.h"

#include "fields.h"

static size_t
characters(struct span s)
{
	size_t i, n = 0;

	for (i = 0; i < s.n; i++)
		n += (s.p[i] & 0xc0) != 0x80;
	return n;
}

/* The headings to be replaced, and by what: keys are spans, by ordinal. */
static void
collect(struct set *set, struct buf *keys, struct span columns)
{
	struct span heading, key;
	size_t n;

	set_init(set, columns.p, 0, SET_FOLD_NONE);
	while (columns.n > 0) {
		heading = span_chomp(span_line(&columns));
		key = span_chomp(span_line(&columns));
		if (span_eq(heading, key) ||
		    characters(heading) != characters(key))
			continue;
		n = set->n;
		if (set_add(set, heading) == n)
			buf_add(keys, &key, sizeof key);
	}
}

void
headings_replace(struct buf *b, struct span text, struct span columns)
{
	struct placeholder p;
	struct buf keys = { 0 };
	struct span key;
	struct set set;
	size_t i = 0, done = 0, k;

	collect(&set, &keys, columns);
	while (set.n > 0 && placeholder_next(text, &i, &p)) {
		k = p.escaped ? SET_NONE : set_find(&set, p.key);
		if (k == SET_NONE)
			continue;
		memcpy(&key, keys.p + k * sizeof key, sizeof key);
		buf_add(b, text.p + done, (size_t)(p.key.p - text.p) - done);
		buf_addspan(b, key);
		done = (size_t)(p.key.p - text.p) + p.key.n;
	}
	buf_addspan(b, span_drop(text, done));
	set_free(&set);
	buf_free(&keys);
}
