#include "batchread.h"

#include <errno.h>

#include "client/smtp/prepare.h"
#include "sys/buf.h"
#include "sys/stop.h"

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

static void
fail(struct feed *s, enum exit_code code)
{
	s->code = result_worst(s->code, code);
}

static void
take_mail(struct feed *s, struct message *m)
{
	message_start(m, s->number);
	m->tries = s->tries;
	s->unfit = s->parser.why;
	s->stage = STAGE_MAIL;
	if (s->unfit != NULL)
		return;
	buf_addspan(&m->from, s->parser.path);
	prepare_address(&m->from, s->helo);
	buf_addspan(&m->params, s->parser.params);
}

/* A malformed address is refused, as a server would, and stops nobody. */
static void
take_rcpt(struct feed *s, struct message *m)
{
	const char *why = s->parser.why;
	struct span path = s->parser.path;
	struct rcpt *r;

	if (path.n > BAD_ADDR_MAX)
		path.n = BAD_ADDR_MAX;
	r = message_rcpt(m, path, s->parser.params);
	if (why != NULL)
		rcpt_decide(r, RESULT_FAILED, STAGE_RCPT, 0, span_str(why));
	else
		prepare_address(&r->addr, s->helo);
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
	if (s->unfit == NULL && s->raw)
		buf_addspan(&m->content.text, text);
	else if (s->unfit == NULL)
		content_add(&m->content, text);
	if (m->content.text.n > MESSAGE_MAX)
		set_unfit(s, "the message is too large to be sent");
}

static void
take_dot(struct feed *s, struct message *m)
{
	const char *why;

	if (!s->raw && content_end(&m->content, &why) < 0)
		set_unfit(s, why);
	if (s->parser.spoilt) {
		s->unfit = "MAIL inside a transaction";
		s->stage = STAGE_MAIL;
	}
	if (s->name != NULL)
		m->number = s->parser.texts;
	if (!s->raw)
		content_id(&m->id, &m->content);
}

/* NOOP, number and tries. */
static void
take_numbers(struct feed *s, struct span line)
{
	uintmax_t tries;

	line = span_drop(span_chomp(line), strlen("NOOP"));
	if (span_number(span_take_word(&line), &s->number) == 0 &&
	    span_number(span_trim(line), &tries) == 0)
		s->tries = (int)tries;
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
	case BSMTP_MORE:
		if (s->name == NULL)
			take_numbers(s, line);
		break;
	default:
		break;
	}
	return event;
}

static enum feed_event
cut_off(struct feed *s)
{
	if (s->name == NULL)
		return FEED_END;
	warn("%s:%ju: cut off: no QUIT at the end", s->name, s->parser.line);
	fail(s, EX_TEMPFAIL);
	return FEED_END;
}

