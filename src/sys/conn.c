#include "conn.h"

#include <errno.h>
#include <unistd.h>

/*
 * A session is fed this much at a time: its answers to one piece are all that
 * can pile up over OUT_MAX.
 */
#define PIECE 4096

/* A read takes so much, and CONN_READ of what has no answers: long texts. */
#define READ_FIRST 65536

/* A peer that does not read its answers gets no more of its input read. */
#define OUT_MAX 65536

#define WAIT_MS 50		/* between two tries of SESSION_WAIT */
#define LINGER_MS 2000		/* for a peer to see the last answer */

static void
over(struct conn_host *h, struct conn *c)
{
	if (c->session == NULL)
		return;
	h->service->session->close(c->session);
	if (c->data != NULL)
		dataconn_free(c->data);
	c->session = NULL;
	c->data = NULL;
	h->sessions--;
	if (h->limit != NULL)
		limit_release(h->limit, h->worker, c->slot);
}

static int
wait_time(struct conn_host *h, struct conn *c)
{
	const struct session_type *type = h->service->session;
	long ms = type->delay != NULL ? type->delay(c->session) : 0;

	return ms == 0 ? WAIT_MS : (int)ms;
}

int
conn_has_delay(const struct conn *c)
{
	return c->verdict == SESSION_WAIT || c->verdict == SESSION_WATCH;
}

void
conn_end(struct conn_host *h, struct conn *c, enum conn_phase phase)
{
	c->phase = phase;
	c->verdict = SESSION_CLOSE;
	c->deadline = h->now + (phase == CONN_FLUSHED ? LINGER_MS : h->idle);
	over(h, c);
}

/* What the session waits for from now on, and so its deadline. */
static void
obey(struct conn_host *h, struct conn *c, enum session_verdict v)
{
	c->reset = v == SESSION_RESET;
	if (v >= SESSION_CLOSE) {
		conn_end(h, c, c->reset ? CONN_DEAD : CONN_CLOSING);
		return;
	}
	c->verdict = v;
	c->deadline = h->now + (conn_has_delay(c) ? wait_time(h, c) : h->idle);
}

static void
start(struct conn *c)
{
	memset(c, 0, sizeof *c);
	c->ask = READ_FIRST;
}

void
conn_open(struct conn_host *h, struct conn *c, const struct net_peer *peer,
    int fd, long slot)
{
	const struct session_type *type = h->service->session;

	start(c);
	c->slot = slot;
	if (type->data != NULL)
		c->data = dataconn_open(fd, peer);
	c->session = type->open(h->service->conf, peer->text, peer->local,
	    c->data);
	h->sessions++;
	obey(h, c, type->greet(c->session, &c->out));
}

void
conn_refuse(struct conn_host *h, struct conn *c, const char *word)
{
	start(c);
	buf_adds(&c->out, word);
	conn_end(h, c, CONN_CLOSING);
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
	return (c->verdict == SESSION_MORE || c->verdict == SESSION_SOON ||
	    c->verdict == SESSION_WATCH) && c->out.n < OUT_MAX;
}

/* Feeds piece by piece; what was taken of the n bytes at p. */
static size_t
feed_pieces(struct conn_host *h, struct conn *c, const char *p, size_t n)
{
	const struct session_type *type = h->service->session;
	size_t most = type->piece > 0 ? type->piece : PIECE;
	size_t at = 0, piece = most, take, used;

	while (at < n && takes_input(c)) {
		take = n - at < piece ? n - at : piece;
		used = 0;
		obey(h, c, type->feed(c->session, p + at, take, &used,
		    &c->out));
		at += used;
		if (used == 0 && take == n - at)
			break;
		piece = used == 0 ? n - at : most;
	}
	return c->phase != CONN_OPEN ? n : at;
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
	enum session_verdict v = c->verdict;

	return c->out.n < OUT_MAX && (v == SESSION_AGAIN ||
	    (v == SESSION_MORE && c->fresh) ||
	    ((v == SESSION_MORE || v == SESSION_WATCH) && c->eof));
}

