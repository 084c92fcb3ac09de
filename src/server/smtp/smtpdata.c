#include "smtpdata.h"

#include "format/mail/content.h"

#define LINE_MAX_OCTETS 998	/* RFC 5322 2.1.1: no field's name is longer */

static const char hop[] = "received";

/* --- The end ------------------------------------------------------------- */

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

/* --- The header ---------------------------------------------------------- */

/* What the next byte is of. */
enum {
	FIRST,			/* the first line, or one after From lines */
	FROM,			/* a From line's rest */
	START,			/* a line of the header */
	NAME,			/* a field's name */
	BLANKS,			/* what may stand between it and the colon */
	VALUE,			/* the rest of the line */
	BODY
};

static int
is_name(char c)
{
	return byte_is_graph(c) && c != ':';
}

static void
match(struct smtpdata_head *h, char c)
{
	if (h->matched < 0)
		return;
	/* At its end the NUL matches nothing. */
	h->matched = span_case_eq(span_of(&c, 1), span_of(hop + h->matched,
	    1)) ? h->matched + 1 : -1;
}

/* The state after a byte at the start of a line, or in a name. */
static int
after(struct smtpdata_head *h, char c)
{
	if (h->state == START) {
		h->matched = 0;
		if (byte_is_blank(c))
			return VALUE;	/* it is folded */
	}
	if (h->state != BLANKS && is_name(c)) {
		match(h, c);
		return NAME;
	}
	if (h->state == START)
		return BODY;
	if (byte_is_blank(c))
		return BLANKS;
	if (c != ':')
		return BODY;
	h->hops += h->matched == (int)strlen(hop);
	return VALUE;
}

static void
scan(struct smtpdata_head *h, const char *p, size_t n)
{
	const char *end = p + n, *lf;

	while (p < end && h->state != BODY) {
		if (h->state == VALUE) {
			lf = memchr(p, '\n', (size_t)(end - p));
			if (lf == NULL)
				return;
			h->state = START;
			p = lf + 1;
		} else {
			h->state = after(h, *p++);
		}
	}
}

/*
 * One more byte of the first line, which is held back.  Where it decides what
 * the line is, the state is another than FIRST, and the text that goes before
 * the line is returned.
 */
static const char *
judge(struct smtpdata_head *h, char c)
{
	struct buf *line = &h->first;
	int blanks = line->n > 0 && byte_is_blank(line->p[line->n - 1]);

	buf_addc(line, c);
	if (line->n == 1 && c == '\n') {
		h->state = BODY;
		return "";
	}
	if (c == ':' && line->n > 1) {
		h->state = START;
		return "";
	}
	if (line->n <= LINE_MAX_OCTETS && ((is_name(c) && !blanks) ||
	    (byte_is_blank(c) && line->n > 1)))
		return NULL;
	if (content_is_mbox_line(buf_span(line))) {
		h->state = c == '\n' ? FIRST : FROM;
		return "X-Mailbox-Line: ";
	}
	h->state = BODY;
	return "\n";
}

/* Takes bytes of the first line, and returns how many. */
static size_t
take_first(struct smtpdata_head *h, const char *p, size_t n,
    void (*take)(void *arg, const char *p, size_t n), void *arg)
{
	const char *before = NULL;
	size_t i;

	for (i = 0; i < n && before == NULL; )
		before = judge(h, p[i++]);
	if (before == NULL)
		return n;
	if (before[0] != '\0')
		take(arg, before, strlen(before));
	take(arg, h->first.p, h->first.n);
	scan(h, h->first.p, h->state == START ? h->first.n : 0);
	buf_free(&h->first);
	return i;
}

static size_t
take_from_line(struct smtpdata_head *h, const char *p, size_t n,
    void (*take)(void *arg, const char *p, size_t n), void *arg)
{
	const char *lf = memchr(p, '\n', n);

	if (lf != NULL) {
		n = (size_t)(lf - p) + 1;
		h->state = FIRST;
	}
	take(arg, p, n);
	return n;
}

void
smtpdata_head(struct smtpdata_head *h, const char *p, size_t n,
    void (*take)(void *arg, const char *p, size_t n), void *arg)
{
	size_t used;

	while (n > 0 && h->state <= FROM) {
		used = h->state == FIRST ? take_first(h, p, n, take, arg) :
		    take_from_line(h, p, n, take, arg);
		p += used;
		n -= used;
	}
	if (n == 0)
		return;
	take(arg, p, n);
	scan(h, p, n);
}

void
smtpdata_head_free(struct smtpdata_head *h)
{
	buf_free(&h->first);
}
