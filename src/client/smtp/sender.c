#include "sender.h"

#include <errno.h>
#include <stdlib.h>

/* What goes by BDAT; a larger one waits for a yes to its envelope. */
#define CHUNK_MAX 262144
#define CHUNK_RCPTS 64

/* Replies that the buffers between here and there hold, as in transact. */
#define REPLIES_MAX 512

/* Replies of a transaction beside those to RCPT: RSET, MAIL, BDAT. */
#define STEPS 3

/* The connection in use. */
static struct smtpc *
smtpc(const struct sender *s)
{
	return &s->to->connection.c;
}

static void
take(struct sender *s, struct message *m)
{
	m->tries++;
	m->server = servers_server(s->to)->text;
	servers_take(s->to);
}

/* Nothing more can be told, or is to be sent. */
static void
give_up(struct sender *s)
{
	s->stopped = 1;
	if (s->to != NULL)
		connection_close(&s->to->connection);
}

/* All that is to be told of m, by this process, has been told. */
static void
drop(struct sender *s, struct message *m)
{
	if (m == s->pushed)
		s->pushed = NULL;
	message_drop(s->cache, m);
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
		r = report_done(s->report, m);
		drop(s, m);
	} else {
		m->tries = 0;
		r = report_part(s->report, m);
		message_queue_add(&s->again, m);
	}
	if (r < 0)
		give_up(s);
}

/* In another form, which does not count as a try. */
static void
go_once_more(struct sender *s, struct message *m)
{
	m->tries--;
	message_queue_add(&s->again, m);
}

/* Finds a server that talks: 0, or -1 and m is done. */
static int
connect_any(struct sender *s, struct message *m)
{
	const struct server *v;
	int hung = 0, r = 0;

	if (servers_connect(s->to, s->gives_back ? &hung : &m->tries,
	    !s->gives_back, &v) == 0)
		return 0;
	message_rejoin(m);
	if (s->gives_back && message_open(m) < m->rcpts)
		r = report_part(s->report, m);
	m->server = v->text;
	message_decide(m, RESULT_DEFERRED, v->stage, v->code,
	    buf_span(&v->why));
	if (!s->gives_back) {
		finish(s, m);
		return -1;
	}
	if (r < 0 || report_back(s->report, m, hung,
	    servers_pause(s->to->conf)) < 0)
		give_up(s);
	drop(s, m);
	return -1;
}

static int
announce(struct sender *s, struct message *m)
{
	if (s->sending(s->arg, m) == 0)
		return 0;
	give_up(s);
	return -1;
}

/*
 * The connection failed before all was sent: 0 to try again, or -1, and
 * everybody is deferred.
 */
static int
may_retry(struct sender *s, struct message *m)
{
	const struct smtpc *c = smtpc(s);

	message_rejoin(m);
	if (m->tries < SERVERS_TRIES)
		return 0;
	message_decide(m, RESULT_DEFERRED, c->stage, c->code,
	    buf_span(&c->why));
	return -1;
}

/* Whether the server keeps its connection and answers. */
static void
judge(struct sender *s, int lost)
{
	connection_judge(&s->to->connection, servers_server(s->to), lost);
}

/* --- By BDAT --------------------------------------------------------- */