/* A parent that has ended, with something unread, has said why. */
static enum feed_event
broken(struct feed *s, int err)
{
	if (s->name == NULL && err == ECONNRESET)
		return FEED_END;
	errno = err;
	warn_sys("%s", s->name != NULL ? s->name : "stdin");
	fail(s, EX_NOINPUT);
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
			return broken(s, s->rd.err);
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

#define SECOND 1000000000LL
#define MS 1000000LL

/* The highest rate, in any unit. */
#define RATE_MAX 1000000000U

/* After a pause, so much of what was missed may be made up for. */
#define BURST (SECOND / 10)

int
rate_parse(struct rate *r, const char *text)
{
	struct span s = span_str(text);
	long long unit;
	uintmax_t n;

	if (s.n < 3 || s.p[s.n - 2] != '/')
		return -1;
	switch (s.p[s.n - 1]) {
	case 's': unit = SECOND; break;
	case 'm': unit = 60 * SECOND; break;
	case 'h': unit = 3600 * SECOND; break;
	default: return -1;
	}
	if (span_number(span_of(s.p, s.n - 2), &n) < 0 || n == 0 ||
	    n > RATE_MAX)
		return -1;
	r->step = unit / (long long)n;
	r->due = 0;
	return 0;
}

int
rate_wait(const struct rate *r)
{
	long long left;

	if (r->step == 0)
		return 0;
	left = r->due - io_clock() * MS;
	return left <= 0 ? 0 : (int)((left + MS - 1) / MS);
}

void
rate_take(struct rate *r)
{
	long long now;

	if (r->step == 0)
		return;
	now = io_clock() * MS;
	if (r->due < now - BURST)
		r->due = now;
	r->due += r->step;
}

/* How many the last ones are. */
#define PACED 16

/* As much text as is read before its turn. */
#define BEHIND_MAX (1UL << 20)

static void
add(struct batchread *i, struct message *m)
{
	message_queue_add(&i->ready, m);
	i->bytes += m->content.text.n;
}

void
batchread_init(struct batchread *i, const struct batchread_conf *conf,
    const char *helo, int split, struct report *report)
{
	memset(i, 0, sizeof *i);
	i->rate = conf->rate;
	i->report = report;
	i->split = split;
	if (conf->single == NULL) {
		feed_init(&i->feed, conf->in, conf->name, helo);
		return;
	}
	i->single = i->over = 1;
	add(i, conf->single);
	report_earlier(report, conf->single);
}

/* Reads one more message: what batchread_next returns where there is none. */
static enum batchread_event
fetch(struct batchread *i)
{
	if (i->over)
		return BATCHREAD_END;
	if (i->m == NULL)
		i->m = message_new(&i->cache);
	switch (feed_next(&i->feed, i->m)) {
	case FEED_LATER:
		i->wait = IO_FOREVER;
		return BATCHREAD_WAIT;
	case FEED_END:
		i->over = 1;
		return BATCHREAD_END;
	case FEED_MESSAGE:
		break;
	}
	if (i->report->progress != NULL)
		i->report->progress->total = i->feed.total;
	if (report_earlier(i->report, i->m) < 0)
		return BATCHREAD_END;
	feed_judge(&i->feed, i->m);
	add(i, i->m);
	i->m = NULL;
	return BATCHREAD_MESSAGE;
}

enum batchread_event
batchread_next(struct batchread *i, struct message **m)
{
	enum batchread_event event;

	if (i->report->broken != NULL || (stop_asked() && !i->single))
		return BATCHREAD_END;
	if (i->ready.first == NULL && i->rest != NULL) {
		/* m may hold the beginning of the next one. */
		*m = i->rest;
		i->rest = i->split ? message_split(*m, &i->cache) : NULL;
		return BATCHREAD_MESSAGE;
	}
	if (i->ready.first == NULL && (event = fetch(i)) != BATCHREAD_MESSAGE)
		return event;
	if (message_open(i->ready.first) > 0) {
		i->wait = rate_wait(&i->rate);
		if (i->wait > 0) {
			i->paced = PACED;
			return BATCHREAD_WAIT;
		}
		rate_take(&i->rate);
		i->paced -= i->paced > 0;
	}
	*m = message_queue_take(&i->ready);
	i->bytes -= (*m)->content.text.n;
	if (i->split)
		i->rest = message_split(*m, &i->cache);
	return BATCHREAD_MESSAGE;
}

struct message *
batchread_behind(struct batchread *i, const struct message *m)
{
	struct message *next = m == NULL ? i->ready.first : m->next;

	if (next != NULL)
		return next;
	if (i->split || i->bytes >= BEHIND_MAX || i->report->broken != NULL ||
	    stop_asked() || fetch(i) != BATCHREAD_MESSAGE)
		return NULL;
	return m == NULL ? i->ready.first : m->next;
}

enum exit_code
batchread_code(const struct batchread *i)
{
	return stop_asked() && !i->single ?
	    result_worst(i->feed.code, EX_TEMPFAIL) : i->feed.code;
}

void
batchread_free(struct batchread *i)
{
	rd_free(&i->feed.rd);
	message_cache_free(&i->cache);
}
