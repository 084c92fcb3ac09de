#include "smtpfault.h"

/* What is known; recipients are in a buffer of their own, NULs between. */
static void
gather(struct smtpd *s, enum rules_place place, struct span arg,
    struct rules_facts *f, struct buf *rcpts)
{
	const struct smtpmail *m = s->mail;

	memset(f, 0, sizeof *f);
	if (s->peer.n > 0)
		f->peer = buf_span(&s->peer);
	if (place == RULES_HELO || place == RULES_EHLO)
		f->helo = arg;
	else if (s->phase != SMTPD_START)
		f->helo = buf_span(&s->helo);
	if (place == RULES_MAIL) {
		f->from = smtpmail_path(&arg, "FROM:");
		f->size = smtpmail_size(arg);
	} else if (m != NULL) {
		f->from = buf_span(&m->from);
		if (f->from.p == NULL)
			f->from.p = "";
		f->size = m->data.size > 0 ? m->data.size : m->announced;
	}
	if (place == RULES_RCPT || place == RULES_VRFY)
		f->rcpt = smtpmail_path(&arg, place == RULES_RCPT ? "TO:" : "");
	else if (m != NULL) {
		smtpmail_rcpts(m, rcpts);
		f->rcpt = buf_span(rcpts);
	}
}

static void
fall_silent(struct smtpd *s)
{
	s->silent = 1;
	s->input = SMTPD_LINES;
}

int
smtpfault_is_pending(const struct smtpd *s)
{
	return s->fault.what == RULES_DELAY || s->fault.what == RULES_TRUNCATE;
}

int
smtpfault_strikes(struct smtpd *s, enum rules_place place, struct span arg)
{
	struct buf rcpts = { 0 };
	struct rules_facts facts;
	struct rules_action a;

	if (s->conf->event == NULL)
		return 0;
	gather(s, place, arg, &facts, &rcpts);
	a = s->conf->event(s->conf->rules, place, &facts);
	buf_free(&rcpts);
	s->from = s->out->n;
	if (a.what == RULES_PASS && smtpfault_is_pending(s))
		return 0;
	s->fault = a;
	switch (a.what) {
	case RULES_REPLY:
		buf_addspan(s->out, a.text);
		buf_adds(s->out, "\r\n");
		s->closing |= a.text.n >= 3 &&
		    memcmp(a.text.p, "421", 3) == 0;
		return 1;
	case RULES_RESET:
		s->reset = 1;
		s->closing = 1;
		return 1;
	case RULES_DROP:
		s->closing = 1;
		return 1;
	case RULES_SILENCE:
		fall_silent(s);
		return 1;
	default:
		return 0;
	}
}

void
smtpfault_delay(struct smtpd *s, size_t from, long ms)
{
	if (smtpfault_is_pending(s))
		return;
	s->fault.what = RULES_DELAY;
	s->fault.ms = ms;
	s->from = from;
}

void
smtpfault_release(struct smtpd *s)
{
	buf_addspan(s->out, buf_span(&s->held));
	buf_free(&s->held);
	s->delay = 0;
}

void
smtpfault_apply(struct smtpd *s)
{
	struct buf *out = s->out;

	if (s->fault.what == RULES_TRUNCATE) {
		out->n -= (out->n - s->from + 1) / 2;
		s->closing = 1;
	} else if (s->fault.what == RULES_DELAY) {
		buf_add(&s->held, out->p + s->from, out->n - s->from);
		out->n = s->from;
		s->delay = s->fault.ms;
	}
	s->fault.what = RULES_PASS;
}
