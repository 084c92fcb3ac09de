#include "smtpauth.h"

#define FAILURES_MAX 5		/* wrong passwords of a session */
#define PENALTY_MS 1000		/* and the time each of them takes at least */

static const char
	no_auth[] = "502 5.5.1 Error: authentication not enabled",
	no_cancelled[] = "501 5.7.0 Error: authentication cancelled",
	no_more[] = "421 4.7.0 Error: too many failures",
	no_password[] = "535 5.7.8 Error: authentication failed",
	no_sense[] = "501 5.5.2 Error: malformed response",
	no_such[] = "504 5.5.4 Error: no such mechanism",
	no_syntax[] = "501 5.5.4 Syntax: AUTH mechanism [response]",
	no_twice[] = "503 5.5.1 Error: already authenticated";

void
smtpauth_cancel(struct smtpd *s)
{
	sasld_close(s->sasl);
	s->sasl = NULL;
}

void
smtpauth_pass(struct smtpd *s)
{
	if (s->passed.n > 0)
		sasld_passed(s->conf->auth, buf_span(&s->passed),
		    s->chat.peer);
	buf_clear(&s->passed);
}

/*
 * A try costs time, but not that of others: its answer, from here on in
 * s->chat.out, is held back.  Until it leaves the try counts as one in vain.
 */
static void
hold(struct smtpd *s, int right)
{
	struct span login = sasld_login(s->sasl);
	long ms = sasld_tried(s->conf->auth, login, s->chat.peer);

	if (!right && ms < PENALTY_MS)
		ms = PENALTY_MS;
	if (right)
		buf_addspan(&s->passed, login);
	if (ms > 0)
		smtp_hold(s, s->chat.out->n, ms);
	else
		smtpauth_pass(s);
}

static void
refuse(struct smtpd *s)
{
	smtp_reply(s, no_password);
	if (++s->failures >= FAILURES_MAX)
		smtp_hang_up(s, no_more);
}

static void
answer(struct smtpd *s, enum sasld_next next, const struct buf *challenge)
{
	if (sasld_has_tried(s->sasl))
		hold(s, next != SASLD_REFUSED);
	switch (next) {
	case SASLD_CHALLENGE:
		buf_adds(s->chat.out, "334 ");
		buf_addspan(s->chat.out, buf_span(challenge));
		buf_adds(s->chat.out, "\r\n");
		return;
	case SASLD_DONE:
		s->known = 1;
		smtp_reply(s, "235 2.7.0 Authentication successful");
		break;
	case SASLD_REFUSED:
		refuse(s);
		break;
	case SASLD_MALFORMED:
		smtp_reply(s, no_sense);
		break;
	case SASLD_CANCELLED:
		smtp_reply(s, no_cancelled);
		break;
	case SASLD_UNKNOWN:
		smtp_reply(s, no_such);
	}
	smtpauth_cancel(s);
}

void
smtpauth_step(struct smtpd *s, struct span line)
{
	struct buf challenge = { 0 };

	answer(s, sasld_step(s->sasl, line, &challenge), &challenge);
	buf_free(&challenge);
}

void
smtpauth_start(struct smtpd *s, struct span arg)
{
	struct buf challenge = { 0 }, nonce = { 0 };
	struct span name = span_cut(&arg, ' '), initial = span_trim(arg);

	if (s->conf->auth == NULL)
		smtp_reply(s, no_auth);
	else if (s->known)
		smtp_reply(s, no_twice);
	else if (span_find(initial, ' ') != NULL)
		smtp_reply(s, no_syntax);
	else {
		s->conf->nonce(&nonce);
		s->sasl = sasld_open(s->conf->auth);
		answer(s, sasld_start(s->sasl, name, initial, buf_span(&nonce),
		    &challenge), &challenge);
	}
	buf_free(&nonce);
	buf_free(&challenge);
}

int
smtpauth_is_line(const struct smtpd *s, struct span line)
{
	return s->sasl != NULL || span_case_begins(span_trim(line), "AUTH");
}

