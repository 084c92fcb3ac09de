#include "smtpsession.h"

/*
 * For how long the answer to a refused DATA is held back, for text that is on
 * its way to show.  No state can tell it from commands: a client that did not
 * wait for the answer breaks RFC 2920, and bytes which come after the answer
 * has left are from one that has read it, as far as anybody can see.
 */
#define WATCH_MS 20

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
