#include "conn.h"

#include <errno.h>

/*
 * A session is fed this much at a time: its answers to one piece are all that
 * can pile up over OUT_MAX.
 */
#define PIECE 4096

/* A read takes so much, and CONN_READ of what has no answers: long texts. */
#define READ_FIRST 65536

/* A peer that does not read its answers gets no more of its input read. */
#define OUT_MAX 65536

#define WAIT_MS 50		/* between two tries of SERVE_WAIT */
#define LINGER_MS 2000		/* for a peer to see the last answer */

static void
over(struct conn_host *h, struct conn *c)
{
	if (c->session == NULL)
		return;
	h->proto->close(c->session);
	dataconn_free(c->data);
	c->session = NULL;
	c->data = NULL;
	h->sessions--;
	if (h->door != NULL)
		limit_leave(h->door, h->room, c->seat);
}

static int
wait_time(struct conn_host *h, struct conn *c)
{
	long ms = h->proto->delay != NULL ? h->proto->delay(c->session) : 0;

	return ms == 0 ? WAIT_MS : (int)ms;
}

int
conn_has_delay(const struct conn *c)
{
	return c->state == CONN_WAIT || c->state == CONN_LULL;
}

void
conn_state(struct conn_host *h, struct conn *c, enum conn_state state)
{
	int wait = h->idle;

	c->state = state;
	if (conn_has_delay(c))
		wait = wait_time(h, c);
	else if (state == CONN_FLUSHED)
		wait = LINGER_MS;
	c->deadline = h->now + wait;
	if (state >= CONN_CLOSE)
		over(h, c);
}

static void
verdict(struct conn_host *h, struct conn *c, enum serve_verdict v)
{
	c->reset = v == SERVE_RESET;
	conn_state(h, c, c->reset ? CONN_DEAD : (enum conn_state)v);
}

static void
start(struct conn *c)
{
	memset(c, 0, sizeof *c);
	c->ask = READ_FIRST;
}

void
conn_open(struct conn_host *h, struct conn *c, const struct net_peer *peer,
    int fd, long seat)
{
	start(c);
	c->seat = seat;
	c->session = h->proto->open(h->app, peer, &c->out);
	if (h->proto->attach != NULL) {
		c->data = dataconn_open(fd, peer);
		h->proto->attach(c->session, c->data);
	}
	h->sessions++;
	verdict(h, c, h->proto->begin != NULL ?
	    h->proto->begin(c->session, &c->out) : SERVE_MORE);
}

void
conn_refuse(struct conn_host *h, struct conn *c, const char *word)
{
	start(c);
	buf_adds(&c->out, word);
	conn_state(h, c, CONN_CLOSE);
}

void
conn_free(struct conn_host *h, struct conn *c)
{
	over(h, c);
	buf_free(&c->in);
	buf_free(&c->out);
}

/* Whether the session may be fed, if its answers do not pile up. */
static int
takes_input(const struct conn *c)
{
	return (c->state == CONN_MORE || c->state == CONN_SOON ||
	    c->state == CONN_LULL) && c->out.n < OUT_MAX;
}

/* Feeds piece by piece; what was taken of the n bytes at p. */
static size_t
feed_pieces(struct conn_host *h, struct conn *c, const char *p, size_t n)
{
	size_t at = 0, piece = PIECE, take, used;

	while (at < n && takes_input(c)) {
		take = n - at < piece ? n - at : piece;
		used = 0;
		verdict(h, c, h->proto->feed(c->session, p + at, take, &used,
		    &c->out));
		at += used;
		if (used == 0 && take == n - at)
			break;
		piece = used == 0 ? n - at : PIECE;
	}
	return c->state >= CONN_CLOSE ? n : at;
}

