#include "smtpd.h"

#include <stdlib.h>

#include "format/wire/mask.h"
#include "smtpauth.h"
#include "smtpverb.h"

#define MISTAKES_MAX 20		/* without a message accepted in between */
#define STALL_MS 1000		/* of a client whose text ends in its own way */
#define UNSETTLED_MAX 64	/* messages of a session in one commit */

static const char
	too_long[] = "500 5.5.2 Error: line too long",
	no_exchange[] = "500 5.5.6 Error: line of a log-in too long",
	no_crlf[] = "500 5.5.2 Error: a line must end in <CR><LF>",
	no_dot[] = "550 5.5.2 Error: a text must end in <CR><LF>.<CR><LF>, "
	    "not in bare <LF>",
	no_lf_dot[] = "550 5.5.2 Error: a text must end in <LF>.<LF>, as the "
	    "first command ended in <LF>",
	no_more[] = "421 4.7.0 Error: too many errors";

/* Of a response nothing is open. */
static void
tell_line(struct smtpd *s, struct span line)
{
	chat_hear(&s->chat, line, s->sasl != NULL ? 0 :
	    mask_open(&s->chat.pending, line, smtpverb_is_known(line)));
}

/* Its ending is that of the first one; CRLF does everywhere. */
static void
command(struct smtpd *s, struct span line)
{
	int crlf = line.n > 1 && line.p[line.n - 2] == '\r';

	if (s->crlf < 0)
		s->crlf = crlf;
	line = span_chomp(line);
	if (s->chat.talk != NULL)
		tell_line(s, line);
	if (s->crlf && !crlf)
		smtpverb_refuse(s, line, no_crlf);
	else if (s->sasl != NULL)
		smtpauth_step(s, line);
	else
		smtpverb_run(s, line);
}

/* Whether what came first is; chat has told of the answer. */
static int
is_other_protocol(struct smtpd *s, struct span first)
{
	if (!chat_is_other(&s->chat, first,
	    "221 2.7.0 Error: this is SMTP", s->conf->tls ?
	    "it should say STARTTLS" : "-Z offers it by STARTTLS"))
		return 0;
	s->told = s->chat.out->n;
	s->closing = 1;
	return 1;
}

/* Takes a command line, or nothing while its end has not come. */
static size_t
feed_line(struct smtpd *s, const char *p, size_t n)
{
	size_t used;
	int r;

	if (s->crlf < 0 && is_other_protocol(s, span_of(p, n)))
		return n;
	r = chat_line(&s->chat, p, n, SMTPD_LINE_MAX, &used);
	if (r < 0) {
		smtp_reply(s, smtpauth_is_line(s, span_of(p, used)) ?
		    no_exchange : too_long);
		smtpauth_cancel(s);
	}
	if (r <= 0)
		return used;
	s->pause = s->unsettled != NULL &&
	    smtpverb_is_late(span_chomp(span_of(p, used)));
	if (s->pause)
		return 0;
	s->more = used < n;
	s->pipelines |= s->more;
	command(s, span_of(p, used));
	return used;
}

static void
tell(struct smtpd *s)
{
	struct span rest, line;

	while (s->told < s->chat.out->n) {
		rest = span_drop(buf_span(s->chat.out), s->told);
		line = span_line(&rest);
		s->told += line.n;
		s->chat.talk(s->chat.peer, 'S', span_chomp(line));
	}
}

/* Whether a rule is about a reply that does not wait for octets of a chunk. */
static int
tampers(const struct smtpd *s)
{
	return tamper_is_on(&s->tamper) && s->input != SMTPD_CHUNK;
}

/* Whether it can be fed. */
static int
takes_more(const struct smtpd *s)
{
	return !s->closing && !s->waiting && !s->pause && !s->securing &&
	    !tampers(s) && s->tamper.delay == 0 &&
	    s->unsettleds < UNSETTLED_MAX;
}

/* A client has waited for the answer to a text that has not ended. */
static void
end_stall(struct smtpd *s)
{
	s->stalls = 0;
	smtp_hang_up(s, s->crlf ? no_dot : no_lf_dot);
	smtp_reset(s);
}

/* TLS begins, and with it the session anew (RFC 3207 4.2). */
static enum session_verdict
secure(struct smtpd *s)
{
	smtp_reset(s);
	s->securing = 0;
	s->tls = 1;
	s->phase = SMTPD_START;
	s->crlf = -1;
	s->ehlo = s->known = s->pipelines = s->text_near = 0;
	buf_free(&s->helo);
	return SESSION_SECURE;
}

