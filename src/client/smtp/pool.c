#include "pool.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>

#include "client/smtp/share.h"
#include "sys/stop.h"

/* For so many ms a worker that has to end is heard. */
#define LAST_WORDS 1000
#define NAP 10

/* Every so many ms somebody looks whether a worker has been stopped. */
#define WAKE 2000

struct pool {
	struct intake *in;
	struct team team;
	struct pollfd *poll;
	struct message *back, **last;	/* what workers could not send */
	int shared;		/* by domains: all goes through the queue */
	struct queue queue;
	long long woken;	/* ms, when that was looked at */
	int ending;		/* by a signal: what is not begun is left */
};

/* --- To a worker ----------------------------------------------------- */

static void
finish(struct pool *p, struct message *m)
{
	report_done(p->in->report, m);
	message_drop(&p->in->shelf, m);
}

static void
nobody_sends(struct pool *p, struct message *m)
{
	message_decide(m, RESULT_DEFERRED, STAGE_CONNECT, 0,
	    span_str("no process to send it"));
	finish(p, m);
}

/* Gives m to a worker. */
static void
feed(struct pool *p, struct message *m)
{
	struct team_worker *w;

	if (message_open(m) == 0) {
		finish(p, m);
		return;
	}
	if (message_open(m) < m->rcpts)
		report_part(p->in->report, m);
	if (p->shared) {
		queue_put(&p->queue, m, route_domain(m));
		return;
	}
	w = team_choose(&p->team);
	if (w != NULL)
		team_give(w, m);
	else
		nobody_sends(p, m);
}

/* What waits goes to those who have room. */
static void
share(struct pool *p)
{
	struct message *m;

	if (share_out(&p->team, &p->queue) == 0)
		return;
	while ((m = queue_drop(&p->queue)) != NULL)
		nobody_sends(p, m);
}

/* --- From a worker --------------------------------------------------- */

/* A message is in the hand of w no more. */
static struct message *
take_out(struct pool *p, struct team_worker *w, const void *ticket)
{
	struct message *m = team_take(w, ticket);

	if (p->shared)
		queue_done(&p->queue, m);
	return m;
}

static void
settle(struct pool *p, struct team_worker *w, const struct frame *f,
    struct span lines)
{
	struct message *m;

	report_take(p->in->report, lines, f->code);
	report_step(p->in->report, f->code);
	m = take_out(p, w, f->ticket);
	ahead_end(p->in->report, m);
	message_drop(&p->in->shelf, m);
	team_praise(&p->team, w);
}

/*
 * No server talks to w.  Its message is for another worker, or for a moment
 * when one does; where there is none such, the outcome stands.  A server that
 * has no room for w has turned the message away only where it has none for
 * the others.
 */
static void
take_back(struct pool *p, struct team_worker *w, const struct frame *f,
    struct span lines)
{
	struct message *m = team_find(w, f->ticket);

	team_bar(&p->team, w, f->wait);
	m->tries = f->tries + (p->team.barred ? f->hung : 0);
	if (p->ending || m->begun || p->team.hopeless ||
	    (p->team.barred && m->tries >= REACH_TRIES)) {
		settle(p, w, f, lines);
		return;
	}
	team_take(w, f->ticket);
	if (p->back == NULL)
		p->last = &p->back;
	m->next = NULL;
	*p->last = m;
	p->last = &m->next;
}

static void
take(struct pool *p, struct team_worker *w, const struct frame *f,
    struct span lines)
{
	struct report *report = p->in->report;

	switch (f->type) {
	case FRAME_SENDING:
		team_ask(&p->team, w, report, team_find(w, f->ticket), lines);
		break;
	case FRAME_PART:
		report_take(report, lines, f->code);
		report_told(report, team_find(w, f->ticket), lines);
		break;
	case FRAME_DONE:
		w->barred = 0;
		settle(p, w, f, lines);
		break;
	case FRAME_BACK:
		take_back(p, w, f, lines);
		break;
	case FRAME_BYE:
		w->bye = 1;
		break;
	default:
		break;
	}
}

/* Takes what w has to say: as frame_receive. */
static int
listen_to(struct pool *p, struct team_worker *w)
{
	struct span rest, bytes;
	struct frame f;
	int r;

	r = frame_receive(&w->in, w->spawn.in);
	if (r <= 0)
		return r;
	w->heard = io_clock();
	rest = buf_span(&w->in);
	while (frame_next(&rest, &f, &bytes))
		take(p, w, &f, bytes);
	buf_consume(&w->in, w->in.n - rest.n);
	return r;
}

/*
 * Something is wrong with the way from w, who may live: it has to end, and
 * what it has done until then is heard where that can be.
 */
static void
hear_out(struct pool *p, struct team_worker *w)
{
	long long end = io_clock() + LAST_WORDS;
	int r = -1;

	team_dismiss(w);
	while (r != 0 && io_clock() < end) {
		r = listen_to(p, w);
		if (r < 0)
			poll(NULL, 0, NAP);
	}
}

/*
 * A worker has ended.  Unless it said good-bye, nobody knows what it had
 * begun, where it need not say so.
 */
static void
bury(struct pool *p, struct team_worker *w)
{
	int unknown = !w->bye && p->in->report->journal == NULL;
	struct message *m;

	team_bury(w);
	while ((m = w->hand) != NULL) {
		take_out(p, w, m);
		if (w->bye && !m->begun && (p->ending || stop_asked())) {
			message_drop(&p->in->shelf, m);
			continue;
		}
		message_decide(m, m->begun || unknown ?
		    RESULT_UNKNOWN : RESULT_DEFERRED, STAGE_DOT, 0,
		    span_str("the process that should send it has ended"));
		finish(p, m);
	}
}

