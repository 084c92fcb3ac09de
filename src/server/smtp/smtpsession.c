#include "smtpsession.h"

#include <errno.h>

/*
 * For how long the answer to a refused DATA is held back, for text that is on
 * its way to show.  No state can tell it from commands: a client that did not
 * wait for the answer breaks RFC 2920, and bytes which come after the answer
 * has left are from one that has read it, as far as anybody can see.
 */
#define WATCH_MS 20

const char
	smtp_no_hello[] = "503 5.5.1 Error: send HELO/EHLO first",
	smtp_no_rcpt[] = "503 5.5.1 Error: need RCPT command";

static const char no_text[] =
    "421 4.5.0 Error: this looks like the text of a message";

/* Whether a reply is to a mistake, not to an address or a size. */
static int
blames(const char *text)
{
	return memcmp(text, "50", 2) == 0 || memcmp(text, "554", 3) == 0 ||
	    memcmp(text, "555", 3) == 0;
}

void
smtp_reply(struct smtpd *s, const char *text)
{
	buf_adds(s->chat.out, text);
	buf_adds(s->chat.out, "\r\n");
	s->mistakes += blames(text);
}

void
smtp_wrong_syntax(struct smtpd *s)
{
	buf_adds(s->chat.out, "501 5.5.4 Syntax: ");
	smtp_reply(s, s->verb);
	s->mistakes++;
}

void
smtp_hang_up(struct smtpd *s, const char *text)
{
	smtp_reply(s, text);
	s->closing = 1;
}

/*
 * Whoever did not wait for the answer to a DATA that was refused has sent
 * text, which must not be run as commands: what comes while the answer is held
 * back is that.  It may come later; but whoever has waited for each answer has
 * read this one, too, and mistypes a command.
 */
void
smtp_watch_for_text(struct smtpd *s, size_t from)
{
	if (s->closing || s->tamper.silent || s->phase == SMTPD_TURNED_AWAY)
		return;
	if (s->more) {
		smtp_text_came(s);
		return;
	}
	s->text_near = s->watch = 1;
	smtp_hold(s, from, WATCH_MS);
}

void
smtp_text_came(struct smtpd *s)
{
	if (!s->closing)
		smtp_hang_up(s, no_text);
}

/* The next thing may be MAIL. */
void
smtp_reset(struct smtpd *s)
{
	smtpmail_free(s->mail);
	s->mail = NULL;
	s->input = SMTPD_LINES;
	buf_free(&s->refusal);
	if (s->phase != SMTPD_START)
		s->phase = SMTPD_READY;
}

/* What is known; recipients are in a buffer of their own, NULs between. */
static void
gather(struct smtpd *s, enum rules_place place, struct span arg,
    struct rules_facts *f, struct buf *rcpts)
{
	const struct smtpmail *m = s->mail;

	memset(f, 0, sizeof *f);
	if (s->chat.peer[0] != '\0')
		f->peer = span_str(s->chat.peer);
	if (s->phase != SMTPD_START)
		f->helo = buf_span(&s->helo);
	f->verb = s->name;
	if (m != NULL) {
		f->from = buf_span(&m->from);
		if (f->from.p == NULL)
			f->from.p = "";
		f->size = m->data.size > 0 ? m->data.size : m->announced;
		smtpmail_rcpts(m, rcpts);
		f->rcpt = buf_span(rcpts);
	}
	rules_command(f, place, arg);
}

int
smtp_event(struct smtpd *s, enum rules_place place, struct span arg)
{
	struct buf rcpts = { 0 };
	struct rules_facts facts;
	struct rules_action a;
	int over;

	if (s->conf->event == NULL)
		return 0;
	gather(s, place, arg, &facts, &rcpts);
	a = s->conf->event(s->conf->rules, place, &facts);
	buf_free(&rcpts);
	s->from = s->chat.out->n;
	if (a.what == RULES_PASS && tamper_is_on(&s->tamper))
		return 0;
	over = tamper_begin(&s->tamper, &a, place, s->chat.out);
	s->closing |= s->tamper.closes;
	if (s->tamper.silent)
		s->input = SMTPD_LINES;
	return over;
}

void
smtp_hold(struct smtpd *s, size_t from, long ms)
{
	if (tamper_is_on(&s->tamper))
		return;
	tamper_delay(&s->tamper, ms);
	s->from = from;
}

/* The Received line follows RFC 5321 4.4; "with" is by RFC 3848 and 6531. */
static void
begin(struct smtpd *s)
{
	struct buf received = { 0 };

	if (s->conf->store != NULL || s->conf->relay != NULL) {
		buf_adds(&received, "Received: from ");
		buf_addspan(&received, buf_span(&s->helo));
		if (s->chat.peer[0] != '\0')
			buf_addf(&received, " (%s)", s->chat.peer);
		buf_addf(&received, "\n\tby %s with %s%s%s id ", s->conf->host,
		    s->mail->utf8 ? "UTF8SMTP" : s->ehlo ? "ESMTP" : "SMTP",
		    s->tls ? "S" : "", s->known ? "A" : "");
	}
	smtpmail_begin(s->mail, buf_span(&received), s->crlf);
	buf_free(&received);
}

void
smtp_data(struct smtpd *s, struct span arg)
{
	(void)arg;
	begin(s);
	s->input = SMTPD_TEXT;
	smtp_reply(s, "354 End data with <CR><LF>.<CR><LF>");
}

