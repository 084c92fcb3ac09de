#include "loop.h"

#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "conn.h"
#include "io.h"

#define DOWN_MS 5000		/* for the sessions in hand, at the end */
#define NO_FD_MS 200		/* pause when descriptors ran out */
#define ACCEPTS 64		/* new sessions in one round */
#define BUSY_EXTRA 64		/* peers being told that it is busy */
#define CONTROLS 2		/* entries of poll before the listeners */

struct loop {
	const struct loop_opt *o;
	struct conn_host host;
	struct pollfd *poll;	/* stop, life, listeners, connections; while
				   it is polled, then second connections */
	struct conn *conn;
	size_t fixed;		/* entries of poll before the connections */
	size_t n, cap;		/* connections */
	size_t seconds;		/* second connections that are polled */
	long long down;		/* when the rest is cut off, 0 while up */
	long long no_accept;	/* no descriptors before this moment */
};

static struct conn *
add_conn(struct loop *l, int fd)
{
	struct pollfd *p;

	if (l->n == l->cap) {
		l->cap = l->cap * 2 + 16;
		l->conn = realloc(l->conn, l->cap * sizeof *l->conn);
		l->poll = realloc(l->poll,
		    (l->fixed + 2 * l->cap) * sizeof *l->poll);
		if (l->conn == NULL || l->poll == NULL)
			die_nomem();
	}
	p = &l->poll[l->fixed + l->n];
	memset(p, 0, sizeof *p);
	p->fd = fd;
	return &l->conn[l->n++];
}

static void
remove_conn(struct loop *l, size_t i)
{
	if (l->conn[i].reset)
		net_abort(l->poll[l->fixed + i].fd);
	conn_free(&l->host, &l->conn[i]);
	close(l->poll[l->fixed + i].fd);
	l->n--;
	l->conn[i] = l->conn[l->n];
	l->poll[l->fixed + i] = l->poll[l->fixed + l->n];
}

static void
transmit(struct loop *l, size_t i)
{
	struct conn *c = &l->conn[i];
	int fd = l->poll[l->fixed + i].fd;
	ssize_t r;

	while (c->out.n > 0) {
		r = write(fd, c->out.p, c->out.n);
		if (r < 0 && errno == EINTR)
			continue;
		if (r < 0 && errno == EAGAIN)
			return;
		if (r < 0) {
			conn_state(&l->host, c, CONN_DEAD);
			return;
		}
		c->deadline = l->host.now + l->o->idle;
		buf_consume(&c->out, (size_t)r);
	}
	buf_free(&c->out);
	if (c->state != CONN_CLOSE)
		return;
	/* Closing with input unread would cut the answer off (RST). */
	shutdown(fd, SHUT_WR);
	conn_state(&l->host, c, c->eof ? CONN_DEAD : CONN_FLUSHED);
}

static int
is_full(struct loop *l)
{
	long n = 0;
	int i;

	l->o->sessions[l->o->worker] = (int)l->host.sessions;
	for (i = 0; i < l->o->workers; i++)
		n += l->o->sessions[i];
	return n >= l->o->max_sessions;
}

static void
greet(struct loop *l, int fd)
{
	struct net_peer peer;
	int full = is_full(l), on = 1;

	if (full && l->n >= (size_t)l->host.sessions + BUSY_EXTRA) {
		close(fd);
		return;
	}
	fcntl(fd, F_SETFL, O_NONBLOCK);
	fcntl(fd, F_SETFD, FD_CLOEXEC);
	setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
	net_peer(&peer, fd);
	if (l->o->verbose)
		warn("%s: %s", peer.text[0] != '\0' ? peer.text : "local",
		    full ? "too many sessions" : "connected");
	if (full)
		conn_refuse(&l->host, add_conn(l, fd), l->host.proto->busy);
	else
		conn_open(&l->host, add_conn(l, fd), &peer, fd);
	transmit(l, l->n - 1);
}

static void
accept_some(struct loop *l, int listener)
{
	int i, fd;

	for (i = 0; i < ACCEPTS; i++) {
		fd = accept(listener, NULL, NULL);
		if (fd >= 0) {
			greet(l, fd);
			continue;
		}
		if (errno == EMFILE || errno == ENFILE || errno == ENOMEM) {
			warn_sys("accept");
			l->no_accept = l->host.now + NO_FD_MS;
		}
		return;
	}
}

/* The second connection of connection i goes behind them all. */
static void
poll_second(struct loop *l, size_t i)
{
	struct pollfd *p = &l->poll[l->fixed + l->n + l->seconds];

	l->conn[i].second = 0;
	p->fd = conn_data_poll(&l->conn[i], &p->events);
	if (p->fd < 0)
		return;
	p->revents = 0;
	l->conn[i].second = ++l->seconds;
}