void
conn_go_on(struct conn_host *h, struct conn *c)
{
	const struct session_type *type = h->service->session;
	enum session_verdict v;

	if (conn_can_go_on(c) && c->verdict != SESSION_MORE) {
		obey(h, c, type->resume(c->session, &c->out));
		return;
	}
	if (conn_can_go_on(c) && c->fresh)
		feed(h, c, NULL, 0);
	if (!conn_can_go_on(c) || c->verdict != SESSION_MORE || c->fresh)
		return;
	v = type->end != NULL ? type->end(c->session, &c->out) : SESSION_CLOSE;
	buf_free(&c->in);
	obey(h, c, v == SESSION_MORE ? SESSION_CLOSE : v);
}

int
conn_wants_commit(const struct conn *c)
{
	return c->verdict == SESSION_SOON || c->verdict == SESSION_COMMIT;
}

void
conn_resume(struct conn_host *h, struct conn *c)
{
	obey(h, c, h->service->session->resume(c->session, &c->out));
	conn_go_on(h, c);
}

int
conn_wants_input(const struct conn *c)
{
	return c->phase == CONN_FLUSHED || ((c->verdict == SESSION_MORE ||
	    c->verdict == SESSION_WATCH) && !c->eof && !c->fresh &&
	    c->out.n < OUT_MAX);
}

void
conn_receive(struct conn_host *h, struct conn *c, ssize_t r)
{
	if (r < 0 && (errno == EAGAIN || errno == EINTR))
		return;
	if (r < 0 || (r == 0 && c->phase == CONN_FLUSHED))
		conn_end(h, c, CONN_DEAD);
	else if (r == 0) {
		c->eof = 1;
		conn_go_on(h, c);
	} else if (c->phase != CONN_FLUSHED) {
		c->deadline = h->now + h->idle;
		feed(h, c, h->scratch, (size_t)r);
		c->ask = (size_t)r == c->ask && c->out.n == 0 ?
		    CONN_READ : READ_FIRST;
	}
}

int
conn_secure(struct conn_host *h, struct conn *c, int in, int out)
{
	const struct session_type *type = h->service->session;
	int fd;

	fd = h->service->secure(h->service->app, in, out,
	    type->identity != NULL ? type->identity(c->session) : NULL);
	if (fd < 0) {
		conn_end(h, c, CONN_DEAD);
		return in;
	}
	close(in);
	if (out != in)
		close(out);
	/* It came in the clear, from whoever is between (CVE-2011-0411). */
	buf_free(&c->in);
	c->fresh = 0;
	obey(h, c, SESSION_MORE);
	return fd;
}

void
conn_expire(struct conn_host *h, struct conn *c, int down)
{
	if (c->verdict == SESSION_MORE || c->verdict == SESSION_HOLD) {
		h->service->session->expire(c->session, down, &c->out);
		conn_end(h, c, CONN_CLOSING);
	} else if (conn_has_delay(c) && !down)
		conn_resume(h, c);
	else
		conn_end(h, c, CONN_DEAD);
}

/* Whether something may happen on the second connection. */
static int
takes_data(const struct conn *c)
{
	return c->data != NULL && (c->verdict == SESSION_MORE ||
	    c->verdict == SESSION_HOLD);
}

int
conn_data_poll(const struct conn *c, short *events)
{
	if (!takes_data(c) || c->out.n >= OUT_MAX)
		return -1;
	return dataconn_poll(c->data, events);
}

void
conn_data(struct conn_host *h, struct conn *c)
{
	const struct session_type *type = h->service->session;
	enum dataconn_event event;
	size_t n = CONN_READ;

	if (!takes_data(c))
		return;
	event = dataconn_go_on(c->data, h->scratch, &n);
	if (event == DATACONN_NOTHING)
		return;
	c->deadline = h->now + h->idle;
	if (event == DATACONN_BYTES)
		obey(h, c, type->data(c->session, h->scratch, n,
		    &c->out));
	else if (event == DATACONN_MOVED && c->verdict == SESSION_HOLD)
		obey(h, c, type->data_sent(c->session, &c->out));
	else if (event != DATACONN_MOVED)
		obey(h, c, type->data_end(c->session,
		    event != DATACONN_BROKEN ? 0 : errno != 0 ? errno : EIO,
		    &c->out));
}
