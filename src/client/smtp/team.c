#include "team.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "client/smtp/worker.h"

/*
 * Messages that a worker has in hand: few at first, so that one that is slow
 * keeps none from the others, and more when it runs dry; many when it does so
 * within QUOTA_TIME ms.
 */
#define QUOTA_FIRST 2
#define QUOTA_SPARE 4		/* beyond those without an answer */
#define QUOTA_MAX 128
#define QUOTA_TIME 50

/*
 * A worker that has nothing more to do takes leave of its servers, each of
 * which has 5 s to answer; for which it gets so many ms.
 */
#define LEAVE_TIME 10000

/* Bytes on their way to a worker, unless it is one message. */
#define OUT_MAX (1UL << 20)

void
team_init(struct team *t, const struct route *route,
    const struct journal *journal, long jobs)
{
	memset(t, 0, sizeof *t);
	t->route = route;
	t->journal = journal;
	t->jobs = (size_t)jobs;
	t->worker = die_calloc(t->jobs, sizeof *t->worker);
}

/* --- Processes ------------------------------------------------------- */

struct start {
	struct team *team;
	int go[2];
};

int
team_is_alive(const struct team_worker *w)
{
	return w->spawn.in >= 0;
}

static void
let_go(struct team_worker *w)
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
	struct team *t = start->team;
	struct worker_conf conf = { .route = t->route, .go = start->go[0] };
	size_t i;

	for (i = 0; i < t->workers; i++)
		if (team_is_alive(&t->worker[i])) {
			close(t->worker[i].spawn.in);
			let_go(&t->worker[i]);
		}
	if (start->go[1] >= 0)
		close(start->go[1]);
	if (t->journal != NULL)
		close(t->journal->fd);
	if (t->route->conf->reach.servers > 0)
		conf.home = t->workers % t->route->conf->reach.servers;
	return worker_run(&conf, fd);
}

/* One more worker: 0, or -1. */
static int
start_worker(struct team *t)
{
	struct start start = { t, { -1, -1 } };
	struct team_worker *w = &t->worker[t->workers];
	int i;

	if (t->journal != NULL && pipe(start.go) < 0)
		return -1;
	for (i = 0; i < 2 && start.go[i] >= 0; i++)
		fcntl(start.go[i], F_SETFD, FD_CLOEXEC);
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
	t->workers++;
	return 0;
}

void
team_dismiss(struct team_worker *w)
{
	let_go(w);
	shutdown(w->spawn.out, SHUT_WR);
	kill(w->spawn.pid, SIGTERM);
}

static void
clear(struct team_worker *w)
{
	buf_free(&w->in);
	buf_free(&w->out);
}

void
team_wake(struct team *t)
{
	siginfo_t info = { 0 };
	pid_t pid;
	size_t i;

	for (i = 0; i < t->workers; i++) {
		pid = t->worker[i].spawn.pid;
		if (team_is_alive(&t->worker[i]) && waitid(P_PID, (id_t)pid,
		    &info, WSTOPPED | WNOHANG) == 0 && info.si_pid == pid)
			kill(pid, SIGCONT);
	}
}

void
team_bury(struct team_worker *w)
{
	w->asks = NULL;
	w->wish = TEAM_NOTHING;
	let_go(w);
	spawn_stop(&w->spawn);
	clear(w);
}

void
team_end(struct team *t)
{
	struct team_worker *w;
	size_t i;

	for (i = 0; i < t->workers; i++) {
		w = &t->worker[i];
		let_go(w);
		if (team_is_alive(w))
			shutdown(w->spawn.out, SHUT_RDWR);
	}
	for (i = 0; i < t->workers; i++) {
		w = &t->worker[i];
		if (team_is_alive(w))
			spawn_leave(&w->spawn, LEAVE_TIME);
		clear(w);
	}
	free(t->worker);
	t->worker = NULL;
	t->workers = 0;
}

/* --- Whose turn it is ------------------------------------------------ */

void
team_look(struct team *t)
{
	const struct team_worker *w;
	size_t i, alive = 0;

	t->now = io_clock();
	t->barred = t->hopeless = 1;
	for (i = 0; i < t->workers; i++) {
		w = &t->worker[i];
		if (!team_is_alive(w))
			continue;
		alive++;
		t->barred &= w->barred > t->now;
		t->hopeless &= w->barred > t->now && w->hopeless;
	}
	if (alive == 0)
		t->barred = t->hopeless = 0;
}

int
team_has_room(const struct team_worker *w)
{
	return team_is_alive(w) && w->hands < w->quota &&
	    (w->out.n < OUT_MAX || w->hands == 0);
}

/* Whether it is w's turn, who is barred unless none is better off. */
static int
may_take(const struct team *t, const struct team_worker *w)
{
	return team_has_room(w) && (w->barred <= t->now || t->hopeless);
}

/* Where nobody who is there gets through, neither does one more. */
static int
may_start(const struct team *t)
{
	return t->workers < t->jobs && !t->barred;
}

struct team_worker *
team_start(struct team *t)
{
	return may_start(t) && start_worker(t) == 0 ?
	    &t->worker[t->workers - 1] : NULL;
}

