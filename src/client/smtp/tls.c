#include "tls.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "format/wire/protocol.h"
#include "sys/die.h"
#include "sys/io.h"
#include "sys/openssl.h"

/* A server has so many ms to take offence at what is no TLS. */
#define LOOK_TIMEOUT 1000

static int
is_ip(const char *host)
{
	unsigned char ip[16];

	return inet_pton(AF_INET, host, ip) == 1 ||
	    inet_pton(AF_INET6, host, ip) == 1;
}

/*
 * -quiet: no line of the session is a command of openssl's own.  A host's name
 * has no blanks, so the words are safe to split.  No certificate has a name
 * with a dot at its end (RFC 6066 3).
 */
char **
tls_command(const struct net_addr *a, const struct net_addr *server)
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

enum smtpc_status
tls_start(struct smtpc *c, const char *helo)
{
	enum smtpc_status status;

	status = smtpc_hello(c, helo, 0, 0);
	if (status != SMTPC_OK)
		return status;
	if (!(c->caps & OFFER_STARTTLS)) {
		smtpc_quit(c);
		return give_up(c, "the server does not offer STARTTLS");
	}
	if (!smtpc_silent(c))
		return give_up(c, "the server speaks before it was asked");
	smtpc_say(c, span_str("STARTTLS"));
	status = smtpc_hear(c, STAGE_TLS, SMTPC_COMMAND, 2);
	if (status == SMTPC_OK && !smtpc_silent(c))
		return give_up(c, "something was put in before TLS: "
		    "somebody may be in between");
	return status;
}

/* What may pass for a line to everybody but one who waits for TLS. */
void
tls_look(struct smtpc *c)
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

struct ends {
	int listener, server;
};

/* Copies both ways until both ends are done, or parent has gone. */
static void
join(int client, int server, int parent)
{
	static struct relay_way way[2];

	way[0].from = way[1].to = client;
	way[0].to = way[1].from = server;
	while (!way[0].failed && !way[1].failed &&
	    (!way[0].eof || !way[1].eof))
		if (relay_round(way, COUNT(way), parent, IO_FOREVER) < 0)
			return;
}

static int
work(void *arg, int parent)
{
	struct ends *e = arg;
	struct pollfd f[2];
	int client = -1;

	/* A signal from the terminal is for our parent, who still needs us. */
	setpgid(0, 0);
	f[0].fd = e->listener;
	f[1].fd = parent;
	f[0].events = f[1].events = POLLIN;
	do {
		f[0].revents = f[1].revents = 0;
		if (poll(f, 2, -1) < 0 && errno != EINTR)
			return EX_TEMPFAIL;
		if (f[1].revents != 0)
			return EX_OK;
		if (f[0].revents != 0)
			client = accept(e->listener, NULL, NULL);
	} while (client < 0);
	close(e->listener);
	if (fcntl(client, F_SETFL, O_NONBLOCK) == 0 &&
	    fcntl(e->server, F_SETFL, O_NONBLOCK) == 0)
		join(client, e->server, parent);
	return EX_OK;
}

int
tls_listen(struct spawn *s, int fd, struct net_addr *a, const char **why)
{
	int listener[NET_SOCKETS_MAX], r;
	struct ends e = { -1, fd };
	char text[NET_TEXT_MAX];

	net_parse(a, ":0", "0");
	if (net_listen(a, listener, why) < 0)
		return -1;
	e.listener = listener[0];
	net_bound(e.listener, text);
	net_parse(a, text, "0");
	r = spawn_copy(s, work, &e);
	*why = strerror(errno);
	close(e.listener);
	return r;
}
