#include "loop.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "conn.h"
#include "io.h"
#include "stop.h"

#define ACCEPTS 64		/* new sessions in one round */
#define BUSY_EXTRA 64		/* peers being told that it is busy */
#define OUT_KEPT 256		/* bytes kept for an idle one's next answer */

/* What else is polled: two descriptors and the listeners. */
enum { STOP, CHANNEL, CONTROLS };

/*
 * To poll thousands of idle connections takes longer than to serve one.  So
 * those that have been busy of late come first, and are looked at alone until
 * it is time for all again.  It is the waiting for all that costs most: that is
 * for when nothing goes on.
 */
#define BUSY_MS 200		/* of late */
#define IDLE_MIN 50		/* fewer idle ones are no matter */
#define SCAN 50		/* as many cost a ms of waiting for all */

/*
 * Then, with few that are busy, the next command is there sooner than a
 * process that sleeps is woken: t/bench/smtpd.sh, "a session beside idle ones".
 */
#define FEW 4
#define LOOKS 150		/* about a microsecond each */

struct loop {
	const struct loop_opt *o;
	struct conn_host host;
	struct pollfd *control;	/* stop, channel, listeners */
	size_t controls;
	struct pollfd *poll;	/* what is polled in this round, from 1 on */
	size_t polled;
	struct conn *conn;
	size_t n, cap;		/* connections */
	size_t first;		/* the one that is polled first */
	size_t busy;		/* the first ones: busy of late */
	size_t round;		/* the first ones: looked at in this round */
	int many_idle;		/* while something goes on */
	long long active;	/* when something went on last */
	long long all, next_all;	/* when all are looked at: last, next */
	long long down;		/* when the rest is cut off, 0 while up */
	long long no_accept;	/* no descriptors before this moment */
};

/* Room for cap connections, and for all that is polled with them. */
static void
grow(struct loop *l, size_t cap)
{
	l->cap = cap;
	l->conn = die_realloc(l->conn, cap, sizeof *l->conn);
	l->poll = die_realloc(l->poll, 1 + 2 * cap + l->controls,
	    sizeof *l->poll);
}

/* It is busy, and comes first. */
static struct conn *
add_conn(struct loop *l)
{
	if (l->n == l->cap)
		grow(l, l->cap * 2);
	l->conn[l->n++] = l->conn[l->busy];
	return &l->conn[l->busy++];
}

static void
remove_conn(struct loop *l, size_t i)
{
	if (l->conn[i].reset)
		net_abort(l->conn[i].fd);
	conn_free(&l->host, &l->conn[i]);
	close(l->conn[i].fd);
	if (i < l->busy) {
		l->conn[i] = l->conn[--l->busy];
		i = l->busy;
	}
	l->conn[i] = l->conn[--l->n];
}

static void
transmit(struct loop *l, struct conn *c)
{
	ssize_t r;

	while (c->out.n > 0) {
		r = send(c->fd, c->out.p, c->out.n, 0);
		if (r < 0 && errno == EINTR)
			continue;
		if (r < 0 && errno == EAGAIN)
			return;
		if (r < 0) {
			conn_end(&l->host, c, CONN_DEAD);
			return;
		}
		if (!conn_has_delay(c))
			c->deadline = l->host.now + l->o->idle;
		buf_consume(&c->out, (size_t)r);
	}
	if (c->out.cap > OUT_KEPT)
		buf_free(&c->out);
	if (c->verdict == SESSION_SECURE)
		c->fd = conn_secure(&l->host, c, c->fd, c->fd);
	if (c->phase != CONN_CLOSING)
		return;
	/* Closing with input unread would cut the answer off (RST). */
	shutdown(c->fd, SHUT_WR);
	conn_end(&l->host, c, c->eof ? CONN_DEAD : CONN_FLUSHED);
}

/* Its slot may be one of those that are none. */
static void
greet(struct loop *l, int fd, const struct net_peer *peer, long slot)
{
	const char *busy = l->host.service->session->busy;
	struct buf word = { 0 };
	struct conn *c;

	if (l->o->verbose && stop_await_room(STDERR_FILENO, IO_FOREVER) == 0)
		warn("%s: %s", peer->text[0] != '\0' ? peer->text : "local",
		    slot >= 0 ? "connected" : limit_reason(slot));
	if (slot == LIMIT_SHORT || (slot < 0 &&
	    l->n >= (size_t)l->host.sessions + BUSY_EXTRA)) {
		limit_refuse(fd, busy, slot);
		return;
	}
	c = add_conn(l);
	if (slot >= 0) {
		conn_open(&l->host, c, peer, fd, slot);
	} else {
		buf_addf(&word, "%s %s\r\n", busy, limit_reason(slot));
		conn_refuse(&l->host, c, buf_str(&word));
	}
	buf_free(&word);
	c->fd = fd;
	transmit(l, c);
}

