#include "batch.h"

#include "client/smtp/writeahead.h"
#include "sys/stop.h"

struct batch {
	struct intake i;
	struct report *report;
	struct writeahead ahead;
	int knows;		/* servers_stay */
	struct message *pushed;	/* the sender has got it; or NULL */
};

/*
 * Adds the lines of those who come after m: the one the sender has behind it,
 * and those that are still in the intake.
 */
static void
put_ahead(struct batch *b, const struct message *m)
{
	struct report *r = b->report;
	struct message *next;
	long left;
	int n;

	if (!b->knows || b->i.paced || stop_asked())
		return;
	left = writeahead_group(&b->ahead, r) - 1;
	next = b->pushed != NULL ? b->pushed : intake_behind(&b->i, NULL);
	for (; left > 0 && next != NULL; left -= n) {
		n = writeahead_put(r, next, m->server);
		if (n < 0)
			return;
		next = intake_behind(&b->i, next == b->pushed ? NULL : next);
	}
}

static int
sending(void *arg, struct message *m)
{
	struct batch *b = arg;
	struct report *r = b->report;
	struct buf lines = { 0 };
	int ready;

	if (r->go > 0)
		return report_ask(r, m);
	if (r->journal == NULL)
		return 0;
	writeahead_ask(&b->ahead);
	report_put_sending(&lines, m);
	ready = writeahead_begin(r, m, buf_span(&lines));
	m->begun = 1;
	buf_free(&lines);
	if (!ready)
		put_ahead(b, m);
	if ((ready ? report_write(r) : report_commit(r)) < 0)
		return -1;
	writeahead_go(&b->ahead);
	return 0;
}

static int
part(void *arg, struct message *m)
{
	struct batch *b = arg;

	return report_part(b->report, m);
}

/* What has been told, so far, of m is all. */
static int
drop(struct batch *b, struct message *m, int r)
{
	if (m == b->pushed)
		b->pushed = NULL;
	message_drop(&b->i.shelf, m);
	return r;
}

static int
done(void *arg, struct message *m)
{
	struct batch *b = arg;

	return drop(b, m, report_done(b->report, m));
}

static int
back(void *arg, struct message *m, int hung, long wait)
{
	struct batch *b = arg;

	return drop(b, m, report_back(b->report, m, hung, wait));
}

static void
wait(void *arg)
{
	struct batch *b = arg;

	/* What fails is in broken, and stops the sender at its next step. */
	report_commit(b->report);
}

/* Waits for input, or until a message may go, or results have to be told. */
static void
wait_for_next(struct intake *i)
{
	int due = report_due(i->report);

	if (due == IO_FOREVER || (i->wait != IO_FOREVER && i->wait < due))
		due = i->wait;
	stop_wait(i->wait == IO_FOREVER ? i->feed.rd.fd : -1, due);
}

/* Sends all. */
static void
work(struct batch *b, struct sender *s)
{
	struct intake *i = &b->i;

	for (;;) {
		switch (intake_next(i, &b->pushed)) {
		case INTAKE_MESSAGE:
			if (sender_push(s, b->pushed) < 0)
				return;
			break;
		case INTAKE_WAIT:
			if (sender_settle(s) < 0 || report_offer(i->report) < 0)
				return;
			wait_for_next(i);
			break;
		case INTAKE_END:
			sender_settle(s);
			report_commit(i->report);
			return;
		}
	}
}

static int
is_worker(const struct intake *i)
{
	return i->feed.name == NULL && !i->single;
}

static void
set_callbacks(struct sender_conf *conf, struct batch *b)
{
	conf->sending = sending;
	conf->part = part;
	conf->done = done;
	/* A domain's messages are nobody else's. */
	conf->back = is_worker(&b->i) && conf->servers.resolver == NULL ?
	    back : NULL;
	conf->arg = conf->servers.connection.arg = b;
	conf->servers.connection.wait = wait;
}

enum exit_code
batch_run(const struct intake_conf *in, struct sender_conf *conf,
    struct report *report)
{
	struct batch b = { .report = report };
	struct sender sender = { .conf = conf };
	enum exit_code code;

	intake_init(&b.i, in, conf->servers.connection.helo,
	    conf->servers.resolver != NULL, report);
	b.knows = servers_stay(&conf->servers);
	set_callbacks(conf, &b);
	work(&b, &sender);
	if (is_worker(&b.i))
		report_end(report);
	sender_end(&sender);
	code = intake_code(&b.i);
	intake_free(&b.i);
	return code;
}
