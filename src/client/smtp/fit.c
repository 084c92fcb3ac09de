#include "fit.h"

#include "format/mail/addr.h"
#include "format/mail/downgrade.h"

static enum fit_verdict
refuse_all(struct message *m, const char *why)
{
	message_decide(m, RESULT_FAILED, STAGE_MAIL, 0, span_str(why));
	return FIT_NEVER;
}

/* What the server must offer for the message to go as it is. */
static unsigned
content_needs(const struct content *c)
{
	unsigned needs = 0;

	if (c->head_form == MIME_8BIT)
		needs |= SMTPC_SMTPUTF8;
	if (c->head_form == MIME_8BIT || c->body_form == MIME_8BIT)
		needs |= SMTPC_8BITMIME;
	return needs;
}

/*
 * Settles in which form the content goes.  A header in UTF-8 is declared
 * where that can be done, and else sent under 8BITMIME, as most clients do.
 */
static enum fit_verdict
fit_content(struct fit *f, unsigned caps, struct message *m)
{
	struct content *content = &m->content;
	const enum mime_form most = caps & SMTPC_8BITMIME ? MIME_8BIT :
	    MIME_7BIT;

	f->needs = content_needs(content);
	f->text = buf_span(&content->text);
	if (content->body_form <= most)
		return FIT_OK;
	buf_clear(&m->converted);
	if (downgrade_message(&m->converted, f->text, most, &f->why) < 0)
		return content->body_form == MIME_8BIT ? FIT_BODY :
		    refuse_all(m, f->why);
	f->text = buf_span(&m->converted);
	if (mime_scan_short(f->text) == MIME_7BIT)
		f->needs = 0;
	return FIT_OK;
}

static int
is_utf8(const struct rcpt *r)
{
	return addr_is_utf8(buf_span(&r->addr));
}

/* Addresses beyond ASCII need SMTPUTF8 (RFC 6531 3.2). */
static void
fit_addresses(struct fit *f, unsigned caps, struct message *m)
{
	struct rcpt *r;
	size_t i;

	if (addr_is_utf8(buf_span(&m->from)))
		f->needs |= SMTPC_SMTPUTF8;
	for (i = 0; i < m->rcpts; i++) {
		r = &m->rcpt[i];
		if (r->decided || !is_utf8(r))
			continue;
		f->needs |= SMTPC_SMTPUTF8;
		r->later = !(caps & SMTPC_SMTPUTF8);
	}
	f->needs &= caps;
}

static int
is_too_large(size_t n, uintmax_t size)
{
	return size > 0 && n > size;
}

enum fit_verdict
fit_look(unsigned caps, uintmax_t size, const struct message *m)
{
	int any = 0;
	size_t i;

	if (m->content.head_form == MIME_8BIT && !(caps & SMTPC_8BITMIME))
		return FIT_HEADER;
	if (!(caps & SMTPC_SMTPUTF8)) {
		if (addr_is_utf8(buf_span(&m->from)))
			return FIT_SENDER;
		for (i = 0; i < m->rcpts && !any; i++)
			any = !m->rcpt[i].decided && !is_utf8(&m->rcpt[i]);
		if (!any)
			return FIT_RCPT;
	}
	/* A conversion hardly makes it smaller. */
	return is_too_large(m->content.text.n, size) ? FIT_SIZE : FIT_OK;
}

enum fit_verdict
fit_message(struct fit *f, unsigned caps, uintmax_t size, struct message *m)
{
	enum fit_verdict verdict;

	f->caps = caps;
	f->text = buf_span(&m->content.text);
	if (m->content.head_form == MIME_QP)
		return refuse_all(m, "a header line is too long or holds a "
		    "NUL");
	verdict = fit_look(caps, size, m);
	if (verdict == FIT_OK)
		verdict = fit_content(f, caps, m);
	if (verdict == FIT_OK && is_too_large(f->text.n, size))
		verdict = FIT_SIZE;
	if (verdict == FIT_OK)
		fit_addresses(f, caps, m);
	return verdict;
}

enum result_stage
fit_stage(enum fit_verdict verdict)
{
	return verdict == FIT_RCPT ? STAGE_RCPT : STAGE_MAIL;
}

void
fit_explain(struct buf *b, const struct fit *f, enum fit_verdict verdict,
    uintmax_t size)
{
	switch (verdict) {
	case FIT_HEADER:
		buf_adds(b, "the header is not ASCII");
		break;
	case FIT_BODY:
		buf_adds(b, f->why);
		break;
	case FIT_SENDER:
	case FIT_RCPT:
		buf_adds(b, "the address is not ASCII, and the server does "
		    "not offer SMTPUTF8");
		return;
	case FIT_SIZE:
		buf_addf(b, "%zu octets, and the server takes %ju",
		    f->text.n, size);
		return;
	default:
		return;
	}
	buf_adds(b, ", and the server does not offer 8BITMIME");
}
