#include "ftpc.h"

#include <errno.h>
#include <stdio.h>
#include <unistd.h>

/* Replies one after the other that are another command's. */
#define SKIPPED_MAX 100

/*
 * A firewall that knows PASV alone drops what is for a port of EPSV: while
 * neither has led anywhere one has half of the time-out, and so many ms, to.
 */
#define DATA_DIAL 10000

/* Replies one after the other that only say that it goes on. */
#define MARKS_MAX 10

/* 0, for those who return it as the code of no reply. */
static int
lose(struct ftpc *c, const char *why)
{
	if (!c->over)
		buf_set(&c->why, span_str(why));
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

static void
send_all(struct ftpc *c)
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

/* The next reply by the moment end, whosever it is: its code, or 0. */
static int
hear_one(struct ftpc *c, long long end)
{
	enum rd_status status;
	enum ftp_event event;
	struct span line;

	ftp_reply_start(&c->reply);
	do {
		status = rd_line_by(&c->rd, &line, end);
		if (status != RD_LINE)
			return lose(c, client_no_line(&c->rd, status));
		client_trace(c->conf->talk, "S: ", line, line.n);
		event = ftp_reply_line(&c->reply, line);
	} while (event == FTP_MORE);
	if (event == FTP_BAD)
		return lose(c, "invalid reply");
	if (c->reply.code == 421)
		return lose(c, *buf_str(&c->reply.text) != '\0' ?
		    buf_str(&c->reply.text) : "421, without a reason");
	return c->reply.code;
}

int
ftpc_hear(struct ftpc *c)
{
	struct span verb = span_word(buf_span(&c->awaited));
	long long end;
	int code, skipped = 0;

	send_all(c);
	end = io_clock() + c->conf->timeout;
	do {
		if (c->over)
			return 0;
		if (skipped++ == SKIPPED_MAX)
			return lose(c, "the replies are out of step");
		code = hear_one(c, end);
	} while (code > 0 && ftp_is_misplaced(code, verb));
	c->marks = code / 100 == 1 ? c->marks + 1 : 0;
	if (c->marks > MARKS_MAX)
		return lose(c, "the replies are out of step");
	if (code / 100 != 1 && verb.n > 0)
		buf_consume(&c->awaited, verb.n + 1);
	return code;
}

void
ftpc_await(struct ftpc *c, const char *verb)
{
	buf_insert(&c->awaited, 0, " ", 1);
	buf_insert(&c->awaited, 0, verb, strlen(verb));
}

/* Says a line; masked, it shows no more than its verb. */
static void
say(struct ftpc *c, const char *verb, struct span argument, int masked)
{
	struct buf text = { 0 };
	size_t at = c->out.n;

	if (!span_is_line(argument)) {
		buf_addf(&text, "%s: a line ending, or a NUL, in what follows",
		    verb);
		lose(c, buf_str(&text));
		buf_free(&text);
	}
	if (c->over)
		return;
	buf_addf(&c->awaited, "%s ", verb);
	buf_adds(&c->out, verb);
	if (argument.p != NULL) {
		buf_addc(&c->out, ' ');
		buf_addspan(&c->out, argument);
	}
	client_trace(c->conf->talk, "C: ", span_drop(buf_span(&c->out), at),
	    masked ? strlen(verb) : c->out.n - at);
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

/*
 * What the server can; an old one knows nothing of FEAT, and may know SIZE all
 * the same.
 */
static void
learn(struct ftpc *c)
{
	c->sizes = ftpc_ask(c, "FEAT", NULL) != 211;
	if (c->sizes)
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
	if (code / 100 != 2 && c->conf->make) {
		ftpc_ask(c, "MKD", name);
		code = ftpc_ask(c, "CWD", name);
	}
	return code / 100 == 2 ? 0 : refused(c, name, EX_DATAERR);
}

static int
go_to_directory(struct ftpc *c)
{
	struct span path = c->conf->path, name;
	struct buf text = { 0 };
	int r = 0;

	if (path.n > 0 && path.p[0] == '/')
		r = descend(c, "/");
	while (path.n > 0 && r == 0) {
		name = span_cut(&path, '/');
		buf_set(&text, name);
		if (name.n > 0)
			r = descend(c, buf_str(&text));
	}
	buf_free(&text);
	return r;
}

int
ftpc_open(struct ftpc *c, const struct ftpc_conf *conf)
{
	int old = c->old, proven = c->proven;

	memset(c, 0, sizeof *c);
	c->conf = conf;
	c->old = old;
	c->proven = proven;
	c->fd = -1;
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
	rd_free(&c->rd);
	buf_free(&c->out);
	buf_free(&c->awaited);
	buf_free(&c->reply.text);
	buf_free(&c->why);
}

/* The port in the last reply, or 0; some servers know but one answer. */
static unsigned
port_in_reply(const struct ftpc *c)
{
	switch (c->reply.code) {
	case 229:
		return ftp_epsv_port(buf_span(&c->reply.text));
	case 227:
		return ftp_pasv_port(buf_span(&c->reply.text));
	default:
		return 0;
	}
}

static int
dial_data(struct ftpc *c, unsigned port)
{
	int fd, temp, timeout = c->conf->timeout;

	if (!c->proven)
		timeout = timeout / 2 < DATA_DIAL ? timeout / 2 : DATA_DIAL;
	snprintf(c->data.port, sizeof c->data.port, "%u", port);
	fd = net_dial(&c->data, timeout, &c->fault, &temp);
	if (fd < 0)
		c->reply.code = 0;
	else
		c->proven = 1;
	return fd;
}

/* Asks verb for a port, and connects there: -1 as usual. */
static int
passive(struct ftpc *c, const char *verb)
{
	unsigned port;

	ftpc_ask(c, verb, NULL);
	port = port_in_reply(c);
	if (port > 0)
		return dial_data(c, port);
	if (c->reply.code < 400) {
		c->reply.code = 0;
		c->fault = "no port in the server's reply";
	}
	return -1;
}

int
ftpc_data(struct ftpc *c)
{
	static const char *const verbs[] = { "EPSV", "PASV" };
	struct ftp_reply first;
	const char *fault;
	int fd = passive(c, verbs[c->old]);

	if (fd >= 0 || c->over)
		return fd;
	first = c->reply;
	fault = c->fault;
	memset(&c->reply, 0, sizeof c->reply);
	fd = passive(c, verbs[!c->old]);
	if (fd >= 0) {
		c->old = !c->old;
	} else if (first.code / 100 != 5 && !c->over) {
		/* What may pass is told, not that the other is unknown. */
		buf_free(&c->reply.text);
		c->reply = first;
		c->fault = fault;
		return -1;
	}
	buf_free(&first.text);
	return fd;
}

void
ftpc_data_failed(struct ftpc *c)
{
	c->old = !c->old;
}