/* The text of mail has ended: it is answered, or waits for its answer. */
static void
finish(struct smtpd *s)
{
	struct smtpmail *m = s->mail;
	size_t at;
	int r;

	s->input = SMTPD_LINES;
	if (!s->waiting && m->rcpts > 0 &&
	    smtp_event(s, RULES_DOT, span_of(NULL, 0))) {
		smtp_reset(s);
		return;
	}
	at = s->chat.out->n;
	r = smtpmail_end(m, s->chat.out);
	s->closing |= m->late;
	s->waiting = r == EAGAIN;
	if (s->waiting)
		return;
	if (r == EINPROGRESS) {
		m->at = at;
		m->next = s->unsettled;
		s->unsettled = m;
		s->unsettleds++;
		s->mail = NULL;
	} else if (r == 0)
		s->mistakes = 0;
	smtp_reset(s);
}

void
smtp_retry(struct smtpd *s)
{
	if (s->waiting)
		finish(s);
}

void
smtp_settle(struct smtpd *s)
{
	struct buf answer = { 0 };
	struct smtpmail *m;

	while ((m = s->unsettled) != NULL) {
		s->unsettled = m->next;
		buf_clear(&answer);
		if (smtpmail_end(m, &answer) == 0)
			s->mistakes = 0;
		buf_insert(s->chat.out, m->at, answer.p, answer.n);
		if (m->at < s->from)
			s->from += answer.n;
		smtpmail_free(m);
	}
	s->unsettleds = 0;
	buf_free(&answer);
}

/* "octets", "octets LAST": 0, or -1. */
static int
parse_bdat(struct smtpd *s, struct span arg)
{
	struct span size = span_cut(&arg, ' '), rest = span_trim(arg);
	uintmax_t u;

	s->last = span_case_is(rest, "LAST");
	if ((rest.n > 0 && !s->last) || span_number(size, &u) < 0 ||
	    u > UINT64_MAX / 2)
		return -1;
	s->chunk = s->chunk_size = u;
	return 0;
}

/* Why a chunk cannot be taken; the first one begins the message's text. */
static const char *
refusal_of(struct smtpd *s)
{
	switch (s->phase) {
	case SMTPD_START:
		return smtp_no_hello;
	case SMTPD_READY:
		return smtp_no_rcpt;
	case SMTPD_SENDER:
		return smtpmail_no_valid;
	case SMTPD_CHUNKS:
		return NULL;
	default:
		break;
	}
	s->phase = SMTPD_CHUNKS;
	if (s->mail->rcpts > 0 &&
	    smtp_event(s, RULES_DATA, span_of(NULL, 0))) {
		if (s->closing || s->tamper.silent)
			return NULL;
		buf_addspan(&s->refusal,
		    span_drop(buf_span(s->chat.out), s->from));
		s->chat.out->n = s->from;
		return NULL;
	}
	begin(s);
	return s->mail->rcpts == 0 ? smtpmail_no_valid : NULL;
}

/* A chunk that was refused has come; it was read and dropped. */
static void
refuse(struct smtpd *s)
{
	int blame = (s->phase & (SMTPD_CHUNKS | SMTPD_RCPTS)) == 0;

	buf_addspan(s->chat.out, buf_span(&s->refusal));
	s->mistakes += blame;
	if (s->last && s->phase >= SMTPD_SENDER)
		smtp_reset(s);
	if (s->phase != SMTPD_CHUNKS)
		buf_free(&s->refusal);
}

/* A chunk has come. */
static void
end_chunk(struct smtpd *s)
{
	const char *fault = NULL;

	s->input = SMTPD_LINES;
	if (s->refusal.n == 0) {
		if (s->last)
			smtpmail_last(s->mail);
		fault = smtpmail_fault(s->mail);
		if (fault != NULL)
			buf_addf(&s->refusal, "%s\r\n", fault);
	}
	if (s->refusal.n > 0)
		refuse(s);
	else if (s->last)
		finish(s);
	else
		buf_addf(s->chat.out, "250 2.0.0 Ok: %ju octets\r\n",
		    (uintmax_t)s->chunk_size);
}

void
smtp_bdat(struct smtpd *s, struct span arg)
{
	size_t at = s->chat.out->n;
	const char *refusal;

	if (parse_bdat(s, arg) < 0) {
		smtp_wrong_syntax(s);
		smtp_watch_for_text(s, at);
		return;
	}
	refusal = refusal_of(s);
	if (s->closing || s->tamper.silent)
		return;
	if (refusal != NULL && s->refusal.n == 0)
		buf_addf(&s->refusal, "%s\r\n", refusal);
	s->input = SMTPD_CHUNK;
	if (s->chunk == 0)
		end_chunk(s);
}

static size_t
feed_chunk(struct smtpd *s, const char *p, size_t n)
{
	if (n > s->chunk)
		n = (size_t)s->chunk;
	if (s->refusal.n == 0)
		smtpmail_chunk(s->mail, p, n);
	s->chunk -= n;
	if (s->chunk == 0)
		end_chunk(s);
	return n;
}

size_t
smtp_feed(struct smtpd *s, const char *p, size_t n)
{
	size_t used;

	if (s->input == SMTPD_CHUNK)
		used = feed_chunk(s, p, n);
	else {
		used = smtpmail_text(s->mail, p, n);
		if (s->mail->data.ended)
			finish(s);
	}
	return used;
}
