#include "transact.h"

#include "client/smtp/esmtp.h"

/*
 * Commands on their way without an answer: their replies must fit into the
 * buffers between here and there, or both ends wait for each other
 * (RFC 2920 3.1).
 */
#define WINDOW 64

/*
 * A text up to this size, in octets, goes without a look at what the server
 * says.
 */
#define TEXT_SHORT 16384

/*
 * What a recipient may add to the time that an envelope takes, ms.  Servers
 * look some of them up, and slow senders down: seconds for each.
 */
#define RCPT_TIME 10000

/* Steps of an envelope; from STEP_RCPT on they are recipients, then DATA. */
#define STEP_RSET 0
#define STEP_MAIL 1
#define STEP_RCPT 2

void
transact_free(struct transact *t)
{
	buf_free(&t->mail_text);
}

static size_t
step_data(const struct transact *t)
{
	return STEP_RCPT + t->m->rcpts;
}

/*
 * Whether a reply to RCPT says that this transaction has no room for more: by
 * the enhanced code (RFC 3463 3.6), or where there is none, by the other one
 * (RFC 5321 4.5.3.1.10), which may also mean a full mailbox.
 */
static int
is_full(const struct reply *r)
{
	const char *p = r->text.p;

	if (r->text.n >= 5 && p[1] == '.' && p[3] == '.')
		return p[2] == '5' && p[4] == '3';
	return r->code == 452 || r->code == 552;
}

/* What a 4xx or 5xx reply means for those who got it. */
static enum result_status
refusal(int code, enum result_stage stage, const struct buf *text)
{
	/* RFC 5321 4.5.3.1.10: 552 may stand for too many recipients. */
	if ((stage == STAGE_RCPT && code == 552) ||
	    result_denied(code, stage, buf_span(text)))
		return RESULT_DEFERRED;
	return code >= 500 ? RESULT_FAILED : RESULT_DEFERRED;
}

/*
 * The last reply says no to all who are undecided, unless it speaks against
 * the form of the text, and there is another one.
 */
static void
refuse_all(struct transact *t, enum result_stage stage)
{
	const struct reply *r = &t->c->reply;
	unsigned refused = esmtp_refused_text(t->c, &t->form);

	smtpc_give_up(t->c, refused);
	t->again = refused != 0;
	if (t->again)
		return;
	message_decide(t->m, refusal(r->code, stage, &r->text), stage, r->code,
	    buf_span(&r->text));
}

static void
say_step(struct transact *t, size_t step)
{
	struct buf *b;

	if (step == STEP_RSET) {
		smtpc_say(t->c, span_str("RSET"));
	} else if (step == STEP_MAIL) {
		esmtp_say_mail(t->c, &t->form, t->m);
	} else if (step == step_data(t) && t->chunk) {
		b = smtpc_command(t->c);
		buf_adds(b, "BDAT ");
		buf_addu(b, t->form.text.n);
		buf_adds(b, " LAST");
		smtpc_say(t->c, buf_span(b));
	} else if (step == step_data(t)) {
		smtpc_say(t->c, span_str("DATA"));
	} else {
		esmtp_say_rcpt(t->c, &t->form,
		    &t->m->rcpt[step - STEP_RCPT]);
	}
}

/* Whether a step is skipped in this transaction: no command, no reply. */
static int
is_void(const struct transact *t, size_t step)
{
	if (step == STEP_RSET)
		return !t->reset;
	if (step == step_data(t))
		return t->probe;
	return step >= STEP_RCPT && (t->m->rcpt[step - STEP_RCPT].decided ||
	    t->m->rcpt[step - STEP_RCPT].later);
}

/*
 * Says commands until the window is full.  Where every answer is known, a
 * command that would be in vain is not said.
 */
static void
ask(struct transact *t)
{
	size_t window = t->c->caps & OFFER_PIPELINING ? WINDOW : 1;

	for (; t->asked <= step_data(t) && t->unanswered < window;
	    t->asked++) {
		if (is_void(t, t->asked))
			continue;
		if (t->full && t->asked < step_data(t)) {
			t->m->rcpt[t->asked - STEP_RCPT].later = 1;
			continue;
		}
		if (t->unanswered == 0 && (t->mail != 0 ||
		    (t->asked == step_data(t) && t->accepted == 0)))
			return;
		say_step(t, t->asked);
		t->unanswered++;
	}
}

enum esmtp_verdict
transact_fit(struct transact *t, struct smtpc *c, struct message *m)
{
	struct buf text = t->mail_text;

	buf_clear(&text);
	memset(t, 0, sizeof *t);
	t->mail_text = text;
	t->c = c;
	t->m = m;
	t->reset = c->reset;
	message_rejoin(m);
	return esmtp_fit(&t->form, c->caps, c->size, m);
}

enum esmtp_verdict
transact_envelope(struct transact *t, struct smtpc *c, struct message *m)
{
	enum esmtp_verdict verdict = transact_fit(t, c, m);

	if (verdict == ESMTP_OK && (c->caps & OFFER_PIPELINING))
		ask(t);
	return verdict;
}

