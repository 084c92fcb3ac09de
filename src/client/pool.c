#include "pool.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "client/frame.h"
#include "client/worker.h"
#include "sys/spawn.h"
#include "sys/stop.h"

/*
 * Messages that a worker has in hand: few at first, so that one that is slow
 * keeps none from the others, and more when it runs dry; many when it does so
 * within QUOTA_TIME ms.
 */
#define QUOTA_FIRST 2
#define QUOTA_SPARE 4		/* beyond those without an answer */
#define QUOTA_MAX 128
#define QUOTA_TIME 50

/* Bytes on their way to a worker, unless it is one message. */
#define OUT_MAX (1UL << 20)

struct pool_worker {
	struct spawn spawn;
	int go;			/* lets the end of a message go, or -1 */
	struct buf in, out;
	struct message *hand, **last;	/* what it has not done yet */
	size_t hands, quota;
	long long since;	/* ms, when it last got something to do */
	int bye;		/* all that it had begun is done */
	int asks;		/* waits for go */
};

struct pool {
	struct intake *in;
	const struct route *route;
	struct pool_worker *worker;
	struct pollfd *poll;
	size_t workers, jobs;
	int ending;		/* by a signal: what is not begun is left */
};

/* --- Processes ------------------------------------------------------- */

struct start {
	struct pool *pool;
	int go[2];
};

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
	struct worker_conf conf = { .route = p->route, .go = start->go[0] };
	size_t i;

	for (i = 0; i < p->workers; i++)
		if (p->worker[i].spawn.in >= 0) {
			close(p->worker[i].spawn.in);
			let_go(&p->worker[i]);
		}
	if (start->go[1] >= 0)
		close(start->go[1]);
	if (p->in->report->journal != NULL)
		close(p->in->report->journal->fd);
	if (p->route->conf->servers > 0)
		conf.home = p->workers % p->route->conf->servers;
	return worker_run(&conf, fd);
}

/* One more worker: 0, or -1. */
static int
start_worker(struct pool *p)
{
	struct start start = { p, { -1, -1 } };
	struct pool_worker *w = &p->worker[p->workers];

	if (p->in->report->journal != NULL && pipe(start.go) < 0)
		return -1;
	memset(w, 0, sizeof *w);
	w->quota = QUOTA_FIRST;
	w->go = start.go[1];
	if (spawn_copy(&w->spawn, run_worker, &start) < 0) {
		let_go(w);
		if (start.go[0] >= 0)
			close(start.go[0]);
		return -1;
	}
	if (start.go[0] >= 0)
		close(start.go[0]);
	if (w->go >= 0)
		fcntl(w->go, F_SETFD, FD_CLOEXEC);
	p->workers++;
	return 0;
}

/* --- To a worker ----------------------------------------------------- */

static int
is_alive(const struct pool_worker *w)
{
	return w->spawn.in >= 0;
}

static int
has_room(const struct pool_worker *w)
{
	return is_alive(w) && w->hands < w->quota &&
	    (w->out.n < OUT_MAX || w->hands == 0);
}

/*
 * The worker with the least in hand, or a new one: NULL when all have enough.
 */
static struct pool_worker *
choose(struct pool *p)
{
	struct pool_worker *w, *best = NULL;
	size_t i;

	for (i = 0; i < p->workers; i++) {
		w = &p->worker[i];
		if (has_room(w) && (best == NULL || w->hands < best->hands))
			best = w;
	}
	if ((best == NULL || best->hands > 0) && p->workers < p->jobs &&
	    start_worker(p) == 0)
		best = &p->worker[p->workers - 1];
	return best;
}

/* A domain has one worker and so one connection; NULL as above. */
static struct pool_worker *
choose_by_domain(struct pool *p, struct span domain)
{
	size_t i, hash = 0;
	int c;

	for (i = 0; i < domain.n; i++) {
		c = domain.p[i];
		if (c >= 'A' && c <= 'Z')
			c += 'a' - 'A';
		hash = hash * 31 + (size_t)c;
	}
	hash %= p->jobs;
	while (p->workers <= hash)
		if (start_worker(p) < 0)
			return NULL;
	return is_alive(&p->worker[hash]) ? &p->worker[hash] : NULL;
}

