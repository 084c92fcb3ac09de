#include "fit.h"

#include "format/addr.h"
#include "format/downgrade.h"

static void
refuse_all(struct message *m, const char *why)
{
	message_decide(m, RESULT_FAILED, STAGE_MAIL, 0, span_str(why));
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
static int
fit_content(struct fit *f, const struct smtpc *c, struct message *m)
{
	struct content *content = &m->content;
	const enum mime_form most =
	    c->caps & SMTPC_8BITMIME ? MIME_8BIT : MIME_7BIT;
	const char *why;

	f->needs = content_needs(content);
	f->text = buf_span(&content->text);
	if (content->head_form == MIME_QP) {
		refuse_all(m, "a header line is too long or holds a NUL");
		return -1;
	}
	if (content->head_form > most) {
		refuse_all(m, "the header is not ASCII, and the server "
		    "does not offer 8BITMIME");
		return -1;
	}
	if (content->body_form <= most)
		return 0;
	buf_clear(&m->converted);
	if (downgrade_message(&m->converted, f->text, most, &why) < 0) {
		refuse_all(m, why);
		return -1;
	}
	f->text = buf_span(&m->converted);
	if (mime_scan_short(f->text) == MIME_7BIT)
		f->needs = 0;
	return 0;
}

/* Addresses beyond ASCII need SMTPUTF8 (RFC 6531 3.2). */
static int
fit_addresses(struct fit *f, const struct smtpc *c, struct message *m)
{
	struct span why =
	    span_str("the address is not ASCII, and the server does not "
	    "offer SMTPUTF8");
	size_t i;

	if (addr_is_utf8(buf_span(&m->from)))
		f->needs |= SMTPC_SMTPUTF8;
	for (i = 0; i < m->rcpts; i++)
		if (!m->rcpt[i].decided &&
		    addr_is_utf8(buf_span(&m->rcpt[i].addr))) {
			f->needs |= SMTPC_SMTPUTF8;
			if (!(c->caps & SMTPC_SMTPUTF8))
				rcpt_decide(&m->rcpt[i], RESULT_FAILED,
				    STAGE_RCPT, 0, why);
		}
	if (addr_is_utf8(buf_span(&m->from)) &&
	    !(c->caps & SMTPC_SMTPUTF8))
		message_decide(m, RESULT_FAILED, STAGE_MAIL, 0, why);
	f->needs &= c->caps;
	return message_open(m) > 0 ? 0 : -1;
}

static int
fit_size(const struct fit *f, const struct smtpc *c, struct message *m)
{
	struct buf why = { 0 };

	if (c->size == 0 || f->text.n <= c->size)
		return 0;
	buf_addf(&why, "%zu octets, and the server takes %ju",
	    f->text.n, c->size);
	refuse_all(m, buf_str(&why));
	buf_free(&why);
	return -1;
}

int
fit_message(struct fit *f, const struct smtpc *c, struct message *m)
{
	if (fit_content(f, c, m) < 0 || fit_addresses(f, c, m) < 0 ||
	    fit_size(f, c, m) < 0)
		return -1;
	return 0;
}
