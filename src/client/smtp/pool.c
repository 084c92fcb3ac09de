#include "pool.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "client/smtp/batch.h"
#include "sys/stop.h"

/*
 * Messages that a worker has in hand: few at first, so that one that is slow
 * keeps none from the others, and more when it runs dry; many when it does so
 * within LIMIT_TIME ms, but so few that those of ten workers stay in a cache.
 */
#define LIMIT_FIRST 2
#define LIMIT_SPARE 4		/* beyond those without an answer */
#define LIMIT_MAX 64
#define LIMIT_TIME 50

/*
 * A worker that has nothing more to do takes leave of its servers, each of
 * which has 5 s to answer; LEAVE_TIME is what it gets for that, in ms.
 */
#define LEAVE_TIME 10000

/* What is read at once. */
#define PIECE 65536

/* Bytes on their way to a worker, unless it is one message. */
#define OUT_MAX (1UL << 20)

void
pool_init(struct pool *p, struct sender_conf *conf,
    const struct journal *journal, long jobs)
{
	memset(p, 0, sizeof *p);
	p->conf = conf;
	p->journal = journal;
	p->jobs = (size_t)jobs;
	p->worker = die_calloc(p->jobs, sizeof *p->worker);
}

/* --- Processes ------------------------------------------------------- */

struct start {
	struct pool *pool;
	int go[2];
};

int
pool_is_alive(const struct pool_worker *w)
{
	return w->spawn.in >= 0;
}

static void
let_go(struct pool_worker *w)
{
	if (w->go >= 0)
		close(w->go);
	w->go = -1;
}

/* In the new process: what is the parent's must not be held open here. */
static int
run_worker(void *arg, int fd)
{
	struct start *start = arg;
	struct pool *p = start->pool;
	struct report report = { .code = EX_OK };
	struct batchread_conf in = { .in = fd };
	struct pool_worker *w;
	struct wr out;

	for (w = p->worker; w < p->worker + p->workers; w++)
		if (pool_is_alive(w)) {
			close(w->spawn.in);
			let_go(w);
		}
	if (start->go[1] >= 0)
		close(start->go[1]);
	if (p->journal != NULL)
		close(p->journal->fd);
	if (p->conf->servers.n > 0)
		p->conf->servers.home = p->workers % p->conf->servers.n;
	stop_catch();
	wr_init(&out, fd, IO_FOREVER);
	report.out = &out;
	report.go = start->go[0] >= 0 ? start->go[0] : 0;
	batch_run(&in, p->conf, &report);
	wr_free(&out);
	report_free(&report);
	return EX_OK;
}

/* One more worker: 0, or -1. */
static int
start_worker(struct pool *p)
{
	struct start start = { p, { -1, -1 } };
	struct pool_worker *w = &p->worker[p->workers];
	int i;

	if (p->journal != NULL && io_pipe(start.go) < 0)
		return -1;
	memset(w, 0, sizeof *w);
	w->limit = LIMIT_FIRST;
	w->go = start.go[1];
	if (spawn_copy(&w->spawn, run_worker, &start) < 0) {
		for (i = 0; i < 2 && start.go[i] >= 0; i++)
			io_close(start.go[i]);
		return -1;
	}
	if (start.go[0] >= 0)
		close(start.go[0]);
	p->workers++;
	return 0;
}

void
pool_stop(struct pool_worker *w)
{
	let_go(w);
	shutdown(w->spawn.out, SHUT_WR);
	kill(w->spawn.pid, SIGTERM);
}

static void
clear(struct pool_worker *w)
{
	buf_free(&w->in);
	buf_free(&w->out);
	buf_free(&w->sending);
}

void
pool_wake(struct pool *p)
{
	siginfo_t info = { 0 };
	struct pool_worker *w;
	pid_t pid;

	for (w = p->worker; w < p->worker + p->workers; w++) {
		pid = w->spawn.pid;
		if (pool_is_alive(w) && waitid(P_PID, (id_t)pid, &info,
		    WSTOPPED | WNOHANG) == 0 && info.si_pid == pid)
			kill(pid, SIGCONT);
	}
}

void
pool_kill(struct pool_worker *w)
{
	w->asking = NULL;
	w->waits = POOL_NOTHING;
	let_go(w);
	spawn_stop(&w->spawn);
	clear(w);
}

