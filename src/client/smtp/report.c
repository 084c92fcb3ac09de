#include "report.h"

#include <errno.h>
#include <time.h>
#include <unistd.h>

/* Lines are held back up to that many bytes, and that many ms. */
#define HELD_MAX 16384
#define HELD_TIME 100

/* ms between two looks that a person can follow. */
#define SHOW_EVERY 200

/* As many times as the disk takes is what writing ahead has to be worth. */
#define WORTH 8

/* What the first messages take says little, and few need no haste. */
#define FIRST 16

/*
 * The most messages of a connection whose lines go to disk at once.  A loss of
 * power leaves that many unknown.
 */
#define AHEAD_MAX 64

static int
broken(struct report *r, const char *what)
{
	r->broken = what;
	r->err = errno;
	return -1;
}

/* The mark of a recipient goes when what was taken has been written. */
static void
spend(struct report *r, struct rcpt *rcpt)
{
	if (rcpt->mark != 0)
		buf_add(&r->spent, &rcpt->mark, sizeof rcpt->mark);
	rcpt->mark = 0;
}

int
report_write(struct report *r)
{
	size_t i, mark;

	if (r->broken != NULL)
		return -1;
	if (r->journal == NULL)
		return 0;
	if (r->log.n > 0 && journal_write(r->journal, buf_span(&r->log)) < 0)
		return broken(r, r->journal->path);
	buf_clear(&r->log);
	for (i = 0; i < r->spent.n; i += sizeof mark) {
		memcpy(&mark, r->spent.p + i, sizeof mark);
		journal_unmark(r->journal, mark);
	}
	buf_clear(&r->spent);
	return 0;
}

static int
to_out(struct report *r)
{
	if (r->out == NULL || r->lines.n == 0)
		return 0;
	wr_addspan(r->out, buf_span(&r->lines));
	buf_clear(&r->lines);
	return wr_flush(r->out) < 0 ? broken(r, "stdout") : 0;
}

int
report_commit(struct report *r)
{
	if (report_write(r) < 0)
		return -1;
	r->written = io_clock();
	if (r->journal != NULL && journal_flush(r->journal) < 0)
		return broken(r, r->journal->path);
	return to_out(r);
}

int
report_due(const struct report *r)
{
	if (r->log.n == 0 && r->lines.n == 0)
		return IO_FOREVER;
	return r->log.n < HELD_MAX && r->lines.n < HELD_MAX ?
	    io_left(r->written + HELD_TIME) : 0;
}

int
report_offer(struct report *r)
{
	if (r->journal == NULL || r->journal->cost == 0 || report_due(r) == 0)
		return report_commit(r);
	return report_write(r);
}

void
report_take(struct report *r, struct span line, const struct result *res,
    struct rcpt *rcpt)
{
	if (r->journal != NULL)
		buf_addspan(&r->log, line);
	if (r->out != NULL)
		buf_addspan(&r->lines, line);
	r->code = result_worst(r->code, result_exit(res));
	spend(r, rcpt);
	rcpt->told = 1;
}

static void
show_left(const struct report *r, uintmax_t ms)
{
	uintmax_t left;

	if (r->total <= r->done || r->done == 0)
		return;
	left = (r->total - r->done) * ms / r->done / 1000;
	wr_addf(r->progress, ", %ju:%02ju left", left / 60, left % 60);
}

static void
show(struct report *r, long long now)
{
	uintmax_t ms = (uintmax_t)(now - r->began);

	r->shown = now;
	wr_addf(r->progress, "\r%ju", r->done);
	if (r->total > 0)
		wr_addf(r->progress, " of %ju", r->total);
	wr_addf(r->progress, " done, %ju not served", r->missed);
	if (ms > 0)
		wr_addf(r->progress, ", %ju/s", r->done * 1000 / ms);
	show_left(r, ms);
	/* what a longer line before has left */
	wr_adds(r->progress, "   \b\b\b");
	wr_flush(r->progress);
}

