#include "writeahead.h"

#include <time.h>

/* As many times as the disk takes is what it has to be worth. */
#define WORTH 8

/* What the first messages take says little, and few need no haste. */
#define FIRST 16

void
writeahead_ask(struct writeahead *a)
{
	long long took = io_clock_us() - a->since;

	if (a->asked++ > 0)
		a->each = a->asked == 2 ? took : (7 * a->each + took) / 8;
}

void
writeahead_go(struct writeahead *a)
{
	a->since = io_clock_us();
}

long
writeahead_group(struct writeahead *a, const struct report *r)
{
	long long most = 2 * a->group, want = 1;

	if (most > WRITEAHEAD_MAX)
		most = WRITEAHEAD_MAX;
	if (a->each > 0 && a->asked > FIRST)
		want = WORTH * r->journal->cost / a->each;
	if (want > most)
		want = most;
	a->group = want > 1 ? (long)want : 1;
	return a->group;
}

int
writeahead_put(struct report *r, struct message *m, const char *server)
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
		report_spend(r, rcpt);
	}
	return 1;
}

int
writeahead_begin(struct report *r, struct message *m, struct span lines)
{
	if (was_ahead(r, m, lines))
		return 1;
	writeahead_end(r, m);
	report_note(r, lines);
	return 0;
}

void
writeahead_end(struct report *r, struct message *m)
{
	size_t i;

	for (i = 0; i < m->rcpts; i++)
		report_spend(r, &m->rcpt[i]);
	m->ahead = NULL;
}
