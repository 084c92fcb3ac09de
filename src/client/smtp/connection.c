#include "connection.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include "client/client.h"
#include "format/wire/protocol.h"
#include "sys/openssl.h"

/*
 * Where TLS comes from the start (RFC 8314) nobody waits for a greeting: ms
 * after which it is said that there is none without it.
 */
#define TLS_PORT "465"
#define TLS_PORT_TIME 10000

/* A server has so many ms to take offence at what is no TLS. */
#define LOOK_TIMEOUT 1000

/* The server is left alone for a while: -1. */
static int
rest(struct server *v, enum result_stage stage, int code,
    struct span why)
{
	v->rest = io_clock() + CONNECTION_REST;
	v->pausing = 0;
	v->stage = stage;
	v->code = code;
	buf_set(&v->why, why);
	return -1;
}

/* What it costs to wait for it must not come again soon. */
static void
rest_long(struct server *v, long long waited)
{
	long long until = io_clock() + CONNECTION_REST_TIMES * waited;

	if (!v->pausing && v->rest < until)
		v->rest = until;
}

static void
speak(struct connection *c, const struct connection_conf *conf, int in, int out)
{
	int left = io_left(c->end);

	smtpc_init(&c->c, in, out, conf->limit, conf->trace);
	c->c.bold = conf->bold;
	smtpc_within(&c->c, left > 0 ? left : 1);
}

static int
dial(struct connection *c, const struct connection_conf *conf, struct server *v)
{
	int left = io_left(c->end), timeout = CONNECTION_DIAL, temporary;
	const char *why;

	if (conf->limit != IO_FOREVER && conf->limit < timeout)
		timeout = conf->limit;
	if (left < timeout)
		timeout = left;
	c->fd = net_dial(&v->addr, timeout, &why, &temporary);
	if (c->fd < 0)
		return rest(v, STAGE_CONNECT, 0, span_str(why));
	io_block(c->fd);
	speak(c, conf, c->fd, c->fd);
	return 0;
}

/*
 * What a server that does not talk to us says, or why it does not.  One that
 * hangs up, and soon, may do better in a moment; its pauses are kept short,
 * for somebody waits.
 */
static int
turned_away(struct server *v, const struct smtpc *c,
    enum smtpc_status status, long long began)
{
	if (status == SMTPC_REFUSED)
		return rest(v, c->stage, c->reply.code,
		    buf_span(&c->reply.text));
	rest(v, c->stage, c->code, buf_span(&c->why));
	if (c->code == RESULT_OURS || c->silent ||
	    ++v->strikes >= CONNECTION_STRIKES ||
	    io_clock() - began >= CONNECTION_DIAL)
		return -1;
	v->rest = io_clock() + client_pause(v->strikes > 1);
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
own_name(struct buf *name, const struct connection *c,
    const struct connection_conf *conf, const struct server *v)
{
	struct net_peer own = { .text = "" };
	const char *why;
	int fd = c->fd;

	if (!conf->by_ip)
		return conf->helo;
	if (fd < 0 && conf->tls != TLS_NONE && v->addr.path[0] == '\0')
		fd = net_dial_udp(&v->addr, &why);
	if (fd >= 0)
		net_own(&own, fd);
	if (fd != c->fd)
		close(fd);
	buf_addf(name, strchr(own.text, ':') != NULL ? "[IPv6:%s]" : "[%s]",
	    own.text[0] != '\0' ? own.text : "127.0.0.1");
	return buf_str(name);
}

static int
is_ip(const char *host)
{
	unsigned char ip[16];

	return inet_pton(AF_INET, host, ip) == 1 ||
	    inet_pton(AF_INET6, host, ip) == 1;
}

/*
 * The words of a command that connects to a, checks the certificate and its
 * name, which is that of server, and joins the session to its standard input
 * and output; one block, the caller's to free.
 *
 * -quiet: no line of the session is a command of openssl's own.  A host's name
 * has no blanks, so the words are safe to split.  No certificate has a name
 * with a dot at its end (RFC 6066 3).
 */
static char **
command_for_tls(const struct net_addr *a, const struct net_addr *server)
{
	const char *name = server->host[0] != '\0' ? server->host : "localhost";
	size_t n = strlen(name);
	char *host = span_dup(span_of(name, n - (name[n - 1] == '.')));
	struct buf line = { 0 };
	char **argv;

	buf_addf(&line, "openssl s_client -quiet -verify_quiet "
	    "-verify_return_error -%s %%h",
	    is_ip(host) ? "verify_ip" : "verify_hostname");
	if (!is_ip(host))
		buf_adds(&line, " -servername %h");
	if (a != server)
		buf_addf(&line, " -connect %s:%s", a->host, a->port);
	else
		buf_adds(&line, strchr(host, ':') != NULL ?
		    " -connect [%h]:%p" : " -connect %h:%p");
	argv = spawn_words(buf_str(&line), host, server->port);
	buf_free(&line);
	free(host);
	return argv;
}

static enum smtpc_status
give_up(struct smtpc *c, const char *why)
{
	smtpc_lost(c, why);
	c->stage = STAGE_TLS;
	c->code = RESULT_OURS;
	return SMTPC_LOST;
}

/* The server is to keep silent: one that says something is told of by spoke. */
static enum smtpc_status
need_silence(struct smtpc *c, const char *spoke)
{
	if (smtpc_silent(c))
		return SMTPC_OK;
	if (rd_pending(&c->rd).n > 0)
		return give_up(c, spoke);
	c->stage = STAGE_TLS;
	return smtpc_lost(c, "connection lost");
}

/*
 * Brings c, whose greeting has not come yet, up to the handshake.  A server
 * that says more than it was asked is SMTPC_LOST: in the clear anybody can
 * have put that in (CVE-2011-0411).
 */
static enum smtpc_status
say_starttls(struct smtpc *c, const char *helo)
{
	enum smtpc_status status;

	status = smtpc_hello(c, helo, 0, 0);
	if (status != SMTPC_OK)
		return status;
	if (!(c->caps & OFFER_STARTTLS)) {
		smtpc_quit(c);
		return give_up(c, "the server does not offer STARTTLS");
	}
	status = need_silence(c, "the server speaks before it was asked");
	if (status != SMTPC_OK)
		return status;
	smtpc_say(c, span_str("STARTTLS"));
	status = smtpc_hear(c, STAGE_TLS, SMTPC_COMMAND, 2);
	if (status == SMTPC_OK)
		status = need_silence(c, "something was put in before TLS: "
		    "somebody may be in between");
	return status;
}

/*
 * No greeting has come in time: where the server hangs up on what is no TLS, or
 * answers in TLS, c->why says so, and what to do.  What it is told may pass for
 * a line to everybody but one who waits for TLS.
 */
static void
look_for_tls(struct smtpc *c)
{
	enum rd_status status;
	struct span came;

	/* What has come tells by itself. */
	if (c->stage != STAGE_CONNECT || !c->silent ||
	    rd_pending(&c->rd).n > 0)
		return;
	wr_add(&c->wr, "\r\n\r\n\r\n", 6);
	if (wr_flush(&c->wr) < 0)
		return;
	c->rd.timeout = LOOK_TIMEOUT;
	status = rd_some(&c->rd, &came);
	if (status == RD_EOF || status == RD_ERROR ||
	    (status == RD_LINE && protocol_guess(came) == PROTOCOL_TLS))
		buf_adds(&c->why, SMTPC_AT_ONCE);
}

/*
 * STARTTLS, where it is to be said, is ours to say: whatever comes with its
 * answer must be seen.  Then the connection is left to the listener at a.
 */
static int
start_tls(struct connection *c, const struct connection_conf *conf,
    struct server *v, struct net_addr *a)
{
	struct buf name = { 0 };
	enum smtpc_status status = SMTPC_OK;
	const char *why;
	int r;

