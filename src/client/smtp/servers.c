#include "servers.h"

#include <stdlib.h>

#include "client/client.h"
#include "sys/secret.h"
#include "sys/stop.h"

/* The most that are remembered: those that may be tried again last. */
#define RESTS_MAX 1024

/* --- Those that rest, by address ------------------------------------- */

static int
same_address(const struct server *a, const struct server *b)
{
	return strcmp(a->addr.host, b->addr.host) == 0 &&
	    strcmp(a->addr.port, b->addr.port) == 0;
}

static void
copy(struct server *to, const struct server *from)
{
	to->rest = from->rest;
	to->pausing = 0;
	to->stage = from->stage;
	to->code = from->code;
	buf_set(&to->why, buf_span(&from->why));
}

/* The entry of v, or a new one, or that which ends first. */
static struct server *
entry(struct servers_rests *r, const struct server *v)
{
	struct server *e, *first = r->server;

	for (e = r->server; e < r->server + r->n; e++) {
		if (same_address(e, v))
			return e;
		if (e->rest < first->rest)
			first = e;
	}
	return r->n < RESTS_MAX ? &r->server[r->n++] : first;
}

/* v could not be reached: remembered unless it is only pausing. */
static void
note_rest(struct servers_rests *r, const struct server *v)
{
	struct server *e;

	if (v->pausing)
		return;
	if (r->server == NULL)
		r->server = die_calloc(RESTS_MAX, sizeof *r->server);
	e = entry(r, v);
	e->addr = v->addr;
	copy(e, v);
}

/* v rests, for the same reason, where a server at its address does. */
static void
look_up_rest(const struct servers_rests *r, struct server *v)
{
	size_t i;

	for (i = 0; i < r->n; i++)
		if (r->server[i].rest > v->rest &&
		    same_address(&r->server[i], v))
			copy(v, &r->server[i]);
}

void
servers_rests_free(struct servers_rests *r)
{
	servers_free(r->server, r->n);
	r->server = NULL;
	r->n = 0;
}

/* --- A list of servers ----------------------------------------------- */

struct server *
servers_parse(const char *list, const char *port, size_t *n)
{
	struct server *server;
	size_t length, i;
	char *one;

	for (i = 0, *n = 1; list[i] != '\0'; i++)
		*n += list[i] == ',';
	server = die_calloc(*n, sizeof *server);
	for (i = 0; i < *n; i++, list += length + 1) {
		length = strcspn(list, ",");
		one = span_dup(span_trim(span_of(list, length)));
		if (net_parse(&server[i].addr, one, port) < 0)
			die(EX_USAGE, "server: %s: not an address", one);
		net_text(&server[i].addr, server[i].text);
		free(one);
	}
	return server;
}

void
servers_free(struct server *server, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++) {
		secret_wipe(&server[i].secret);
		buf_free(&server[i].why);
	}
	free(server);
}

void
servers_secrets(struct server *server, size_t n, const char *command,
    const char *netrc, const char *home, const char *user)
{
	struct buf why = { 0 };
	size_t i;

	for (i = 0; i < n; i++)
		if (i > 0 && command != NULL)
			buf_addspan(&server[i].secret,
			    buf_span(&server[0].secret));
		else if (client_secret(&server[i].secret, command, netrc,
		    home, server[i].addr.host, user, &why) < 0)
			die(EX_NOPERM, "%s", buf_str(&why));
}

/* --- Whose turn it is ------------------------------------------------ */

int
servers_stay(const struct servers_conf *conf)
{
	return conf->resolver == NULL && (conf->n == 1 || conf->cap == 0);
}

struct server *
servers_server(const struct servers *s)
{
	return &s->conf->server[s->at];
}

/* The server that is preferred now. */
static size_t
home(const struct servers *s)
{
	return (s->conf->home + s->moved) % s->conf->n;
}

static int
time_to_go_back(const struct servers *s)
{
	return s->away && io_clock() >= s->back;
}

static int
is_full(const struct servers *s)
{
	return s->conf->cap > 0 && s->taken >= s->conf->cap;
}

void
servers_take(struct servers *s)
{
	s->taken++;
}

int
servers_is_over(const struct servers *s)
{
	return is_full(s) || time_to_go_back(s);
}

/* The server after the one in use is preferred from now on. */
static void
move_on(struct servers *s)
{
	const struct servers_conf *conf = s->conf;

	s->moved = (s->at + 1 + conf->n - conf->home) % conf->n;
	s->away = 0;
}

/*
 * Whether the server has hung up while nothing was asked of it.  A message
 * that left whole on such a connection would be unknown.
 */
static int
has_gone(struct smtpc *c)
{
	if (smtpc_silent(c))
		return 0;
	/* A 421, mostly, for the trace. */
	smtpc_hear(c, STAGE_MAIL, 0, 0);
	return 1;
}

void
servers_renew(struct servers *s)
{
	if (s->connection.open && has_gone(&s->connection.c))
		connection_close(&s->connection);
	if (s->connection.open && servers_is_over(s)) {
		connection_quit(&s->connection);
		if (s->conf->spread && is_full(s))
			move_on(s);
	}
	if (!s->connection.open && (!s->away || time_to_go_back(s))) {
		s->at = home(s);
		s->away = 0;
	}
}

