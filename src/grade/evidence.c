#include "evidence.h"

#include "format/wire/escape.h"

#define QUOTED_MAX 60		/* octets of a quotation */

void
evidence_quote(struct buf *b, struct span s)
{
	size_t n = s.n;

	if (n > QUOTED_MAX)
		for (n = QUOTED_MAX; n > 0 &&
		    ((unsigned char)s.p[n] & 0xc0) == 0x80;)
			n--;
	buf_addc(b, '`');
	escape_add(b, span_of(s.p, n));
	if (n < s.n)
		buf_addf(b, "... (%zu octets)", s.n);
	buf_addc(b, '`');
}

int
evidence_no(struct buf *b, const char *before, struct span s,
    const char *after)
{
	buf_adds(b, before);
	evidence_quote(b, s);
	buf_adds(b, after);
	return 0;
}

/* Without the empty lines at its end. */
static struct span
trim_end(struct span s)
{
	struct span t = s;

	for (;;) {
		t = span_chomp(s);
		if (t.n == s.n || (t.n > 0 && t.p[t.n - 1] != '\n'))
			return t;
		s = t;
	}
}

/* What stands in of from a line that is line; nothing, where there is none. */
static struct span
find_line(struct span of, struct span line)
{
	struct span rest = of;

	while (rest.n > 0) {
		of = rest;
		if (span_eq(span_chomp(span_line(&rest)), line))
			return of;
	}
	return rest;
}

int
evidence_holds(struct buf *b, struct span of, struct span want,
    const char *before, const char *got)
{
	struct span x = { NULL, 0 }, y = { NULL, 0 }, first = want;

	of = find_line(of, span_chomp(span_line(&first)));
	for (;;) {
		if (want.n == 0)
			return 1;
		y = span_chomp(span_line(&want));
		if (of.n == 0)
			break;
		x = span_chomp(span_line(&of));
		if (!span_eq(x, y)) {
			evidence_no(b, before, y, ", ");
			buf_adds(b, got);
			return evidence_no(b, " ", x, "");
		}
	}
	evidence_no(b, before, y, ", ");
	buf_addf(b, "%s nothing", got);
	return 0;
}

/* Of two texts that differ. */
static int
tell(struct buf *b, struct span of, struct span want, const char *before,
    const char *got)
{
	if (evidence_holds(b, of, want, before, got))
		buf_adds(b, "more came than there is");
	return 0;
}

int
evidence_same(struct buf *b, struct span of, struct span want,
    const char *before, const char *got)
{
	struct span x, y;
	size_t n, m;

	of = trim_end(of);
	want = trim_end(want);
	x = of;
	y = want;
	n = span_lines(of);
	m = span_lines(want);
	for (; n > m; n--)
		span_line(&x);
	while (x.n > 0 && y.n > 0)
		if (!span_eq(span_chomp(span_line(&x)),
		    span_chomp(span_line(&y))))
			return tell(b, of, want, before, got);
	return y.n == 0 || tell(b, of, want, before, got);
}