static int
lacks_worker(const struct pool *p)
{
	size_t i;

	/* Nobody knows whose the next one is. */
	for (i = 0; p->route->resolver != NULL && i < p->workers; i++)
		if (is_alive(&p->worker[i]) && !has_room(&p->worker[i]))
			return 1;
	if (p->workers < p->jobs)
		return 0;
	for (i = 0; i < p->workers; i++)
		if (has_room(&p->worker[i]) || p->route->resolver != NULL)
			return 0;
	return 1;
}

/* Sends as much as goes without waiting. */
static void
flush(struct pool_worker *w)
{
	ssize_t r;

	while (w->out.n > 0 && is_alive(w)) {
		r = send(w->spawn.out, w->out.p, w->out.n,
		    MSG_DONTWAIT | MSG_NOSIGNAL);
		if (r < 0 && errno == EINTR)
			continue;
		if (r < 0)
			return;		/* its end is seen when we read */
		buf_consume(&w->out, (size_t)r);
	}
}

static void
finish(struct pool *p, struct message *m)
{
	report_done(p->in->report, m);
	message_drop(&p->in->shelf, m);
}

/* Gives m to a worker. */
static void
feed(struct pool *p, struct message *m)
{
	struct pool_worker *w;

	if (message_open(m) == 0) {
		finish(p, m);
		return;
	}
	if (message_open(m) < m->rcpts)
		report_part(p->in->report, m);
	w = p->route->resolver == NULL ? choose(p) :
	    choose_by_domain(p, route_domain(m));
	if (w == NULL) {
		message_decide(m, RESULT_DEFERRED, STAGE_CONNECT, 0,
		    span_str("no process to send it"));
		finish(p, m);
		return;
	}
	frame_put_message(&w->out, m);
	if (w->hands++ == 0) {
		w->last = &w->hand;
		w->since = io_clock();
	}
	m->next = NULL;
	*w->last = m;
	w->last = &m->next;
}

/* --- From a worker --------------------------------------------------- */

static struct message **
find(struct pool_worker *w, const void *ticket)
{
	struct message **m = &w->hand;

	while (*m != ticket)
		m = &(*m)->next;
	return m;
}

static void
settle(struct pool *p, struct pool_worker *w, void *ticket)
{
	size_t most = p->route->conf->depth + QUOTA_SPARE;
	struct message **at = find(w, ticket), *m = *at;

	*at = m->next;
	if (m->next == NULL)
		w->last = at;
	message_drop(&p->in->shelf, m);
	w->hands--;
	if (w->hands > 0)
		return;
	if (most < QUOTA_MAX && io_clock() - w->since < QUOTA_TIME)
		most = QUOTA_MAX;
	if (w->quota < most)
		w->quota = 2 * w->quota < most ? 2 * w->quota : most;
}

static void
take(struct pool *p, struct pool_worker *w, const struct frame *f,
    struct span lines)
{
	struct report *report = p->in->report;

	switch (f->type) {
	case FRAME_SENDING:
		report_note(report, lines);
		(*find(w, f->ticket))->begun = 1;
		w->asks = 1;
		break;
	case FRAME_PART:
		report_take(report, lines, f->code);
		report_told(*find(w, f->ticket), lines);
		break;
	case FRAME_DONE:
		report_take(report, lines, f->code);
		report_step(report, f->code);
		settle(p, w, f->ticket);
		break;
	case FRAME_BYE:
		w->bye = 1;
		break;
	default:
		break;
	}
}

/*
 * A worker has ended.  Unless it said good-bye, nobody knows what it had
 * begun, where it need not say so.
 */
static void
bury(struct pool *p, struct pool_worker *w)
{
	struct message *m;

	spawn_end(&w->spawn);
	let_go(w);
	buf_free(&w->in);
	buf_free(&w->out);
	while ((m = w->hand) != NULL) {
		w->hand = m->next;
		if (w->bye && p->ending) {
			message_drop(&p->in->shelf, m);
			continue;
		}
		message_decide(m, m->begun || p->in->report->journal == NULL ?
		    RESULT_UNKNOWN : RESULT_DEFERRED, STAGE_DOT, 0,
		    span_str("the process that should send it has ended"));
		finish(p, m);
	}
	w->hands = 0;
}