	if (dial(c, conf, v) < 0)
		return -1;
	if (conf->tls == TLS_STARTTLS)
		status = say_starttls(&c->c, own_name(&name, c, conf, v));
	buf_free(&name);
	if (status == SMTPC_LOST)
		look_for_tls(&c->c);
	if (status == SMTPC_OK) {
		r = openssl_listen(&c->listener, c->fd, a, &why);
		if (r < 0)
			rest(v, STAGE_TLS, 0, span_str(why));
		c->listens = r == 0;
	} else {
		r = turned_away(v, &c->c, status, io_clock());
	}
	smtpc_free(&c->c);
	close(c->fd);
	c->fd = -1;
	return r;
}

/* A command is the connection; a pipe to it must not block for ever. */
static int
run(struct connection *c, const struct connection_conf *conf, struct server *v)
{
	const char *host = v->addr.host[0] != '\0' ? v->addr.host :
	    "localhost";
	struct net_addr a, *to = &v->addr;
	struct buf why = { 0 };
	char **argv;
	int r;

	/* openssl knows nothing of the address that we are to come from. */
	if (conf->tls == TLS_STARTTLS ||
	    (conf->tls == TLS_DIRECT && net_family() != AF_UNSPEC)) {
		to = &a;
		if (start_tls(c, conf, v, to) < 0)
			return -1;
	}
	if (conf->tls != TLS_NONE) {
		argv = command_for_tls(to, &v->addr);
		r = spawn_start(&c->child, argv, &c->complaints);
	} else {
		argv = spawn_words(conf->command, host, v->addr.port);
		r = spawn_start(&c->child, argv, NULL);
	}
	if (r < 0) {
		buf_addf(&why, "%s: %s", argv[0], strerror(errno));
		rest(v, STAGE_CONNECT, 0, buf_span(&why));
		buf_free(&why);
	}
	free(argv);
	if (r < 0)
		return -1;
	fcntl(c->child.out, F_SETFL, O_NONBLOCK);
	speak(c, conf, c->child.in, c->child.out);
	return 0;
}

/* Whether what others must not read may be sent as it is. */
static int
is_safe(const struct connection *c)
{
	struct net_peer peer;

	if (c->fd < 0)
		return 1;
	net_peer(&peer, c->fd);
	return peer.local;
}

static enum smtpc_status
greet(struct connection *c, const struct connection_conf *conf,
    const struct server *v)
{
	struct buf name = { 0 };
	enum smtpc_status status;

	if (conf->bare)
		return conf->tls == TLS_STARTTLS ? SMTPC_OK :
		    smtpc_hear(&c->c, STAGE_CONNECT, SMTPC_GREETING, 2);
	status = smtpc_hello(&c->c, own_name(&name, c, conf, v),
	    conf->tls == TLS_STARTTLS, conf->old || v->old);
	buf_free(&name);
	if (status == SMTPC_OK)
		status = smtpc_in_step(&c->c);
	if (status == SMTPC_OK && conf->auth != NULL)
		status = saslc_login(&c->c, conf->auth, buf_span(&v->secret),
		    is_safe(c));
	return status == SMTPC_OK ? smtpc_in_step(&c->c) : status;
}

/* What the command has to say explains more than a lost connection. */
static void
explain(struct connection *c, const struct connection_conf *conf,
    struct server *v)
{
	struct buf why = { 0 };

