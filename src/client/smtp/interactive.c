#include "interactive.h"

#include <unistd.h>

#include "format/dialogue/verb.h"
#include "format/wire/mask.h"

/* The longest line that is passed on; RFC 5321 4.5.3.1 has less. */
#define LINE_TYPED_MAX 12288

struct interactive {
	struct smtpc *c;
	struct rd rd;
	struct wr *out;
	int prompts;		/* the terminal shows what is typed there */
	int more;		/* what was read is a piece: its line goes on */
	int cut_cr;		/* the piece before ended with CR */
	int pending;		/* mask_open's */
};

static void
explain(struct interactive *t, const char *what)
{
	wr_addf(t->out, "   (%s)\n", what);
	wr_flush(t->out);
}

static int
is_verb(struct span line, const char *verb)
{
	size_t n = strlen(verb);

	return span_case_begins(line, verb) &&
	    (line.n == n || line.p[n] == ' ' || line.p[n] == ':');
}

static const char *
meaning(const struct reply *r, struct span line)
{
	if (r->code == 354)
		return "go on: type the message, and a line with a dot alone "
		    "at its end";
	if (r->code == 334)
		return "go on: type the next response, in base64; * gives up";
	if (reply_is(r, 2))
		return is_verb(line, "QUIT") ? "good-bye" : "yes";
	if (r->code == 500 || r->code == 502)
		return "no: the server does not know this command";
	if (r->code == 501 || r->code == 555)
		return "no: the command does not have the form it must have";
	if (r->code == 503)
		return "no: not now, the order is EHLO, MAIL, RCPT, DATA";
	if (is_verb(line, "MAIL"))
		return reply_is(r, 4) ? "not now: type MAIL again, perhaps "
		    "later" : "no: type MAIL again, with another sender";
	if (is_verb(line, "RCPT"))
		return reply_is(r, 4) ? "not now: type RCPT again, perhaps "
		    "later" : "no: type RCPT again, with another recipient";
	return reply_is(r, 4) ? "not now: try again later" : "no";
}

/* A reply: 0, or -1 when the connection is over. */
static int
hear(struct interactive *t, int timeout)
{
	struct smtpc *c = t->c;

	if (smtpc_hear(c, STAGE_DATA, timeout, SMTPC_EITHER) != SMTPC_LOST)
		return 0;
	explain(t, c->code == 421 ? "the server hangs up" : buf_str(&c->why));
	return -1;
}

/* The reply to a line: 0, or -1 when the connection is over. */
static int
hear_answer(struct interactive *t, struct span line, int timeout)
{
	if (hear(t, timeout) < 0)
		return -1;
	explain(t, meaning(&t->c->reply, line));
	return 0;
}

/* What the server has said unasked would pass for the answer to a command. */
static int
hear_rest(struct interactive *t)
{
	while (!smtpc_silent(t->c)) {
		if (hear(t, SMTPC_COMMAND) < 0)
			return -1;
		explain(t, "the server is out of step: nothing had asked for "
		    "this reply");
	}
	return 0;
}

/* Reads a line, or a piece of a long one: 1, or 0 at the end. */
static int
next_line(struct interactive *t, struct span *line)
{
	enum rd_status status;

	if (t->prompts && !t->more) {
		wr_adds(t->out, "C: ");
		wr_flush(t->out);
	}
	status = rd_line(&t->rd, line);
	t->more = status == RD_LONG;
	return t->more || status == RD_LINE || status == RD_PARTIAL;
}

/*
 * Sends a line of the message, or a piece of one.  rest: its line has begun
 * before, so that a dot at its start is any dot.  0, or -1.
 */
static int
pass_line(struct interactive *t, struct span line, int rest)
{
	struct buf *text = smtpc_command(t->c);

	buf_addspan(text, t->more ? line : span_chomp(line));
	if (!t->more)
		buf_adds(text, rest && t->cut_cr && span_is(line, "\n") ?
		    "\n" : "\r\n");
	t->cut_cr = t->more && line.p[line.n - 1] == '\r';
	if (rest)
		smtpc_raw(t->c, buf_span(text));
	else
		smtpc_text(t->c, buf_span(text));
	return wr_flush(&t->c->wr);
}

