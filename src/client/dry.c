#include "dry.h"

static enum result_status
refusal(const struct smtpc *c)
{
	return reply_is(&c->reply, 5) ? RESULT_FAILED : RESULT_DEFERRED;
}

static enum smtpc_status
ask_one(struct smtpc *c, const char *verb, const struct buf *addr,
    enum result_stage stage)
{
	struct buf b = { 0 };

	buf_addf(&b, "%s:<", verb);
	buf_addspan(&b, buf_span(addr));
	buf_addc(&b, '>');
	smtpc_say(c, buf_span(&b));
	buf_free(&b);
	return smtpc_hear(c, stage, SMTPC_COMMAND, 2);
}

/* The envelope, step by step, and no text. */
static void
ask_server(struct smtpc *c, struct message *m)
{
	enum smtpc_status status;
	size_t i;

	status = ask_one(c, "MAIL FROM", &m->from, STAGE_MAIL);
	if (status == SMTPC_REFUSED)
		message_decide(m, refusal(c), STAGE_MAIL, c->reply.code,
		    buf_span(&c->reply.text));
	for (i = 0; i < m->rcpts && status == SMTPC_OK; i++) {
		if (m->rcpt[i].decided)
			continue;
		status = ask_one(c, "RCPT TO", &m->rcpt[i].addr, STAGE_RCPT);
		if (status != SMTPC_REFUSED)
			continue;
		rcpt_decide(&m->rcpt[i], refusal(c), STAGE_RCPT,
		    c->reply.code, buf_span(&c->reply.text));
		status = SMTPC_OK;
	}
	if (status == SMTPC_LOST)
		message_decide(m, RESULT_DEFERRED, c->stage, c->code,
		    buf_span(&c->why));
}

static void
check(const struct sender_conf *conf, struct message *m)
{
	struct link link = { .open = 0 };
	struct link_server *v = conf->server;
	struct fit fit;
	size_t i;

	for (i = 0; i < conf->servers && !link.open; i++) {
		v = &conf->server[i];
		link_open(&link, &conf->link, v);
	}
	if (!link.open) {
		message_decide(m, RESULT_DEFERRED, v->stage, v->code,
		    buf_span(&v->why));
		return;
	}
	if (fit_message(&fit, &link.c, m) == 0)
		ask_server(&link.c, m);
	link_quit(&link);
}

static enum exit_code
tell(struct wr *out, const struct message *m, const struct rcpt *r, int asked)
{
	struct result res;

	message_result(&res, m, r, 0);
	wr_addf(out, "to <%.*s>", (int)res.rcpt.n, res.rcpt.p);
	if (!r->decided) {
		wr_adds(out, asked ? ": accepted\n" : "\n");
		return EX_OK;
	}
	wr_addf(out, ": %s at %s: ", result_status_name(res.status),
	    result_stage_name(res.stage));
	if (res.code != 0)
		wr_addf(out, "%d ", res.code);
	wr_addspan(out, res.text);
	wr_adds(out, "\n");
	return result_exit(&res);
}

enum exit_code
dry_run(const struct sender_conf *conf, int ask, struct message *m,
    struct wr *out)
{
	enum exit_code code = EX_OK;
	size_t i;

	if (ask && message_open(m) > 0)
		check(conf, m);
	wr_addf(out, "from <%.*s>, %zu octets\n", (int)m->from.n,
	    m->from.p != NULL ? m->from.p : "", m->content.text.n);
	for (i = 0; i < m->rcpts; i++)
		code = result_worst(code, tell(out, m, &m->rcpt[i], ask));
	return code;
}
