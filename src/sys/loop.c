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

/*
 * To poll thousands of idle connections takes longer than to serve one.  So
 * those that have been busy of late come first, and are looked at alone until
 * it is time for all again.
 */
#define BUSY_MS 200		/* of late */
#define ALL_MS 30		/* time for all: what an idle one may wait */
#define IDLE_MIN 100		/* fewer idle ones are no matter */

struct loop {
	const struct loop_opt *o;
	struct conn_host host;
	struct pollfd *poll;	/* stop, life, listeners, connections; while
				   it is polled, then second connections */
	struct conn *conn;
	size_t fixed;		/* entries of poll before the connections */
	size_t n, cap;		/* connections */
	size_t busy;		/* the first ones: busy of late */
	size_t round;		/* the first ones: looked at in this round */
	long long all;		/* when all were looked at last */
	size_t seconds;		/* second connections that are polled */
	long long down;		/* when the rest is cut off, 0 while up */
	long long no_accept;	/* no descriptors before this moment */
};

static void
move_conn(struct loop *l, size_t to, size_t from)
{
	l->conn[to] = l->conn[from];
	l->poll[l->fixed + to] = l->poll[l->fixed + from];
}

/* It is busy, and comes first. */
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
	move_conn(l, l->n++, l->busy);
	p = &l->poll[l->fixed + l->busy];
	memset(p, 0, sizeof *p);
	p->fd = fd;
	return &l->conn[l->busy++];
}

static void
remove_conn(struct loop *l, size_t i)
{
	if (l->conn[i].reset)
		net_abort(l->poll[l->fixed + i].fd);
	conn_free(&l->host, &l->conn[i]);
	close(l->poll[l->fixed + i].fd);
	if (i < l->busy) {
		move_conn(l, i, --l->busy);
		i = l->busy;
	}
	move_conn(l, i, --l->n);
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
		if (c->state != CONN_WAIT)
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
	transmit(l, l->busy - 1);
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

/* Whom the next round is about. */
static void
choose(struct loop *l)
{
	l->round = l->host.proto->attach == NULL &&
	    l->n - l->busy >= IDLE_MIN &&
	    l->host.now - l->all < ALL_MS ? l->busy : l->n;
}

/* After a round about all: those that are busy are put first. */
static void
sort_out(struct loop *l)
{
	struct conn c;
	struct pollfd p;
	size_t i;

	l->busy = 0;
	l->all = l->host.now;
	for (i = 0; i < l->n; i++) {
		c = l->conn[i];
		p = l->poll[l->fixed + i];
		if (c.state == CONN_MORE && p.revents == 0 &&
		    c.deadline <= l->all + l->o->idle - BUSY_MS)
			continue;
		move_conn(l, i, l->busy);
		l->conn[l->busy] = c;
		l->poll[l->fixed + l->busy++] = p;
	}
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
	for (i = 0; i < l->round; i++) {
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
	if (l->round < l->n && l->all + ALL_MS < next)
		next = l->all + ALL_MS;
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

	for (i = 0; i < l->round; i++) {
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

	for (i = 0; i < l->round; i++)
		asked += (size_t)conn_wants_commit(&l->conn[i]);
	if (asked == 0)
		return;
	l->host.proto->commit(l->host.app);
	for (i = 0; i < l->round; i++)
		if (conn_wants_commit(&l->conn[i]))
			conn_resume(&l->host, &l->conn[i]);
}

static void
answer(struct loop *l)
{
	struct conn *c;
	size_t i;

	for (i = l->round; i-- > 0; ) {
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
	l->round = l->n;
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
		choose(&l);
		wait = prepare(&l);
		polled = l.fixed + l.round + l.seconds;
		if (poll(l.poll, (nfds_t)polled, wait) < 0)
			for (i = 0; i < polled; i++)
				l.poll[i].revents = 0;
		l.host.now = io_clock();
		if (l.round == l.n)
			sort_out(&l);
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
