#include "smtpc.h"

#include <errno.h>

#include "client/client.h"
#include "format/wire/bsmtp.h"
#include "format/wire/escape.h"
#include "format/wire/protocol.h"

/* How long a server may take to say good-bye, in ms. */
#define QUIT_TIMEOUT 5000

/* Octets that are shown of what is no reply. */
#define CAME_MAX 64

void
smtpc_init(struct smtpc *c, int in, int out, int limit, struct wr *trace)
{
	memset(c, 0, sizeof *c);
	rd_init(&c->rd, in, 0, REPLY_LINE_MAX);
	wr_init(&c->wr, out, 0);
	c->limit = limit;
	c->trace = trace;
}

void
smtpc_free(struct smtpc *c)
{
	rd_free(&c->rd);
	wr_free(&c->wr);
	reply_free(&c->reply);
	buf_free(&c->why);
	buf_free(&c->mechanisms);
	buf_free(&c->command);
}

void
smtpc_within(struct smtpc *c, long ms)
{
	c->end = ms > 0 ? io_clock() + ms : 0;
}

int
smtpc_capped(const struct smtpc *c, int timeout)
{
	return c->limit != IO_FOREVER && c->limit < timeout ?
	    c->limit : timeout;
}

/* The same, and what is left of the time that all waits share. */
static int
time_for(const struct smtpc *c, int timeout)
{
	int left;

	timeout = smtpc_capped(c, timeout);
	if (c->end == 0)
		return timeout;
	left = io_left(c->end);
	return left < timeout ? left : timeout;
}

static void
trace(struct smtpc *c, const char *who, struct span line, size_t open)
{
	struct buf text = { 0 };

	if (c->echoed && who[0] == 'C')
		return;
	client_addtrace(&text, c->bold ? CLIENT_BOLD : CLIENT_PLAIN, who,
	    line, open);
	wr_addspan(c->trace, buf_span(&text));
	buf_free(&text);
}

/* Several lines would be several commands: nothing is said from there on. */
static void
add_line(struct smtpc *c, struct span command)
{
	if (!span_is_line(command) && c->wr.err == 0)
		c->wr.err = EILSEQ;
	wr_addspan(&c->wr, command);
	wr_add(&c->wr, "\r\n", 2);
}

void
smtpc_give_up(struct smtpc *c, unsigned caps)
{
	c->caps &= ~caps;
	c->refused |= caps;
}

struct buf *
smtpc_command(struct smtpc *c)
{
	buf_clear(&c->command);
	return &c->command;
}

void
smtpc_say(struct smtpc *c, struct span command)
{
	smtpc_say_masked(c, command, command.n);
}

void
smtpc_say_masked(struct smtpc *c, struct span command, size_t shown)
{
	if (c->trace != NULL)
		trace(c, "C: ", command, shown);
	add_line(c, command);
}

enum smtpc_status
smtpc_lost(struct smtpc *c, const char *why)
{
	c->code = 0;
	c->silent = c->astray = 0;
	buf_set(&c->why, span_str(why));
	return SMTPC_LOST;
}

/* Replies are not those of their commands. */
static enum smtpc_status
lost_step(struct smtpc *c, const char *why)
{
	smtpc_lost(c, why);
	c->astray = 1;
	return SMTPC_LOST;
}

/*
 * What came in place of a reply tells what the server is; but what comes after
 * AUTH may be an echo of a secret.
 */
static enum smtpc_status
lost_at(struct smtpc *c, const char *why, struct span came)
{
	smtpc_lost(c, why);
	if (came.n > CAME_MAX)
		came.n = CAME_MAX;
	if (came.n > 0 && c->stage != STAGE_AUTH) {
		buf_adds(&c->why, ": ");
		escape_add(&c->why, came);
		if (protocol_guess(came) == PROTOCOL_TLS)
			buf_adds(&c->why, SMTPC_AT_ONCE);
	}
	return SMTPC_LOST;
}

static enum smtpc_status
lost_reading(struct smtpc *c, enum rd_status status, struct span came)
{
	if (c->wr.err == EILSEQ) {
		smtpc_lost(c, "a line ending, or a NUL, in a command");
		c->code = RESULT_OURS;
		return SMTPC_LOST;
	}
	if (c->wr.err != 0 && c->wr.err != ETIMEDOUT)
		return smtpc_lost(c, "connection lost while sending");
	switch (status) {
	case RD_LONG:
		return lost_at(c, "reply line too long", came);
	case RD_TIMEOUT:
		c->rd.timeout = 0;
		if (rd_some(&c->rd, &came) != RD_LINE)
			came.n = 0;
		lost_at(c, "no answer in time", came);
		c->silent = 1;
		return SMTPC_LOST;
	default:
		return lost_at(c, "connection lost", came);
	}
}

/* What a whole reply means, where one that begins with want is a yes. */
static enum smtpc_status
judge(struct smtpc *c, int want)
{
	if (c->reply.code == 421) {
		smtpc_lost(c, "");
		c->code = 421;
		buf_addspan(&c->why, buf_span(&c->reply.text));
		return SMTPC_LOST;
	}
	if (reply_is(&c->reply, want) || (want == SMTPC_EITHER &&
	    (reply_is(&c->reply, 2) || reply_is(&c->reply, 3))))
		return SMTPC_OK;
	if (reply_is(&c->reply, 4) || reply_is(&c->reply, 5))
		return SMTPC_REFUSED;
	return lost_step(c, "a reply that does not fit the command");
}

/*
 * One line, by the moment *end, which is timeout ms from the first wait, and 0
 * before that; *soon as long as nobody knows of one.
 */