void
report_step(struct report *r, const struct message *m)
{
	long long now;
	int missed = 0;
	size_t i;

	if (r->progress == NULL)
		return;
	for (i = 0; i < m->rcpts; i++)
		missed |= m->rcpt[i].status != RESULT_SENT;
	now = io_clock();
	if (r->done++ == 0)
		r->began = r->shown = now;
	r->missed += (uintmax_t)missed;
	if (now - r->shown >= SHOW_EVERY)
		show(r, now);
}

static void
say(const struct result *res)
{
	struct buf code = { 0 };

	if (res->code > 0)
		buf_addf(&code, "%d ", res->code);
	warn("%.*s: %s at %s: %s%.*s", (int)res->rcpt.n, res->rcpt.p,
	    result_status_name(res->status), result_stage_name(res->stage),
	    buf_str(&code), (int)res->text.n, res->text.p);
	buf_free(&code);
}

/* What the journal knows is repeated. */
static void
repeat(struct report *r, const struct result *res)
{
	if (r->out != NULL)
		result_add(&r->lines, res);
	r->code = result_worst(r->code, result_exit(res));
	if (r->words && res->status != RESULT_SENT)
		say(res);
}

static int
settle_one(struct report *r, struct message *m, struct rcpt *rcpt)
{
	struct result res;
	int found;

	found = journal_find(r->journal, buf_span(&m->id), m->number,
	    buf_span(&rcpt->addr), &res);
	if (found < 0)
		return broken(r, r->journal->path);
	if (found == 0 || res.status == RESULT_DEFERRED)
		return 0;
	if (r->again && res.status == RESULT_UNKNOWN)
		return 0;
	repeat(r, &res);
	rcpt_decide(rcpt, res.status, res.stage, res.code, res.text);
	rcpt->told = 1;
	return 0;
}

int
report_earlier(struct report *r, struct message *m)
{
	size_t i;

	if (r->journal == NULL)
		return 0;
	for (i = 0; i < m->rcpts; i++)
		if (!m->rcpt[i].decided &&
		    settle_one(r, m, &m->rcpt[i]) < 0)
			return -1;
	return report_due(r) == 0 ? report_commit(r) : 0;
}

void
report_put_sending(struct buf *b, const struct message *m)
{
	int64_t now = (int64_t)time(NULL);
	struct result res;
	size_t i;

	for (i = 0; i < m->rcpts; i++) {
		if (m->rcpt[i].decided || m->rcpt[i].later)
			continue;
		message_result(&res, m, &m->rcpt[i], now);
		result_add(b, &res);
	}
}

/* Tells of those who are decided, and have not been told of. */
static void
tell(struct report *r, struct message *m)
{
	int64_t now = (int64_t)time(NULL);
	struct result res;
	struct rcpt *rcpt;
	size_t i;

	for (i = 0; i < m->rcpts; i++) {
		rcpt = &m->rcpt[i];
		if (rcpt->told || !rcpt->decided)
			continue;
		message_result(&res, m, rcpt, now);
		if (r->words && res.status != RESULT_SENT)
			say(&res);
		buf_clear(&r->line);
		result_add(&r->line, &res);
		report_take(r, buf_span(&r->line), &res, rcpt);
	}
}

int
report_part(struct report *r, struct message *m)
{
	tell(r, m);
	return report_commit(r);
}

int
report_done(struct report *r, struct message *m)
{
	tell(r, m);
	report_step(r, m);
	return report_due(r) == 0 ? report_commit(r) : 0;
}

int
report_ask(struct report *r, const struct message *m)
{
	ssize_t n;
	char c;

	report_put_sending(&r->lines, m);
	buf_addc(&r->lines, '\n');
	if (report_commit(r) < 0)
		return -1;
	do
		n = read(r->go, &c, 1);
	while (n < 0 && errno == EINTR);
	return n == 1 ? 0 : -1;
}

int
report_back(struct report *r, struct message *m, int hung, long wait)
{
	buf_addf(&r->lines, "back %ju %d %d", m->number, m->tries, hung);
	if (wait >= 0)
		buf_addf(&r->lines, " %ld", wait);
	buf_addc(&r->lines, '\n');
	return report_done(r, m);
}

