#include "ftpc.h"

#include <errno.h>
#include <stdio.h>
#include <unistd.h>

#include "client/trace.h"

/* 0, for those who return it as the code of no reply. */
static int
lose(struct ftpc *c, const char *why)
{
	if (!c->over) {
		buf_clear(&c->why);
		buf_adds(&c->why, why);
	}
	c->over = 1;
	c->reply.code = 0;
	return 0;
}

/* The session ends because of what was answered. */
static int
refused(struct ftpc *c, const char *what, enum exit_code code)
{
	struct buf text = { 0 };

	if (c->over)
		return -1;
	buf_addf(&text, "%s: %d %.*s", what, c->reply.code,
	    (int)c->reply.text.n, c->reply.text.p);
	c->code = c->reply.code / 100 == 4 ? EX_TEMPFAIL : code;
	lose(c, buf_str(&text));
	buf_free(&text);
	return -1;
}

static const char *
no_line(const struct ftpc *c, enum rd_status status)
{
	switch (status) {
	case RD_TIMEOUT:
		return "no answer in time";
	case RD_ERROR:
		return strerror(c->rd.err);
	case RD_LONG:
		return "what came is no reply";
	default:
		return "the connection was cut";
	}
}

void
ftpc_send(struct ftpc *c)
{
	struct wr wr;

	if (c->over || c->out.n == 0)
		return;
	wr_init(&wr, c->fd, c->conf->timeout);
	wr_addspan(&wr, buf_span(&c->out));
	/* What the server said before it hung up may still be there. */
	if (wr_flush(&wr) < 0 && wr.err != EPIPE && wr.err != ECONNRESET)
		lose(c, strerror(wr.err));
	wr_free(&wr);
	buf_clear(&c->out);
}

int
ftpc_hear(struct ftpc *c)
{
	enum rd_status status;
	enum ftp_event event;
	struct span line;

	ftpc_send(c);
	if (c->over)
		return 0;
	ftp_reply_start(&c->reply);
	do {
		status = rd_line(&c->rd, &line);
		if (status != RD_LINE)
			return lose(c, no_line(c, status));
		if (c->conf->verbose)
			trace_line("S: ", line, "");
		event = ftp_reply_line(&c->reply, line);
	} while (event == FTP_MORE);
	if (event == FTP_BAD)
		return lose(c, "what came is no reply");
	if (c->reply.code == 421)
		return lose(c, buf_str(&c->reply.text));
	return c->reply.code;
}

/* Says a line; masked, it shows no more than its verb. */
static void
say(struct ftpc *c, const char *verb, struct span argument, int masked)
{
	size_t at = c->out.n;

	if (c->over)
		return;
	buf_adds(&c->out, verb);
	if (argument.p != NULL) {
		buf_addc(&c->out, ' ');
		buf_addspan(&c->out, argument);
	}
	if (c->conf->verbose)
		trace_line("C: ", masked ? span_str(verb) :
		    span_drop(buf_span(&c->out), at), masked ? " ***" : "");
	buf_adds(&c->out, "\r\n");
}

void
ftpc_say(struct ftpc *c, const char *verb, const char *argument)
{
	say(c, verb, argument != NULL ? span_str(argument) :
	    span_of(NULL, 0), 0);
}

int
ftpc_ask(struct ftpc *c, const char *verb, const char *argument)
{
	ftpc_say(c, verb, argument);
	return ftpc_hear(c);
}

static int
dial(struct ftpc *c)
{
	struct net_peer peer;
	const char *why;
	int temp;

	c->fd = net_dial(&c->conf->addr, c->conf->timeout, &why, &temp);
	if (c->fd < 0) {
		c->code = temp ? EX_TEMPFAIL : EX_NOHOST;
		lose(c, why);
		return -1;
	}
	io_block(c->fd);
	rd_init(&c->rd, c->fd, c->conf->timeout, FTP_LINE_MAX);
	net_peer(&peer, c->fd);
	snprintf(c->data.host, sizeof c->data.host, "%s", peer.text);
	return 0;
}

/* 120 asks for patience (RFC 959 5.4). */
static int
greet(struct ftpc *c)
{
	while (ftpc_hear(c) / 100 == 1)
		;
	return c->reply.code / 100 == 2 ? 0 :
	    refused(c, "greeting", EX_TEMPFAIL);
}

