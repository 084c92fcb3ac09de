#include "feed.h"

#include <errno.h>

#include "client/smtp/envelope.h"

/* As much of a malformed address as is repeated. */
#define BAD_ADDR_MAX 320

void
feed_init(struct feed *s, int in, const char *name, const char *helo)
{
	memset(s, 0, sizeof *s);
	s->name = name;
	s->helo = helo;
	s->code = EX_OK;
	rd_init(&s->rd, in, 0, BSMTP_LINE_MAX);
}

void
feed_free(struct feed *s)
{
	rd_free(&s->rd);
}

static void
fail(struct feed *s, enum exit_code code)
{
	s->code = result_worst(s->code, code);
}

static struct span
clip(struct span s)
{
	return s.n > BAD_ADDR_MAX ? span_of(s.p, BAD_ADDR_MAX) : s;
}

static void
take_mail(struct feed *s, struct message *m)
{
	message_start(m, 0);
	s->unfit = s->parser.why;
	s->stage = STAGE_MAIL;
	if (s->unfit != NULL)
		return;
	buf_addspan(&m->from, s->parser.path);
	envelope_complete(&m->from, s->helo);
	buf_addspan(&m->params, s->parser.params);
}

/* A malformed address is refused, as a server would, and stops nobody. */
static void
take_rcpt(struct feed *s, struct message *m)
{
	const char *why = s->parser.why;
	struct rcpt *r;

	r = message_rcpt(m, clip(s->parser.path), s->parser.params);
	if (why != NULL)
		rcpt_decide(r, RESULT_FAILED, STAGE_RCPT, 0, span_str(why));
	else
		envelope_complete(&r->addr, s->helo);
}

static void
set_unfit(struct feed *s, const char *why)
{
	if (s->unfit != NULL)
		return;
	s->unfit = why;
	s->stage = STAGE_DATA;
}

static void
take_text(struct feed *s, struct message *m, struct span text)
{
	if (s->unfit == NULL)
		content_add(&m->content, text);
	if (m->content.text.n > MESSAGE_MAX)
		set_unfit(s, "the message is too large to be sent");
}

static void
take_dot(struct feed *s, struct message *m)
{
	const char *why;

	if (content_end(&m->content, &why) < 0)
		set_unfit(s, why);
	if (s->parser.spoilt) {
		s->unfit = "MAIL inside a transaction";
		s->stage = STAGE_MAIL;
	}
	m->number = s->parser.texts;
	content_id(&m->id, &m->content);
}

static enum bsmtp_event
take_line(struct feed *s, struct message *m, struct span line)
{
	enum bsmtp_event event = bsmtp_line(&s->parser, line);

	switch (event) {
	case BSMTP_MAIL:
		take_mail(s, m);
		break;
	case BSMTP_RCPT:
		take_rcpt(s, m);
		break;
	case BSMTP_TEXT:
		take_text(s, m, s->parser.text);
		break;
	case BSMTP_DOT:
		take_dot(s, m);
		break;
	case BSMTP_COUNT:
		s->total = s->parser.count;
		break;
	case BSMTP_BAD:
		warn("%s:%ju: %s", s->name, s->parser.line, s->parser.why);
		fail(s, EX_DATAERR);
		break;
	default:
		break;
	}
	return event;
}

static enum feed_event
cut_off(struct feed *s)
{
	warn("%s:%ju: cut off: no QUIT at the end", s->name, s->parser.line);
	fail(s, EX_TEMPFAIL);
	return FEED_END;
}

/* What has been read of the text, but for lines with a dot, at once. */
static void
take_lines(struct feed *s, struct message *m)
{
	size_t n = bsmtp_text(&s->parser, rd_pending(&s->rd));

	if (n > 0)
		take_text(s, m, s->parser.text);
	rd_take(&s->rd, n);
}

enum feed_event
feed_next(struct feed *s, struct message *m)
{
	struct span line;

	for (;;) {
		take_lines(s, m);
		switch (rd_line(&s->rd, &line)) {
		case RD_LINE:
		case RD_LONG:
			switch (take_line(s, m, line)) {
			case BSMTP_DOT:
				return FEED_MESSAGE;
			case BSMTP_QUIT:
				return FEED_END;
			default:
				break;
			}
			break;
		case RD_PARTIAL:
			if (bsmtp_line(&s->parser, line) == BSMTP_QUIT)
				return FEED_END;
			return cut_off(s);
		case RD_EOF:
			return cut_off(s);
		case RD_TIMEOUT:
			return FEED_LATER;
		case RD_ERROR:
			errno = s->rd.err;
			warn_sys("%s", s->name);
			fail(s, EX_NOINPUT);
			return FEED_END;
		}
	}
}

void
feed_judge(const struct feed *s, struct message *m)
{
	if (s->unfit != NULL)
		message_decide(m, RESULT_FAILED, s->stage, 0,
		    span_str(s->unfit));
}
