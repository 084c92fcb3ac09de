#include "dry.h"

#include "client/smtp/transact.h"
#include "format/mail/mime.h"
#include "sys/stop.h"

struct dry {
	int ask;
	struct wr *out;
	struct servers servers;	/* kept for the next message */
	enum exit_code code;
};

/* The transaction of the message before is given up, if there was one. */
static enum smtpc_status
forget(struct smtpc *c)
{
	if (!c->reset)
		return SMTPC_OK;
	c->reset = 0;
	smtpc_say(c, span_str("RSET"));
	if (smtpc_hear(c, STAGE_MAIL, SMTPC_COMMAND, 2) == SMTPC_OK)
		return SMTPC_OK;
	return smtpc_lost(c, "RSET refused");
}

static enum smtpc_status
ask_rcpt(struct smtpc *c, const struct esmtp_form *form, struct rcpt *r)
{
	enum smtpc_status status;
	unsigned refused;

	esmtp_say_rcpt(c, form, r);
	status = smtpc_hear(c, STAGE_RCPT, SMTPC_COMMAND, 2);
	if (status == SMTPC_LOST)
		return status;
	refused = status == SMTPC_OK ? 0 : esmtp_refused_rcpt(c, form, r);
	smtpc_give_up(c, refused);
	r->later = refused != 0;
	if (!r->later)
		rcpt_decide(r, status == SMTPC_OK ? RESULT_SENT :
		    transact_refusal(c->reply.code, STAGE_RCPT), STAGE_RCPT,
		    c->reply.code, buf_span(&c->reply.text));
	return SMTPC_OK;
}

/*
 * The envelope, step by step, and no text.  Everybody in it is decided, who
 * was accepted as if sent to, unless it is to be asked again, without what the
 * server has refused.
 */
static enum smtpc_status
ask_server(struct smtpc *c, const struct esmtp_form *form, struct message *m)
{
	enum smtpc_status status;
	unsigned refused;
	size_t i;

	status = forget(c);
	if (status == SMTPC_OK) {
		esmtp_say_mail(c, form, m);
		status = smtpc_hear(c, STAGE_MAIL, SMTPC_COMMAND, 2);
	}
	if (status == SMTPC_REFUSED) {
		refused = esmtp_refused_mail(c, form, m);
		smtpc_give_up(c, refused);
		c->reset = 1;
		if (refused != 0)
			return status;
	}
	if (status == SMTPC_REFUSED)
		transact_refuse(m, c, STAGE_MAIL);
	for (i = 0; i < m->rcpts && status == SMTPC_OK; i++) {
		if (m->rcpt[i].decided || m->rcpt[i].later)
			continue;
		status = ask_rcpt(c, form, &m->rcpt[i]);
	}
	c->reset = 1;
	if (status == SMTPC_LOST)
		message_decide(m, RESULT_DEFERRED, c->stage, c->code,
		    buf_span(&c->why));
	return status;
}

/* With those whom one server can serve; 0, or -1 when everybody is decided. */
static int
check_some(struct dry *d, struct message *m)
{
	const struct server *v;
	struct smtpc *c = &d->servers.connection.c;
	enum esmtp_verdict verdict;
	struct esmtp_form form;
	size_t n = 0;

	do {
		if (servers_connect(&d->servers, &m->tries, 1, &v) < 0) {
			message_decide(m, RESULT_DEFERRED, v->stage, v->code,
			    buf_span(&v->why));
			return -1;
		}
		verdict = esmtp_fit(&form, c->caps, c->size, m);
	} while (verdict != ESMTP_OK &&
	    servers_other(&d->servers, m, &form, verdict, ++n) == 0);
	if (verdict != ESMTP_OK)
		return -1;
	if (ask_server(c, &form, m) == SMTPC_LOST)
		connection_close(&d->servers.connection);
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
try(struct dry *d, struct message *m)
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
try_all(struct dry *d, const struct intake_conf *in, const char *helo)
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
dry_run(const struct intake_conf *in, const struct sender_conf *conf,
    int ask, struct wr *out)
{
	struct dry d = { .servers = { .conf = &conf->servers }, .ask = ask,
	    .out = out };

	if (in->single != NULL)
		try(&d, in->single);
	else
		try_all(&d, in, conf->servers.connection.helo);
	connection_quit(&d.servers.connection);
	return d.code;
}
