#include "smtpdata.h"

#include <string.h>

/* Named by the bytes seen; EOL is the line ending in force. */
enum {
	AT_EOL,			/* EOL */
	AT_DOT,			/* EOL . */
	AT_DOT_CR,		/* EOL . CR */
	IN_LINE,		/* EOL text */
	AT_CR			/* EOL text CR */
};

struct sink {
	void (*take)(void *arg, const char *p, size_t n);
	void *arg;
	uint64_t *size;
};

static void
emit(const struct sink *to, const char *from, const char *end)
{
	if (from == end)
		return;
	to->take(to->arg, from, (size_t)(end - from));
	*to->size += (uint64_t)(end - from);
}

void
smtpdata_init(struct smtpdata *d, int crlf)
{
	memset(d, 0, sizeof *d);
	d->crlf = crlf;
	d->state = AT_EOL;
	d->tail[3] = '\n';
}

/*
 * Inside a line: goes on to its end, at most to end, and returns where.
 * *from is where the text begins that has not been emitted; the LF of a line
 * is emitted with what follows it, so that a piece is a line long.
 */
static const char *
pass_line(struct smtpdata *d, const struct sink *to, const char **from,
    const char *p, const char *end)
{
	const char *lf = memchr(p, '\n', (size_t)(end - p));
	const char *stop = lf != NULL ? lf : end;
	int cr = stop > p && stop[-1] == '\r';

	if (d->crlf && memchr(p, '\r', (size_t)(stop - p - cr)) != NULL)
		d->bare = 1;
	if (cr) {
		emit(to, *from, stop - 1);
		*from = stop;
	}
	if (lf == NULL) {
		d->state = cr ? AT_CR : IN_LINE;
		return end;
	}
	*to->size += (uint64_t)cr;
	if (d->crlf && !cr)
		d->bare = 1;
	else
		d->state = AT_EOL;
	return lf + 1;
}

/* After a CR: whether it stood alone; at p is what follows it. */
static const char *
pass_cr(struct smtpdata *d, const struct sink *to, const char *p)
{
	static const char cr = '\r';

	if (*p == '\n') {
		d->size++;
		d->state = AT_EOL;
		return p + 1;
	}
	emit(to, &cr, &cr + 1);
	d->bare = d->crlf;
	d->state = IN_LINE;
	return p;
}

static void
keep_tail(struct smtpdata *d, const char *p, size_t n)
{
	if (n < sizeof d->tail)
		memmove(d->tail, d->tail + n, sizeof d->tail - n);
	else {
		p += n - sizeof d->tail;
		n = sizeof d->tail;
	}
	memcpy(d->tail + sizeof d->tail - n, p, n);
}

int
smtpdata_seems_over(const struct smtpdata *d)
{
	return memcmp(d->tail, "\n.\r\n", 4) == 0 ||
	    memcmp(d->tail + 1, "\n.\n", 3) == 0;
}

size_t
smtpdata_feed(struct smtpdata *d, const char *p, size_t n,
    void (*take)(void *arg, const char *p, size_t n), void *arg)
{
	const char *start = p, *from = p, *end = p + n;
	struct sink to = { take, arg, &d->size };

	while (p < end && !d->ended)
		switch (d->state) {
		case AT_EOL:
			d->state = IN_LINE;
			if (*p == '.') {
				emit(&to, from, p);
				from = ++p;
				d->state = AT_DOT;
			}
			break;
		case AT_DOT:
			d->state = IN_LINE;
			if (*p == '\r') {
				from = ++p;
				d->state = AT_DOT_CR;
			} else if (*p == '\n' && !d->crlf) {
				from = ++p;
				d->ended = 1;
			}
			break;
		case AT_DOT_CR:
			d->state = AT_CR;
			if (*p == '\n' && d->crlf) {
				from = ++p;
				d->ended = 1;
			}
			break;
		case AT_CR:
			p = pass_cr(d, &to, p);
			break;
		default:
			p = pass_line(d, &to, &from, p, end);
		}
	emit(&to, from, p);
	keep_tail(d, start, (size_t)(p - start));
	return (size_t)(p - start);
}

void
smtpdata_chunk(struct smtpdata *d, const char *p, size_t n,
    void (*take)(void *arg, const char *p, size_t n), void *arg)
{
	const char *from = p, *end = p + n;
	struct sink to = { take, arg, &d->size };

	while (p < end)
		p = d->state == AT_CR ? pass_cr(d, &to, p) :
		    pass_line(d, &to, &from, p, end);
	emit(&to, from, p);
}

void
smtpdata_last(struct smtpdata *d,
    void (*take)(void *arg, const char *p, size_t n), void *arg)
{
	d->bare |= d->crlf && d->state == AT_CR;
	if (d->state != AT_EOL)
		take(arg, "\n", 1);
	d->ended = 1;
}