	if (c->complaints < 0)
		return;
	if (openssl_explain(&why, c->complaints, "server")) {
		if (conf->tls == TLS_DIRECT && openssl_is_plain(&why))
			buf_adds(&why, " at once: use -Z once, for STARTTLS");
		rest(v, STAGE_TLS, 0, buf_span(&why));
	}
	buf_free(&why);
}

static void
end_listener(struct connection *c)
{
	if (c->listens)
		spawn_stop(&c->listener);
	c->listens = 0;
}

/*
 * Whether HELO may do better than EHLO did, the second time in a row; there is
 * no TLS and no log-in without EHLO.
 */
static int
may_be_old(const struct smtpc *c, const struct connection_conf *conf,
    const struct server *v)
{
	return c->stage == STAGE_HELO && c->code == 0 && !c->silent &&
	    v->strikes > 0 && v->stage == STAGE_HELO && !v->old &&
	    !conf->old && conf->tls == TLS_NONE && conf->auth == NULL;
}

/* A connection, by which somebody talks to us: 0, or -1. */
static int
come_about(struct connection *c, const struct connection_conf *conf,
    struct server *server)
{
	long long began = io_clock();
	struct smtpc *smtp = &c->c;
	enum smtpc_status status;

	if ((conf->tls == TLS_NONE && conf->command == NULL ?
	    dial(c, conf, server) : run(c, conf, server)) < 0) {
		end_listener(c);
		return -1;
	}
	c->open = 1;
	smtp->wait = conf->wait;
	smtp->arg = conf->arg;
	status = greet(c, conf, server);
	smtpc_within(smtp, 0);
	if (status == SMTPC_OK)
		return 0;
	if (status == SMTPC_LOST && may_be_old(smtp, conf, server)) {
		connection_close(c);
		server->old = 1;
		if (come_about(c, conf, server) == 0)
			return 0;
		server->old = 0;
		return -1;
	}
	if (status == SMTPC_LOST && c->fd >= 0)
		look_for_tls(smtp);
	turned_away(server, smtp, status, began);
	if (status == SMTPC_REFUSED)
		smtpc_quit(smtp);
	else
		explain(c, conf, server);
	connection_close(c);
	return -1;
}

int
connection_open(struct connection *c, const struct connection_conf *conf,
    struct server *server, long time)
{
	long long began = io_clock();

	c->fd = c->complaints = -1;
	c->listens = 0;
	if (conf->tls != TLS_DIRECT && time > TLS_PORT_TIME &&
	    strcmp(server->addr.port, TLS_PORT) == 0)
		time = TLS_PORT_TIME;
	c->end = began + time;
	if (conf->wait != NULL)
		conf->wait(conf->arg);
	if (come_about(c, conf, server) < 0) {
		rest_long(server, io_clock() - began);
		return -1;
	}
	server->strikes = server->pausing = 0;
	server->known = 1;
	c->c.caps &= ~(server->refused | conf->unwanted);
	server->caps = c->c.caps;
	server->size = c->c.size;
	return 0;
}

void
connection_judge(const struct connection *c, struct server *server, int lost)
{
	const struct smtpc *smtp = &c->c;

	server->refused |= smtp->refused;
	server->caps &= ~smtp->refused;
	if (!lost || !smtp->silent) {
		server->silences = 0;
	} else if (++server->silences >= CONNECTION_SILENCES) {
		server->silences = 0;
		rest(server, smtp->stage, 0, buf_span(&smtp->why));
		rest_long(server, smtpc_capped(smtp, SMTPC_COMMAND));
	}
}

void
connection_quit(struct connection *c)
{
	if (c->open)
		smtpc_quit(&c->c);
	connection_close(c);
}

void
connection_close(struct connection *c)
{
	if (!c->open)
		return;
	c->open = 0;
	smtpc_free(&c->c);
	if (c->fd >= 0) {
		close(c->fd);
	} else {
		/* openssl waits for a server that may never hang up. */
		spawn_stop(&c->child);
		end_listener(c);
	}
	if (c->complaints >= 0)
		close(c->complaints);
}
