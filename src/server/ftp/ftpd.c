#include "ftpd.h"

#include <stdlib.h>

#include "format/wire/protocol.h"
#include "ftpfile.h"
#include "ftpverb.h"

/*
 * For how long a file under its final name waits, when all of it has come:
 * where its client was killed, the end of the session follows that of the file.
 * No state can tell: in stream mode (RFC 959 3.4.1) a file ends where its
 * connection does, which looks the same where the client has died, and the
 * session's own connection may end a moment later.
 */
#define SETTLE_MS 20

#define LINE_MAX 4096		/* octets in a command, its ending included */
#define WAITING_MAX 65536	/* and in those that wait for a transfer */

static void *
open_session(const void *conf, const char *peer, int local,
    struct dataconn *data)
{
	struct ftpd *s;

	s = die_calloc(1, sizeof *s);
	s->conf = conf;
	chat_init(&s->chat, peer, s->conf->talk);
	s->local = local;
	s->data = data;
	s->text = 1;		/* RFC 959 3.1.1.1: the default */
	return s;
}

static enum session_verdict
greet(void *session, struct buf *out)
{
	struct ftpd *s = session;

	s->chat.out = out;
	chat_say(&s->chat, "220 %s ftpd-lite", s->conf->host);
	return SESSION_MORE;
}

static void
leave(struct ftpd *s, const char *text)
{
	chat_say(&s->chat, "%s", text);
	s->phase = FTP_OVER;
}

/* Whether the first line, or the part that is there, may pass. */
static int
is_known(struct ftpd *s)
{
	const struct span first = buf_span(&s->line);

	if (s->known)
		return 1;
	if (chat_is_other(&s->chat, first, "500 This is FTP",
	    "this server has none; use plain FTP")) {
		s->phase = FTP_OVER;
		return 0;
	}
	if (protocol_guess(first) == PROTOCOL_PARTIAL &&
	    span_find(first, '\n') == NULL)
		return 0;
	s->known = 1;
	return 1;
}

/* Whether a line may run; but for a few it is for a transfer to end. */
static int
may_run(const struct ftpd *s, struct span line)
{
	if (s->phase == FTP_TRANSFER)
		return ftpverb_is_urgent(span_chomp(line));
	return s->phase == FTP_COMMAND;
}

static enum session_verdict
verdict(const struct ftpd *s)
{
	static const enum session_verdict of[] = {
		[FTP_TRIED] = SESSION_WAIT,
		[FTP_COMMAND] = SESSION_MORE, [FTP_TRANSFER] = SESSION_MORE,
		[FTP_SETTLE] = SESSION_WAIT, [FTP_COMMIT] = SESSION_COMMIT,
		[FTP_OVER] = SESSION_CLOSE
	};

	return of[s->phase];
}

/* Runs what has come, as far as it is its time. */
static enum session_verdict
go_on(struct ftpd *s)
{
	struct span line;
	const char *lf;
	size_t at = 0, n;

	while (at < s->line.n && s->phase != FTP_OVER && is_known(s)) {
		lf = memchr(s->line.p + at, '\n', s->line.n - at);
		n = lf != NULL ? (size_t)(lf - s->line.p) + 1 - at :
		    s->line.n - at;
		line = span_of(s->line.p + at, n);
		if (n > LINE_MAX) {
			leave(s, "500 Line too long");
			break;
		}
		if (lf == NULL || !may_run(s, line))
			break;
		at += n;
		ftpverb_run(s, span_chomp(line));
	}
	buf_consume(&s->line, at);
	return verdict(s);
}

static enum session_verdict
feed(void *session, const char *p, size_t n, size_t *used, struct buf *out)
{
	struct ftpd *s = session;

	s->chat.out = out;
	*used = n;
	buf_add(&s->line, p, n);
	if (s->line.n > WAITING_MAX && s->phase == FTP_TRANSFER)
		leave(s, "500 Too many commands during a transfer");
	return go_on(s);
}

static enum session_verdict
data(void *session, const char *p, size_t n, struct buf *out)
{
	struct ftpd *s = session;

	s->chat.out = out;
	ftpfile_take(s, p, n);
	return go_on(s);
}

static enum session_verdict
data_end(void *session, int broken, struct buf *out)
{
	struct ftpd *s = session;

	s->chat.out = out;
	ftpfile_end(s, broken);
	return go_on(s);
}

static enum session_verdict
resume(void *session, struct buf *out)
{
	struct ftpd *s = session;

	s->chat.out = out;
	if (s->phase == FTP_TRIED)
		ftpverb_log_in(s);
	else if (s->phase == FTP_SETTLE)
		ftpfile_settle(s);
	else
		ftpfile_commit(s);
	return go_on(s);
}

static long
delay(const void *session)
{
	const struct ftpd *s = session;

	return s->phase == FTP_TRIED ? s->late : SETTLE_MS;
}

static void
expire(void *session, int down, struct buf *out)
{
	struct ftpd *s = session;

	s->chat.out = out;
	chat_say(&s->chat, down ? "421 Server shutting down, try again later" :
	    "421 Idle timeout");
}

static void
close_session(void *session)
{
	struct ftpd *s = session;

	ftpfile_abort(s);
	ftpfile_forget(s);
	buf_free(&s->line);
	buf_free(&s->user);
	buf_free(&s->name);
	buf_free(&s->from);
	chat_free(&s->chat);
	free(s);
}

/* Who hangs up does not wait for an answer; the close drops the rest. */
const struct session_type ftpd_session = {
	.open = open_session, .greet = greet, .feed = feed,
	.data = data, .data_end = data_end, .resume = resume, .delay = delay,
	.expire = expire, .close = close_session,
	.busy = "421 Service not available:"
};
