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
done(void *arg, struct message *m)
{
	struct intake *i = arg;
	int r = report_done(i->report, m);

	message_drop(&i->shelf, m);
	return r;
}

/* Sends all over one connection. */
static void
run_alone(struct intake *i, struct sender *s)
{
	struct message *m;

	for (;;) {
		switch (intake_next(i, &m)) {
		case INTAKE_MESSAGE:
			if (sender_push(s, m) < 0)
				return;
			break;
		case INTAKE_WAIT:
			if (sender_settle(s) < 0)
				return;
			stop_wait(i->wait == IO_FOREVER ? i->feed.rd.fd : -1,
			    i->wait);
			break;
		case INTAKE_END:
			sender_settle(s);
			return;
		}
	}
}

enum exit_code
batch_run(const struct batch_conf *batch, const struct sender_conf *conf,
    struct report *report)
{
	struct intake i = { .rate = batch->rate, .report = report };
	struct sender_conf own = *conf;
	struct sender s = { .conf = &own };
	enum exit_code code;

	feed_init(&i.feed, batch->in, batch->name, conf->link.helo);
	own.sending = sending;
	own.done = done;
	own.arg = &i;
	if (batch->jobs > 1) {
		pool_run(&i, conf, batch->jobs);
	} else {
		run_alone(&i, &s);
		sender_end(&s);
	}
	code = intake_code(&i);
	intake_free(&i);
	return code;
}
