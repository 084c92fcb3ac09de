#include "batch.h"

#include "format/mail/mime.h"
#include "sys/stop.h"

struct batch {
	struct batchread i;
	struct sender sender;
	struct report_ahead ahead;
};

/*
 * Adds the lines of those who come after m: the one the sender has behind it,
 * and those that are still to be read.
 */
static void
put_ahead(struct batch *b, const struct message *m)
{
	struct message *pushed = b->sender.pushed, *next;
	struct report *r = b->i.report;
	long left;
	int n;

	if (!servers_stay(&b->sender.conf->servers) || b->i.paced ||
	    stop_asked())
		return;
	left = report_ahead_group(&b->ahead, r) - 1;
	next = pushed != NULL ? pushed : batchread_behind(&b->i, NULL);
	for (; left > 0 && next != NULL; left -= n) {
		n = report_ahead_put(r, next, m->server);
		if (n < 0)
			return;
		next = batchread_behind(&b->i, next == pushed ? NULL : next);
	}
}

static int
sending(void *arg, struct message *m)
{
	struct batch *b = arg;
	struct report *r = b->i.report;
	struct buf lines = { 0 };
	int ready;

	if (r->go > 0)
		return report_ask(r, m);
	if (r->journal == NULL)
		return 0;
	report_ahead_ask(&b->ahead);
	report_put_sending(&lines, m);
	ready = report_ahead_begin(r, m, buf_span(&lines));
	m->begun = 1;
	buf_free(&lines);
	if (!ready)
		put_ahead(b, m);
	if ((ready ? report_write(r) : report_commit(r)) < 0)
		return -1;
	report_ahead_go(&b->ahead);
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
wait_for_next(struct batchread *b)
{
	int due = report_due(b->report);

	if (due == IO_FOREVER || (b->wait != IO_FOREVER && b->wait < due))
		due = b->wait;
	stop_wait(b->wait == IO_FOREVER ? b->rd.fd : -1, due);
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

enum exit_code
batch_run(const struct batchread_conf *in, struct sender_conf *conf,
    struct report *report)
{
	int dealt = in->name == NULL;
	struct batch b = { .sender = { .conf = conf, .report = report,
	    .cache = &b.i.cache, .sending = sending, .arg = &b,
	    /* A domain's messages are nobody else's. */
	    .gives_back = dealt && conf->servers.resolver == NULL } };
	enum exit_code code;

	batchread_init(&b.i, in, conf->servers.connection.helo,
	    conf->servers.resolver != NULL, report);
	conf->servers.connection.wait = wait;
	conf->servers.connection.arg = report;
	work(&b);
	if (dealt)
		report_end(report);
	sender_end(&b.sender);
	code = batchread_code(&b.i);
	batchread_free(&b.i);
	return code;
}

/* --- What would be sent ---------------------------------------------- */

struct dryrun {
	int ask;
	struct wr *out;
	struct servers servers;	/* kept for the next message */
	struct transact turn;
	enum exit_code code;
};

/*
 * The envelope, and no text.  Everybody in it is decided, who was accepted as
 * if sent to, unless it is to be asked again: without what the server has
 * refused, or in another transaction.
 */
static void
ask_server(struct dryrun *d, struct message *m)
{
	struct smtpc *c = &d->servers.connection.c;
	enum smtpc_status status;

	d->turn.probe = 1;
	status = transact_answers(&d->turn);
	c->reset = 1;
	if (status == SMTPC_OK)
		message_decide(m, RESULT_SENT, STAGE_RCPT, 0, span_str(""));
	if (status != SMTPC_LOST)
		return;
	message_decide(m, RESULT_DEFERRED, c->stage, c->code,
	    buf_span(&c->why));
	connection_close(&d->servers.connection);
}

/* With those whom one server can serve; 0, or -1 when everybody is decided. */
static int
check_some(struct dryrun *d, struct message *m)
{
	enum esmtp_verdict verdict;
	const struct server *v;
	size_t n = 0;

	do {
		if (servers_connect(&d->servers, &m->tries, 1, &v) < 0) {
			message_decide(m, RESULT_DEFERRED, v->stage, v->code,
			    buf_span(&v->why));
			return -1;
		}
		verdict = transact_fit(&d->turn, &d->servers.connection.c, m);
	} while (verdict != ESMTP_OK &&
	    servers_other(&d->servers, m, &d->turn.form, verdict, ++n) == 0);
	if (verdict != ESMTP_OK)
		return -1;
	ask_server(d, m);
	message_rejoin(m);
	return message_open(m) > 0 ? 0 : -1;
}

/* In one line, as it may be shown. */
static void
add_shown(struct wr *out, struct span s)
{
	struct buf text = { 0 };

	mime_line(&text, s);
	wr_addspan(out, buf_span(&text));
	buf_free(&text);
}

static enum exit_code
tell(struct wr *out, const struct message *m, const struct rcpt *r, int asked)
{
	struct result res;

	message_result(&res, m, r, 0);
	wr_adds(out, "to <");
	add_shown(out, res.rcpt);
	wr_adds(out, ">");
	if (!r->decided || r->status == RESULT_SENT) {
		wr_adds(out, asked ? ": accepted\n" : "\n");
		return EX_OK;
	}
	wr_addf(out, ": %s at %s: ", result_status_name(res.status),
	    result_stage_name(res.stage));
	if (res.code > 0)
		wr_addf(out, "%d ", res.code);
	add_shown(out, res.text);
	wr_adds(out, "\n");
	return result_exit(&res);
}

static void
try(struct dryrun *d, struct message *m)
{
	size_t i;

	if (d->ask && message_open(m) > 0)
		while (check_some(d, m) == 0)
			;
	wr_adds(d->out, "from <");
	add_shown(d->out, buf_span(&m->from));
	wr_addf(d->out, ">, %zu octets\n", m->content.text.n);
	for (i = 0; i < m->rcpts; i++)
		d->code = result_worst(d->code,
		    tell(d->out, m, &m->rcpt[i], d->ask));
}

enum exit_code
batch_dryrun(const struct batchread_conf *in, const struct sender_conf *conf,
    int ask, struct wr *out)
{
	struct dryrun d = { .servers = { .conf = &conf->servers }, .ask = ask,
	    .out = out };
	struct batchread_conf all = *in;
	struct report report = { .code = EX_OK };
	enum batchread_event event;
	struct batchread b;
	struct message *m;

	all.step = 0;		/* nobody gets anything */
	batchread_init(&b, &all, conf->servers.connection.helo, 0, &report);
	while (out->err == 0 &&
	    (event = batchread_next(&b, &m)) != BATCHREAD_END) {
		if (event == BATCHREAD_MESSAGE) {
			try(&d, m);
			message_drop(&b.cache, m);
			continue;
		}
		wr_flush(out);
		stop_wait(in->in, IO_FOREVER);
	}
	d.code = result_worst(d.code, batchread_code(&b));
	batchread_free(&b);
	connection_quit(&d.servers.connection);
	transact_free(&d.turn);
	return d.code;
}
