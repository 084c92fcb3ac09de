#include "batchread.h"

#include <errno.h>

#include "client/smtp/prepare.h"
#include "sys/buf.h"
#include "sys/stop.h"

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
	warn("%s:%ju: cut off: no QUIT at the end", f->name, f->parser.line);
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
add(struct batchread *b, struct message *m)
{
	message_queue_add(&b->ready, m);
	b->bytes += m->content.text.n;
}

void
batchread_init(struct batchread *b, const struct batchread_conf *conf,
    const char *helo, int split, struct report *report)
{
	memset(b, 0, sizeof *b);
	b->rate = conf->rate;
	b->report = report;
	b->split = split;
	if (conf->single == NULL) {
		feed_init(&b->feed, conf->in, conf->name, helo);
		return;
	}
	b->single = b->over = 1;
	add(b, conf->single);
	report_earlier(report, conf->single);
}

/* Reads one more message: what batchread_next returns where there is none. */
static enum batchread_event
fetch(struct batchread *b)
{
	if (b->over)
		return BATCHREAD_END;
	if (b->m == NULL)
		b->m = message_new(&b->cache);
	switch (feed_next(&b->feed, b->m)) {
	case FEED_LATER:
		b->wait = IO_FOREVER;
		return BATCHREAD_WAIT;
	case FEED_END:
		b->over = 1;
		return BATCHREAD_END;
	case FEED_MESSAGE:
		break;
	}
	if (b->report->progress != NULL)
		b->report->progress->total = b->feed.total;
	if (report_earlier(b->report, b->m) < 0)
		return BATCHREAD_END;
	feed_judge(&b->feed, b->m);
	add(b, b->m);
	b->m = NULL;
	return BATCHREAD_MESSAGE;
}

enum batchread_event
batchread_next(struct batchread *b, struct message **m)
{
	enum batchread_event event;

	if (b->report->broken != NULL || (stop_asked() && !b->single))
		return BATCHREAD_END;
	if (b->ready.first == NULL && b->rest != NULL) {
		/* m may hold the beginning of the next one. */
		*m = b->rest;
		b->rest = b->split ? message_split(*m, &b->cache) : NULL;
		return BATCHREAD_MESSAGE;
	}
	if (b->ready.first == NULL && (event = fetch(b)) != BATCHREAD_MESSAGE)
		return event;
	if (message_open(b->ready.first) > 0) {
		b->wait = rate_wait(&b->rate);
		if (b->wait > 0) {
			b->paced = PACED;
			return BATCHREAD_WAIT;
		}
		rate_take(&b->rate);
		b->paced -= b->paced > 0;
	}
	*m = message_queue_take(&b->ready);
	b->bytes -= (*m)->content.text.n;
	if (b->split)
		b->rest = message_split(*m, &b->cache);
	return BATCHREAD_MESSAGE;
}

struct message *
batchread_behind(struct batchread *b, const struct message *m)
{
	struct message *next = m == NULL ? b->ready.first : m->next;

	if (next != NULL)
		return next;
	if (b->split || b->bytes >= BEHIND_MAX || b->report->broken != NULL ||
	    stop_asked() || fetch(b) != BATCHREAD_MESSAGE)
		return NULL;
	return m == NULL ? b->ready.first : m->next;
}

enum exit_code
batchread_code(const struct batchread *b)
{
	return stop_asked() && !b->single ?
	    result_worst(b->feed.code, EX_TEMPFAIL) : b->feed.code;
}

void
batchread_free(struct batchread *b)
{
	rd_free(&b->feed.rd);
	message_cache_free(&b->cache);
}
