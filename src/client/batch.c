#include "batch.h"

#include "client/intake.h"
#include "client/pool.h"
#include "sys/stop.h"

static int
sending(void *arg, const struct message *m)
{
	struct intake *i = arg;

	return report_sending(i->report, m);
}

static int
part(void *arg, struct message *m)
{
	struct intake *i = arg;

	return report_part(i->report, m);
}

static int
done(void *arg, struct message *m)
{
	struct intake *i = arg;
	int r = report_done(i->report, m);

	message_drop(&i->shelf, m);
	return r;
}

static void
wait(void *arg)
{
	struct intake *i = arg;

	report_wait(i->report);
}

/* Sends all over one connection. */
static void
run_alone(struct intake *i, struct route *r)
{
	struct message *m;

	for (;;) {
		switch (intake_next(i, &m)) {
		case INTAKE_MESSAGE:
			if (route_push(r, m) < 0)
				return;
			break;
		case INTAKE_WAIT:
			if (route_settle(r) < 0 || report_commit(i->report) < 0)
				return;
			stop_wait(i->wait == IO_FOREVER ? i->feed.rd.fd : -1,
			    i->wait);
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
	struct intake i = { .rate = batch->rate, .report = report,
	    .split = batch->resolver != NULL };
	struct sender_conf own = *conf;
	struct route r = { .conf = &own, .resolver = batch->resolver,
	    .port = batch->port };
	enum exit_code code;

	feed_init(&i.feed, batch->in, batch->name, conf->reach.link.helo);
	own.sending = sending;
	own.part = part;
	own.done = done;
	own.arg = own.reach.link.arg = &i;
	own.reach.link.wait = wait;
	if (batch->jobs > 1) {
		pool_run(&i, &r, batch->jobs);
	} else {
		run_alone(&i, &r);
		route_end(&r);
	}
	code = intake_code(&i);
	intake_free(&i);
	return code;
}
