#include "crew.h"

#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

#include "conn.h"
#include "io.h"
#include "pass.h"
#include "spawn.h"

#define RESPAWN_MS 1000		/* a worker that lives shorter is ill */

/* A worker that should have ended by then is killed, in ms. */
#define END_MS (2 * CONN_DOWN)

struct worker {
	pid_t pid;
	int channel;		/* our end: it closes when we die */
	long long born;
};

struct crew {
	const struct loop_opt *o;
	const struct serve_proto *proto;
	void *app;
	int (*own_stop)(void);
	struct worker worker[CREW_MAX];
	int workers;		/* that have been started */
	struct pollfd *poll;	/* stop, listeners, channels */
	long long no_accept;	/* no descriptors before this moment */
};

/* Whether it is time to end, after at most ms. */
static int
stop_within(const struct crew *c, int ms)
{
	struct pollfd p;

	p.fd = c->o->stop;
	p.events = POLLIN;
	return poll(&p, 1, ms) > 0;
}

/* The child: it has nothing of the parent's but its own channel's end. */
static void
work(struct crew *c, int room, int channel, const sigset_t *signals)
{
	struct loop_opt o = *c->o;
	int i;

	o.stop = c->own_stop();
	sigprocmask(SIG_SETMASK, signals, NULL);
	for (i = 0; i < c->workers; i++)
		if (c->worker[i].channel >= 0)
			close(c->worker[i].channel);
	for (i = 0; i < o.listeners; i++)
		close(o.listener[i]);
	o.listeners = 0;
	o.channel = channel;
	o.room = room;
	if (c->proto->start != NULL)
		c->proto->start(c->app);
	loop_run(&o, c->proto, c->app);
	_exit(EX_OK);
}

/*
 * 0, or -1: it has been said why.  No signal comes before the child can take
 * it for itself.
 */
static int
start_worker(struct crew *c, int room)
{
	struct worker *w = &c->worker[room];
	sigset_t all, old;
	int end[2];

	w->channel = -1;
	if (pass_open(end) < 0) {
		warn_sys("socketpair");
		return -1;
	}
	sigfillset(&all);
	sigprocmask(SIG_SETMASK, &all, &old);
	w->pid = fork();
	if (w->pid == 0) {
		close(end[0]);
		work(c, room, end[1], &old);
	}
	sigprocmask(SIG_SETMASK, &old, NULL);
	close(end[1]);
	if (w->pid < 0) {
		warn_sys("fork");
		close(end[0]);
		return -1;
	}
	w->channel = end[0];
	w->born = io_clock();
	return 0;
}

/*
 * In the place of a dead worker comes another, unless it ended with an exit
 * code of its own: then it met something that the next one would meet too.
 */
static enum exit_code
replace_worker(struct crew *c, int room)
{
	struct worker *w = &c->worker[room];
	int status, too_fast = io_clock() - w->born < RESPAWN_MS;

	close(w->channel);
	w->channel = -1;
	status = spawn_reap(w->pid, END_MS);
	w->pid = -1;
	if (status != EX_OK && status < SPAWN_SIGNAL)
		return (enum exit_code)status;
	door_clear(c->o->door, room);
	if (too_fast && stop_within(c, RESPAWN_MS))
		return EX_OK;
	while (start_worker(c, room) < 0 && !stop_within(c, RESPAWN_MS))
		;
	return EX_OK;
}

/* One at a time, so that each goes where there are the fewest by now. */
static void
admit(struct crew *c, int listener)
{
	struct door *door = c->o->door;
	struct net_peer peer;
	int fd, room, is_short;
	long seat;

	fd = door_accept(listener, &peer, &is_short);
	if (is_short)
		c->no_accept = io_clock() + LOOP_NO_FD_MS;
	if (fd < 0)
		return;
	room = door_room(door);
	seat = door_enter(door, room, &peer);
	if (pass_give(c->worker[room].channel, fd, seat) < 0 && seat >= 0)
		door_cancel(door, room, seat);
	close(fd);
}

/* Waits until there is something to do. */
static void
await(struct crew *c)
{
	int i, n = 1 + c->o->listeners + c->workers, wait = -1;
	long long now = io_clock();

	if (now < c->no_accept)
		wait = (int)(c->no_accept - now);
	for (i = 0; i < n; i++)
		c->poll[i].events = i > 0 && i <= c->o->listeners &&
		    wait >= 0 ? 0 : POLLIN;
	c->poll[0].fd = c->o->stop;
	for (i = 0; i < c->o->listeners; i++)
		c->poll[1 + i].fd = c->o->listener[i];
	for (i = 0; i < c->workers; i++)
		c->poll[1 + c->o->listeners + i].fd = c->worker[i].channel;
	if (poll(c->poll, (nfds_t)n, wait) < 0)
		for (i = 0; i < n; i++)
			c->poll[i].revents = 0;
}

/* Until told to stop, or a worker cannot go on: the exit code. */
static enum exit_code
mind(struct crew *c)
{
	const struct pollfd *channel = c->poll + 1 + c->o->listeners;
	enum exit_code code = EX_OK;
	int i;

	for (;;) {
		await(c);
		if (c->poll[0].revents != 0)
			break;
		for (i = 0; i < c->workers && code == EX_OK; i++)
			if (channel[i].revents != 0)
				code = replace_worker(c, i);
		if (code != EX_OK)
			break;
		for (i = 0; i < c->o->listeners; i++)
			if (c->poll[1 + i].revents & POLLIN)
				admit(c, c->o->listener[i]);
	}
	return code;
}

enum exit_code
crew_run(const struct loop_opt *o, int workers, int (*own_stop)(void),
    const struct serve_proto *proto, void *app)
{
	struct crew c = { .o = o, .proto = proto, .app = app,
	    .own_stop = own_stop };
	enum exit_code code = EX_OK;
	long long end;
	int i;

	c.poll = die_calloc((size_t)(1 + o->listeners + workers),
	    sizeof *c.poll);
	for (; c.workers < workers && code == EX_OK; c.workers++)
		if (start_worker(&c, c.workers) < 0)
			code = EX_TEMPFAIL;
	if (code == EX_OK)
		code = mind(&c);
	for (i = 0; i < o->listeners; i++)
		close(o->listener[i]);
	for (i = 0; i < c.workers; i++)
		if (c.worker[i].pid > 0)
			kill(c.worker[i].pid, SIGTERM);
	end = io_clock() + END_MS;
	for (i = 0; i < c.workers; i++)
		if (c.worker[i].pid > 0)
			spawn_reap(c.worker[i].pid, (int)(end - io_clock()));
	free(c.poll);
	return code;
}
