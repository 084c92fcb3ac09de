#include "feed.h"

#include <errno.h>

#include "client/smtp/prepare.h"

/* As much of a malformed address as is repeated. */
#define BAD_ADDR_MAX 320

void
feed_init(struct feed *f, int in, const char *name, const char *helo)
{
	memset(f, 0, sizeof *f);
	f->name = name;
	f->helo = helo;
	f->code = EX_OK;
	rd_init(&f->rd, in, 0, BSMTP_LINE_MAX);
}

static void
fail(struct feed *f, enum exit_code code)
{
	f->code = result_worst(f->code, code);
}

static void
take_mail(struct feed *f, struct message *m)
{
	message_start(m, f->number);
	m->tries = f->tries;
	f->unfit = f->parser.why;
	f->stage = STAGE_MAIL;
	if (f->unfit != NULL)
		return;
	buf_addspan(&m->from, f->parser.path);
	prepare_address(&m->from, f->helo);
	buf_addspan(&m->params, f->parser.params);
}

/* A malformed address is refused, as a server would, and stops nobody. */
static void
take_rcpt(struct feed *f, struct message *m)
{
	const char *why = f->parser.why;
	struct span path = f->parser.path;
	struct rcpt *r;

	if (path.n > BAD_ADDR_MAX)
		path.n = BAD_ADDR_MAX;
	r = message_rcpt(m, path, f->parser.params);
	if (why != NULL)
		rcpt_decide(r, RESULT_FAILED, STAGE_RCPT, 0, span_str(why));
	else
		prepare_address(&r->addr, f->helo);
}

static void
set_unfit(struct feed *f, const char *why)
{
	if (f->unfit != NULL)
		return;
	f->unfit = why;
	f->stage = STAGE_DATA;
}

static void
take_text(struct feed *f, struct message *m, struct span text)
{
	if (f->unfit == NULL && f->raw)
		buf_addspan(&m->content.text, text);
	else if (f->unfit == NULL)
		content_add(&m->content, text);
	if (m->content.text.n > MESSAGE_MAX)
		set_unfit(f, "the message is too large to be sent");
}

static void
take_dot(struct feed *f, struct message *m)
{
	const char *why;

	if (!f->raw && content_end(&m->content, &why) < 0)
		set_unfit(f, why);
	if (f->parser.spoilt) {
		f->unfit = "MAIL inside a transaction";
		f->stage = STAGE_MAIL;
	}
	if (f->name != NULL)
		m->number = f->parser.texts;
	if (!f->raw)
		content_id(&m->id, &m->content);
}

/* NOOP, number and tries. */
static void
take_numbers(struct feed *f, struct span line)
{
	uintmax_t tries;

	line = span_drop(span_chomp(line), strlen("NOOP"));
	if (span_number(span_take_word(&line), &f->number) == 0 &&
	    span_number(span_trim(line), &tries) == 0)
		f->tries = (int)tries;
}

static enum bsmtp_event
take_line(struct feed *f, struct message *m, struct span line)
{
	enum bsmtp_event event = bsmtp_line(&f->parser, line);

	switch (event) {
	case BSMTP_MAIL:
		take_mail(f, m);
		break;
	case BSMTP_RCPT:
		take_rcpt(f, m);
		break;
	case BSMTP_TEXT:
		take_text(f, m, f->parser.text);
		break;
	case BSMTP_DOT:
		take_dot(f, m);
		break;
	case BSMTP_COUNT:
		f->total = f->parser.count;
		break;
	case BSMTP_BAD:
		warn("%s:%ju: %s", f->name, f->parser.line, f->parser.why);
		fail(f, EX_DATAERR);
		break;
	case BSMTP_MORE:
		if (f->name == NULL)
			take_numbers(f, line);
		break;
	default:
		break;
	}
	return event;
}

static enum feed_event
cut_off(struct feed *f)
{
	if (f->name == NULL)
		return FEED_END;
	warn("%s:%ju: cut off: no QUIT at the end", f->name,
	    f->parser.line > 0 ? f->parser.line : 1);
	fail(f, EX_TEMPFAIL);
	return FEED_END;
}

/* A parent that has ended, with something unread, has said why. */
static enum feed_event
broken(struct feed *f, int err)
{
	if (f->name == NULL && err == ECONNRESET)
		return FEED_END;
	errno = err;
	warn_sys("%s", f->name != NULL ? f->name : "stdin");
	fail(f, EX_NOINPUT);
	return FEED_END;
}

/* What has been read of the text, but for lines with a dot, at once. */
static void
take_lines(struct feed *f, struct message *m)
{
	size_t n = bsmtp_text(&f->parser, rd_pending(&f->rd));

	if (n > 0)
		take_text(f, m, f->parser.text);
	rd_take(&f->rd, n);
}

enum feed_event
feed_next(struct feed *f, struct message *m)
{
	struct span line;

	for (;;) {
		take_lines(f, m);
		switch (rd_line(&f->rd, &line)) {
		case RD_LINE:
		case RD_LONG:
			switch (take_line(f, m, line)) {
			case BSMTP_DOT:
				return FEED_MESSAGE;
			case BSMTP_QUIT:
				return FEED_END;
			default:
				break;
			}
			break;
		case RD_PARTIAL:
			if (bsmtp_line(&f->parser, line) == BSMTP_QUIT)
				return FEED_END;
			return cut_off(f);
		case RD_EOF:
			return cut_off(f);
		case RD_TIMEOUT:
			return FEED_LATER;
		case RD_ERROR:
			return broken(f, f->rd.err);
		}
	}
}

void
feed_judge(const struct feed *f, struct message *m)
{
	if (f->unfit != NULL)
		message_decide(m, RESULT_FAILED, f->stage, 0,
		    span_str(f->unfit));
}
