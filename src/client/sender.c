#include "sender.h"

#include <stdlib.h>

/* What goes by BDAT; a larger one waits for a yes to its envelope. */
#define CHUNK_MAX 262144
#define CHUNK_RCPTS 64

/* Replies that the buffers between here and there hold, as in transact. */
#define REPLIES_MAX 512

/* Replies of a transaction beside those to RCPT: RSET, MAIL, BDAT. */
#define STEPS 3

static struct link_server *
server(const struct sender *s)
{
	return &s->conf->server[s->at];
}

static void
step_on(struct sender *s)
{
	link_close(&s->link);
	s->at = (s->at + 1) % s->conf->servers;
	if (!s->away)
		s->back = io_clock() + LINK_REST;
	s->away = s->at != s->conf->home;
}

static int
time_to_go_back(const struct sender *s)
{
	return s->away && io_clock() >= s->back;
}

/* Whether the connection must not be used for another message. */
static int
is_over(const struct sender *s)
{
	return (s->conf->cap > 0 && s->taken >= s->conf->cap) ||
	    time_to_go_back(s);
}

/* Between two messages: gives up what must not be used any more. */
static void
renew(struct sender *s)
{
	if (s->link.open && is_over(s))
		link_quit(&s->link);
	if (!s->link.open && (!s->away || time_to_go_back(s))) {
		s->at = s->conf->home;
		s->away = 0;
	}
}

/* Finds a server that talks: 0, or -1 and everybody in m is deferred. */
static int
connect_any(struct sender *s, struct message *m)
{
	const struct sender_conf *conf = s->conf;
	struct link_server *v = server(s);
	size_t i;

	if (s->link.open)
		return 0;
	s->taken = 0;
	for (i = 0; i < conf->servers; i++) {
		v = server(s);
		if (v->rest <= io_clock() &&
		    link_open(&s->link, &conf->link, v) == 0)
			return 0;
		step_on(s);
	}
	m->server = v->text;
	message_rejoin(m);
	message_decide(m, RESULT_DEFERRED, v->stage, v->code,
	    buf_span(&v->why));
	return -1;
}

static void
take(struct sender *s, struct message *m)
{
	m->tries++;
	m->server = server(s)->text;
	s->taken++;
}

static void
queue_again(struct sender *s, struct message *m)
{
	if (s->again == NULL)
		s->last = &s->again;
	m->next = NULL;
	*s->last = m;
	s->last = &m->next;
}

/*
 * A transaction is over: m is done, unless there are those for whom it had no
 * room.  Somebody is decided each time, so that comes to an end.
 */
static void
finish(struct sender *s, struct message *m)
{
	int r;

	message_rejoin(m);
	if (message_open(m) == 0) {
		r = s->conf->done(s->conf->arg, m);
	} else {
		m->tries = 0;
		r = s->conf->part(s->conf->arg, m);
		queue_again(s, m);
	}
	if (r == 0)
		return;
	s->stopped = 1;
	link_close(&s->link);
}

static int
announce(struct sender *s, const struct message *m)
{
	if (s->conf->sending(s->conf->arg, m) == 0)
		return 0;
	s->stopped = 1;
	link_close(&s->link);
	return -1;
}

/*
 * The connection failed before all was sent: 0 to try again, or -1, and
 * everybody is deferred.
 */
static int
may_retry(struct sender *s, struct message *m)
{
	message_rejoin(m);
	if (m->tries < SENDER_TRIES)
		return 0;
	message_decide(m, RESULT_DEFERRED, s->link.c.stage, s->link.c.code,
	    buf_span(&s->link.c.why));
	return -1;
}

/* --- By BDAT --------------------------------------------------------- */

static int
takes_chunk(const struct sender *s, const struct message *m)
{
	const unsigned both = SMTPC_PIPELINING | SMTPC_CHUNKING;

	return (s->link.c.caps & both) == both && !server(s)->plain &&
	    m->content.text.n <= CHUNK_MAX && m->rcpts <= CHUNK_RCPTS;
}

static struct transact *
oldest(struct sender *s)
{
	struct transact *t = &s->window[s->first];

	s->first = (s->first + 1) % s->conf->depth;
	s->queued--;
	s->unanswered -= t->m->rcpts + STEPS;
	return t;
}

/*
 * The connection is lost.  A server that says 421 answers nothing that comes
 * after; else whoever was sent whole may have been served.
 */
static void
lose(struct sender *s, struct transact *t)
{
	struct smtpc *c = &s->link.c;
	int known = c->code == 421 || !(c->caps & SMTPC_CHUNKING);
	struct message *m;

	server(s)->plain = !(c->caps & SMTPC_CHUNKING);
	for (;;) {
		m = t->m;
		if (message_open(m) > 0 && !known && transact_left(t))
			message_decide(m, RESULT_UNKNOWN, STAGE_DOT, 0,
			    buf_span(&c->why));
		if (message_open(m) > 0 && may_retry(s, m) == 0)
			queue_again(s, m);
		else
			finish(s, m);
		if (s->queued == 0 || s->stopped)
			break;
		t = oldest(s);
	}
	if (!s->stopped)
		step_on(s);
}

/* Hears the answers until no more than left messages are without. */
static void
hear(struct sender *s, size_t left)
{
	struct transact *t;

	while (s->queued > left && !s->stopped) {
		t = oldest(s);
		if (transact_chunk_verdict(t) == SMTPC_LOST) {
			lose(s, t);
			return;
		}
		finish(s, t->m);
	}
}

