#include "buf.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "text.h"

/* The first allocation: most lines and addresses fit in it. */
#define BUF_FIRST 64

void
buf_reserve(struct buf *b, size_t n)
{
	size_t cap;
	char *p;

	if (b->cap - b->n >= n)
		return;
	if (n > SIZE_MAX / 2 - b->n)
		die_nomem();
	cap = b->cap != 0 ? b->cap : BUF_FIRST;
	while (cap < b->n + n)
		cap *= 2;
	p = realloc(b->p, cap);
	if (p == NULL)
		die_nomem();
	b->p = p;
	b->cap = cap;
}

struct piece
buf_keep(struct buf *b, struct span s)
{
	struct piece p;

	p.at = b->n;
	p.n = s.n;
	buf_addspan(b, s);
	return p;
}

struct span
buf_piece(const struct buf *b, struct piece p)
{
	return p.n == 0 ? span_of(NULL, 0) : span_of(b->p + p.at, p.n);
}

void
buf_addlower(struct buf *b, struct span s)
{
	size_t i;

	for (i = 0; i < s.n; i++)
		buf_addc(b, s.p[i] >= 'A' && s.p[i] <= 'Z' ?
		    s.p[i] - 'A' + 'a' : s.p[i]);
}

void
buf_addu(struct buf *b, uintmax_t u)
{
	uintmax_t rest;
	size_t i, n = 1;

	for (rest = u; rest >= 10; rest /= 10)
		n++;
	buf_reserve(b, n);
	for (i = n; i > 0; u /= 10)
		b->p[b->n + --i] = (char)('0' + u % 10);
	b->n += n;
}

void
buf_addf(struct buf *b, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	buf_vaddf(b, fmt, ap);
	va_end(ap);
}

/* Most of what is added is short: it is put into words once. */
void
buf_vaddf(struct buf *b, const char *fmt, va_list ap)
{
	va_list again;
	int r;

	va_copy(again, ap);
	buf_reserve(b, BUF_FIRST);
	r = vsnprintf(b->p + b->n, b->cap - b->n, fmt, ap);
	if (r < 0)
		die(EX_IOERR, "%s: cannot be formatted", fmt);
	if ((size_t)r >= b->cap - b->n) {
		buf_reserve(b, (size_t)r + 1);
		vsnprintf(b->p + b->n, (size_t)r + 1, fmt, again);
	}
	va_end(again);
	b->n += (size_t)r;
}

void
buf_addfault(struct buf *b, const char *fmt, ...)
{
	const size_t at = b->n;
	va_list ap;

	va_start(ap, fmt);
	buf_vaddf(b, fmt, ap);
	va_end(ap);
	b->n = at + text_show(b->p + at, b->n - at);
	buf_addc(b, '\n');
}

void
buf_insert(struct buf *b, size_t at, const void *p, size_t n)
{
	if (n == 0)
		return;
	buf_reserve(b, n);
	memmove(b->p + at + n, b->p + at, b->n - at);
	memcpy(b->p + at, p, n);
	b->n += n;
}

void
buf_unmark(struct buf *b, size_t at)
{
	struct span rest;

	if (b->n == at)
		return;
	rest = span_unmarked(span_of(b->p + at, b->n - at));
	if (rest.n == b->n - at)
		return;
	memmove(b->p + at, rest.p, rest.n);
	b->n = at + rest.n;
}

void
buf_consume(struct buf *b, size_t n)
{
	if (n == 0)
		return;
	b->n -= n;
	memmove(b->p, b->p + n, b->n);
}

void
buf_replace(struct buf *b, size_t at, char old, char new)
{
	char *p;

	for (; at < b->n; at = (size_t)(p - b->p)) {
		p = memchr(b->p + at, old, b->n - at);
		if (p == NULL)
			return;
		*p++ = new;
	}
}

void
buf_clear(struct buf *b)
{
	b->n = 0;
}

void
buf_set(struct buf *b, struct span s)
{
	b->n = 0;
	buf_addspan(b, s);
}

void
buf_setf(struct buf *b, const char *fmt, ...)
{
	va_list ap;

	buf_clear(b);
	va_start(ap, fmt);
	buf_vaddf(b, fmt, ap);
	va_end(ap);
}

void
buf_free(struct buf *b)
{
	int err = errno;

	free(b->p);
	errno = err;
	b->p = NULL;
	b->n = b->cap = 0;
}

const char *
buf_str(struct buf *b)
{
	buf_reserve(b, 1);
	b->p[b->n] = '\0';
	return b->p;
}

struct span
buf_span(const struct buf *b)
{
	return span_of(b->p, b->n);
}

void
buf_addshown(struct buf *b, struct span s)
{
	size_t from = b->n;

	buf_addspan(b, s);
	b->n = s.n == 0 ? from : from + text_show(b->p + from, s.n);
}

void
buf_addstring(struct buf *b, struct span s)
{
	const size_t at = b->n;

	buf_addspan(b, s);
	buf_replace(b, at, '\0', ' ');
}
