#include "dryrun.h"

#include "client/smtp/transact.h"
#include "format/mail/mime.h"
#include "sys/stop.h"

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

/* Each message of a stream. */
static void
try_all(struct dryrun *d, const struct batchread_conf *in, const char *helo)
{
	enum feed_event event = FEED_LATER;
	struct message m = { 0 };
	struct feed feed;

	feed_init(&feed, in->in, in->name, helo);
	while (!stop_asked() && d->out->err == 0 &&
	    (event = feed_next(&feed, &m)) != FEED_END) {
		if (event == FEED_MESSAGE) {
			feed_judge(&feed, &m);
			try(d, &m);
			continue;
		}
		wr_flush(d->out);
		stop_wait(in->in, IO_FOREVER);
	}
	d->code = result_worst(d->code, feed.code);
	if (event != FEED_END)
		d->code = result_worst(d->code, EX_TEMPFAIL);
	rd_free(&feed.rd);
	message_free(&m);
}

enum exit_code
dryrun_run(const struct batchread_conf *in, const struct sender_conf *conf,
    int ask, struct wr *out)
{
	struct dryrun d = { .servers = { .conf = &conf->servers }, .ask = ask,
	    .out = out };

	if (in->single != NULL)
		try(&d, in->single);
	else
		try_all(&d, in, conf->servers.connection.helo);
	connection_quit(&d.servers.connection);
	transact_free(&d.turn);
	return d.code;
}
