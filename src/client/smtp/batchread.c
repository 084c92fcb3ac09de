#include "batchread.h"

#include <errno.h>

#include "format/mail/addr.h"
#include "sys/stop.h"

/* As much of a malformed address as is repeated. */
#define BAD_ADDR_MAX 320

/* As much text as is read before its turn. */
#define BEHIND_MAX (1UL << 20)

/* How many the last ones are. */
#define PACED 16

#define SECOND 1000000000LL
#define MS 1000000LL

/* The highest rate, in any unit. */
#define RATE_MAX 1000000000U

/* After a pause, so much of what was missed may be made up for. */
#define BURST (SECOND / 10)

/* --- The stream ------------------------------------------------------- */

static void
fail(struct batchread *b, enum exit_code code)
{
	b->code = result_worst(b->code, code);
}

static void
take_mail(struct batchread *b, struct message *m)
{
	message_start(m, b->number);
	m->raw = b->raw;
	m->tries = b->tries;
	b->unfit = b->parser.why;
	b->stage = STAGE_MAIL;
	if (b->unfit != NULL)
		return;
	buf_addspan(&m->from, b->parser.path);
	addr_complete(&m->from, b->helo);
	buf_addspan(&m->params, b->parser.params);
}

/* A malformed address is refused, as a server would, and stops nobody. */
static void
take_rcpt(struct batchread *b, struct message *m)
{
	const char *why = b->parser.why;
	struct span path = b->parser.path;
	struct rcpt *r;

	if (path.n > BAD_ADDR_MAX)
		path.n = BAD_ADDR_MAX;
	r = message_rcpt(m, path, b->parser.params);
	if (why != NULL)
		rcpt_decide(r, RESULT_FAILED, STAGE_RCPT, 0, span_str(why));
	else
		addr_complete(&r->addr, b->helo);
}

static void
set_unfit(struct batchread *b, const char *why)
{
	if (b->unfit != NULL)
		return;
	b->unfit = why;
	b->stage = STAGE_DATA;
}

static void
limit_size(struct batchread *b, const struct message *m)
{
	if (m->content.text.n > MESSAGE_MAX)
		set_unfit(b, "the message is too large to be sent");
}

static void
take_text(struct batchread *b, struct message *m, struct span text)
{
	if (b->unfit == NULL && b->raw)
		buf_addspan(&m->content.text, text);
	else if (b->unfit == NULL)
		content_add(&m->content, text);
	limit_size(b, m);
}

static void
take_dot(struct batchread *b, struct message *m)
{
	const char *why;

	if (!b->raw && content_end(&m->content, &why) < 0)
		set_unfit(b, why);
	if (b->parser.spoilt) {
		b->unfit = "MAIL inside a transaction";
		b->stage = STAGE_MAIL;
	}
	if (b->name != NULL)
		m->number = b->parser.texts;
	if (!b->raw)
		content_id(&m->id, &m->content);
}

/* NOOP, number and tries. */
static void
take_numbers(struct batchread *b, struct span line)
{
	uintmax_t tries;

	line = span_drop(span_chomp(line), strlen("NOOP"));
	if (span_number(span_take_word(&line), &b->number) == 0 &&
	    span_number(span_trim(line), &tries) == 0)
		b->tries = (int)tries;
}

static enum bsmtp_event
take_line(struct batchread *b, struct message *m, struct span line)
{
	enum bsmtp_event event = bsmtp_line(&b->parser, line);

	switch (event) {
	case BSMTP_MAIL:
		take_mail(b, m);
		break;
	case BSMTP_RCPT:
		take_rcpt(b, m);
		break;
	case BSMTP_TEXT:
		take_text(b, m, b->raw ? line : b->parser.text);
		break;
	case BSMTP_DOT:
		take_dot(b, m);
		break;
	case BSMTP_COUNT:
		b->report->total = b->parser.count;
		break;
	case BSMTP_BAD:
		warn("%s:%ju: %s", b->name, b->parser.line, b->parser.why);
		fail(b, EX_DATAERR);
		break;
	case BSMTP_MORE:
		if (b->name == NULL)
			take_numbers(b, line);
		break;
	default:
		break;
	}
	return event;
}