struct team_worker *
team_choose(struct team *t)
{
	struct team_worker *w, *best = NULL;
	size_t i;

	for (i = 0; i < t->workers; i++) {
		w = &t->worker[i];
		if (may_take(t, w) && (best == NULL || w->hands < best->hands))
			best = w;
	}
	if (best == NULL || best->hands > 0) {
		w = team_start(t);
		if (w != NULL)
			best = w;
	}
	return best;
}

int
team_is_full(const struct team *t)
{
	const struct team_worker *w;
	size_t i, alive = 0;

	for (i = 0; i < t->workers; i++) {
		w = &t->worker[i];
		alive += (size_t)team_is_alive(w);
		if (may_take(t, w))
			return 0;
	}
	/* Where all are dead, none will ever have room. */
	return alive > 0 && !may_start(t);
}

int
team_wait(const struct team *t)
{
	long long left, least = IO_FOREVER;
	size_t i;

	for (i = 0; i < t->workers; i++) {
		left = t->worker[i].barred - t->now;
		if (team_is_alive(&t->worker[i]) && left > 0 &&
		    (least < 0 || left < least))
			least = left;
	}
	return (int)least;
}

void
team_bar(struct team *t, struct team_worker *w, long ms)
{
	w->hopeless = ms < 0;
	w->barred = io_clock() + (ms < 0 ? LINK_REST : ms);
	team_look(t);
	if (!t->hopeless)
		w->quota = 1;
}

/* --- What they have in hand ------------------------------------------ */

void
team_give(struct team_worker *w, struct message *m)
{
	frame_put_message(&w->out, m);
	if (w->hands++ == 0) {
		w->last = &w->hand;
		w->since = io_clock();
	}
	m->next = NULL;
	*w->last = m;
	w->last = &m->next;
}

void
team_flush(struct team_worker *w)
{
	ssize_t r;

	while (w->out.n > 0 && team_is_alive(w)) {
		r = send(w->spawn.out, w->out.p, w->out.n,
		    MSG_DONTWAIT | MSG_NOSIGNAL);
		if (r < 0 && errno == EINTR)
			continue;
		if (r < 0)
			return;		/* its end is seen when we read */
		buf_consume(&w->out, (size_t)r);
	}
}

static struct message **
find(struct team_worker *w, const void *ticket)
{
	struct message **m = &w->hand;

	while (*m != ticket)
		m = &(*m)->next;
	return m;
}

struct message *
team_find(struct team_worker *w, const void *ticket)
{
	return *find(w, ticket);
}

struct message *
team_take(struct team_worker *w, const void *ticket)
{
	struct message **at = find(w, ticket), *m = *at;

	*at = m->next;
	if (m->next == NULL)
		w->last = at;
	w->hands--;
	return m;
}

void
team_permit(struct team_worker *w)
{
	ssize_t r;

	if (w->asks == NULL || w->go < 0)
		return;
	do
		r = write(w->go, "", 1);
	while (r < 0 && errno == EINTR);
	if (r == 1)
		w->asks->begun = 1;
	else
		let_go(w);	/* and so it ends, if it has not */
	w->asks = NULL;
	w->wish = TEAM_NOTHING;
	ahead_go(&w->ahead);
}

/* The server that a "sending" line names, where it is one of those we know. */
static const char *
named(const struct team *t, struct span lines)
{
	const struct reach_conf *reach = &t->route->conf->reach;
	struct result res;
	size_t i;

	if (result_parse(&res, span_chomp(span_line(&lines))) == 0)
		for (i = 0; i < reach->servers; i++)
			if (span_is(res.server, reach->server[i].text))
				return reach->server[i].text;
	return NULL;
}

void
team_ask(struct team *t, struct team_worker *w, struct report *r,
    struct message *m, struct span lines)
{
	ahead_ask(&w->ahead);
	w->asks = m;
	w->server = ahead_knows(t->route) ? named(t, lines) : NULL;
	w->wish = ahead_begin(r, m, lines) ? TEAM_WRITTEN : TEAM_ON_DISK;
}

/* The same for one of them, who has to have so many in hand. */
static void
put_ahead(struct team_worker *w, struct report *r)
{
	long left = ahead_group(&w->ahead, r) - 1;
	struct message *m;

	if (left > 0 && w->quota < (size_t)left + QUOTA_FIRST)
		w->quota = (size_t)left + QUOTA_FIRST;
	for (m = w->hand; m != NULL && left > 0; m = m->next) {
		if (m->begun || m == w->asks)
			continue;
		if (ahead_put(r, m, w->server) < 0)
			return;
		left--;
	}
}

void
team_put_ahead(struct team *t, struct report *r)
{
	struct team_worker *w;

	for (w = t->worker; w != t->worker + t->workers; w++)
		if (team_is_alive(w) && w->server != NULL &&
		    w->barred <= t->now)
			put_ahead(w, r);
}

void
team_praise(struct team *t, struct team_worker *w)
{
	size_t most = t->route->conf->depth + QUOTA_SPARE;

	if (w->hands > 0)
		return;
	if (most < QUOTA_MAX && io_clock() - w->since < QUOTA_TIME)
		most = QUOTA_MAX;
	if (w->quota < most)
		w->quota = 2 * w->quota < most ? 2 * w->quota : most;
}
