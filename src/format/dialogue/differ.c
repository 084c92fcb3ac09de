#include "differ.h"

#include <stdlib.h>

#include "format/wire/escape.h"
#include "normalize.h"

/* How far lines that are alike may be apart to be found. */
#define REACH 64

/* A line that is compared: its event, and its evened text. */
struct line {
	const struct recorded *e;
	unsigned long asks;	/* the line in the file of what it answers, 0:
				   of nothing */
	size_t at, n;		/* in the text */
};

struct side {
	const struct recording *r;
	struct line *lines;
	size_t n;
	struct buf text;
};

static const char *
ending_of(const struct recorded *e)
{
	return e->end == DIALOGUE_LF ? " (LF alone)" :
	    e->end == DIALOGUE_CR ? " (CR alone)" :
	    e->end == DIALOGUE_NONE ? " (no line end)" : "";
}

/*
 * The lines of one side.  What the server says belongs to the line that it
 * answers; what the client says is one whole.
 */
static void
gather(struct side *s, const struct recording *r, enum dialogue_side side)
{
	const struct recorded *e;
	unsigned long *asked = die_calloc(r->n + 1, sizeof *asked), asks = 0;
	struct normalize even = { .r = r };
	struct line *l;
	size_t i;

	s->r = r;
	s->lines = die_calloc(r->n, sizeof *s->lines);
	for (i = 0; i < r->n; i++) {
		e = &r->events[i];
		if (recording_is_asked(e) && e->turn <= r->n)
			asked[e->turn] = e->line;
		if (e->side != side)
			continue;
		if (side == DIALOGUE_SERVER && e->turn > 0 && e->turn <= r->n)
			asks = asked[e->turn];
		l = &s->lines[s->n++];
		l->e = e;
		l->asks = asks;
		l->at = s->text.n;
		normalize_add(&s->text, &even, e);
		buf_adds(&s->text, ending_of(e));
		l->n = s->text.n - l->at;
	}
	free(asked);
}

static struct span
text_of(const struct side *s, const struct line *l)
{
	return l->n == 0 ? span_str("") : span_of(s->text.p + l->at, l->n);
}

/* Plain dialogues do not know how a line ended. */
static int
are_alike(const struct side *a, size_t i, const struct side *b, size_t j)
{
	const struct line *l = &a->lines[i], *m = &b->lines[j];
	struct span s = text_of(a, l), t = text_of(b, m);

	if (l->asks != m->asks)
		return 0;
	if (l->e->end == DIALOGUE_NO_END || m->e->end == DIALOGUE_NO_END) {
		s.n -= strlen(ending_of(l->e));
		t.n -= strlen(ending_of(m->e));
	}
	return span_eq(s, t);
}

static void
add_line(struct buf *b, int mark, const struct recording *r,
    const struct recorded *e)
{
	struct buf shown = { 0 };

	buf_addc(b, mark);
	buf_adds(b, e->side == DIALOGUE_CLIENT ? "C: " :
	    e->side == DIALOGUE_SERVER ? "S: " : "");
	recording_show(r, e, &shown);
	escape_add(b, buf_span(&shown));
	buf_adds(b, ending_of(e));
	buf_addc(b, '\n');
	buf_free(&shown);
}

/* What a line answers, once. */
static void
add_context(struct buf *b, const struct recording *old, unsigned long asks,
    unsigned long *told)
{
	size_t low = 0, high = old->n, i;

	if (asks == 0 || asks == *told)
		return;
	*told = asks;
	while (low < high) {
		i = low + (high - low) / 2;
		if (old->events[i].line < asks)
			low = i + 1;
		else
			high = i;
	}
	if (low < old->n && old->events[low].line == asks)
		add_line(b, ' ', old, &old->events[low]);
}

/*
 * How many lines of each are to be passed over until two are alike again; all
 * that is left where none are.
 */
static void
find_next(const struct side *a, size_t i, const struct side *b, size_t j,
    size_t *skip_a, size_t *skip_b)
{
	size_t n, k;

	for (n = 1; n <= REACH; n++)
		for (k = 0; k <= n; k++)
			if (i + k < a->n && j + n - k < b->n &&
			    are_alike(a, i + k, b, j + n - k)) {
				*skip_a = k;
				*skip_b = n - k;
				return;
			}
	*skip_a = a->n - i < REACH ? a->n - i : REACH;
	*skip_b = b->n - j < REACH ? b->n - j : REACH;
}

/* What only one of them has, from here to where they are alike again. */
static void
tell(struct buf *b, const struct side *old, size_t i, size_t n,
    const struct side *new, size_t j, size_t m, unsigned long *told)
{
	const struct line *l = old->lines + i, *k = new->lines + j;
	const struct line *l_end = l + n, *k_end = k + m;
	unsigned long asks;

	while (l < l_end || k < k_end) {
		asks = l < l_end && (k == k_end || l->asks <= k->asks) ?
		    l->asks : k->asks;
		add_context(b, old->r, asks, told);
		for (; l < l_end && l->asks == asks; l++)
			add_line(b, '-', old->r, l->e);
		for (; k < k_end && k->asks == asks; k++)
			add_line(b, '+', new->r, k->e);
	}
}

/* How it ended, or NULL where that is not known. */
static const struct recorded *
last_note(const struct recording *r)
{
	size_t i = r->n;

	while (i-- > 0)
		if (r->events[i].kind == FOLLOW_NOTE)
			return &r->events[i];
	return NULL;
}

/* Whether a peer closes or resets a connection is often chance. */
static int
differ_at_end(struct buf *b, const struct recording *old,
    const struct recording *new)
{
	const int had = recording_timed_out(old);

	if (last_note(old) == NULL || had == recording_timed_out(new))
		return 0;
	buf_adds(b, had ? "-timeout\n" : "+timeout\n");
	return 1;
}

int
differ(struct buf *b, const struct recording *old, const struct recording *new,
    enum dialogue_side side)
{
	struct side a = { 0 }, c = { 0 };
	size_t i = 0, j = 0, n, m;
	unsigned long told = 0;
	int differs = 0;

	gather(&a, old, side);
	gather(&c, new, side);
	while (i < a.n || j < c.n) {
		if (i < a.n && j < c.n && are_alike(&a, i, &c, j)) {
			i++;
			j++;
			continue;
		}
		find_next(&a, i, &c, j, &n, &m);
		tell(b, &a, i, n, &c, j, m, &told);
		i += n;
		j += m;
		differs = 1;
	}
	differs |= differ_at_end(b, old, new);
	free(a.lines);
	free(c.lines);
	buf_free(&a.text);
	buf_free(&c.text);
	return differs;
}