static int
takes_chunk(const struct sender *s, const struct message *m)
{
	const unsigned both = OFFER_PIPELINING | OFFER_CHUNKING;

	return (smtpc(s)->caps & both) == both &&
	    !servers_server(s->to)->plain &&
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
 * The connection is lost.  A server that says 421 has not looked at what comes
 * after, for which that does not count as a try; else whoever was sent whole
 * may have been served.
 */
static void
lose(struct sender *s, struct transact *t)
{
	struct smtpc *c = smtpc(s);
	int known = c->code == 421 || !(c->caps & OFFER_CHUNKING);
	struct message *m;

	judge(s, 1);
	servers_server(s->to)->plain = !(c->caps & OFFER_CHUNKING);
	for (;;) {
		m = t->m;
		if (message_open(m) > 0 && !known && transact_is_sent(t))
			message_decide(m, RESULT_UNKNOWN, STAGE_DOT, 0,
			    buf_span(&c->why));
		if (message_open(m) > 0 && may_retry(s, m) == 0)
			message_queue_add(&s->again, m);
		else
			finish(s, m);
		if (s->queued == 0 || s->stopped)
			break;
		t = oldest(s);
		t->m->tries -= known;
	}
	if (!s->stopped)
		servers_leave(s->to);
}

/* Hears the answers until no more than left messages are without. */
static void
hear(struct sender *s, size_t left)
{
	struct transact *t;

	while (s->queued > left && !s->stopped) {
		t = oldest(s);
		if (transact_chunk_verdict(t, s->queued == 0) == SMTPC_LOST) {
			lose(s, t);
			return;
		}
		judge(s, 0);
		if (t->again)
			go_once_more(s, t->m);
		else
			finish(s, t->m);
	}
}

/* The entry for one more. */
static struct transact *
next_turn(struct sender *s)
{
	size_t depth = s->conf->depth;

	if (s->window == NULL)
		s->window = die_calloc(depth, sizeof *s->window);
	return &s->window[(s->first + s->queued) % depth];
}

/* Sends m, which fits, whole; the answers come later. */
static void
send_chunk(struct sender *s, struct transact *t)
{
	struct message *m = t->m;

	take(s, m);
	if (announce(s, m) < 0)
		return;
	transact_chunk(t, s->queued > 0);
	s->queued++;
	s->unanswered += m->rcpts + STEPS;
	if (s->queued == s->conf->depth || s->unanswered > REPLIES_MAX)
		hear(s, s->queued / 2);
}

/* --- One by one ------------------------------------------------------ */

/*
 * The server at hand cannot take m.  0 when another may; else everybody is
 * decided, unless the sender was stopped.
 */
static int
go_elsewhere(struct sender *s, struct transact *t, struct message *m,
    enum esmtp_verdict verdict, size_t n)
{
	m->server = servers_server(s->to)->text;
	hear(s, 0);
	if (s->stopped)
		return -1;
	return s->to->connection.open || verdict == ESMTP_NEVER ?
	    servers_other(s->to, m, &t->form, verdict, n) : 0;
}

/*
 * Finds a server that can take m, and begins with it.  1 when the envelope
 * has gone out, 0 when m is out of hand.
 */
static int
begin(struct sender *s, struct transact *turn, struct message *m)
{
	enum esmtp_verdict verdict;
	struct transact *t;
	size_t n = 0;
	int chunk;

	do {
		if (s->queued > 0 && (servers_is_over(s->to) ||
		    !takes_chunk(s, m)))
			hear(s, 0);
		if (s->stopped)
			return 0;
		if (s->queued == 0)
			servers_renew(s->to);
		if (connect_any(s, m) < 0)
			return 0;
		chunk = takes_chunk(s, m);
		t = chunk ? next_turn(s) : turn;
		verdict = chunk ? transact_fit(t, smtpc(s), m) :
		    transact_envelope(t, smtpc(s), m);
	} while (verdict != ESMTP_OK &&
	    go_elsewhere(s, t, m, verdict, ++n) == 0);
	if (verdict != ESMTP_OK && !s->stopped)
		finish(s, m);
	else if (verdict == ESMTP_OK && chunk)
		send_chunk(s, t);
	else if (verdict == ESMTP_OK)
		take(s, m);
	return verdict == ESMTP_OK && !chunk;
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
		connection_close(&s->to->connection);
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
		if (!riding && begin(s, t, m) == 0)
			return;
		r = bring_text(s, t);
		if (r > 0)
			return;
		judge(s, r < 0);
		if (r == 0 && t->again) {
			m->tries--;
			r = -1;
		} else if (r < 0) {
			r = may_retry(s, m) < 0 ? 0 : -1;
			servers_leave(s->to);
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
	    (smtpc(s)->caps & OFFER_PIPELINING) &&
	    !servers_is_over(s->to) && !takes_chunk(s, next);
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
	int riding = 0, may, lost;

	s->held = NULL;
	if (announce(s, m) < 0)
		return 0;
	transact_dot(t);
	if (may_ride(s, next)) {
		next->server = servers_server(s->to)->text;
		riding = transact_envelope(other(s, t), smtpc(s),
		    next) == ESMTP_OK;
	}
	if (transact_send(t) < 0) {
		smtpc_lost(smtpc(s), "connection lost");
		smtpc(s)->stage = STAGE_DATA;
		smtpc(s)->silent = smtpc(s)->wr.err == ETIMEDOUT;
		judge(s, 1);
		may = may_retry(s, m);
		servers_leave(s->to);
		if (may < 0)
			finish(s, m);
		else
			bring(s, t, m, 0);
		return 0;
	}
	lost = transact_verdict(t) == SMTPC_LOST;
	judge(s, lost);
	if (lost) {
		connection_close(&s->to->connection);
		riding = 0;
	}
	if (t->again)
		go_once_more(s, m);
	else
		finish(s, m);
	if (!riding || !s->to->connection.open)
		return 0;
	take(s, next);
	return 1;
}

static int
go_again(struct sender *s)
{
	struct message *m;

	while (s->again.first != NULL && !s->stopped) {
		while (s->held != NULL && !s->stopped)
			conclude(s, NULL);
		if (s->stopped)
			break;
		m = message_queue_take(&s->again);
		bring(s, &s->turn[0], m, 0);
	}
	return s->stopped ? -1 : 0;
}

/* Where m goes; -1 when there is no way, and everybody is decided. */
static int
find_way(struct sender *s, struct message *m)
{
	if (s->conf->servers.resolver == NULL) {
		s->named.conf = &s->conf->servers;
		s->to = &s->named;
		return 0;
	}
	s->route.conf = &s->conf->servers;
	if (!route_stays(&s->route, m) && sender_settle(s) < 0)
		return -1;
	s->to = route_find(&s->route, m);
	return s->to != NULL ? 0 : -1;
}

int
sender_push(struct sender *s, struct message *m)
{
	struct transact *t = &s->turn[0];
	int way, riding = 0;

	s->pushed = m;
	way = message_open(m) > 0 ? find_way(s, m) : -1;
	while (s->held != NULL && !s->stopped) {
		t = other(s, s->held);
		riding = conclude(s, m);
	}
	if (s->stopped)
		return -1;
	if (way == 0)
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

	if (s->to != NULL && (s->held != NULL || s->queued > 0 || s->stopped))
		connection_close(&s->to->connection);
	connection_quit(&s->named.connection);
	if (s->conf->servers.resolver != NULL)
		route_end(&s->route);
	transact_free(&s->turn[0]);
	transact_free(&s->turn[1]);
	for (i = 0; s->window != NULL && i < s->conf->depth; i++)
		transact_free(&s->window[i]);
	free(s->window);
	s->window = NULL;
}
