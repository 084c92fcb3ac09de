#include "workers.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

#include "conn.h"
#include "io.h"
#include "spawn.h"
#include "stop.h"

/*
 * A worker that lives shorter than this has failed: the next one comes after a
 * pause, each twice as long as the last.
 */
#define FAILED_MS 1000
#define PAUSE_FIRST 100
#define PAUSE_MAX 30000

/*
 * A worker that has not ended by then is killed, in ms.  It no longer waits for
 * a peer or a reader, but for the disk.
 */
#define END_MS (2 * STOP_MS)

struct worker {
	pid_t pid;		/* -1: none */
	int channel;		/* our end: it closes when we die */
	int ready;		/* it has said so */
	long long born;
	long long again;	/* without one: when the next one comes */
	int pause;		/* ms */
};

struct workers {
	const struct workers_opt *o;
	const struct service *service;
	struct worker worker[WORKERS_MAX];
	struct pollfd *poll;	/* stop, listeners, channels */
	long long no_accept;	/* no descriptors before this moment */
};

/* Whether the one worker accepts connections itself. */
static int
is_alone(const struct workers *ws)
{
	return ws->o->workers == 1;
}

/*
 * The child: it has nothing of the parent's but its own channel's end, and the
 * listeners where it is alone.
 */
static void
work(struct workers *ws, int worker, int channel, const sigset_t *signals)
{
	struct loop_opt o = ws->o->loop;
	int i;

	o.stop = stop_open();
	if (o.stop < 0)
		die_sys(EX_TEMPFAIL, "pipe");
	sigprocmask(SIG_SETMASK, signals, NULL);
	for (i = 0; i < ws->o->workers; i++)
		if (ws->worker[i].channel >= 0)
			close(ws->worker[i].channel);
	for (i = 0; i < o.listeners && !is_alone(ws); i++)
		close(o.listener[i]);
	if (!is_alone(ws))
		o.listeners = 0;
	o.channel = channel;
	o.worker = worker;
	if (ws->service->start != NULL)
		ws->service->start(ws->service->app);
	if (limit_keep_reserve() < 0)
		die_sys(EX_TEMPFAIL, "/dev/null");
	if (io_write(channel, "", 1) == 0)
		loop_run(&o, ws->service);
	_exit(EX_OK);
}

/* The next one in its place comes after ms. */
static void
postpone(struct worker *w, int ms)
{
	w->pid = w->channel = -1;
	w->ready = 0;
	w->again = io_clock() + ms;
}

/* Each pause is longer than the last. */
static int
next_pause(struct worker *w)
{
	w->pause = w->pause == 0 ? PAUSE_FIRST :
	    w->pause < PAUSE_MAX / 2 ? 2 * w->pause : PAUSE_MAX;
	return w->pause;
}

/*
 * 0, or -1: it has been said why.  No signal comes before the child can take
 * it for itself.
 */
static int
start_worker(struct workers *ws, int worker)
{
	struct worker *w = &ws->worker[worker];
	sigset_t all, old;
	int end[2];

	if (limit_channel(end) < 0) {
		warn_sys("socketpair");
		return -1;
	}
	sigfillset(&all);
	sigprocmask(SIG_SETMASK, &all, &old);
	w->pid = fork();
	if (w->pid == 0) {
		close(end[0]);
		work(ws, worker, end[1], &old);
	}
	if (w->pid < 0)
		warn_sys("fork");
	sigprocmask(SIG_SETMASK, &old, NULL);
	close(end[1]);
	if (w->pid < 0) {
		close(end[0]);
		return -1;
	}
	w->channel = end[0];
	w->born = io_clock();
	return 0;
}

/*
 * Says how a worker ended, if that was not in order.  One that could not begin
 * has said why.
 */
static void
say_end(const struct worker *w, int status)
{
	if (status >= SPAWN_SIGNAL)
		warn("worker %ld: killed by signal %d", (long)w->pid,
		    status - SPAWN_SIGNAL);
	else if (status != EX_OK && w->ready)
		warn("worker %ld: ended with exit code %d", (long)w->pid,
		    status);
}