static void
accept_some(struct loop *l, int listener)
{
	struct limit *limit = l->o->limit;
	struct net_peer peer;
	int i, fd, is_short;

	for (i = 0; i < ACCEPTS; i++) {
		fd = limit_accept(listener, &peer, &is_short);
		if (fd < 0 && is_short)
			l->no_accept = l->host.now + LIMIT_PAUSE;
		if (fd < 0)
			return;
		greet(l, fd, &peer, is_short ? LIMIT_SHORT :
		    limit_take(limit, l->o->worker, &peer));
		limit_keep_reserve();
	}
}

/*
 * What the parent passes: 0, or -1 when it is dead.  A descriptor for which
 * there is no room would be closed without a word: the reserve makes room.
 */
static int
take_some(struct loop *l)
{
	struct net_peer peer;
	int i, fd, r = 1;
	long slot;

	for (i = 0; i < ACCEPTS && r > 0; i++) {
		limit_use_reserve();
		r = limit_receive(l->o->channel, &fd, &slot);
		if (r <= 0)
			continue;
		if (limit_keep_reserve() < 0 || fd < 0) {
			if (slot >= 0)
				limit_release(l->o->limit, l->o->worker, slot);
			slot = LIMIT_SHORT;
		}
		if (fd < 0)
			continue;
		net_peer(&peer, fd);
		greet(l, fd, &peer, slot);
	}
	limit_keep_reserve();
	return r < 0 ? -1 : 0;
}

/* Adds a descriptor to those that are polled: its place. */
static size_t
watch(struct loop *l, int fd, short events)
{
	l->poll[++l->polled] = (struct pollfd){ .fd = fd, .events = events };
	return l->polled;
}

static void
watch_conn(struct loop *l, struct conn *c)
{
	short events = 0;
	int fd;

	c->polled = watch(l, c->fd,
	    (short)((conn_wants_input(c) ? POLLIN : 0) |
	    (c->out.n > 0 ? POLLOUT : 0)));
	fd = conn_data_poll(c, &events);
	c->second = fd >= 0 ? watch(l, fd, events) : 0;
}

/*
 * poll(2) gets into a queue of each descriptor before the first that is ready,
 * and out again: so those come first who were not served just now.
 */
static void
watch_all(struct loop *l)
{
	size_t i;

	l->polled = 0;
	if (l->first >= l->round)
		l->first = 0;
	for (i = l->first; i < l->round; i++)
		watch_conn(l, &l->conn[i]);
	for (i = 0; i < l->first; i++)
		watch_conn(l, &l->conn[i]);
	for (i = 0; i < l->controls; i++)
		watch(l, l->control[i].fd, l->control[i].events);
}

/* After poll(2): what has become of the controls, and who is served last. */
static void
look(struct loop *l)
{
	size_t i;

	for (i = 0; i < l->controls; i++)
		l->control[i].revents =
		    l->poll[l->polled - l->controls + i + 1].revents;
	for (i = 0; i < l->round; i++)
		if (l->poll[l->conn[i].polled].revents != 0)
			l->first = i + 1;
}

/*
 * Whom the next round is about.  All have their turn now and then, and sooner
 * where the others are quiet: after a ms, two, four and so on.
 */
static void
choose(struct loop *l)
{
	size_t idle = l->n - l->busy;

	l->many_idle = l->host.now - l->active < BUSY_MS && idle >= IDLE_MIN &&
	    l->host.service->session->data == NULL;
	l->next_all = l->active > l->all ? l->active + 1 :
	    l->all + (l->all - l->active) + 1;
	if (l->next_all > l->all + (long long)(idle / SCAN))
		l->next_all = l->all + (long long)(idle / SCAN);
	l->round = l->many_idle && l->host.now < l->next_all ? l->busy : l->n;
}

/* Whether it has something now, or had of late. */
static int
is_busy(const struct loop *l, size_t i)
{
	const struct conn *c = &l->conn[i];

	return c->verdict != SESSION_MORE || l->poll[c->polled].revents != 0 ||
	    c->deadline > l->all + l->o->idle - BUSY_MS;
}

/* After a round about all: those that are busy are put first. */
static void
sort_out(struct loop *l)
{
	struct conn c;
	size_t i;

	l->all = l->host.now;
	l->busy = l->n;
	if (l->n < IDLE_MIN)
		return;
	l->busy = 0;
	for (i = 0; i < l->n; i++) {
		if (!is_busy(l, i))
			continue;
		c = l->conn[i];
		l->conn[i] = l->conn[l->busy];
		l->conn[l->busy++] = c;
	}
}

