#include "tls.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "sys/die.h"
#include "sys/io.h"

/* It has this long to say why it ends, in ms; and says no more than that. */
#define WORDS_TIMEOUT 1000
#define WORD_MAX 512

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

/* The n-th of the words that colons divide, from 0; empty beyond the last. */
static struct span
word(struct span s, int n)
{
	while (n-- > 0)
		span_cut(&s, ':');
	return span_trim(span_cut(&s, ':'));
}

/* What openssl's words mean to a person. */
static void
add_reason(struct buf *why, struct span reason)
{
	static const char *const known[][2] = {
		{ "wrong version number", "the server does not speak TLS" },
		{ "packet length too long", "the server does not speak TLS" },
		{ "unsupported protocol", "no version of TLS in common" },
		{ "tlsv1 alert protocol version",
		    "no version of TLS in common" },
		{ "sslv3 alert handshake failure",
		    "the server refuses the handshake" },
	};
	size_t i;

	for (i = 0; i < COUNT(known); i++)
		if (span_is(reason, known[i][0])) {
			buf_adds(why, known[i][1]);
			return;
		}
	buf_addspan(why, reason);
}

static int
holds(struct span line, const char *s)
{
	for (; line.n > 0; line = span_drop(line, 1))
		if (span_begins(line, s))
			return 1;
	return 0;
}

/*
 * One line of openssl's: 1 when it says why.  Those of its own library are
 * thread:error:code:library:function:reason:file:line:more.
 */
static int
explain_line(struct buf *why, struct span line)
{
	if (span_begins(line, "verify error:num=")) {
		buf_adds(why, "the server's certificate is not accepted: ");
		buf_addspan(why, word(line, 2));
	} else if (holds(line, ":BIO_lookup")) {
		buf_adds(why, "no connection: ");
		buf_addspan(why, word(line, 8));
	} else if (holds(line, ":BIO_connect:")) {
		buf_adds(why, "no connection: ");
		buf_addspan(why, word(line, 5));
	} else if (holds(line, ":SSL routines:") &&
	    !span_is(word(line, 5), "unexpected eof while reading")) {
		buf_adds(why, "TLS failed: ");
		add_reason(why, word(line, 5));
	} else {
		return 0;
	}
	return 1;
}

int
tls_explain(struct buf *why, int fd)
{
	struct span line;
	struct rd rd;
	int found = 0;

	rd_init(&rd, fd, WORDS_TIMEOUT, WORD_MAX);
	while (!found && rd_line(&rd, &line) == RD_LINE)
		found = explain_line(why, span_chomp(line));
	rd_free(&rd);
	return found;
}

/* Bytes on their way in one direction. */
#define WAY_SIZE 16384

struct way {
	int from, to;
	size_t at, n;		/* what has been read and not written */
	int eof;
	char p[WAY_SIZE];
};

struct ends {
	int listener, server;
};

/* Reads or writes, whatever can be done: 0, or -1 when it is over. */
static int
go_on(struct way *w)
{
	ssize_t r;

	if (w->at == w->n && !w->eof) {
		r = read(w->from, w->p, sizeof w->p);
		if (r == 0) {
			w->eof = 1;
			shutdown(w->to, SHUT_WR);
		}
		w->at = 0;
		w->n = r > 0 ? (size_t)r : 0;
		if (r < 0 && errno != EAGAIN && errno != EINTR)
			return -1;
	}
	if (w->at < w->n) {
		r = write(w->to, w->p + w->at, w->n - w->at);
		if (r > 0)
			w->at += (size_t)r;
		if (r < 0 && errno != EAGAIN && errno != EINTR)
			return -1;
	}
	return 0;
}

static void
set_poll(struct pollfd *in, struct pollfd *out, const struct way *w)
{
	if (w->at < w->n)
		out->events |= POLLOUT;
	else if (!w->eof)
		in->events |= POLLIN;
}

/* Copies both ways until both ends are done, or parent has gone. */
static void
join(int client, int server, int parent)
{
	static struct way up, down;
	struct pollfd f[3];

	up.from = down.to = client;
	up.to = down.from = server;
	while (!up.eof || !down.eof) {
		memset(f, 0, sizeof f);
		f[0].fd = client;
		f[1].fd = server;
		f[2].fd = parent;
		f[2].events = POLLIN;
		set_poll(&f[0], &f[1], &up);
		set_poll(&f[1], &f[0], &down);
		/* An end that waits for nothing would only say that it is. */
		if (f[0].events == 0)
			f[0].fd = -1;
		if (f[1].events == 0)
			f[1].fd = -1;
		if (poll(f, 3, -1) < 0 && errno != EINTR)
			return;
		if (f[2].revents != 0 || go_on(&up) < 0 || go_on(&down) < 0)
			return;
	}
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