static enum rd_status
hear_line(struct smtpc *c, int timeout, long long *end, int *soon,
    struct span *line)
{
	enum rd_status status;

	if (rd_next(&c->rd, line))
		return RD_LINE;
	if (*end == 0)
		*end = io_clock() + time_for(c, timeout);
	if (*soon && io_left(*end) > SMTPC_SOON) {
		c->rd.timeout = SMTPC_SOON;
		status = rd_line(&c->rd, line);
		if (status != RD_TIMEOUT)
			return status;
		*soon = 0;
		c->wait(c->arg);
	}
	return rd_line_by(&c->rd, line, *end);
}

/* When sending fails there may still be replies from before: the reason. */
enum smtpc_status
smtpc_hear(struct smtpc *c, enum result_stage stage, int timeout, int want)
{
	enum reply_event event;
	enum rd_status status;
	int soon = c->wait != NULL;
	struct span line = { NULL, 0 };
	long long end = 0;

	c->stage = stage;
	if (c->trace != NULL)
		wr_flush(c->trace);
	if (c->wr.n > 0)
		c->wr.timeout = time_for(c, timeout);
	if (wr_flush(&c->wr) < 0)
		timeout = 0;
	reply_start(&c->reply);
	do {
		status = hear_line(c, timeout, &end, &soon, &line);
		if (status != RD_LINE)
			return lost_reading(c, status, line);
		if (c->trace != NULL)
			trace(c, "S: ", line, line.n);
		event = reply_line(&c->reply, line);
	} while (event == REPLY_MORE);
	if (event == REPLY_BAD)
		return lost_at(c, c->reply.why, line);
	return judge(c, want);
}

enum smtpc_status
smtpc_in_step(struct smtpc *c)
{
	if (!rd_ready(&c->rd) ||
	    span_begins(rd_pending(&c->rd), "421"))
		return SMTPC_OK;
	return lost_step(c, "a reply that no command has asked for");
}

/* One line of the reply to EHLO. */
static void
take_cap(struct smtpc *c, struct span line)
{
	const unsigned offer = reply_offer(line);
	struct span word = span_take_word(&line);

	c->caps |= offer;
	if ((offer & OFFER_SIZE) != 0 &&
	    span_number(span_trim(line), &c->size) < 0)
		c->size = 0;
	/* "AUTH=PLAIN LOGIN" is what servers said before RFC 2554. */
	if (span_case_begins(word, "AUTH=")) {
		buf_addspan(&c->mechanisms, span_drop(word, 5));
		buf_addc(&c->mechanisms, ' ');
	}
	if (span_case_is(word, "AUTH") || span_case_begins(word, "AUTH=")) {
		buf_addspan(&c->mechanisms, span_trim(line));
		buf_addc(&c->mechanisms, ' ');
	}
}

enum smtpc_status
smtpc_hello(struct smtpc *c, const char *name, int greeted, int old)
{
	struct buf *command = smtpc_command(c);
	enum smtpc_status status = SMTPC_OK;
	struct span line;
	size_t at = 0;

	if (!greeted)
		status = smtpc_hear(c, STAGE_CONNECT, SMTPC_GREETING, 2);
	if (status == SMTPC_OK)
		status = smtpc_in_step(c);
	if (status != SMTPC_OK)
		return status;
	buf_addf(command, "%s %s", old ? "HELO" : "EHLO", name);
	smtpc_say(c, buf_span(command));
	status = smtpc_hear(c, STAGE_HELO, SMTPC_COMMAND, 2);
	if (status == SMTPC_OK && !old) {
		/* the first line is the server's name */
		reply_next(&c->reply, &at, &line);
		while (reply_next(&c->reply, &at, &line))
			take_cap(c, line);
	} else if (status == SMTPC_REFUSED && !old &&
	    reply_is(&c->reply, 5)) {
		memcpy(command->p, "HELO", 4);
		smtpc_say(c, buf_span(command));
		status = smtpc_hear(c, STAGE_HELO, SMTPC_COMMAND, 2);
	}
	return status;
}

/* The text as it stands in the message, for whoever reads the trace. */
static void
trace_text(struct smtpc *c, struct span text, int stuffed)
{
	struct span line;

	while (c->trace != NULL && text.n > 0) {
		line = span_line(&text);
		trace(c, stuffed && line.p[0] == '.' ? "C: ." : "C: ", line,
		    line.n);
	}
}

void
smtpc_text(struct smtpc *c, struct span text)
{
	size_t from = 0, dot = bsmtp_dot(text, 0);

	c->wr.timeout = smtpc_capped(c, SMTPC_BLOCK);
	trace_text(c, text, 1);
	for (; dot < text.n; dot = bsmtp_dot(text, dot + 1)) {
		wr_add(&c->wr, text.p + from, dot - from);
		wr_addc(&c->wr, '.');
		from = dot;
	}
	wr_addspan(&c->wr, span_drop(text, from));
}

void
smtpc_raw(struct smtpc *c, struct span text)
{
	c->wr.timeout = smtpc_capped(c, SMTPC_BLOCK);
	trace_text(c, text, 0);
	wr_addspan(&c->wr, text);
}

size_t
smtpc_added(const struct smtpc *c)
{
	return c->wr.sent + c->wr.n;
}

int
smtpc_silent(struct smtpc *c)
{
	struct span bytes;

	c->rd.timeout = 0;
	return rd_some(&c->rd, &bytes) == RD_TIMEOUT;
}

void
smtpc_quit(struct smtpc *c)
{
	smtpc_say(c, span_str("QUIT"));
	smtpc_hear(c, STAGE_DOT, QUIT_TIMEOUT, 2);
	if (c->trace != NULL)
		wr_flush(c->trace);
}