/* Sends m whole; the answers come later. */
static void
send_chunk(struct sender *s, struct message *m)
{
	size_t depth = s->conf->depth;
	struct transact *t;

	if (s->window == NULL)
		s->window = calloc(depth, sizeof *s->window);
	if (s->window == NULL)
		die_nomem();
	t = &s->window[(s->first + s->queued) % depth];
	if (transact_fit(t, &s->link.c, m) < 0) {
		m->server = server(s)->text;
		finish(s, m);
		return;
	}
	if (announce(s, m) < 0)
		return;
	take(s, m);
	transact_chunk(t, s->queued > 0);
	s->queued++;
	s->unanswered += m->rcpts + STEPS;
	if (s->queued == depth || s->unanswered > REPLIES_MAX)
		hear(s, s->queued / 2);
}

/* --- One by one ------------------------------------------------------ */

static int
begin(struct sender *s, struct transact *t, struct message *m)
{
	take(s, m);
	return transact_envelope(t, &s->link.c, m);
}

/*
 * Brings m, whose envelope has gone out, up to its final dot: 1, or 0 when
 * everybody is decided, or -1 when the connection failed before.
 */
static int
bring_text(struct sender *s, struct transact *t)
{
	enum smtpc_status status;

	status = transact_answers(t);
	if (status == SMTPC_REFUSED)
		return 0;
	if (status == SMTPC_OK)
		status = transact_text(t);
	if (status == SMTPC_OK) {
		s->held = t;
		return 1;
	}
	/* A 421 may have come after everybody was refused. */
	if (status == SMTPC_REFUSED || message_open(t->m) == 0) {
		link_close(&s->link);
		return 0;
	}
	return -1;
}

/*
 * Brings m as far as it goes.  Nothing is held; riding says that its envelope
 * has gone out already.
 */
static void
bring(struct sender *s, struct transact *t, struct message *m, int riding)
{
	int r = -1;

	for (; r < 0 && !s->stopped; riding = 0) {
		if (!riding) {
			if (s->queued > 0 && (is_over(s) ||
			    !takes_chunk(s, m)))
				hear(s, 0);
			if (s->stopped)
				return;
			if (s->queued == 0)
				renew(s);
			if (connect_any(s, m) < 0)
				break;
			if (takes_chunk(s, m)) {
				send_chunk(s, m);
				return;
			}
			if (begin(s, t, m) < 0)
				break;
		}
		r = bring_text(s, t);
		if (r > 0)
			return;
		if (r < 0) {
			r = may_retry(s, m) < 0 ? 0 : -1;
			step_on(s);
		}
	}
	finish(s, m);
}

/* The other of the two turns: one may be held while the next begins. */
static struct transact *
other(struct sender *s, const struct transact *t)
{
	return t == &s->turn[0] ? &s->turn[1] : &s->turn[0];
}

/* Whether the envelope of next may follow the dot of what is held. */
static int
may_ride(const struct sender *s, const struct message *next)
{
	return next != NULL && message_open(next) > 0 &&
	    (s->link.c.caps & SMTPC_PIPELINING) && !is_over(s) &&
	    !takes_chunk(s, next);
}

/*
 * Sends the dot of what is held, and behind it the envelope of next.  Returns
 * whether that went out on a connection that still lives.
 */
static int
conclude(struct sender *s, struct message *next)
{
	struct transact *t = s->held;
	struct message *m = t->m;
	int riding = 0;

	s->held = NULL;
	if (announce(s, m) < 0)
		return 0;
	transact_dot(t);
	if (may_ride(s, next)) {
		next->server = server(s)->text;
		riding = transact_envelope(other(s, t), &s->link.c,
		    next) == 0;
	}
	if (transact_send(t) < 0) {
		smtpc_lost(&s->link.c, "connection lost");
		s->link.c.stage = STAGE_DATA;
		if (may_retry(s, m) < 0) {
			step_on(s);
			finish(s, m);
		} else {
			step_on(s);
			bring(s, t, m, 0);
		}
		return 0;
	}
	if (transact_verdict(t) == SMTPC_LOST) {
		link_close(&s->link);
		riding = 0;
	}
	finish(s, m);
	if (!riding || !s->link.open)
		return 0;
	take(s, next);
	return 1;
}

static int
go_again(struct sender *s)
{
	struct message *m;

	while (s->again != NULL && !s->stopped) {
		while (s->held != NULL && !s->stopped)
			conclude(s, NULL);
		if (s->stopped)
			break;
		m = s->again;
		s->again = m->next;
		bring(s, &s->turn[0], m, 0);
	}
	return s->stopped ? -1 : 0;
}

int
sender_push(struct sender *s, struct message *m)
{
	struct transact *t = &s->turn[0];
	int riding = 0;

	while (s->held != NULL && !s->stopped) {
		t = other(s, s->held);
		riding = conclude(s, m);
	}
	if (s->stopped)
		return -1;
	if (message_open(m) > 0)
		bring(s, t, m, riding);
	else
		finish(s, m);
	return go_again(s);
}

int
sender_settle(struct sender *s)
{
	do {
		while (s->held != NULL && !s->stopped)
			conclude(s, NULL);
		hear(s, 0);
		go_again(s);
	} while (!s->stopped && (s->held != NULL || s->queued > 0));
	return s->stopped ? -1 : 0;
}

void
sender_end(struct sender *s)
{
	size_t i;

	if (s->held == NULL && s->queued == 0 && !s->stopped)
		link_quit(&s->link);
	link_close(&s->link);
	transact_free(&s->turn[0]);
	transact_free(&s->turn[1]);
	for (i = 0; s->window != NULL && i < s->conf->depth; i++)
		transact_free(&s->window[i]);
	free(s->window);
	s->window = NULL;
}
