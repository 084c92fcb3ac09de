/* What is wrong with an order, and where. */
#include "order.h"

#include <stdarg.h>
#include <stdlib.h>

#include "format/mail/mime.h"

#define BRIEF 100		/* octets */

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
order_brief(struct span s)
{
	size_t n = s.n;

	if (n > BRIEF)
		for (n = BRIEF; n > 0 && (s.p[n] & 0xc0) == 0x80;)
			n--;
	return (int)n;
}

int
order_is_full(const struct order *o)
{
	return o->nfaults == ORDER_FAULTS_MAX;
}

/*
 * Skips what is surely printable ASCII, or a line ending, a word at a time.
 */
static size_t
skip_plain(struct span s, size_t i)
{
	const uint64_t low = BYTES8(0x7f);
	uint64_t w, lf;

	for (; s.n - i >= sizeof w; i += sizeof w) {
		memcpy(&w, s.p + i, sizeof w);
		/* the high bit of each line feed, which becomes a blank */
		lf = w ^ BYTES8('\n');
		lf = ~(((lf & low) + low) | lf | low);
		w += (lf >> 7) * (' ' - '\n');
		/* the high bit of: the byte; what is below a blank; 0x7f + 1 */
		if (((w | (w - BYTES8(' ')) | (w + BYTES8(1))) &
		    BYTES8(0x80)) != 0)
			break;
	}
	return i;
}

/* Offset of the first byte in a line that may not be there, or s.n. */
static size_t
bad_byte(struct span s, int controls, const char **why)
{
	unsigned char c;
	size_t i, n;

	for (i = 0; (i = skip_plain(s, i)) < s.n; i += n) {
		c = (unsigned char)s.p[i];
		n = 1;
		if (c >= ' ' && c < 0x7f)
			continue;
		n = span_char(span_drop(s, i));
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

/* Checks the line that at is in; returns where the next one starts. */
static size_t
check_line(struct order *o, size_t at)
{
	struct span rest, line;
	const char *why = NULL, *text;	/* where controls may be */
	size_t bad;

	while (at > 0 && o->text.p[at - 1] != '\n')
		at--;
	text = o->html.p != NULL ? o->html.p : o->body.p;
	rest = span_drop(o->text, at);
	line = span_line(&rest);
	at += line.n;
	line = span_chomp(line);
	bad = bad_byte(line, text == NULL || line.p < text, &why);
	if (bad < line.n)
		order_wrong(o, line.p + bad, "%s", why);
	return at;
}

void
order_check_bytes(struct order *o)
{
	size_t at = 0;

	while ((at = skip_plain(o->text, at)) < o->text.n)
		at = check_line(o, at);
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
	buf_free(&o->index);
	memset(o, 0, sizeof *o);
}
