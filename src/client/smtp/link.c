#include "link.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include "client/backoff.h"
#include "client/credential.h"
#include "client/smtp/relay.h"
#include "client/smtp/tls.h"
#include "sys/secret.h"

struct link_server *
link_servers(const char *list, const char *port, size_t *n)
{
	struct link_server *server;
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
link_servers_free(struct link_server *server, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++) {
		secret_wipe(&server[i].secret);
		buf_free(&server[i].why);
	}
	free(server);
}

int
link_secrets(struct link_server *server, size_t n, const char *command,
    const char *netrc, const char *home, const char *user, struct buf *why)
{
	size_t i;

	for (i = 0; i < n; i++)
		if (i > 0 && command != NULL)
			buf_addspan(&server[i].secret,
			    buf_span(&server[0].secret));
		else if (credential_find(&server[i].secret, command, netrc,
		    home, server[i].addr.host, user, why) < 0)
			return -1;
	return 0;
}

/* The server is left alone for a while: -1. */
static int
rest(struct link_server *v, enum result_stage stage, int code,
    struct span why)
{
	v->rest = io_clock() + LINK_REST;
	v->pausing = 0;
	v->stage = stage;
	v->code = code;
	buf_clear(&v->why);
	buf_addspan(&v->why, why);
	return -1;
}

/* What it costs to wait for it must not come again soon. */
static void
rest_long(struct link_server *v, long long waited)
{
	long long until = io_clock() + LINK_REST_TIMES * waited;

	if (!v->pausing && v->rest < until)
		v->rest = until;
}

static void
speak(struct link *l, const struct link_conf *conf, int in, int out)
{
	long long left = l->end - io_clock();

	smtpc_init(&l->c, in, out, conf->limit, conf->trace);
	smtpc_within(&l->c, left > 0 ? (long)left : 1);
}

static int
dial(struct link *l, const struct link_conf *conf, struct link_server *v)
{
	long long left = l->end - io_clock();
	int timeout = LINK_DIAL, temporary;
	const char *why;

	if (conf->limit != IO_FOREVER && conf->limit < timeout)
		timeout = conf->limit;
	if (left < timeout)
		timeout = left > 0 ? (int)left : 0;
	l->fd = net_dial(&v->addr, timeout, &why, &temporary);
	if (l->fd < 0)
		return rest(v, STAGE_CONNECT, 0, span_str(why));
	io_block(l->fd);
	speak(l, conf, l->fd, l->fd);
	return 0;
}

/*
 * What a server that does not talk to us says, or why it does not.  One that
 * hangs up, and soon, may do better in a moment; its pauses are kept short,
 * for somebody waits.
 */
static int
turned_away(struct link_server *v, const struct smtpc *c,
    enum smtpc_status status, long long began)
{
	if (status == SMTPC_REFUSED)
		return rest(v, c->stage, c->reply.code,
		    buf_span(&c->reply.text));
	rest(v, c->stage, c->code, buf_span(&c->why));
	if (c->code == RESULT_OURS || c->silent ||
	    ++v->strikes >= LINK_STRIKES || io_clock() - began >= LINK_DIAL)
		return -1;
	v->rest = io_clock() + backoff_pause(v->strikes > 1);
	v->pausing = 1;
	return -1;
}

/*
 * What we say in EHLO.  A name that is not a domain in full is refused by many,
 * so there the address that we come from stands in for it (RFC 5321 4.1.4):
 * where openssl makes the connection, that of any socket to there; of what
 * another command does nothing is known.
 */
static const char *
own_name(struct buf *name, const struct link *l,
    const struct link_conf *conf, const struct link_server *v)
{
	struct net_peer own = { .text = "" };
	const char *why;
	int fd = l->fd;

	if (!conf->by_ip)
		return conf->helo;
	if (fd < 0 && conf->tls != LINK_CLEAR && v->addr.path[0] == '\0')
		fd = net_dial_udp(&v->addr, &why);
	if (fd >= 0)
		net_own(&own, fd);
	if (fd != l->fd)
		close(fd);
	buf_addf(name, strchr(own.text, ':') != NULL ? "[IPv6:%s]" : "[%s]",
	    own.text[0] != '\0' ? own.text : "127.0.0.1");
	return buf_str(name);
}

/*
 * STARTTLS is ours to say: whatever comes with its answer must be seen.  Then
 * the connection is left to the relay, at a.
 */
static int
start_tls(struct link *l, const struct link_conf *conf, struct link_server *v,
    struct net_addr *a)
{
	struct buf name = { 0 };
	enum smtpc_status status;
	const char *why;
	int r;

	if (dial(l, conf, v) < 0)
		return -1;
	status = tls_start(&l->c, own_name(&name, l, conf, v));
	buf_free(&name);
	if (status == SMTPC_OK) {
		r = relay_start(&l->relay, l->fd, a, &why);
		if (r < 0)
			rest(v, STAGE_TLS, 0, span_str(why));
		l->relayed = r == 0;
	} else {
		r = turned_away(v, &l->c, status, io_clock());
	}
	smtpc_free(&l->c);
	close(l->fd);
	l->fd = -1;
	return r;
}