void
pool_end(struct pool *p)
{
	struct pool_worker *w, *end = p->worker + p->workers;

	for (w = p->worker; w < end; w++) {
		let_go(w);
		if (pool_is_alive(w))
			shutdown(w->spawn.out, SHUT_RDWR);
	}
	for (w = p->worker; w < end; w++) {
		if (pool_is_alive(w))
			spawn_leave(&w->spawn, LEAVE_TIME);
		clear(w);
	}
	free(p->worker);
	p->worker = NULL;
	p->workers = 0;
}

/* --- Whose turn it is ------------------------------------------------ */

void
pool_look(struct pool *p)
{
	const struct pool_worker *w;
	int alive = 0, resting = 1, dead = 1;

	p->now = io_clock();
	for (w = p->worker; w < p->worker + p->workers; w++) {
		if (!pool_is_alive(w))
			continue;
		alive = 1;
		resting &= w->rest > p->now;
		dead &= w->rest > p->now && w->dead;
	}
	p->resting = alive && resting;
	p->dead = alive && dead;
}

int
pool_has_room(const struct pool_worker *w)
{
	return pool_is_alive(w) && w->n < w->limit &&
	    (w->out.n < OUT_MAX || w->n == 0);
}

/* Whether it is w's turn, who rests unless none is better off. */
static int
may_take(const struct pool *p, const struct pool_worker *w)
{
	return pool_has_room(w) && (w->rest <= p->now || p->dead);
}

/* Where nobody who is there gets through, neither does one more. */
static int
may_start(const struct pool *p)
{
	return p->workers < p->jobs && !p->resting;
}

static int
is_alive(const struct pool *p)
{
	const struct pool_worker *w;

	for (w = p->worker; w < p->worker + p->workers; w++)
		if (pool_is_alive(w))
			return 1;
	return 0;
}

struct pool_worker *
pool_start(struct pool *p)
{
	if (!may_start(p))
		return NULL;
	if (start_worker(p) == 0)
		return &p->worker[p->workers - 1];
	p->failed = errno;
	/* Short of something: those who are there do the work. */
	if (is_alive(p))
		p->jobs = p->workers;
	return NULL;
}

struct pool_worker *
pool_choose(struct pool *p)
{
	struct pool_worker *w, *best = NULL;

	for (w = p->worker; w < p->worker + p->workers; w++)
		if (may_take(p, w) && (best == NULL || w->n < best->n))
			best = w;
	if (best == NULL || best->n > 0) {
		w = pool_start(p);
		if (w != NULL)
			best = w;
	}
	return best;
}

int
pool_is_full(const struct pool *p)
{
	const struct pool_worker *w;

	for (w = p->worker; w < p->worker + p->workers; w++)
		if (may_take(p, w))
			return 0;
	/* Where all are dead, none will ever have room. */
	return is_alive(p) && !may_start(p);
}

int
pool_wait(const struct pool *p)
{
	const struct pool_worker *w;
	long long left, least = IO_FOREVER;

	for (w = p->worker; w < p->worker + p->workers; w++) {
		left = w->rest - p->now;
		if (pool_is_alive(w) && left > 0 &&
		    (least < 0 || left < least))
			least = left;
	}
	return (int)least;
}

void
pool_rest(struct pool *p, struct pool_worker *w, long ms)
{
	w->dead = ms < 0;
	w->rest = io_clock() + (ms < 0 ? CONNECTION_REST : ms);
	pool_look(p);
	if (!p->dead)
		w->limit = 1;
}

/* --- What they have in hand ------------------------------------------- */

void
pool_give(struct pool_worker *w, struct message *m)
{
	buf_adds(&w->out, "NOOP ");
	buf_addu(&w->out, m->number);
	buf_addc(&w->out, ' ');
	buf_addu(&w->out, (uintmax_t)m->tries);
	buf_addc(&w->out, '\n');
	message_put(&w->out, m);
	if (w->n++ == 0)
		w->since = io_clock();
	message_queue_add(&w->queue, m);
}

void
pool_flush(struct pool_worker *w)
{
	ssize_t r;

	while (w->out.n > 0 && pool_is_alive(w)) {
		r = send(w->spawn.out, w->out.p, w->out.n,
		    MSG_DONTWAIT | MSG_NOSIGNAL);
		if (r < 0 && errno == EINTR)
			continue;
		if (r < 0)
			return;		/* its end is seen when we read */
		buf_consume(&w->out, (size_t)r);
	}
}

