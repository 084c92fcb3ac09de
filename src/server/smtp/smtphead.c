#include "smtphead.h"

#define LINE_MAX_OCTETS 998	/* RFC 5322 2.1.1: no field's name is longer */

static const char hop[] = "received", mbox_line[] = "From ";

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
match(struct smtphead *h, char c)
{
	if (h->matched < 0)
		return;
	/* At its end the NUL matches nothing. */
	h->matched = span_case_eq(span_of(&c, 1), span_of(hop + h->matched,
	    1)) ? h->matched + 1 : -1;
}

/* The state after a byte at the start of a line, or in a name. */
static int
after(struct smtphead *h, char c)
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
scan(struct smtphead *h, const char *p, size_t n)
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

/* Whether the line that begins so is one that an mbox has between messages. */
static int
is_mbox_line(struct span s)
{
	while (s.n > 0 && s.p[0] == '>')
		s = span_drop(s, 1);
	return s.n >= strlen(mbox_line) &&
	    memcmp(s.p, mbox_line, strlen(mbox_line)) == 0;
}

/*
 * One more byte of the first line, which is held back.  Where it decides what
 * the line is, the state is another than FIRST, and the text that goes before
 * the line is returned.
 */
static const char *
judge(struct smtphead *h, char c)
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
	if (is_mbox_line(buf_span(line))) {
		h->state = c == '\n' ? FIRST : FROM;
		return "X-Mailbox-Line: ";
	}
	h->state = BODY;
	return "\n";
}

/* Takes bytes of the first line, and returns how many. */
static size_t
take_first(struct smtphead *h, const char *p, size_t n,
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
take_from_line(struct smtphead *h, const char *p, size_t n,
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
smtphead_feed(struct smtphead *h, const char *p, size_t n,
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
smtphead_free(struct smtphead *h)
{
	buf_free(&h->first);
}