void
transact_chunk(struct transact *t, int behind)
{
	t->chunk = 1;
	/* The one before may be refused, and its transaction stay open. */
	t->reset |= behind;
	for (; t->asked <= step_data(t); t->asked++)
		if (!is_void(t, t->asked))
			say_step(t, t->asked);
	/* Counted before it is written: a write that fails adds nothing. */
	t->mark = t->c->wr.err != 0 ? SIZE_MAX :
	    smtpc_added(t->c) + t->form.text.n;
	smtpc_raw(t->c, t->form.text);
}

static enum smtpc_status
hear_step(struct transact *t, size_t step)
{
	if (step == STEP_RSET || step == STEP_MAIL)
		return smtpc_hear(t->c, STAGE_MAIL, SMTPC_COMMAND, 2);
	if (step == step_data(t))
		return t->chunk ? smtpc_hear(t->c, STAGE_DOT, SMTPC_DOT, 2) :
		    smtpc_hear(t->c, STAGE_DATA, SMTPC_DATA, 3);
	return smtpc_hear(t->c, STAGE_RCPT, SMTPC_COMMAND, 2);
}

static void
note_mail(struct transact *t, enum smtpc_status status)
{
	struct reply *r = &t->c->reply;
	unsigned refused;

	if (status != SMTPC_REFUSED)
		return;
	t->mail = r->code;
	buf_addspan(&t->mail_text, buf_span(&r->text));
	refused = esmtp_refused_mail(t->c, &t->form, t->m);
	t->again = refused != 0;
	smtpc_give_up(t->c, refused);
}

static void
note_rcpt(struct transact *t, struct rcpt *to, enum smtpc_status status)
{
	struct reply *r = &t->c->reply;
	unsigned refused;

	if (status == SMTPC_OK) {
		t->accepted++;
	} else if (t->mail == 0 && t->accepted > 0 && is_full(r)) {
		to->later = t->full = 1;
	} else if (t->mail == 0) {
		refused = esmtp_refused_rcpt(t->c, &t->form, to);
		smtpc_give_up(t->c, refused);
		to->later = refused != 0;
		if (!to->later)
			rcpt_decide(to, refusal(r->code, STAGE_RCPT,
			    &r->text), STAGE_RCPT, r->code,
			    buf_span(&r->text));
	}
}

/* Takes note of one reply. */
static enum smtpc_status
note(struct transact *t, size_t step, enum smtpc_status status)
{
	struct reply *r = &t->c->reply;

	if (step == STEP_RSET) {
		/* A server that cannot forget must not be told more. */
		t->c->reset = 0;
		return status == SMTPC_REFUSED ?
		    smtpc_lost(t->c, "RSET refused") : status;
	}
	if (step == STEP_MAIL) {
		note_mail(t, status);
	} else if (step == step_data(t)) {
		t->data = r->code;
		if (status == SMTPC_REFUSED && t->mail == 0)
			refuse_all(t, STAGE_DATA);
	} else {
		note_rcpt(t, &t->m->rcpt[step - STEP_RCPT], status);
	}
	return SMTPC_OK;
}

/*
 * Everybody has been refused.  A server that waits for text all the same gets
 * an empty one (RFC 2920 3.1), unless there is a recipient who would then
 * receive it.
 */
static enum smtpc_status
refused(struct transact *t)
{
	enum smtpc_status status;

	t->c->reset = 1;
	if (t->data != 354)
		return SMTPC_REFUSED;
	if (t->accepted > 0)
		return smtpc_lost(t->c, "DATA accepted after MAIL refused");
	smtpc_say(t->c, span_str("."));
	status = smtpc_hear(t->c, STAGE_DATA, SMTPC_DOT, 2);
	return status == SMTPC_LOST ? SMTPC_LOST : SMTPC_REFUSED;
}

/* Where MAIL was refused, so is everybody. */
static void
decide_by_mail(struct transact *t)
{
	if (t->mail != 0 && !t->again)
		message_decide(t->m, refusal(t->mail, STAGE_MAIL,
		    &t->mail_text), STAGE_MAIL, t->mail,
		    buf_span(&t->mail_text));
}

/* All the answers to an envelope, and to what takes more ms, in all. */
static void
limit_time(struct transact *t, int more)
{
	struct smtpc *c = t->c;

	smtpc_within(c, (long)smtpc_capped(c, SMTPC_COMMAND) +
	    (long)t->m->rcpts * smtpc_capped(c, RCPT_TIME) +
	    smtpc_capped(c, more));
}

/*
 * With all commands answered a further reply says that theirs may be others',
 * of which nothing is noted then; but for a word against the text.
 */
static enum smtpc_status
in_step(const struct transact *t, enum smtpc_status status)
{
	if (status == SMTPC_LOST || t->unanswered > 0 ||
	    (t->answered == step_data(t) && status == SMTPC_OK && !t->chunk))
		return status;
	return smtpc_in_step(t->c) == SMTPC_OK ? status : SMTPC_LOST;
}