static void
hear(struct pool *p, struct pool_worker *w)
{
	struct span rest, bytes;
	struct frame f;
	int r;

	r = frame_receive(&w->in, w->spawn.in);
	rest = buf_span(&w->in);
	while (frame_next(&rest, &f, &bytes))
		take(p, w, &f, bytes);
	buf_consume(&w->in, w->in.n - rest.n);
	if (r == 0 || (r < 0 && errno != EAGAIN))
		bury(p, w);
}

/* What was heard is written, and then those who asked may go on. */
static void
commit(struct pool *p)
{
	struct pool_worker *w;
	size_t i;

	if (report_commit(p->in->report) < 0)
		return;
	for (i = 0; i < p->workers; i++) {
		w = &p->worker[i];
		/* Where it fails, the worker has ended. */
		if (w->asks && w->go >= 0 && write(w->go, "", 1) < 0)
			let_go(w);
		w->asks = 0;
	}
}

/* --- All of them ----------------------------------------------------- */

/* Feeds what there is: the time to wait; *input says whether for input. */
static int
feed_all(struct pool *p, int *input, int *end)
{
	struct message *m;
	size_t i;

	*input = 0;
	while (!*end && !lacks_worker(p)) {
		switch (intake_next(p->in, &m)) {
		case INTAKE_MESSAGE:
			feed(p, m);
			continue;
		case INTAKE_WAIT:
			*input = p->in->wait == IO_FOREVER;
			break;
		case INTAKE_END:
			*end = 1;
			break;
		}
		break;
	}
	for (i = 0; i < p->workers; i++)
		flush(&p->worker[i]);
	return *end || *input || lacks_worker(p) ? IO_FOREVER : p->in->wait;
}

/* Waits and takes what the workers say. */
static void
attend(struct pool *p, int timeout, int input)
{
	struct pollfd *f = p->poll;
	struct pool_worker *w;
	size_t i;

	f[0].fd = p->ending ? -1 : stop_fd();
	f[1].fd = input ? p->in->feed.rd.fd : -1;
	f[0].events = f[1].events = POLLIN;
	for (i = 0; i < p->workers; i++) {
		w = &p->worker[i];
		f[i + 2].fd = w->spawn.in;
		f[i + 2].events = POLLIN;
		if (w->out.n > 0)
			f[i + 2].events |= POLLOUT;
	}
	if (poll(f, (nfds_t)p->workers + 2, timeout) < 0)
		return;
	for (i = 0; i < p->workers; i++)
		if (f[i + 2].fd >= 0 &&
		    (f[i + 2].revents & (POLLIN | POLLHUP | POLLERR)))
			hear(p, &p->worker[i]);
	commit(p);
}

static int
is_busy(const struct pool *p)
{
	size_t i;

	for (i = 0; i < p->workers; i++)
		if (is_alive(&p->worker[i]) && p->worker[i].hands > 0)
			return 1;
	return 0;
}

/* The workers leave what they have not begun, and end. */
static void
stop_workers(struct pool *p)
{
	size_t i;

	p->ending = 1;
	for (i = 0; i < p->workers; i++)
		if (is_alive(&p->worker[i]))
			kill(p->worker[i].spawn.pid, SIGTERM);
}

static void
end_workers(struct pool *p)
{
	struct pool_worker *w;
	size_t i;

	for (i = 0; i < p->workers; i++) {
		w = &p->worker[i];
		let_go(w);
		if (is_alive(w))
			shutdown(w->spawn.out, SHUT_RDWR);
	}
	for (i = 0; i < p->workers; i++) {
		w = &p->worker[i];
		if (is_alive(w))
			spawn_end(&w->spawn);
		buf_free(&w->in);
		buf_free(&w->out);
	}
}

void
pool_run(struct intake *in, const struct route *route, long jobs)
{
	struct pool p = { .in = in, .route = route, .jobs = (size_t)jobs };
	int timeout, input, end = 0;

	p.worker = calloc(p.jobs, sizeof *p.worker);
	p.poll = calloc(p.jobs + 2, sizeof *p.poll);
	if (p.worker == NULL || p.poll == NULL)
		die_nomem();
	for (;;) {
		timeout = feed_all(&p, &input, &end);
		if (in->report->broken != NULL || (end && !is_busy(&p)))
			break;
		if (stop_asked() && !p.ending)
			stop_workers(&p);
		attend(&p, timeout, input);
	}
	report_commit(in->report);
	end_workers(&p);
	free(p.worker);
	free(p.poll);
}
