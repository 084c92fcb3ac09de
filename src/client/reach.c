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

void
reach_leave(struct reach *r)
{
	link_close(&r->link);
	r->at = (r->at + 1) % r->conf->servers;
	if (!r->away)
		r->back = io_clock() + LINK_REST;
	r->away = r->at != home(r);
}

/* Whether a message has had its connections. */
static int
is_enough(const struct reach *r, int tries)
{
	return tries >= REACH_TRIES && (size_t)tries >= r->conf->servers;
}

/* Looks for a server that talks, each one once: 0, or -1. */
static int
try_servers(struct reach *r, int *tries, const struct link_server **failed)
{
	struct link_server *v;
	size_t i;

	for (i = 0; i < r->conf->servers; i++) {
		v = reach_server(r);
		*failed = v;
		if (v->rest <= io_clock()) {
			if (link_open(&r->link, &r->conf->link, v) == 0)
				return 0;
			*tries += v->pausing;
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
