#include "faults.h"

#include <stdarg.h>
#include <stdlib.h>

#define BRIEF 100		/* octets */

void
faults_init(struct faults *f, struct span text)
{
	memset(f, 0, sizeof *f);
	f->text = text;
	f->line = f->column = 1;
}

void
faults_free(struct faults *f)
{
	size_t i;

	for (i = 0; i < f->n; i++)
		free(f->all[i].text);
	free(f->all);
	memset(f, 0, sizeof *f);
}

void
faults_add(struct faults *f, const char *p, const char *fmt, ...)
{
	struct fault *fault;
	struct buf text = { 0 };
	va_list ap;

	if (faults_full(f))
		return;
	if (f->all == NULL)
		f->all = die_calloc(FAULTS_MAX, sizeof *f->all);
	fault = &f->all[f->n];
	fault->p = p;
	fault->number = f->n++;
	if (f->n == FAULTS_MAX) {
		fault->p = f->text.p + f->text.n;
		fault->text = span_dup(span_str("too many mistakes: "
		    "there may be more than these"));
		return;
	}
	va_start(ap, fmt);
	buf_vaddf(&text, fmt, ap);
	va_end(ap);
	fault->text = span_dup(buf_span(&text));
	buf_free(&text);
}

int
faults_brief(struct span s)
{
	size_t n = s.n;

	if (n > BRIEF)
		for (n = BRIEF; n > 0 && (s.p[n] & 0xc0) == 0x80;)
			n--;
	return (int)n;
}

int
faults_full(const struct faults *f)
{
	return f->n == FAULTS_MAX;
}

/* Offset of the first byte in a line that may not be there, or s.n. */
static size_t
bad_byte(struct span s, int controls, const char **why)
{
	unsigned char c;
	size_t i, n;

	for (i = 0; i < s.n; i += n) {
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

void
faults_check_bytes(struct faults *f, const char *body)
{
	struct span rest = f->text, line;
	const char *why;
	size_t bad;

	while (rest.n > 0) {
		line = span_chomp(span_line(&rest));
		bad = bad_byte(line, body == NULL || line.p < body, &why);
		if (bad < line.n)
			faults_add(f, line.p + bad, "%s", why);
	}
}

static int
compare(const void *a, const void *b)
{
	const struct fault *f = a, *g = b;

	if (f->p != g->p)
		return f->p < g->p ? -1 : 1;
	return f->number < g->number ? -1 : f->number > g->number;
}

int
faults_next(struct faults *f, struct fault *fault)
{
	size_t to;

	if (f->told == f->n)
		return 0;
	if (f->told == 0)
		qsort(f->all, f->n, sizeof *f->all, compare);
	*fault = f->all[f->told++];
	to = (size_t)(fault->p - f->text.p);
	for (; f->at < to; f->at++)
		if (f->text.p[f->at] == '\n') {
			f->line++;
			f->column = 1;
		} else if ((f->text.p[f->at] & 0xc0) != 0x80)
			f->column++;
	fault->line = f->line;
	fault->column = f->column;
	return 1;
}