static enum batchread_event
cut_off(struct batchread *b)
{
	if (b->name == NULL)
		return BATCHREAD_END;
	warn("%s:%ju: cut off: no QUIT at the end", b->name,
	    b->parser.line > 0 ? b->parser.line : 1);
	fail(b, EX_TEMPFAIL);
	return BATCHREAD_END;
}

/* A parent that has ended, with something unread, has said why. */
static enum batchread_event
broken(struct batchread *b, int err)
{
	if (b->name == NULL && err == ECONNRESET)
		return BATCHREAD_END;
	errno = err;
	warn_sys("%s", b->name != NULL ? b->name : "stdin");
	fail(b, EX_NOINPUT);
	return BATCHREAD_END;
}

/* What has been read of the text, but for lines with a dot, at once. */
static void
take_lines(struct batchread *b, struct message *m)
{
	struct span in = rd_pending(&b->rd);
	size_t n;

	if (!b->raw && b->unfit == NULL && bsmtp_is_text(&b->parser)) {
		n = content_lines(&m->content, in, &b->parser.line);
		limit_size(b, m);
	} else if ((n = bsmtp_text(&b->parser, in)) > 0) {
		take_text(b, m, b->parser.text);
	}
	rd_take(&b->rd, n);
}

/* Reads on without waiting; m stays the same until it is whole. */
static enum batchread_event
read_message(struct batchread *b, struct message *m)
{
	struct span line;

	for (;;) {
		take_lines(b, m);
		switch (rd_line(&b->rd, &line)) {
		case RD_LINE:
		case RD_LONG:
			switch (take_line(b, m, line)) {
			case BSMTP_DOT:
				return BATCHREAD_MESSAGE;
			case BSMTP_QUIT:
				return BATCHREAD_END;
			default:
				break;
			}
			break;
		case RD_PARTIAL:
			if (bsmtp_line(&b->parser, line) == BSMTP_QUIT)
				return BATCHREAD_END;
			return cut_off(b);
		case RD_EOF:
			return cut_off(b);
		case RD_TIMEOUT:
			b->wait = IO_FOREVER;
			return BATCHREAD_WAIT;
		case RD_ERROR:
			return broken(b, b->rd.err);
		}
	}
}

/* Decides the message that is whole, where nobody can get it. */
static void
judge(const struct batchread *b, struct message *m)
{
	if (b->unfit != NULL)
		message_decide(m, RESULT_FAILED, b->stage, 0,
		    span_str(b->unfit));
}

/* --- The rate --------------------------------------------------------- */

int
batchread_rate(long long *step, const char *text)
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
	*step = unit / (long long)n;
	return 0;
}

/* ms until the next message may go, 0 for now. */
static int
rate_wait(const struct batchread *b)
{
	long long left;

	if (b->step == 0)
		return 0;
	left = b->due - io_clock() * MS;
	return left <= 0 ? 0 : (int)((left + MS - 1) / MS);
}

/* A message goes. */
static void
rate_take(struct batchread *b)
{
	long long now;

	if (b->step == 0)
		return;
	now = io_clock() * MS;
	if (b->due < now - BURST)
		b->due = now;
	b->due += b->step;
}

/* --- Whose turn it is ------------------------------------------------- */

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
	b->name = conf->name;
	b->helo = helo;
	b->step = conf->step;
	b->report = report;
	b->split = split;
	rd_init(&b->rd, conf->in, 0, BSMTP_LINE_MAX);
	if (conf->single == NULL)
		return;
	b->single = b->over = 1;
	add(b, conf->single);
	report_earlier(report, conf->single);
}

/* Reads one more message: what batchread_next returns where there is none. */
static enum batchread_event
fetch(struct batchread *b)
{
	enum batchread_event event;

	if (b->over)
		return BATCHREAD_END;
	if (b->m == NULL)
		b->m = message_new(&b->cache);
	event = read_message(b, b->m);
	b->over = event == BATCHREAD_END;
	if (event != BATCHREAD_MESSAGE)
		return event;
	if (report_earlier(b->report, b->m) < 0)
		return BATCHREAD_END;
	judge(b, b->m);
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
		b->wait = rate_wait(b);
		if (b->wait > 0) {
			b->paced = PACED;
			return BATCHREAD_WAIT;
		}
		rate_take(b);
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
	    result_worst(b->code, EX_TEMPFAIL) : b->code;
}

void
batchread_free(struct batchread *b)
{
	rd_free(&b->rd);
	message_cache_free(&b->cache);
}
