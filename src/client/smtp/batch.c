#include "batch.h"

#include "client/smtp/ahead.h"
#include "client/smtp/intake.h"
#include "client/smtp/pool.h"
#include "sys/stop.h"

/* What goes over one connection. */
struct lone {
	struct intake i;
	struct ahead ahead;
	int knows;		/* ahead_knows */
	struct message *pushed;	/* the sender has got it; or NULL */
};

/*
 * Adds the lines of those who come after m: the one the sender has behind it,
 * and those that are still in the intake.
 */
static void
put_ahead(struct lone *l, const struct message *m)
{
	struct report *r = l->i.report;
	struct message *next;
	long left;
	int n;

	if (!l->knows || l->i.paced || stop_asked())
		return;
	left = ahead_group(&l->ahead, r) - 1;
	next = l->pushed != NULL ? l->pushed : intake_behind(&l->i, NULL);
	for (; left > 0 && next != NULL; left -= n) {
		n = ahead_put(r, next, m->server);
		if (n < 0)
			return;
		next = intake_behind(&l->i, next == l->pushed ? NULL : next);
	}
}

static int
sending(void *arg, struct message *m)
{
	struct lone *l = arg;
	struct report *r = l->i.report;
	struct buf lines = { 0 };
	int ready;

	if (r->journal == NULL)
		return 0;
	ahead_ask(&l->ahead);
	report_put_sending(&lines, m);
	ready = ahead_begin(r, m, buf_span(&lines));
	m->begun = 1;
	buf_free(&lines);
	if (!ready)
		put_ahead(l, m);
	if ((ready ? report_write(r) : report_commit(r)) < 0)
		return -1;
	ahead_go(&l->ahead);
	return 0;
}

static int
part(void *arg, struct message *m)
{
	struct lone *l = arg;

	return report_part(l->i.report, m);
}

static int
done(void *arg, struct message *m)
{
	struct lone *l = arg;
	int r = report_done(l->i.report, m);

	if (m == l->pushed)
		l->pushed = NULL;
	message_drop(&l->i.shelf, m);
	return r;
}

static void
wait(void *arg)
{
	struct lone *l = arg;

	report_wait(l->i.report);
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

/* Sends all over one connection. */
static void
run_alone(struct lone *l, struct route *r)
{
	struct intake *i = &l->i;

	l->knows = ahead_knows(r);
	for (;;) {
		switch (intake_next(i, &l->pushed)) {
		case INTAKE_MESSAGE:
			if (route_push(r, l->pushed) < 0)
				return;
			break;
		case INTAKE_WAIT:
			if (route_settle(r) < 0 || report_offer(i->report) < 0)
				return;
			wait_for_next(i);
			break;
		case INTAKE_END:
			route_settle(r);
			report_commit(i->report);
			return;
		}
	}
}

enum exit_code
batch_run(const struct batch_conf *batch, const struct sender_conf *conf,
    struct report *report)
{
	struct lone lone = { .i = { .rate = batch->rate, .report = report,
	    .split = batch->resolver != NULL } };
	struct intake *i = &lone.i;
	struct sender_conf own = *conf;
	struct route r = { .conf = &own, .resolver = batch->resolver,
	    .port = batch->port };
	enum exit_code code;

	feed_init(&i->feed, batch->in, batch->name, conf->reach.link.helo);
	own.sending = sending;
	own.part = part;
	own.done = done;
	own.arg = own.reach.link.arg = &lone;
	own.reach.link.wait = wait;
	if (batch->jobs > 1) {
		pool_run(i, &r, batch->jobs);
	} else {
		run_alone(&lone, &r);
		route_end(&r);
	}
	code = intake_code(i);
	intake_free(i);
	return code;
}
