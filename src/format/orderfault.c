/* What is wrong with an order, and where. */
#include "order.h"

#include <stdarg.h>
#include <stdlib.h>

#include "mime.h"

void
order_wrong(struct order *o, const char *p, const char *fmt, ...)
{
	struct order_fault *f;
	struct buf text = { 0 };
	va_list ap;

	if (order_is_full(o))
		return;
	if (o->faults == NULL) {
		o->faults = malloc(ORDER_FAULTS_MAX * sizeof *o->faults);
		if (o->faults == NULL)
			die_nomem();
	}
	f = &o->faults[o->nfaults];
	f->p = p;
	f->number = o->nfaults++;
	if (o->nfaults == ORDER_FAULTS_MAX) {
		f->p = o->text.p + o->text.n;
		f->text = span_dup(span_str("too many mistakes: "
		    "there may be more than these"));
		return;
	}
	va_start(ap, fmt);
	buf_vaddf(&text, fmt, ap);
	va_end(ap);
	f->text = span_dup(buf_span(&text));
	buf_free(&text);
}

int
order_is_full(const struct order *o)
{
	return o->nfaults == ORDER_FAULTS_MAX;
}

/* Whether eight bytes are all printable ASCII; a doubt counts as no. */
static int
is_plain(const char *p)
{
	const uint64_t ones = UINT64_C(0x0101010101010101);
	uint64_t w;

	memcpy(&w, p, sizeof w);
	/* the high bit of: the byte; what is below a blank; 0x7f and one */
	return ((w | (w - ones * ' ') | (w + ones)) & ones * 0x80) == 0;
}

/* Offset of the first byte in a line that may not be there, or s.n. */
static size_t
bad_byte(struct span s, int controls, const char **why)
{
	unsigned char c;
	size_t i, n;

	for (i = 0; i < s.n; i += n) {
		n = sizeof(uint64_t);
		if (s.n - i >= n && is_plain(s.p + i))
			continue;
		c = (unsigned char)s.p[i];
		n = 1;
		if (c >= ' ' && c < 0x7f)
			continue;
		n = mime_utf8(span_drop(s, i));
		*why = "NUL";
		if (c == '\0')
			break;
		*why = "not valid UTF-8";
		if (n == 0)
			break;
		/* U+0080 to U+009F are controls too */
		*why = "control character";
		if (controls && ((n == 1 && c != '\t') ||
		    (c == 0xc2 && (unsigned char)s.p[i + 1] < 0xa0)))
			break;
	}
	return i;
}

void
order_check_bytes(struct order *o)
{
	struct span rest = o->text, line;
	const char *lf, *why = NULL, *text;	/* where controls may be */
	size_t n, at;
	int body;

	text = o->html.p != NULL ? o->html.p : o->body.p;

	while (rest.n > 0) {
		lf = memchr(rest.p, '\n', rest.n);
		n = lf != NULL ? (size_t)(lf - rest.p) + 1 : rest.n;
		line = span_chomp(span_of(rest.p, n));
		body = text != NULL && rest.p >= text;
		at = bad_byte(line, !body, &why);
		if (at < line.n)
			order_wrong(o, line.p + at, "%s", why);
		rest = span_drop(rest, n);
	}
}

static int
compare(const void *a, const void *b)
{
	const struct order_fault *f = a, *g = b;

	if (f->p != g->p)
		return f->p < g->p ? -1 : 1;
	return f->number < g->number ? -1 : f->number > g->number;
}

int
order_fault(struct order *o, struct order_fault *f)
{
	size_t to;

	if (o->told == o->nfaults)
		return 0;
	if (o->told == 0) {
		qsort(o->faults, o->nfaults, sizeof *o->faults, compare);
		o->line = o->column = 1;
	}
	*f = o->faults[o->told++];
	to = (size_t)(f->p - o->text.p);
	for (; o->at < to; o->at++)
		if (o->text.p[o->at] == '\n') {
			o->line++;
			o->column = 1;
		} else if ((o->text.p[o->at] & 0xc0) != 0x80)
			o->column++;
	f->line = o->line;
	f->column = o->column;
	return 1;
}

void
order_free(struct order *o)
{
	size_t i;

	for (i = 0; i < o->nfaults; i++)
		free(o->faults[i].text);
	free(o->faults);
	set_free(&o->seen);
	buf_free(&o->dropped);
	memset(o, 0, sizeof *o);
}