/* Sets what to poll for, and says for how long, in ms. */
static int
prepare(struct loop *l)
{
	long long now = l->host.now, next = now + l->o->idle;
	struct conn *c;
	size_t i;

	for (i = CONTROLS; i < l->controls; i++)
		l->control[i].events = now < l->no_accept ? 0 : POLLIN;
	if (now < l->no_accept && l->no_accept < next)
		next = l->no_accept;
	watch_all(l);
	for (i = 0; i < l->round; i++) {
		c = &l->conn[i];
		if (c->deadline < next)
			next = c->deadline;
		if (conn_can_go_on(c) || conn_wants_commit(c) ||
		    c->phase == CONN_DEAD)
			next = now;
	}
	if (l->many_idle && l->next_all < next)
		next = l->next_all;
	if (l->down != 0 && l->down < next)
		next = l->down;
	return next > now ? (int)(next - now) : 0;
}

/* Input for all that have some, and time-outs. */
static void
serve_conns(struct loop *l)
{
	struct conn *c;
	short revents;
	size_t i;

	for (i = 0; i < l->round; i++) {
		c = &l->conn[i];
		revents = l->poll[c->polled].revents;
		if (revents & (POLLIN | POLLHUP | POLLERR)) {
			if (conn_wants_input(c))
				conn_receive(&l->host, c, recv(c->fd,
				    l->host.scratch, c->ask, 0));
			else if (revents & (POLLHUP | POLLERR))
				conn_end(&l->host, c, CONN_DEAD);
		}
		conn_go_on(&l->host, c);
		/* Last: who is gone altogether has sent nothing whole. */
		if (c->second > 0 && l->poll[c->second].revents != 0)
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
	l->host.service->commit(l->host.service->app);
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
		if (c->phase == CONN_CLOSING ||
		    (c->out.n > 0 && !conn_wants_commit(c)))
			transmit(l, c);
		if (c->phase == CONN_DEAD)
			remove_conn(l, i);
	}
}

/*
 * No new sessions, which the parent meets when it would pass one; those in
 * hand are over by the moment end.
 */
static void
go_down(struct loop *l, long long end)
{
	size_t i;

	if (l->down == 0) {
		l->down = end;
		l->control[STOP].fd = l->control[CHANNEL].fd = -1;
		shutdown(l->o->channel, SHUT_RD);
		for (i = CONTROLS; i < l->controls; i++) {
			close(l->control[i].fd);
			l->control[i].fd = -1;
		}
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
init(struct loop *l, const struct loop_opt *o, const struct service *service)
{
	int i;

	memset(l, 0, sizeof *l);
	l->o = o;
	l->host.service = service;
	l->host.idle = o->idle;
	l->controls = (size_t)o->listeners + CONTROLS;
	l->control = die_calloc(l->controls, sizeof *l->control);
	grow(l, 16);
	l->host.scratch = die_calloc(CONN_READ, 1);
	l->host.limit = o->limit;
	l->host.worker = o->worker;
	l->host.now = io_clock();
	l->control[STOP].fd = o->stop;
	l->control[CHANNEL].fd = o->channel;
	l->control[STOP].events = l->control[CHANNEL].events = POLLIN;
	for (i = 0; i < o->listeners; i++)
		l->control[CONTROLS + i].fd = o->listener[i];
}

/* poll(2); where one talks among many idle ones it has soon an answer. */
static int
await(struct loop *l, int wait)
{
	int i, ready, looks = l->many_idle && l->busy <= FEW ? LOOKS : 0;

	for (i = 0; wait > 0 && i < looks; i++) {
		ready = io_poll(l->poll + 1, l->polled, 0);
		if (ready > 0)
			return ready;
	}
	return io_poll(l->poll + 1, l->polled, wait);
}

void
loop_run(const struct loop_opt *o, const struct service *service)
{
	struct loop l;
	int wait, ready;
	size_t i;

	init(&l, o, service);
	while (l.down == 0 || l.n > 0) {
		choose(&l);
		wait = prepare(&l);
		ready = await(&l, wait);
		l.host.now = io_clock();
		if (ready > 0)
			l.active = l.host.now;
		look(&l);
		if (l.round == l.n)
			sort_out(&l);
		serve_conns(&l);
		commit(&l);
		answer(&l);
		for (i = CONTROLS; i < l.controls; i++)
			if (l.control[i].revents & POLLIN)
				accept_some(&l, l.control[i].fd);
		if (l.control[CHANNEL].revents != 0 && take_some(&l) < 0)
			go_down(&l, l.host.now);
		else if (l.down != 0 || l.control[STOP].revents != 0)
			go_down(&l, stop_end());
	}
	free(l.control);
	free(l.poll);
	free(l.conn);
	free(l.host.scratch);
}