int
pool_receive(struct pool_worker *w)
{
	struct buf *b = &w->in;
	ssize_t r;

	buf_reserve(b, PIECE);
	do
		r = recv(w->spawn.in, b->p + b->n, b->cap - b->n,
		    MSG_DONTWAIT);
	while (r < 0 && errno == EINTR);
	if (r > 0)
		b->n += (size_t)r;
	return r > 0 ? 1 : (int)r;
}

struct message *
pool_find(const struct pool_worker *w, uintmax_t number)
{
	struct message *m;

	for (m = w->queue.first; m != NULL && m->number != number;
	    m = m->next)
		;
	return m;
}

struct message *
pool_find_rcpt(const struct pool_worker *w, const struct result *res,
    struct rcpt **rcpt)
{
	struct message *m;
	struct rcpt *r;

	/* Under -x there may be several parts of one message. */
	for (m = w->queue.first; m != NULL; m = m->next) {
		if (m->number != res->number)
			continue;
		for (r = m->rcpt; r < m->rcpt + m->rcpts; r++)
			if (!r->told && span_eq(buf_span(&r->addr),
			    res->rcpt)) {
				*rcpt = r;
				return m;
			}
	}
	return NULL;
}

void
pool_take(struct pool_worker *w, struct message *m)
{
	struct message **at = &w->queue.first;

	while (*at != m)
		at = &(*at)->next;
	*at = m->next;
	if (m->next == NULL)
		w->queue.last = at;
	w->n--;
}

void
pool_permit(struct pool_worker *w)
{
	if (w->asking == NULL || w->go < 0)
		return;
	if (io_write(w->go, "", 1) == 0)
		w->asking->begun = 1;
	else
		let_go(w);	/* and so it ends, if it has not */
	w->asking = NULL;
	w->waits = POOL_NOTHING;
	report_ahead_go(&w->ahead);
}

/* The server that a "sending" line names, where it is one of those we know. */
static const char *
named(const struct pool *p, struct span lines)
{
	const struct servers_conf *conf = &p->conf->servers;
	struct result res;
	size_t i;

	if (result_parse(&res, span_chomp(span_line(&lines))) == 0)
		for (i = 0; i < conf->n; i++)
			if (span_is(res.server, conf->server[i].text))
				return conf->server[i].text;
	return NULL;
}

void
pool_ask(struct pool *p, struct pool_worker *w, struct report *r)
{
	struct span lines = buf_span(&w->sending);

	if (w->asking == NULL)
		return;
	report_ahead_ask(&w->ahead);
	w->server = servers_stay(&p->conf->servers) ? named(p, lines) : NULL;
	w->waits = report_ahead_begin(r, w->asking, lines) ? POOL_WRITTEN :
	    POOL_ON_DISK;
	buf_clear(&w->sending);
}

/* The same for one of them, who has to have as many in hand. */
static void
put_ahead(struct pool_worker *w, struct report *r)
{
	long left = report_ahead_group(&w->ahead, r) - 1;
	struct message *m;

	if (left > 0 && w->limit < (size_t)left + LIMIT_FIRST)
		w->limit = (size_t)left + LIMIT_FIRST;
	for (m = w->queue.first; m != NULL && left > 0; m = m->next) {
		if (m->begun || m == w->asking)
			continue;
		if (report_ahead_put(r, m, w->server) < 0)
			return;
		left--;
	}
}

void
pool_put_ahead(struct pool *p, struct report *r)
{
	struct pool_worker *w;

	for (w = p->worker; w != p->worker + p->workers; w++)
		if (pool_is_alive(w) && w->server != NULL &&
		    w->rest <= p->now)
			put_ahead(w, r);
}

void
pool_raise(struct pool *p, struct pool_worker *w)
{
	size_t most = p->conf->depth + LIMIT_SPARE;

	if (w->n > 0)
		return;
	if (most < LIMIT_MAX && io_clock() - w->since < LIMIT_TIME)
		most = LIMIT_MAX;
	if (w->limit < most)
		w->limit = 2 * w->limit < most ? 2 * w->limit : most;
}