/* It is dead: its exit code, which has been said. */
static int
reap(struct workers *ws, int worker)
{
	struct worker *w = &ws->worker[worker];
	int status;

	close(w->channel);
	w->channel = -1;
	status = spawn_reap(w->pid, END_MS);
	say_end(w, status);
	w->pid = -1;
	limit_worker_died(ws->o->loop.limit, worker);
	return status;
}

/* One of those that poll(2) points at: it has said that it is ready, or not. */
static int
is_alive(struct workers *ws, int worker)
{
	struct worker *w = &ws->worker[worker];
	char ready;
	ssize_t r;

	r = read(w->channel, &ready, 1);
	if (r < 0 && errno == EINTR)
		return 1;
	if (r <= 0)
		return 0;
	w->ready = 1;
	limit_worker_ready(ws->o->loop.limit, worker);
	return 1;
}

/* Whether the server goes on after that; or *code is its own. */
static int
replace(struct workers *ws, int worker, enum exit_code *code)
{
	struct worker *w = &ws->worker[worker];
	int healthy = w->ready && io_clock() - w->born >= FAILED_MS;
	int status = reap(ws, worker);

	*code = status == EX_IOERR ? EX_IOERR : EX_OK;
	if (status == EX_IOERR || (status == EX_OK && ws->o->once))
		return 0;
	if (healthy || status == EX_OK)
		w->pause = 0;
	postpone(w, healthy || status == EX_OK ? 0 : next_pause(w));
	return 1;
}

/* Starts those whose time it is in place of the dead. */
static void
refill(struct workers *ws)
{
	struct worker *w;
	int i;

	for (i = 0; i < ws->o->workers; i++) {
		w = &ws->worker[i];
		if (w->channel < 0 && io_clock() >= w->again &&
		    start_worker(ws, i) < 0)
			postpone(w, next_pause(w));
	}
}

/* One at a time, so that each goes where there are the fewest by now. */
static void
accept_one(struct workers *ws, int listener)
{
	struct limit *limit = ws->o->loop.limit;
	struct net_peer peer;
	int fd, worker, is_short;
	long slot = LIMIT_SHORT;

	fd = limit_accept(listener, &peer, &is_short);
	if (fd < 0 && is_short)
		ws->no_accept = io_clock() + LIMIT_PAUSE;
	if (fd < 0)
		return;
	worker = is_short || is_alone(ws) ? -1 : limit_pick(limit);
	if (worker >= 0)
		slot = limit_take(limit, worker, &peer);
	if (worker >= 0 &&
	    limit_pass(ws->worker[worker].channel, fd, slot) == 0) {
		close(fd);
		return;
	}
	if (slot >= 0)
		limit_cancel(limit, worker, slot);
	limit_refuse(fd, ws->service->session->busy, LIMIT_SHORT);
	limit_keep_reserve();
}

/* For how long to wait, in ms, if nothing happens: -1 for ever. */
static int
timeout(const struct workers *ws)
{
	const struct worker *w;
	long long now = io_clock(), next = now + PAUSE_MAX;
	int i, endless = now >= ws->no_accept;

	if (now < ws->no_accept)
		next = ws->no_accept;
	for (i = 0; i < ws->o->workers; i++) {
		w = &ws->worker[i];
		if (w->channel < 0)
			endless = 0;
		if (w->channel < 0 && w->again < next)
			next = w->again;
	}
	return endless ? -1 : next > now ? (int)(next - now) : 0;
}

/* Waits until there is something to do. */
static void
await(struct workers *ws)
{
	int i, listeners = ws->o->loop.listeners;
	int n = 1 + listeners + ws->o->workers;
	int paused = io_clock() < ws->no_accept ||
	    (is_alone(ws) && ws->worker[0].channel >= 0);

	for (i = 0; i < n; i++)
		ws->poll[i].events = POLLIN;
	ws->poll[0].fd = ws->o->loop.stop;
	for (i = 0; i < listeners; i++)
		ws->poll[1 + i].fd = paused ? -1 : ws->o->loop.listener[i];
	for (i = 0; i < ws->o->workers; i++)
		ws->poll[1 + listeners + i].fd = ws->worker[i].channel;
	io_poll(ws->poll, (size_t)n, timeout(ws));
}