/* A command is the connection; a pipe to it must not block for ever. */
static int
run(struct link *l, const struct link_conf *conf, struct link_server *v)
{
	const char *host = v->addr.host[0] != '\0' ? v->addr.host :
	    "localhost";
	struct net_addr a, *to = &v->addr;
	struct buf why = { 0 };
	char **argv;
	int r;

	if (conf->tls == LINK_STARTTLS) {
		to = &a;
		if (start_tls(l, conf, v, to) < 0)
			return -1;
	}
	if (conf->tls != LINK_CLEAR) {
		argv = tls_command(to, &v->addr);
		r = spawn_tapped(&l->child, argv, &l->complaints);
	} else {
		argv = spawn_words(conf->command, host, v->addr.port);
		r = spawn_start(&l->child, argv);
	}
	if (r < 0) {
		buf_addf(&why, "%s: %s", argv[0], strerror(errno));
		rest(v, STAGE_CONNECT, 0, buf_span(&why));
		buf_free(&why);
	}
	free(argv);
	if (r < 0)
		return -1;
	fcntl(l->child.out, F_SETFL, O_NONBLOCK);
	speak(l, conf, l->child.in, l->child.out);
	return 0;
}

/* Whether what others must not read may be sent as it is. */
static int
is_safe(const struct link *l)
{
	struct net_peer peer;

	if (l->fd < 0)
		return 1;
	net_peer(&peer, l->fd);
	return peer.local;
}

static enum smtpc_status
greet(struct link *l, const struct link_conf *conf,
    const struct link_server *v)
{
	struct buf name = { 0 };
	enum smtpc_status status;

	if (conf->bare)
		return conf->tls == LINK_STARTTLS ? SMTPC_OK :
		    smtpc_hear(&l->c, STAGE_CONNECT, SMTPC_GREETING, 2);
	status = smtpc_hello(&l->c, own_name(&name, l, conf, v),
	    conf->tls == LINK_STARTTLS);
	buf_free(&name);
	if (status == SMTPC_OK && conf->auth != NULL)
		status = auth_login(&l->c, conf->auth, buf_span(&v->secret),
		    is_safe(l));
	return status;
}

/* What the command has to say explains more than a lost connection. */
static void
explain(struct link *l, struct link_server *v)
{
	struct buf why = { 0 };

	if (l->complaints < 0)
		return;
	if (tls_explain(&why, l->complaints))
		rest(v, STAGE_TLS, 0, buf_span(&why));
	buf_free(&why);
}

static void
end_relay(struct link *l)
{
	if (l->relayed)
		spawn_stop(&l->relay);
	l->relayed = 0;
}

/* A connection, by which somebody talks to us: 0, or -1. */
static int
come_about(struct link *l, const struct link_conf *conf,
    struct link_server *server)
{
	long long began = io_clock();
	struct smtpc *c = &l->c;
	enum smtpc_status status;

	if ((conf->tls == LINK_CLEAR && conf->command == NULL ?
	    dial(l, conf, server) : run(l, conf, server)) < 0) {
		end_relay(l);
		return -1;
	}
	l->open = 1;
	c->wait = conf->wait;
	c->arg = conf->arg;
	status = greet(l, conf, server);
	smtpc_within(c, 0);
	if (status == SMTPC_OK)
		return 0;
	turned_away(server, c, status, began);
	if (status == SMTPC_REFUSED)
		smtpc_quit(c);
	else
		explain(l, server);
	link_close(l);
	return -1;
}

int
link_open(struct link *l, const struct link_conf *conf,
    struct link_server *server, long time)
{
	long long began = io_clock();

	l->fd = l->complaints = -1;
	l->relayed = 0;
	l->end = began + time;
	if (conf->wait != NULL)
		conf->wait(conf->arg);
	if (come_about(l, conf, server) < 0) {
		rest_long(server, io_clock() - began);
		return -1;
	}
	server->strikes = server->pausing = 0;
	server->known = 1;
	l->c.caps &= ~server->refused;
	server->caps = l->c.caps;
	server->size = l->c.size;
	return 0;
}

void
link_judge(const struct link *l, struct link_server *server, int lost)
{
	const struct smtpc *c = &l->c;

	server->refused |= c->refused;
	server->caps &= ~c->refused;
	if (!lost || !c->silent) {
		server->silences = 0;
	} else if (++server->silences >= LINK_SILENCES) {
		server->silences = 0;
		rest(server, c->stage, 0, buf_span(&c->why));
		rest_long(server, smtpc_capped(c, SMTPC_COMMAND));
	}
}

long
link_pause(const struct link_server *server, size_t n)
{
	long long now = io_clock(), rest = -1;
	size_t i;

	for (i = 0; i < n; i++)
		if (server[i].pausing && (rest < 0 || server[i].rest < rest))
			rest = server[i].rest;
	if (rest < 0)
		return -1;
	return rest > now ? (long)(rest - now) : 0;
}

void
link_quit(struct link *l)
{
	if (l->open)
		smtpc_quit(&l->c);
	link_close(l);
}

void
link_close(struct link *l)
{
	if (!l->open)
		return;
	l->open = 0;
	smtpc_free(&l->c);
	if (l->fd >= 0) {
		close(l->fd);
	} else {
		/* openssl waits for a server that may never hang up. */
		spawn_stop(&l->child);
		end_relay(l);
	}
	if (l->complaints >= 0)
		close(l->complaints);
}