/* Lets the session take what it can of p, and keeps what it leaves. */
static void
feed(struct conn_host *h, struct conn *c, const char *p, size_t n)
{
	size_t taken;

	if (c->in.n > 0) {
		buf_add(&c->in, p, n);
		n = c->in.n;
		taken = feed_pieces(h, c, c->in.p, n);
		buf_consume(&c->in, taken);
	} else {
		taken = feed_pieces(h, c, p, n);
		buf_add(&c->in, p + taken, n - taken);
	}
	c->fresh = taken < n && !takes_input(c);
	if (c->in.n == 0)
		buf_free(&c->in);
}

int
conn_can_go_on(const struct conn *c)
{
	return c->out.n < OUT_MAX && (c->state == CONN_AGAIN ||
	    (c->state == CONN_MORE && c->fresh) ||
	    ((c->state == CONN_MORE || c->state == CONN_LULL) && c->eof));
}

void
conn_go_on(struct conn_host *h, struct conn *c)
{
	enum serve_verdict v;

	if (conn_can_go_on(c) && c->state != CONN_MORE) {
		verdict(h, c, h->proto->resume(c->session, &c->out));
		return;
	}
	if (conn_can_go_on(c) && c->fresh)
		feed(h, c, NULL, 0);
	if (!conn_can_go_on(c) || c->state != CONN_MORE || c->fresh)
		return;
	v = h->proto->end(c->session, c->in.n, &c->out);
	buf_free(&c->in);
	verdict(h, c, v == SERVE_MORE ? SERVE_CLOSE : v);
}

int
conn_wants_commit(const struct conn *c)
{
	return c->state == CONN_SOON || c->state == CONN_SYNC;
}

void
conn_resume(struct conn_host *h, struct conn *c)
{
	verdict(h, c, h->proto->resume(c->session, &c->out));
	conn_go_on(h, c);
}

int
conn_wants_input(const struct conn *c)
{
	return c->state == CONN_FLUSHED || ((c->state == CONN_MORE ||
	    c->state == CONN_LULL) && !c->eof && !c->fresh &&
	    c->out.n < OUT_MAX);
}

void
conn_receive(struct conn_host *h, struct conn *c, ssize_t r)
{
	if (r < 0 && (errno == EAGAIN || errno == EINTR))
		return;
	if (r < 0 || (r == 0 && c->state == CONN_FLUSHED))
		conn_state(h, c, CONN_DEAD);
	else if (r == 0) {
		c->eof = 1;
		conn_go_on(h, c);
	} else if (c->state != CONN_FLUSHED) {
		c->deadline = h->now + h->idle;
		feed(h, c, h->scratch, (size_t)r);
		c->ask = (size_t)r == c->ask && c->out.n == 0 ?
		    CONN_READ : READ_FIRST;
	}
}

void
conn_expire(struct conn_host *h, struct conn *c, int down)
{
	if (c->state == CONN_MORE) {
		h->proto->expire(c->session, down, &c->out);
		conn_state(h, c, CONN_CLOSE);
	} else if (conn_has_delay(c) && !down)
		conn_resume(h, c);
	else
		conn_state(h, c, CONN_DEAD);
}

int
conn_data_poll(const struct conn *c, short *events)
{
	if (c->data == NULL || c->state != CONN_MORE || c->out.n >= OUT_MAX)
		return -1;
	return dataconn_poll(c->data, events);
}

void
conn_data(struct conn_host *h, struct conn *c)
{
	const struct serve_proto *proto = h->proto;
	enum dataconn_event event;
	size_t n = CONN_READ;

	if (c->data == NULL || c->state != CONN_MORE)
		return;
	event = dataconn_go_on(c->data, h->scratch, &n);
	if (event == DATACONN_NOTHING)
		return;
	c->deadline = h->now + h->idle;
	if (event == DATACONN_BYTES)
		verdict(h, c, proto->data(c->session, h->scratch, n, &c->out));
	else if (event != DATACONN_MOVED)
		verdict(h, c, proto->data_end(c->session,
		    event == DATACONN_BROKEN, &c->out));
}