/* Until told to stop, or a worker ends the server: the exit code. */
static enum exit_code
supervise(struct workers *ws)
{
	const struct pollfd *channel = ws->poll + 1 + ws->o->loop.listeners;
	enum exit_code code = EX_OK;
	int i;

	for (;;) {
		await(ws);
		if (ws->poll[0].revents != 0)
			return code;
		for (i = 0; i < ws->o->workers; i++)
			if (channel[i].revents != 0 && !is_alive(ws, i) &&
			    !replace(ws, i, &code))
				return code;
		refill(ws);
		for (i = 0; i < ws->o->loop.listeners; i++)
			if (ws->poll[1 + i].revents & POLLIN)
				accept_one(ws, ws->o->loop.listener[i]);
	}
}

/* Ends them all: EX_OK, or EX_IOERR where one could not print. */
static enum exit_code
end(struct workers *ws)
{
	long long deadline = io_clock() + END_MS;
	enum exit_code code = EX_OK;
	int i, status;

	for (i = 0; i < ws->o->loop.listeners; i++)
		close(ws->o->loop.listener[i]);
	for (i = 0; i < ws->o->workers; i++)
		if (ws->worker[i].pid > 0)
			kill(ws->worker[i].pid, SIGTERM);
	for (i = 0; i < ws->o->workers; i++) {
		if (ws->worker[i].pid <= 0)
			continue;
		status = spawn_reap(ws->worker[i].pid, io_left(deadline));
		say_end(&ws->worker[i], status);
		if (status == EX_IOERR)
			code = EX_IOERR;
		close(ws->worker[i].channel);
	}
	free(ws->poll);
	free(ws);
	return code;
}

/* Until it is ready, or time to stop: 0, or -1 when it is dead. */
static int
await_ready(struct workers *ws, int worker)
{
	struct worker *w = &ws->worker[worker];
	struct pollfd p[2] = {
		{ .fd = w->channel, .events = POLLIN },
		{ .fd = ws->o->loop.stop, .events = POLLIN }
	};

	while (!w->ready) {
		io_poll(p, COUNT(p), -1);
		if (p[1].revents != 0)
			break;
		if (p[0].revents != 0 && !is_alive(ws, worker))
			return -1;
	}
	return 0;
}

/* All of them have begun: EX_OK, or the exit code of one that could not. */
static enum exit_code
begin(struct workers *ws)
{
	struct worker *w;
	int i, status;

	for (i = 0; i < ws->o->workers; i++)
		if (start_worker(ws, i) < 0)
			return EX_TEMPFAIL;
	for (i = 0; i < ws->o->workers; i++) {
		if (await_ready(ws, i) == 0)
			continue;
		w = &ws->worker[i];
		status = spawn_reap(w->pid, END_MS);
		say_end(w, status);
		w->pid = -1;
		return status > EX_OK && status < SPAWN_SIGNAL ?
		    (enum exit_code)status : EX_TEMPFAIL;
	}
	return EX_OK;
}

struct workers *
workers_start(const struct workers_opt *o, const struct service *service,
    enum exit_code *code)
{
	struct workers *ws;
	int i;

	ws = die_calloc(1, sizeof *ws);
	ws->o = o;
	ws->service = service;
	ws->poll = die_calloc((size_t)(1 + o->loop.listeners + o->workers),
	    sizeof *ws->poll);
	for (i = 0; i < o->workers; i++)
		ws->worker[i].pid = ws->worker[i].channel = -1;
	*code = begin(ws);
	if (*code == EX_OK && limit_keep_reserve() < 0) {
		warn_sys("/dev/null");
		*code = EX_TEMPFAIL;
	}
	if (*code == EX_OK)
		return ws;
	end(ws);
	return NULL;
}

enum exit_code
workers_run(struct workers *ws)
{
	enum exit_code code = supervise(ws), last = end(ws);

	return code != EX_OK ? code : last;
}
