#include "link.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

#include "client/tls.h"

struct link_server *
link_servers(const char *list, const char *port, size_t *n)
{
	struct link_server *server;
	size_t length, i;
	char *one;

	for (i = 0, *n = 1; list[i] != '\0'; i++)
		*n += list[i] == ',';
	server = calloc(*n, sizeof *server);
	if (server == NULL)
		die_nomem();
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

	for (i = 0; i < n; i++)
		buf_free(&server[i].why);
	free(server);
}

/* The server is left alone for a while: -1. */
static int
rest(struct link_server *v, enum result_stage stage, int code,
    struct span why)
{
	v->rest = io_clock() + LINK_REST;
	v->stage = stage;
	v->code = code;
	buf_clear(&v->why);
	buf_addspan(&v->why, why);
	return -1;
}

static int
dial(struct link *l, const struct link_conf *conf, struct link_server *v)
{
	int timeout = LINK_DIAL, temporary;
	const char *why;

	if (conf->limit != IO_FOREVER && conf->limit < timeout)
		timeout = conf->limit;
	l->fd = net_dial(&v->addr, timeout, &why, &temporary);
	if (l->fd < 0)
		return rest(v, STAGE_CONNECT, 0, span_str(why));
	smtpc_init(&l->c, l->fd, l->fd, conf->limit, conf->trace);
	return 0;
}

/* A command is the connection; a pipe to it must not block for ever. */
static int
run(struct link *l, const struct link_conf *conf, struct link_server *v)
{
	const char *host = v->addr.host[0] != '\0' ? v->addr.host :
	    "localhost";
	char **argv;
	int r;

	if (conf->tls != LINK_CLEAR) {
		argv = tls_command(&v->addr, conf->helo,
		    conf->tls == LINK_STARTTLS);
		r = spawn_tapped(&l->child, argv, &l->complaints);
	} else {
		argv = spawn_words(conf->command, host, v->addr.port);
		r = spawn_start(&l->child, argv);
	}
	if (r < 0)
		rest(v, STAGE_CONNECT, 0, span_str(strerror(errno)));
	free(argv);
	if (r < 0)
		return -1;
	fcntl(l->child.out, F_SETFL, O_NONBLOCK);
	smtpc_init(&l->c, l->child.in, l->child.out, conf->limit,
	    conf->trace);
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
greet(struct link *l, const struct link_conf *conf)
{
	enum smtpc_status status;

	if (conf->bare)
		return conf->tls == LINK_STARTTLS ? SMTPC_OK :
		    smtpc_hear(&l->c, STAGE_CONNECT, SMTPC_GREETING, 2);
	status = smtpc_hello(&l->c, conf->helo,
	    conf->tls == LINK_STARTTLS);
	if (status == SMTPC_OK && conf->auth != NULL)
		status = auth_login(&l->c, conf->auth, is_safe(l));
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

int
link_open(struct link *l, const struct link_conf *conf,
    struct link_server *server)
{
	struct smtpc *c = &l->c;

	l->fd = l->complaints = -1;
	if ((conf->tls == LINK_CLEAR && conf->command == NULL ?
	    dial(l, conf, server) : run(l, conf, server)) < 0)
		return -1;
	l->open = 1;
	switch (greet(l, conf)) {
	case SMTPC_OK:
		return 0;
	case SMTPC_REFUSED:
		rest(server, c->stage, c->reply.code,
		    buf_span(&c->reply.text));
		smtpc_quit(c);
		break;
	case SMTPC_LOST:
		rest(server, c->stage, c->code, buf_span(&c->why));
		explain(l, server);
		break;
	}
	link_close(l);
	return -1;
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
		kill(l->child.pid, SIGTERM);
		spawn_end(&l->child);
	}
	if (l->complaints >= 0)
		close(l->complaints);
}