static int
log_in(struct ftpc *c)
{
	int code = ftpc_ask(c, "USER", c->conf->user);

	if (code == 331) {
		say(c, "PASS", c->conf->password, 1);
		code = ftpc_hear(c);
	}
	return code / 100 == 2 ? 0 : refused(c, "log-in", EX_NOPERM);
}

/* What the server can; an old one knows nothing of FEAT. */
static void
learn(struct ftpc *c)
{
	if (ftpc_ask(c, "FEAT", NULL) != 211)
		return;
	c->sizes = ftp_offers(buf_span(&c->reply.text), "SIZE");
	if (ftp_offers(buf_span(&c->reply.text), "UTF8"))
		ftpc_ask(c, "OPTS", "UTF8 ON");
}

/* Goes one directory down, made if need be: 0, or -1. */
static int
descend(struct ftpc *c, const char *name)
{
	int code = ftpc_ask(c, "CWD", name);

	/* Somebody else may make it at the same moment. */
	if (code == 550 && c->conf->make) {
		ftpc_ask(c, "MKD", name);
		code = ftpc_ask(c, "CWD", name);
	}
	return code / 100 == 2 ? 0 : refused(c, name, EX_DATAERR);
}

static int
go_to_directory(struct ftpc *c)
{
	struct span path = c->conf->path;
	struct buf name = { 0 };
	size_t n;
	int r = 0;

	if (path.n > 0 && path.p[0] == '/')
		r = descend(c, "/");
	while (path.n > 0 && r == 0) {
		for (n = 0; n < path.n && path.p[n] != '/'; n++)
			;
		buf_clear(&name);
		buf_add(&name, path.p, n);
		path = span_drop(path, n < path.n ? n + 1 : n);
		if (n > 0)
			r = descend(c, buf_str(&name));
	}
	buf_free(&name);
	return r;
}

int
ftpc_open(struct ftpc *c, const struct ftpc_conf *conf)
{
	memset(c, 0, sizeof *c);
	c->conf = conf;
	c->fd = c->prepared = -1;
	c->code = EX_TEMPFAIL;
	if (dial(c) < 0 || greet(c) < 0 || log_in(c) < 0)
		return -1;
	learn(c);
	if (ftpc_ask(c, "TYPE", "I") / 100 != 2)
		return refused(c, "TYPE I", EX_DATAERR);
	return go_to_directory(c);
}

void
ftpc_close(struct ftpc *c)
{
	if (c->fd >= 0)
		close(c->fd);
	if (c->prepared >= 0)
		close(c->prepared);
	rd_free(&c->rd);
	buf_free(&c->out);
	buf_free(&c->reply.text);
	buf_free(&c->why);
}

/* The port for a data connection, or 0. */
static unsigned
passive(struct ftpc *c)
{
	unsigned port = c->port;
	int code = 0;

	c->port = 0;
	if (port > 0)
		return port;
	if (!c->old) {
		code = ftpc_ask(c, "EPSV", NULL);
		c->old = code / 100 == 5;
	}
	if (code == 229)
		port = ftp_epsv_port(buf_span(&c->reply.text));
	else if (c->old && ftpc_ask(c, "PASV", NULL) == 227)
		port = ftp_pasv_port(buf_span(&c->reply.text));
	if (port == 0 && c->reply.code / 100 == 2)
		lose(c, "there is no port in the server's reply");
	return port;
}

static int
dial_data(struct ftpc *c, unsigned port)
{
	const char *why;
	int temp;

	snprintf(c->data.port, sizeof c->data.port, "%u", port);
	return net_dial(&c->data, c->conf->timeout, &why, &temp);
}

int
ftpc_data(struct ftpc *c)
{
	unsigned port;
	int fd = c->prepared;

	c->prepared = -1;
	if (fd >= 0)
		return fd;
	port = passive(c);
	if (port == 0)
		return -1;
	fd = dial_data(c, port);
	if (fd < 0)
		c->reply.code = 0;
	return fd;
}

void
ftpc_reserve(struct ftpc *c)
{
	ftpc_say(c, "EPSV", NULL);
}

void
ftpc_reserved(struct ftpc *c)
{
	if (ftpc_hear(c) == 229)
		c->port = ftp_epsv_port(buf_span(&c->reply.text));
}

int
ftpc_prepare(struct ftpc *c)
{
	ftpc_send(c);
	if (c->port > 0 && !c->over)
		c->prepared = dial_data(c, c->port);
	c->port = 0;
	return c->prepared >= 0;
}
