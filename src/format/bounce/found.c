#include "found.h"

#include <stdlib.h>

#include "format/mail/addr.h"
#include "format/mail/hdr.h"
#include "format/mail/words.h"
#include "reason.h"

/* No mailing list's server lists more of them in a report. */
#define FOUND_MAX 10000

void
found_clear(struct found *f)
{
	f->n = 0;
	buf_clear(&f->hold);
}

void
found_free(struct found *f)
{
	free(f->one);
	buf_free(&f->hold);
	memset(f, 0, sizeof *f);
}

struct span
found_span(const struct found *f, struct found_piece p)
{
	return p.n == 0 ? span_of(NULL, 0) : span_of(f->hold.p + p.at, p.n);
}

static struct found_piece
hold(struct found *f, struct span s)
{
	struct found_piece p;

	p.at = f->hold.n;
	p.n = s.n;
	buf_addspan(&f->hold, s);
	return p;
}

/* The address in s, or an empty span. */
static struct span
address(struct span s)
{
	struct addr a;

	s = span_trim(s);
	if (s.n > 1 && s.p[0] == '<' && s.p[s.n - 1] == '>')
		s = span_of(s.p + 1, s.n - 2);
	return addr_parse(&a, s, NULL) < 0 ? span_of(NULL, 0) : s;
}

/* Whether the last one says of its recipient what the one before it does. */
static int
is_repeated(const struct found *f)
{
	const struct found_one *a, *b;

	if (f->n < 2)
		return 0;
	a = &f->one[f->n - 1];
	b = &f->one[f->n - 2];
	return a->status == b->status &&
	    span_eq(found_span(f, a->rcpt), found_span(f, b->rcpt));
}

/* Whether some of s are encoded words (RFC 2047), to all appearances. */
static int
is_encoded(struct span s)
{
	const char *mark;

	while ((mark = span_find(s, '=')) != NULL) {
		s = span_drop(s, (size_t)(mark + 1 - s.p));
		if (span_begins(s, "?"))
			return 1;
	}
	return 0;
}

static void
explain(struct found *f, struct found_one *one, struct span why,
    struct span status)
{
	struct buf line = { 0 }, plain = { 0 };
	const char *wrong;

	if (f->convert != NULL && is_encoded(why)) {
		hdr_unfold(&line, why);
		words_decode(&plain, buf_span(&line), f->convert, &wrong);
		why = buf_span(&plain);
	}
	one->text.at = f->hold.n;
	reason_add(&f->hold, &one->code, why, status);
	one->text.n = f->hold.n - one->text.at;
	buf_free(&line);
	buf_free(&plain);
}

void
found_explain(struct found *f, struct found_one *one, struct span why)
{
	if (one->text.n == 0 && one->code == 0)
		explain(f, one, why, span_of(NULL, 0));
}

void
found_add(struct found *f, enum result_status what, struct span rcpt,
    struct span why, struct span status, struct span server)
{
	struct found_one *one;

	if (f->n == FOUND_MAX)
		return;
	if (f->n == f->cap) {
		f->cap = f->cap > 0 ? 2 * f->cap : 16;
		f->one = die_realloc(f->one, f->cap, sizeof *f->one);
	}
	one = &f->one[f->n++];
	one->status = what;
	one->rcpt = hold(f, address(rcpt));
	one->server = hold(f, server);
	explain(f, one, why, status);
	if (is_repeated(f))
		f->n--;
}
