#include "bsmtp.h"

#include "format/mail/addr.h"

static enum bsmtp_event
bad(struct bsmtp *b, const char *why)
{
	b->why = why;
	return BSMTP_BAD;
}

/* What stands where a path should be, without its brackets. */
static struct span
raw_path(struct span arg)
{
	if (arg.n == 0 || arg.p[0] != '<')
		return arg;
	arg = span_drop(arg, 1);
	return span_cut(&arg, '>');
}

/*
 * The path and parameters behind "MAIL FROM:" or "RCPT TO:"; blanks after the
 * colon are let pass (RFC 5321 3.3 forbids them, people type them).
 */
static enum bsmtp_event
take_path(struct bsmtp *b, struct span arg, enum bsmtp_event event)
{
	struct addr a;
	size_t used;

	arg = span_trim(arg);
	if (addr_path(&a, arg, &used, &b->why) < 0) {
		b->path = raw_path(arg);
		return event;
	}
	b->why = NULL;
	b->path = a.text;
	b->params = span_trim(span_drop(arg, used));
	if (event == BSMTP_RCPT && a.text.n == 0)
		b->why = "empty recipient";
	return event;
}

static enum bsmtp_event
do_mail(struct bsmtp *b, struct span arg)
{
	b->spoilt = b->phase != BSMTP_IDLE;
	if (b->spoilt)
		return bad(b, "MAIL inside a transaction");
	b->phase = BSMTP_OPEN;
	return take_path(b, arg, BSMTP_MAIL);
}

static enum bsmtp_event
do_rcpt(struct bsmtp *b, struct span arg)
{
	if (b->phase == BSMTP_IDLE)
		return bad(b, "RCPT before MAIL");
	b->phase = BSMTP_READY;
	return take_path(b, arg, BSMTP_RCPT);
}

static enum bsmtp_event
do_data(struct bsmtp *b)
{
	b->texts++;
	b->skip = b->phase != BSMTP_READY;
	b->phase = BSMTP_BODY;
	return b->skip ? bad(b, "DATA before MAIL and RCPT") : BSMTP_DATA;
}

static enum bsmtp_event
do_noop(struct bsmtp *b, struct span arg)
{
	const struct span number = span_cut(&arg, ' ');

	return span_case_is(span_trim(arg), "messages") &&
	    span_number(number, &b->count) == 0 ? BSMTP_COUNT : BSMTP_MORE;
}

/* Whether line begins with the verb; *arg is what follows it. */
static int
is_verb(struct span line, const char *verb, struct span *arg)
{
	size_t n;

	/* Most differ in their first letter. */
	if (line.n == 0 || ((line.p[0] ^ verb[0]) & ~0x20) != 0 ||
	    !span_case_begins(line, verb))
		return 0;
	n = strlen(verb);
	*arg = span_drop(line, n);
	if (verb[n - 1] == ':')
		return 1;
	if (arg->n > 0 && arg->p[0] != ' ')
		return 0;
	*arg = span_trim(*arg);
	return 1;
}

static enum bsmtp_event
do_command(struct bsmtp *b, struct span line)
{
	struct span arg;

	line = span_trim(line);
	if (is_verb(line, "MAIL FROM:", &arg))
		return do_mail(b, arg);
	if (is_verb(line, "RCPT TO:", &arg))
		return do_rcpt(b, arg);
	if (is_verb(line, "DATA", &arg) && arg.n == 0)
		return do_data(b);
	if (is_verb(line, "NOOP", &arg))
		return do_noop(b, arg);
	if (is_verb(line, "QUIT", &arg) && arg.n == 0)
		return BSMTP_QUIT;
	if (is_verb(line, "EHLO", &arg) || is_verb(line, "HELO", &arg) ||
	    (is_verb(line, "RSET", &arg) && arg.n == 0)) {
		b->phase = BSMTP_IDLE;
		return BSMTP_RSET;
	}
	return bad(b, "not a command of a batch");
}

/* A line of text, or a piece; rest says that it continues one. */
static enum bsmtp_event
do_text(struct bsmtp *b, struct span line, int rest)
{
	b->text = line;
	if (!rest && line.n > 0 && line.p[0] == '.') {
		if (span_is(line, ".\n") || span_is(line, ".\r\n")) {
			b->phase = BSMTP_IDLE;
			return b->skip ? BSMTP_MORE : BSMTP_DOT;
		}
		b->text = span_drop(line, 1);
	}
	return b->skip ? BSMTP_MORE : BSMTP_TEXT;
}

enum bsmtp_event
bsmtp_line(struct bsmtp *b, struct span line)
{
	int rest = b->piece;

	b->path = span_of(NULL, 0);
	b->params = span_of(NULL, 0);
	b->text = span_of(NULL, 0);
	b->why = NULL;
	b->line += !rest;
	b->piece = line.n == 0 || line.p[line.n - 1] != '\n';
	if (b->phase == BSMTP_BODY)
		return do_text(b, line, rest);
	if (rest)
		return BSMTP_MORE;
	if (b->piece && line.n >= BSMTP_LINE_MAX)
		return bad(b, "command too long");
	return do_command(b, span_chomp(line));
}

size_t
bsmtp_text(struct bsmtp *b, struct span in)
{
	const char *lf;
	size_t n = 0;

	if (b->phase != BSMTP_BODY || b->piece)
		in.n = 0;
	while (n < in.n && in.p[n] != '.' &&
	    (lf = memchr(in.p + n, '\n', in.n - n)) != NULL) {
		n = (size_t)(lf - in.p) + 1;
		b->line++;
	}
	b->text = span_of(in.p, b->skip ? 0 : n);
	return n;
}

int
bsmtp_is_text(const struct bsmtp *b)
{
	return b->phase == BSMTP_BODY && !b->piece && !b->skip;
}

size_t
bsmtp_dot(struct span text, size_t from)
{
	const char *dot;

	while (from < text.n && (dot = memchr(text.p + from, '.',
	    text.n - from)) != NULL) {
		from = (size_t)(dot - text.p);
		if (from == 0 || dot[-1] == '\n')
			return from;
		from++;
	}
	return text.n;
}

void
bsmtp_stuff(struct buf *b, struct span text)
{
	size_t from = 0, dot;

	for (dot = bsmtp_dot(text, 0); dot < text.n;
	    dot = bsmtp_dot(text, dot + 1)) {
		buf_add(b, text.p + from, dot - from);
		buf_addc(b, '.');
		from = dot;
	}
	buf_addspan(b, span_drop(text, from));
}