/*
 * The connection is lost.  Where a reply is not its command's, a refusal may be
 * somebody else's: whoever has had one is undecided, unless that was reported.
 */
static enum smtpc_status
lost(struct transact *t)
{
	struct rcpt *r;

	for (r = t->m->rcpt; r < t->m->rcpt + t->m->rcpts; r++)
		if (t->c->astray && r->stage == STAGE_RCPT && r->code > 0 &&
		    !r->told)
			r->decided = 0;
	return SMTPC_LOST;
}

static enum smtpc_status
hear_envelope(struct transact *t)
{
	enum smtpc_status status;

	for (; t->answered <= step_data(t); t->answered++) {
		if (t->unanswered == 0)
			ask(t);
		if (t->unanswered == 0)
			break;
		if (is_void(t, t->answered))
			continue;
		status = hear_step(t, t->answered);
		t->unanswered--;
		status = in_step(t, status);
		if (status != SMTPC_LOST)
			status = note(t, t->answered, status);
		if (status == SMTPC_LOST)
			return lost(t);
	}
	return SMTPC_OK;
}

enum smtpc_status
transact_answers(struct transact *t)
{
	enum smtpc_status status;

	limit_time(t, SMTPC_DATA);
	status = hear_envelope(t);
	smtpc_within(t->c, 0);
	if (status == SMTPC_LOST)
		return SMTPC_LOST;
	decide_by_mail(t);
	return message_open(t->m) > 0 && !t->again ? SMTPC_OK : refused(t);
}

/*
 * The server speaks, or has gone, while it should wait for the final dot:
 * what it said may be a verdict, but never a good one.
 */
static enum smtpc_status
interrupted(struct transact *t)
{
	enum smtpc_status status;

	status = smtpc_hear(t->c, STAGE_DATA, 0, 0);
	if (status != SMTPC_REFUSED)
		return SMTPC_LOST;
	refuse_all(t, STAGE_DATA);
	return SMTPC_REFUSED;
}

enum smtpc_status
transact_text(struct transact *t)
{
	if (!smtpc_silent(t->c))
		return interrupted(t);
	smtpc_text(t->c, t->form.text);
	if (t->form.text.n > TEXT_SHORT &&
	    (wr_flush(&t->c->wr) < 0 || !smtpc_silent(t->c)))
		return interrupted(t);
	return SMTPC_OK;
}

void
transact_dot(struct transact *t)
{
	t->mark = smtpc_added(t->c);
	smtpc_say(t->c, span_str("."));
}

int
transact_send(struct transact *t)
{
	return wr_flush(&t->c->wr) < 0 && t->c->wr.sent <= t->mark ? -1 : 0;
}

/*
 * What the answer to the end of a text means for those who are undecided: a
 * 421 is one, although it ends the connection.
 */
static void
decide_by_end(struct transact *t, enum smtpc_status status)
{
	const struct smtpc *c = t->c;

	if (status == SMTPC_OK)
		message_decide(t->m, RESULT_SENT, STAGE_DOT, c->reply.code,
		    buf_span(&c->reply.text));
	else if (status == SMTPC_REFUSED || c->code == 421)
		refuse_all(t, STAGE_DOT);
}

enum smtpc_status
transact_verdict(struct transact *t)
{
	enum smtpc_status status;

	status = smtpc_hear(t->c, STAGE_DOT, SMTPC_DOT, 2);
	decide_by_end(t, status);
	if (status == SMTPC_LOST)
		message_decide(t->m, RESULT_UNKNOWN, STAGE_DOT, 0,
		    buf_span(&t->c->why));
	return status;
}

/*
 * The answer to the text sent by BDAT.  Who does not know that takes the text
 * for commands, and answers these, too.
 */
static enum smtpc_status
note_chunk(struct transact *t, enum smtpc_status status, int last)
{
	const int code = t->c->reply.code;

	if (status == SMTPC_REFUSED && (code == 500 || code == 502)) {
		t->c->caps &= ~OFFER_CHUNKING;
		return smtpc_lost(t->c, "BDAT offered and not understood");
	}
	if (last)
		status = in_step(t, status);
	t->c->reset = status != SMTPC_OK || t->mail != 0;
	if (t->mail == 0)
		decide_by_end(t, status);
	return status;
}

enum smtpc_status
transact_chunk_verdict(struct transact *t, int last)
{
	enum smtpc_status status = SMTPC_OK;

	limit_time(t, SMTPC_DOT);
	for (; status != SMTPC_LOST && t->answered <= step_data(t);
	    t->answered++) {
		if (is_void(t, t->answered))
			continue;
		status = hear_step(t, t->answered);
		if (t->answered == step_data(t))
			status = note_chunk(t, status, last);
		else if (status != SMTPC_LOST)
			status = note(t, t->answered, status);
	}
	smtpc_within(t->c, 0);
	decide_by_mail(t);
	return status == SMTPC_LOST ? lost(t) : status;
}

int
transact_is_sent(const struct transact *t)
{
	return t->c->wr.sent >= t->mark;
}