int
report_end(struct report *r)
{
	buf_adds(&r->lines, "bye\n");
	return report_commit(r);
}

/* --- "sending" lines ahead of their turn ------------------------------- */

void
report_ahead_ask(struct report_ahead *a)
{
	long long took = io_clock_us() - a->since;

	if (a->asked++ > 0)
		a->each = a->asked == 2 ? took : (7 * a->each + took) / 8;
}

void
report_ahead_go(struct report_ahead *a)
{
	a->since = io_clock_us();
}

long
report_ahead_group(struct report_ahead *a, const struct report *r)
{
	long long most = 2 * a->group, want = 1;

	if (most > AHEAD_MAX)
		most = AHEAD_MAX;
	if (a->each > 0 && a->asked > FIRST)
		want = WORTH * r->journal->cost / a->each;
	if (want > most)
		want = most;
	a->group = want > 1 ? (long)want : 1;
	return a->group;
}

int
report_ahead_put(struct report *r, struct message *m, const char *server)
{
	int64_t now = (int64_t)time(NULL);
	size_t i, start = r->log.n;
	struct result res;
	struct rcpt *rcpt;

	if (m->begun || m->ahead != NULL)
		return 0;
	for (i = 0; i < m->rcpts; i++) {
		rcpt = &m->rcpt[i];
		if (rcpt->decided)
			continue;
		rcpt->mark = journal_mark(r->journal, r->log.n);
		if (rcpt->mark == 0)
			break;
		message_result(&res, m, rcpt, now);
		res.server = span_str(server);
		result_add(&r->log, &res);
	}
	if (i == m->rcpts) {
		m->ahead = server;
		return 1;
	}
	for (r->log.n = start; i-- > 0; m->rcpt[i].mark = 0)
		journal_unmark(r->journal, m->rcpt[i].mark);
	return -1;
}

/* The next of m's recipients, from *i on, of whom a line speaks, or NULL. */
static struct rcpt *
next_rcpt(struct message *m, size_t *i, const struct result *res)
{
	while (*i < m->rcpts)
		if (span_eq(buf_span(&m->rcpt[(*i)++].addr), res->rcpt))
			return &m->rcpt[*i - 1];
	return NULL;
}

/*
 * Whether all these lines are on disk, and marked.  The recipients whom they
 * leave out, refused ones, keep their marks.
 */
static int
was_ahead(struct report *r, struct message *m, struct span lines)
{
	struct result res;
	struct rcpt *rcpt;
	size_t i = 0;

	if (m->ahead == NULL)
		return 0;
	while (lines.n > 0) {
		if (result_parse(&res, span_chomp(span_line(&lines))) != 0 ||
		    !span_is(res.server, m->ahead))
			return 0;
		rcpt = next_rcpt(m, &i, &res);
		if (rcpt == NULL || rcpt->mark == 0)
			return 0;
		spend(r, rcpt);
	}
	return 1;
}

int
report_ahead_begin(struct report *r, struct message *m, struct span lines)
{
	if (was_ahead(r, m, lines))
		return 1;
	report_ahead_end(r, m);
	if (r->journal != NULL)
		buf_addspan(&r->log, lines);
	return 0;
}

void
report_ahead_end(struct report *r, struct message *m)
{
	size_t i;

	for (i = 0; i < m->rcpts; i++)
		spend(r, &m->rcpt[i]);
	m->ahead = NULL;
}

/* --- The end ----------------------------------------------------------- */

void
report_close(struct report *r)
{
	if (r->done > 0) {
		show(r, io_clock());
		wr_adds(r->progress, "\n");
		wr_flush(r->progress);
	}
	if (r->journal != NULL && journal_close(r->journal) < 0 &&
	    r->broken == NULL)
		broken(r, r->journal->path);
	r->journal = NULL;
}

void
report_free(struct report *r)
{
	buf_free(&r->log);
	buf_free(&r->spent);
	buf_free(&r->lines);
	buf_free(&r->line);
}
