#include "reach.h"

#include "sys/stop.h"

struct link_server *
reach_server(const struct reach *r)
{
	return &r->conf->server[r->at];
}

/* The server that is preferred now. */
static size_t
home(const struct reach *r)
{
	return (r->conf->home + r->moved) % r->conf->servers;
}

static int
time_to_go_back(const struct reach *r)
{
	return r->away && io_clock() >= r->back;
}

static int
is_full(const struct reach *r)
{
	return r->conf->cap > 0 && r->taken >= r->conf->cap;
}

void
reach_take(struct reach *r)
{
	r->taken++;
}

int
reach_is_over(const struct reach *r)
{
	return is_full(r) || time_to_go_back(r);
}

/* The server after the one in use is preferred from now on. */
static void
move_on(struct reach *r)
{
	const struct reach_conf *conf = r->conf;

	r->moved = (r->at + 1 + conf->servers - conf->home) % conf->servers;
	r->away = 0;
}

void
reach_renew(struct reach *r)
{
	if (r->link.open && reach_is_over(r)) {
		link_quit(&r->link);
		if (r->conf->spread && is_full(r))
			move_on(r);
	}
	if (!r->link.open && (!r->away || time_to_go_back(r))) {
		r->at = home(r);
		r->away = 0;
	}
}

/* It is the turn of server at. */
static void
turn_to(struct reach *r, size_t at)
{
	r->at = at;
	if (!r->away)
		r->back = io_clock() + LINK_REST;
	r->away = r->at != home(r);
}

void
reach_leave(struct reach *r)
{
	link_close(&r->link);
	turn_to(r, (r->at + 1) % r->conf->servers);
}

/* Whether a message has had its connections. */
static int
is_enough(const struct reach *r, int tries)
{
	return tries >= REACH_TRIES && (size_t)tries >= r->conf->servers;
}

/* ms for all servers, and of what is left of it for the next of n. */
static long
time_for_all(const struct reach_conf *conf)
{
	long long waits = (long long)conf->servers + REACH_WAITS;

	return conf->link.limit == IO_FOREVER ||
	    conf->link.limit * waits > REACH_TIME ? REACH_TIME :
	    (long)(conf->link.limit * waits);
}

static long
time_for_one(const struct reach_conf *conf, long long left, size_t n)
{
	long least = conf->link.limit == IO_FOREVER ||
	    conf->link.limit > LINK_DIAL ? LINK_DIAL : conf->link.limit;

	left /= (long long)n;
	return left > least ? (long)left : least;
}

/* Looks for a server that talks, each one once: 0, or -1. */
static int
try_servers(struct reach *r, int *tries, const struct link_server **failed)
{
	const struct reach_conf *conf = r->conf;
	long long end = io_clock() + time_for_all(conf);
	struct link_server *v;
	size_t i;

	for (i = 0; i < conf->servers; i++) {
		v = reach_server(r);
		*failed = v;
		if (conf->rests != NULL && v->rest <= io_clock())
			rests_look(conf->rests, v);
		if (v->rest <= io_clock()) {
			if (link_open(&r->link, &conf->link, v,
			    time_for_one(conf, end - io_clock(),
			    conf->servers - i)) == 0)
				return 0;
			*tries += v->pausing;
			if (conf->rests != NULL)
				rests_note(conf->rests, v);
		}
		reach_leave(r);
		if (v->pausing && is_enough(r, *tries))
			break;
	}
	return -1;
}

int
reach_connect(struct reach *r, int *tries, int hasty,
    const struct link_server **failed)
{
	const struct reach_conf *conf = r->conf;
	long wait;

	if (r->link.open)
		return 0;
	r->taken = 0;
	while (try_servers(r, tries, failed) < 0) {
		wait = link_pause(conf->server, conf->servers);
		if (hasty || wait < 0 || is_enough(r, *tries) || stop_asked())
			return -1;
		if (conf->link.wait != NULL)
			conf->link.wait(conf->link.arg);
		stop_wait(-1, (int)wait);
	}
	return 0;
}

/* Whether v is left alone, and not only for a moment. */
static int
is_resting(const struct link_server *v)
{
	return v->rest > io_clock() && !v->pausing;
}

/* The outcome, where no server can take m; away is one that might. */
static void
decide(struct reach *r, struct message *m, const struct fit *f,
    enum fit_verdict verdict, enum result_status status,
    const struct link_server *away)
{
	struct buf why = { 0 };

	if (away != NULL) {
		m->server = away->text;
		message_decide(m, RESULT_DEFERRED, away->stage, away->code,
		    buf_span(&away->why));
		return;
	}
	fit_explain(&why, f, verdict, r->link.c.size);
	message_decide(m, status, fit_stage(verdict), 0, buf_span(&why));
	buf_free(&why);
}

int
reach_other(struct reach *r, struct message *m, const struct fit *f,
    enum fit_verdict verdict, size_t n)
{
	const struct reach_conf *conf = r->conf;
	const struct link_server *v, *away = NULL;
	enum fit_verdict its;
	int size = verdict == FIT_SIZE;
	size_t i, at;

	if (verdict == FIT_NEVER)
		return -1;
	message_rejoin(m);
	for (i = 1; i < conf->servers; i++) {
		at = (r->at + i) % conf->servers;
		v = &conf->server[at];
		its = v->known ? fit_look(v->caps, v->size, m) : FIT_OK;
		size &= its == FIT_SIZE;
		if (its == FIT_OK && is_resting(v)) {
			away = v;
		} else if (its == FIT_OK && n < conf->servers) {
			link_quit(&r->link);
			turn_to(r, at);
			return 0;
		}
	}
	decide(r, m, f, verdict, size ? RESULT_FAILED : RESULT_DEFERRED, away);
	return -1;
}
