#include "report.h"

#include <errno.h>
#include <time.h>

/* Lines are held back as long as they are few, and for so many ms. */
#define HELD_MAX 16384
#define HELD_TIME 100

static int
broken(struct report *r, const char *what)
{
	r->broken = what;
	r->err = errno;
	return -1;
}

void
report_spend(struct report *r, struct rcpt *rcpt)
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
	long long left;

	if (r->log.n == 0 && r->lines.n == 0)
		return IO_FOREVER;
	left = r->written + HELD_TIME - io_clock();
	return left > 0 && r->log.n < HELD_MAX && r->lines.n < HELD_MAX ?
	    (int)left : 0;
}

int
report_offer(struct report *r)
{
	if (r->journal == NULL || r->journal->cost == 0 || report_due(r) == 0)
		return report_commit(r);
	return report_write(r);
}

void
report_note(struct report *r, struct span lines)
{
	if (r->journal != NULL)
		buf_addspan(&r->log, lines);
}

void
report_take(struct report *r, struct span lines, enum exit_code code)
{
	report_note(r, lines);
	if (r->out != NULL)
		buf_addspan(&r->lines, lines);
	r->code = result_worst(r->code, code);
}

void
report_step(struct report *r, enum exit_code code)
{
	if (r->progress != NULL)
		progress_step(r->progress, code != EX_OK);
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

enum exit_code
report_put_done(struct buf *b, struct message *m)
{
	int64_t now = (int64_t)time(NULL);
	enum exit_code code = EX_OK;
	struct result res;
	size_t i;

	for (i = 0; i < m->rcpts; i++) {
		if (m->rcpt[i].told || !m->rcpt[i].decided)
			continue;
		message_result(&res, m, &m->rcpt[i], now);
		result_add(b, &res);
		code = result_worst(code, result_exit(&res));
		m->rcpt[i].told = 1;
	}
	return code;
}

void
report_told(struct report *r, struct message *m, struct span lines)
{
	struct result res;
	struct rcpt *rcpt;
	size_t i;

	while (lines.n > 0) {
		if (result_parse(&res, span_chomp(span_line(&lines))) < 0)
			continue;
		for (i = 0; i < m->rcpts; i++) {
			rcpt = &m->rcpt[i];
			if (rcpt->told ||
			    !span_eq(buf_span(&rcpt->addr), res.rcpt))
				continue;
			rcpt_decide(rcpt, res.status, res.stage, res.code,
			    res.text);
			rcpt->told = 1;
			report_spend(r, rcpt);
			break;
		}
	}
}

int
report_sending(void *arg, struct message *m)
{
	struct report *r = arg;

	if (r->journal == NULL)
		return 0;
	report_put_sending(&r->log, m);
	return report_commit(r);
}

static void
say_all(const struct message *m)
{
	struct result res;
	size_t i;

	for (i = 0; i < m->rcpts; i++) {
		message_result(&res, m, &m->rcpt[i], 0);
		if (!m->rcpt[i].told && m->rcpt[i].decided &&
		    res.status != RESULT_SENT)
			say(&res);
	}
}

/* Tells of those who are decided: the exit code of that. */
static enum exit_code
tell(struct report *r, struct message *m)
{
	struct buf lines = { 0 };
	enum exit_code code;
	size_t i;

	if (r->words)
		say_all(m);
	code = report_put_done(&lines, m);
	report_take(r, buf_span(&lines), code);
	for (i = 0; i < m->rcpts; i++)
		if (m->rcpt[i].told)
			report_spend(r, &m->rcpt[i]);
	buf_free(&lines);
	return code;
}

int
report_part(void *arg, struct message *m)
{
	tell(arg, m);
	return report_commit(arg);
}

int
report_done(void *arg, struct message *m)
{
	struct report *r = arg;

	report_step(r, tell(r, m));
	return report_due(r) == 0 ? report_commit(r) : 0;
}

void
report_wait(void *arg)
{
	/* What fails is in broken, and stops the sender at its next step. */
	report_commit(arg);
}

void
report_close(struct report *r)
{
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
}