/* Sets what to poll for, and says for how long, in ms. */
static int
prepare(struct loop *l)
{
	long long now = l->host.now, next = now + l->o->idle;
	struct conn *c;
	size_t i;

	for (i = CONTROLS; i < l->fixed; i++)
		l->poll[i].events = now < l->no_accept ? 0 : POLLIN;
	if (now < l->no_accept && l->no_accept < next)
		next = l->no_accept;
	l->seconds = 0;
	for (i = 0; i < l->n; i++) {
		c = &l->conn[i];
		if (c->data != NULL)
			poll_second(l, i);
		l->poll[l->fixed + i].events = (short)(
		    (conn_wants_input(c) ? POLLIN : 0) |
		    (c->out.n > 0 ? POLLOUT : 0));
		if (c->deadline < next)
			next = c->deadline;
		if (conn_can_go_on(c) || conn_wants_commit(c) ||
		    c->state == CONN_DEAD)
			next = now;
	}
	if (l->down != 0 && l->down < next)
		next = l->down;
	return next > now ? (int)(next - now) : 0;
}

/* Input for all that have some, and time-outs. */
static void
serve_conns(struct loop *l)
{
	struct conn *c;
	struct pollfd *p;
	size_t i;

	for (i = 0; i < l->n; i++) {
		c = &l->conn[i];
		p = &l->poll[l->fixed + i];
		if (p->revents & (POLLIN | POLLHUP | POLLERR)) {
			if (conn_wants_input(c))
				conn_receive(&l->host, c, p->fd);
			else if (p->revents & (POLLHUP | POLLERR))
				conn_state(&l->host, c, CONN_DEAD);
		}
		conn_go_on(&l->host, c);
		/* Last: who is gone altogether has sent nothing whole. */
		if (c->data != NULL && c->second > 0 &&
		    l->poll[l->fixed + l->n + c->second - 1].revents != 0)
			conn_data(&l->host, c);
		if (l->host.now >= c->deadline)
			conn_expire(&l->host, c, 0);
	}
}

/* One commit for all sessions that asked for it in this round. */
static void
commit(struct loop *l)
{
	size_t i, asked = 0;

	for (i = 0; i < l->n; i++)
		asked += (size_t)conn_wants_commit(&l->conn[i]);
	if (asked == 0)
		return;
	l->host.proto->commit(l->host.app);
	for (i = 0; i < l->n; i++)
		if (conn_wants_commit(&l->conn[i]))
			conn_resume(&l->host, &l->conn[i]);
}

static void
answer(struct loop *l)
{
	struct conn *c;
	size_t i;

	for (i = l->n; i-- > 0; ) {
		c = &l->conn[i];
		if (c->state == CONN_CLOSE ||
		    (c->out.n > 0 && !conn_wants_commit(c)))
			transmit(l, i);
		if (c->state == CONN_DEAD)
			remove_conn(l, i);
	}
	l->o->sessions[l->o->worker] = (int)l->host.sessions;
}

/* No new sessions; those in hand have DOWN_MS to come to an end. */
static void
go_down(struct loop *l)
{
	size_t i;

	if (l->down == 0) {
		l->down = l->host.now + DOWN_MS;
		for (i = 0; i < l->fixed; i++)
			l->poll[i].fd = -1;
	}
	if (l->host.now < l->down)
		return;
	for (i = 0; i < l->n; i++)
		conn_expire(&l->host, &l->conn[i], 1);
	answer(l);
	while (l->n > 0)
		remove_conn(l, l->n - 1);
}

static void
init(struct loop *l, const struct loop_opt *o,
    const struct serve_proto *proto, void *app)
{
	int i;

	memset(l, 0, sizeof *l);
	l->o = o;
	l->host.proto = proto;
	l->host.app = app;
	l->host.idle = o->idle;
	l->fixed = (size_t)o->listeners + CONTROLS;
	l->poll = calloc(l->fixed, sizeof *l->poll);
	l->host.scratch = malloc(CONN_READ);
	if (l->poll == NULL || l->host.scratch == NULL)
		die_nomem();
	l->poll[0].fd = o->stop;
	l->poll[0].events = POLLIN;
	l->poll[1].fd = o->life;
	for (i = 0; i < o->listeners; i++)
		l->poll[CONTROLS + i].fd = o->listener[i];
}

void
loop_run(const struct loop_opt *o, const struct serve_proto *proto, void *app)
{
	struct loop l;
	size_t i, polled;
	int wait;

	init(&l, o, proto, app);
	l.host.now = io_clock();
	while (l.down == 0 || l.n > 0) {
		wait = prepare(&l);
		polled = l.fixed + l.n + l.seconds;
		if (poll(l.poll, (nfds_t)polled, wait) < 0)
			for (i = 0; i < polled; i++)
				l.poll[i].revents = 0;
		l.host.now = io_clock();
		serve_conns(&l);
		commit(&l);
		answer(&l);
		for (i = CONTROLS; i < l.fixed; i++)
			if (l.poll[i].revents & POLLIN)
				accept_some(&l, l.poll[i].fd);
		if (l.down != 0 || l.poll[0].revents != 0 ||
		    l.poll[1].revents != 0)
			go_down(&l);
	}
	free(l.poll);
	free(l.conn);
	free(l.host.scratch);
}
