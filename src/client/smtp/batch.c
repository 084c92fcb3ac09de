#include "batch.h"

#include "sys/stop.h"

struct batch {
	struct batchread i;
	struct report *report;
	struct sender sender;
	struct writeahead ahead;
};

/*
 * Adds the lines of those who come after m: the one the sender has behind it,
 * and those that are still to be read.
 */
static void
put_ahead(struct batch *b, const struct message *m)
{
	struct message *pushed = b->sender.pushed, *next;
	struct report *r = b->report;
	long left;
	int n;

	if (!servers_stay(&b->sender.conf->servers) || b->i.paced ||
	    stop_asked())
		return;
	left = writeahead_group(&b->ahead, r) - 1;
	next = pushed != NULL ? pushed : batchread_behind(&b->i, NULL);
	for (; left > 0 && next != NULL; left -= n) {
		n = writeahead_put(r, next, m->server);
		if (n < 0)
			return;
		next = batchread_behind(&b->i, next == pushed ? NULL : next);
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

static void
wait(void *report)
{
	/* What fails is in broken, and stops the sender at its next step. */
	report_commit(report);
}

/* Waits for input, or until a message may go, or results have to be told. */
static void
wait_for_next(struct batchread *i)
{
	int due = report_due(i->report);

	if (due == IO_FOREVER || (i->wait != IO_FOREVER && i->wait < due))
		due = i->wait;
	stop_wait(i->wait == IO_FOREVER ? i->feed.rd.fd : -1, due);
}

/* Sends all. */
static void
work(struct batch *b)
{
	struct sender *s = &b->sender;
	struct batchread *i = &b->i;
	struct message *m;

	for (;;) {
		switch (batchread_next(i, &m)) {
		case BATCHREAD_MESSAGE:
			if (sender_push(s, m) < 0)
				return;
			break;
		case BATCHREAD_WAIT:
			if (sender_settle(s) < 0 || report_offer(i->report) < 0)
				return;
			wait_for_next(i);
			break;
		case BATCHREAD_END:
			sender_settle(s);
			report_commit(i->report);
			return;
		}
	}
}

static int
is_worker(const struct batchread *i)
{
	return i->feed.name == NULL && !i->single;
}

static void
set_conf(struct sender_conf *conf, struct batch *b)
{
	conf->report = b->report;
	conf->cache = &b->i.cache;
	conf->sending = sending;
	conf->arg = b;
	/* A domain's messages are nobody else's. */
	conf->gives_back = is_worker(&b->i) && conf->servers.resolver == NULL;
	conf->servers.connection.wait = wait;
	conf->servers.connection.arg = b->report;
}

enum exit_code
batch_run(const struct batchread_conf *in, struct sender_conf *conf,
    struct report *report)
{
	struct batch b = { .report = report, .sender = { .conf = conf } };
	enum exit_code code;

	batchread_init(&b.i, in, conf->servers.connection.helo,
	    conf->servers.resolver != NULL, report);
	set_conf(conf, &b);
	work(&b);
	if (is_worker(&b.i))
		report_end(report);
	sender_end(&b.sender);
	code = batchread_code(&b.i);
	batchread_free(&b.i);
	return code;
}