/* It is the turn of server at. */
static void
turn_to(struct servers *s, size_t at)
{
	s->at = at;
	if (!s->away)
		s->back = io_clock() + CONNECTION_REST;
	s->away = s->at != home(s);
}

void
servers_leave(struct servers *s)
{
	connection_close(&s->connection);
	turn_to(s, (s->at + 1) % s->conf->n);
}

/* Whether a message has had its connections. */
static int
is_enough(const struct servers *s, int tries)
{
	return tries >= SERVERS_TRIES && (size_t)tries >= s->conf->n;
}

/* ms for all servers, and of what is left of it for the next of n. */
static long
time_for_all(const struct servers_conf *conf)
{
	long long waits = (long long)conf->n + SERVERS_WAITS;

	return conf->connection.limit == IO_FOREVER ||
	    conf->connection.limit * waits > SERVERS_TIME ? SERVERS_TIME :
	    (long)(conf->connection.limit * waits);
}

static long
time_for_one(const struct servers_conf *conf, long long left, size_t n)
{
	long least = conf->connection.limit == IO_FOREVER ||
	    conf->connection.limit > CONNECTION_DIAL ? CONNECTION_DIAL :
	    conf->connection.limit;

	left /= (long long)n;
	return left > least ? (long)left : least;
}

long
servers_pause(const struct servers_conf *conf)
{
	long long now = io_clock(), rest = -1;
	const struct server *v;

	for (v = conf->server; v < conf->server + conf->n; v++)
		if (v->pausing && (rest < 0 || v->rest < rest))
			rest = v->rest;
	if (rest < 0)
		return -1;
	return rest > now ? (long)(rest - now) : 0;
}

/* Looks for a server that talks, each one once: 0, or -1. */
static int
try_servers(struct servers *s, int *tries, const struct server **failed)
{
	const struct servers_conf *conf = s->conf;
	long long end = io_clock() + time_for_all(conf);
	struct server *v;
	size_t i;
	long time;

	for (i = 0; i < conf->n; i++) {
		v = servers_server(s);
		*failed = v;
		time = time_for_one(conf, end - io_clock(), conf->n - i);
		if (conf->rests != NULL && v->rest <= io_clock())
			look_up_rest(conf->rests, v);
		if (v->rest <= io_clock()) {
			if (connection_open(&s->connection,
			    &conf->connection, v, time) == 0)
				return 0;
			*tries += v->pausing;
			if (conf->rests != NULL)
				note_rest(conf->rests, v);
		}
		servers_leave(s);
		if (v->pausing && is_enough(s, *tries))
			break;
	}
	return -1;
}

int
servers_connect(struct servers *s, int *tries, int patient,
    const struct server **failed)
{
	const struct servers_conf *conf = s->conf;
	long wait;

	if (s->connection.open)
		return 0;
	s->taken = 0;
	while (try_servers(s, tries, failed) < 0) {
		wait = servers_pause(conf);
		if (!patient || wait < 0 || is_enough(s, *tries) ||
		    stop_asked())
			return -1;
		if (conf->connection.wait != NULL)
			conf->connection.wait(conf->connection.arg);
		stop_wait(-1, (int)wait);
	}
	return 0;
}

/* Whether v is left alone, and not only for a moment. */
static int
is_resting(const struct server *v)
{
	return v->rest > io_clock() && !v->pausing;
}

/* The outcome, where no server can take m; away is one that might. */
static void
decide(struct servers *s, struct message *m, const struct esmtp_form *f,
    enum esmtp_verdict verdict, enum result_status status,
    const struct server *away)
{
	struct buf why = { 0 };

	if (away != NULL) {
		m->server = away->text;
		message_decide(m, RESULT_DEFERRED, away->stage, away->code,
		    buf_span(&away->why));
		return;
	}
	esmtp_explain(&why, f, verdict, s->connection.c.size);
	message_decide(m, status, esmtp_stage(verdict), 0, buf_span(&why));
	buf_free(&why);
}

int
servers_other(struct servers *s, struct message *m, const struct esmtp_form *f,
    enum esmtp_verdict verdict, size_t n)
{
	const struct servers_conf *conf = s->conf;
	const struct server *v, *away = NULL;
	enum esmtp_verdict its;
	int size = verdict == ESMTP_SIZE;
	size_t i, at;

	if (verdict == ESMTP_NEVER)
		return -1;
	message_rejoin(m);
	for (i = 1; i < conf->n; i++) {
		at = (s->at + i) % conf->n;
		v = &conf->server[at];
		its = v->known ? esmtp_look(v->caps, v->size, m) : ESMTP_OK;
		size &= its == ESMTP_SIZE;
		if (its == ESMTP_OK && is_resting(v)) {
			away = v;
		} else if (its == ESMTP_OK && n < conf->n) {
			connection_quit(&s->connection);
			turn_to(s, at);
			return 0;
		}
	}
	decide(s, m, f, verdict, size ? RESULT_FAILED : RESULT_DEFERRED, away);
	return -1;
}