static void
hear(struct pool *p, struct team_worker *w)
{
	int r = listen_to(p, w);

	if (r > 0 || (r < 0 && errno == EAGAIN))
		return;
	if (r < 0)
		hear_out(p, w);
	bury(p, w);
}

static void
permit(struct pool *p, enum team_wish most)
{
	struct team_worker *w;
	size_t i;

	for (i = 0; i < p->team.workers; i++) {
		w = &p->team.worker[i];
		if (w->wish != TEAM_NOTHING && w->wish <= most)
			team_permit(w);
	}
}

/* What was heard is written, and then those who asked may go on. */
static void
commit(struct pool *p)
{
	struct report *report = p->in->report;
	int disk = 0;
	size_t i;

	for (i = 0; i < p->team.workers; i++)
		disk |= p->team.worker[i].wish == TEAM_ON_DISK;
	if (disk && !p->in->paced && !stop_asked())
		team_put_ahead(&p->team, report);
	if ((disk ? report_write(report) : report_offer(report)) < 0)
		return;
	permit(p, TEAM_WRITTEN);
	if (disk && report_commit(report) == 0)
		permit(p, TEAM_ON_DISK);
}

/* --- All of them ----------------------------------------------------- */

/* The next message: 1, or 0 when there is none now. */
static int
next_message(struct pool *p, struct message **m, int *input, int *end)
{
	*m = p->back;
	if (*m != NULL) {
		p->back = (*m)->next;
		return 1;
	}
	if (*end)
		return 0;
	switch (intake_next(p->in, m)) {
	case INTAKE_MESSAGE:
		return 1;
	case INTAKE_WAIT:
		*input = p->in->wait == IO_FOREVER;
		break;
	case INTAKE_END:
		*end = 1;
		break;
	}
	return 0;
}

/* The shorter of two times to wait. */
static int
sooner(int a, int b)
{
	return b == IO_FOREVER || (a != IO_FOREVER && a < b) ? a : b;
}

static int
is_full(const struct pool *p)
{
	return p->shared ? queue_is_full(&p->queue) : team_is_full(&p->team);
}

/* Feeds what there is: the time to wait; *input says whether for input. */
static int
feed_all(struct pool *p, int *input, int *end)
{
	struct message *m;
	int full, wait;
	size_t i;

	*input = 0;
	team_look(&p->team);
	while (!(full = is_full(p)) &&
	    next_message(p, &m, input, end))
		feed(p, m);
	if (p->shared)
		share(p);
	for (i = 0; i < p->team.workers; i++)
		team_flush(&p->team.worker[i]);
	if (full)
		wait = team_wait(&p->team);
	else
		wait = *end || *input ? IO_FOREVER : p->in->wait;
	return p->queue.line != NULL ? sooner(wait, SHARE_PATIENCE) : wait;
}

static int
is_busy(const struct pool *p)
{
	const struct team_worker *w;
	size_t i;

	for (i = 0; i < p->team.workers; i++) {
		w = &p->team.worker[i];
		if (team_is_alive(w) && w->hands > 0)
			return 1;
	}
	return p->back != NULL || p->queue.n > 0;
}

/* Waits and takes what the workers say. */
static void
attend(struct pool *p, int timeout, int input)
{
	struct pollfd *f = p->poll;
	struct team_worker *w;
	size_t i;

	timeout = sooner(timeout, report_due(p->in->report));
	if (is_busy(p))
		timeout = sooner(timeout, WAKE);
	if (io_clock() - p->woken >= WAKE) {
		team_wake(&p->team);
		p->woken = io_clock();
	}
	f[0].fd = p->ending ? -1 : stop_fd();
	f[1].fd = input ? p->in->feed.rd.fd : -1;
	f[0].events = f[1].events = POLLIN;
	for (i = 0; i < p->team.workers; i++) {
		w = &p->team.worker[i];
		f[i + 2].fd = w->spawn.in;
		f[i + 2].events = POLLIN;
		if (w->out.n > 0)
			f[i + 2].events |= POLLOUT;
	}
	if (poll(f, (nfds_t)p->team.workers + 2, timeout) < 0)
		return;
	for (i = 0; i < p->team.workers; i++)
		if (f[i + 2].fd >= 0 &&
		    (f[i + 2].revents & (POLLIN | POLLHUP | POLLERR)))
			hear(p, &p->team.worker[i]);
	commit(p);
}

/* The workers leave what they have not begun, and end. */
static void
stop_workers(struct pool *p)
{
	struct message *m;
	size_t i;

	p->ending = 1;
	while ((m = p->back) != NULL) {
		p->back = m->next;
		message_drop(&p->in->shelf, m);
	}
	while ((m = queue_drop(&p->queue)) != NULL)
		message_drop(&p->in->shelf, m);
	for (i = 0; i < p->team.workers; i++)
		if (team_is_alive(&p->team.worker[i]))
			kill(p->team.worker[i].spawn.pid, SIGTERM);
}

void
pool_run(struct intake *in, const struct route *route, long jobs)
{
	struct pool p = { .in = in, .shared = route->resolver != NULL };
	int timeout, input, end = 0;

	team_init(&p.team, route, in->report->journal, jobs);
	p.poll = die_calloc((size_t)jobs + 2, sizeof *p.poll);
	for (;;) {
		timeout = feed_all(&p, &input, &end);
		if (in->report->broken != NULL || (end && !is_busy(&p)))
			break;
		if (stop_asked() && !p.ending)
			stop_workers(&p);
		attend(&p, timeout, input);
	}
	report_commit(in->report);
	team_end(&p.team);
	queue_free(&p.queue);
	free(p.poll);
}