/* What the caller does next; what was answered is told, once it stands. */
static enum session_verdict
next(struct smtpd *s)
{
	if (s->unsettled != NULL)
		return takes_more(s) ? SESSION_SOON : SESSION_COMMIT;
	if (!s->waiting && tampers(s))
		tamper_reply(&s->tamper, s->chat.out, s->from);
	s->closing |= s->tamper.closes;
	if (s->chat.talk != NULL)
		tell(s);
	if (s->waiting || s->tamper.delay > 0)
		return s->watch ? SESSION_WATCH : SESSION_WAIT;
	if (s->tamper.resets)
		return SESSION_RESET;
	if (s->closing)
		return SESSION_CLOSE;
	if (s->securing)
		return secure(s);
	return s->stalls ? SESSION_WATCH : SESSION_MORE;
}

static void *
open_session(const void *arg, const char *peer, int local,
    struct dataconn *none)
{
	const struct smtpd_conf *conf = arg;
	struct smtpd *s;

	(void)none;
	s = die_calloc(1, sizeof *s);
	s->conf = conf;
	s->phase = SMTPD_START;
	s->crlf = -1;
	chat_init(&s->chat, peer, conf->talk);
	s->local = local;
	return s;
}

/* Answers are added to out; what it holds already stands, or is unsettled. */
static void
begin(struct smtpd *s, struct buf *out)
{
	s->chat.out = out;
	if (s->unsettled == NULL)
		s->told = s->from = out->n;
}

static enum session_verdict
greet(void *session, struct buf *out)
{
	struct smtpd *s = session;

	begin(s, out);
	if (!smtp_event(s, RULES_CONNECT, span_of(NULL, 0)))
		buf_addf(out, "220 %s ESMTP smtpd-lite\r\n", s->conf->host);
	else
		s->phase = SMTPD_TURNED_AWAY;
	return next(s);
}

/* What was held back leaves, also where that was to see what comes. */
static void
end_delay(struct smtpd *s)
{
	tamper_release(&s->tamper, s->chat.out);
	smtpauth_pass(s);
	s->watch = 0;
}

static enum session_verdict
feed(void *session, const char *p, size_t n, size_t *used, struct buf *out)
{
	struct smtpd *s = session;
	size_t at = 0, taken = 1;

	begin(s, out);
	if (s->watch) {
		end_delay(s);
		smtp_text_came(s);
	}
	while (at < n && taken > 0 && takes_more(s) && !s->tamper.silent) {
		if (s->chat.talk != NULL && s->unsettled == NULL)
			tell(s);
		taken = s->input == SMTPD_LINES ?
		    feed_line(s, p + at, n - at) :
		    smtp_feed(s, p + at, n - at);
		at += taken;
		if (s->mistakes > MISTAKES_MAX && !s->closing)
			smtp_hang_up(s, no_more);
	}
	s->stalls = at == n && s->input == SMTPD_TEXT &&
	    smtpdata_seems_over(&s->mail->data);
	*used = s->tamper.silent || s->securing ? n : at;
	return next(s);
}

static enum session_verdict
resume(void *session, struct buf *out)
{
	struct smtpd *s = session;

	begin(s, out);
	if (s->stalls && s->unsettled == NULL)
		end_stall(s);
	smtp_settle(s);
	s->pause = 0;
	if (s->tamper.delay > 0)
		end_delay(s);
	smtp_retry(s);
	return next(s);
}

static long
delay(const void *session)
{
	const struct smtpd *s = session;

	return s->stalls ? STALL_MS : s->tamper.delay;
}

static const char *
identity(const void *session)
{
	const struct smtpd *s = session;

	return s->identity;
}

static void
expire(void *session, int down, struct buf *out)
{
	const struct smtpd *s = session;

	if (s->tamper.silent)
		return;
	buf_addf(out, down ? "421 4.3.2 %s Service shutting down\r\n" :
	    "421 4.4.2 %s Error: timeout exceeded\r\n", s->conf->host);
}

static void
close_session(void *session)
{
	struct smtpd *s = session;
	struct smtpmail *m;

	while ((m = s->unsettled) != NULL) {
		s->unsettled = m->next;
		smtpmail_free(m);
	}
	smtpmail_free(s->mail);
	if (s->sasl != NULL)
		smtpauth_cancel(s);
	chat_free(&s->chat);
	buf_free(&s->helo);
	buf_free(&s->refusal);
	free(s->identity);
	tamper_free(&s->tamper);
	buf_free(&s->passed);
	free(s);
}

/* What was cut short is no command and no message: an end is the end. */
const struct session_type smtpd_session = {
	.open = open_session, .greet = greet, .feed = feed, .resume = resume,
	.delay = delay, .identity = identity, .expire = expire,
	.close = close_session, .busy = "421 4.3.2 Error:"
};