/* The message, to its dot: 0; -1 when it or the connection ends before. */
static int
pass_text(struct interactive *t)
{
	struct span line;
	int rest = 0;

	for (;;) {
		if (!next_line(t, &line)) {
			explain(t, "the message has no end: it is not sent");
			return -1;
		}
		if (!rest && !t->more && span_is(span_chomp(line), "."))
			break;
		if (pass_line(t, line, rest) < 0)
			return -1;
		rest = t->more;
	}
	smtpc_say(t->c, span_str("."));
	return hear_answer(t, span_str("."), SMTPC_DOT);
}

/*
 * Reads a command into said, QUIT at the end of input: 1, or 0 there.  One that
 * is too long, or no line to others, leaves said empty.
 */
static int
next_command(struct interactive *t, struct buf *said)
{
	struct span line;
	int more = next_line(t, &line);

	buf_clear(said);
	if (t->more) {
		while (next_line(t, &line) && t->more)
			;
		explain(t, "too long for a command: not sent");
		return 1;
	}
	line = more ? span_trim(span_chomp(line)) : span_str("QUIT");
	if (t->prompts && !more)
		wr_adds(t->out, "QUIT\n");
	if (span_is_line(line))
		buf_addspan(said, line);
	else
		explain(t, "a control character in a command: not sent");
	return more;
}

/* Whatever a 334 has asked for is a secret, too. */
static void
say(struct interactive *t, struct span line)
{
	size_t n = mask_open(&t->pending, line,
	    verb_find(DIALOGUE_SMTP, span_word(line)) != NULL);

	if (t->c->reply.code == 334)
		n = span_is(line, "*") ? line.n : 0;
	smtpc_say_masked(t->c, line, n);
}

/* A command, its answer, and where it asks for that the message. */
static int
ask(struct interactive *t, struct span line)
{
	if (hear_rest(t) < 0)
		return -1;
	say(t, line);
	if (hear_answer(t, line, SMTPC_COMMAND) < 0)
		return -1;
	return t->c->reply.code == 354 ? pass_text(t) : 0;
}

static enum exit_code
talk(struct interactive *t)
{
	struct buf said = { 0 };
	enum exit_code code = EX_OK;
	struct span line;
	int more;

	do {
		more = next_command(t, &said);
		line = buf_span(&said);
		if (line.n == 0)
			continue;
		if (is_verb(line, "BDAT")) {
			explain(t, "octets are hard to count: use DATA");
			continue;
		}
		if (ask(t, line) < 0) {
			code = EX_TEMPFAIL;
			break;
		}
	} while (more && !is_verb(line, "QUIT"));
	buf_free(&said);
	return code;
}

enum exit_code
interactive_run(const struct servers_conf *conf, int in, struct wr *out)
{
	struct interactive t = { .out = out };
	enum exit_code code = EX_TEMPFAIL;
	struct connection connection = { .open = 0 };
	struct server *v;
	size_t i;

	for (i = 0; i < conf->n && !connection.open; i++) {
		v = &conf->server[i];
		if (connection_open(&connection, &conf->connection, v,
		    CONNECTION_TIME) < 0)
			warn("%s: %s", v->text, buf_str(&v->why));
	}
	if (!connection.open)
		return code;
	t.c = &connection.c;
	t.prompts = t.c->echoed = isatty(in) && isatty(out->fd);
	rd_init(&t.rd, in, IO_FOREVER, LINE_TYPED_MAX);
	explain(&t, "connected: type EHLO and your name, MAIL FROM:<you>, "
	    "RCPT TO:<them>, DATA, QUIT");
	code = talk(&t);
	rd_free(&t.rd);
	connection_close(&connection);
	return code;
}
