#include "esmtp.h"

#include "format/mail/addr.h"
#include "format/mail/downgrade.h"
#include "format/mail/idn.h"

static enum esmtp_verdict
refuse_all(struct message *m, const char *why)
{
	message_decide(m, RESULT_FAILED, STAGE_MAIL, 0, span_str(why));
	return ESMTP_NEVER;
}

/* The form of the header with the domains of its addresses in ASCII. */
static enum mime_form
ascii_header(struct buf *b, const struct content *c)
{
	idn_header(b, span_of(c->text.p, c->body));
	return mime_scan_short(buf_span(b));
}

/* The header cannot go where 8BITMIME is not offered. */
static int
is_header_8bit(const struct content *c)
{
	struct buf header = { 0 };
	int r;

	if (c->head_form != MIME_8BIT)
		return 0;
	r = ascii_header(&header, c) == MIME_8BIT;
	buf_free(&header);
	return r;
}

/*
 * Settles in which form the content goes.  A header in UTF-8 is declared where
 * that can be done; else its domains go as A-labels, and what is left of UTF-8
 * is sent under 8BITMIME, as most clients do.
 */
static enum esmtp_verdict
fit_content(struct esmtp_form *f, unsigned caps, struct message *m)
{
	struct content *content = &m->content;
	const enum mime_form most = caps & OFFER_8BITMIME ? MIME_8BIT :
	    MIME_7BIT;
	enum mime_form head = content->head_form;
	struct buf ascii = { 0 };
	int r = 0;

	buf_clear(&m->converted);
	f->needs = 0;
	f->text = buf_span(&content->text);
	if (head == MIME_8BIT && !(caps & OFFER_SMTPUTF8)) {
		head = ascii_header(&ascii, content);
		buf_addspan(&ascii, span_drop(f->text, content->body));
		f->text = buf_span(&ascii);
	}
	if (head == MIME_8BIT)
		f->needs = OFFER_SMTPUTF8;
	if (head == MIME_8BIT || content->body_form == MIME_8BIT)
		f->needs |= OFFER_8BITMIME;
	if (content->body_form > most)
		r = downgrade_message(&m->converted, f->text, most, &f->why);
	else
		buf_addspan(&m->converted, buf_span(&ascii));
	buf_free(&ascii);
	if (r < 0)
		return content->body_form == MIME_8BIT ? ESMTP_BODY :
		    refuse_all(m, f->why);
	f->text = m->converted.n > 0 ? buf_span(&m->converted) :
	    buf_span(&content->text);
	if (content->body_form > most && mime_scan_short(f->text) == MIME_7BIT)
		f->needs = 0;
	return ESMTP_OK;
}

/* Whether an address cannot go without SMTPUTF8: not even as an A-label. */
static int
is_utf8(const struct buf *addr)
{
	struct buf ascii = { 0 };
	int r;

	if (span_is_ascii(buf_span(addr)))
		return 0;
	r = idn_address(&ascii, buf_span(addr)) < 0;
	buf_free(&ascii);
	return r;
}

/* Addresses beyond ASCII need SMTPUTF8 (RFC 6531 3.2). */
static void
fit_addresses(struct esmtp_form *f, unsigned caps, struct message *m)
{
	struct rcpt *r;
	size_t i;

	if (!span_is_ascii(buf_span(&m->from)))
		f->needs |= OFFER_SMTPUTF8;
	for (i = 0; i < m->rcpts; i++) {
		r = &m->rcpt[i];
		if (r->decided || span_is_ascii(buf_span(&r->addr)))
			continue;
		f->needs |= OFFER_SMTPUTF8;
		r->later = !(caps & OFFER_SMTPUTF8) && is_utf8(&r->addr);
	}
	f->needs &= caps;
}

static int
is_too_large(size_t n, uintmax_t size)
{
	return size > 0 && n > size;
}

enum esmtp_verdict
esmtp_look(unsigned caps, uintmax_t size, const struct message *m)
{
	int any = 0;
	size_t i;

	if (!(caps & OFFER_8BITMIME) && is_header_8bit(&m->content))
		return ESMTP_HEADER;
	if (!(caps & OFFER_SMTPUTF8)) {
		if (is_utf8(&m->from))
			return ESMTP_SENDER;
		for (i = 0; i < m->rcpts && !any; i++)
			any = !m->rcpt[i].decided &&
			    !is_utf8(&m->rcpt[i].addr);
		if (!any)
			return ESMTP_RCPT;
	}
	/* A conversion hardly makes it smaller. */
	return is_too_large(m->content.text.n, size) ? ESMTP_SIZE : ESMTP_OK;
}

enum esmtp_verdict
esmtp_fit(struct esmtp_form *f, unsigned caps, uintmax_t size,
    struct message *m)
{
	enum esmtp_verdict verdict;

	f->caps = caps;
	f->text = buf_span(&m->content.text);
	if (m->content.head_form == MIME_QP)
		return refuse_all(m, "a header line is too long or holds a "
		    "NUL");
	verdict = esmtp_look(caps, size, m);
	if (verdict == ESMTP_OK)
		verdict = fit_content(f, caps, m);
	if (verdict == ESMTP_OK && is_too_large(f->text.n, size))
		verdict = ESMTP_SIZE;
	if (verdict == ESMTP_OK)
		fit_addresses(f, caps, m);
	return verdict;
}

enum result_stage
esmtp_stage(enum esmtp_verdict verdict)
{
	return verdict == ESMTP_RCPT ? STAGE_RCPT : STAGE_MAIL;
}

void
esmtp_explain(struct buf *b, const struct esmtp_form *f,
    enum esmtp_verdict verdict, uintmax_t size)
{
	switch (verdict) {
	case ESMTP_HEADER:
		buf_adds(b, "the header is not ASCII");
		break;
	case ESMTP_BODY:
		buf_adds(b, f->why);
		break;
	case ESMTP_SENDER:
	case ESMTP_RCPT:
		buf_adds(b, "the address is not ASCII, and the server does "
		    "not offer SMTPUTF8");
		return;
	case ESMTP_SIZE:
		buf_addf(b, "%zu octets, and the server takes %ju",
		    f->text.n, size);
		return;
	default:
		return;
	}
	buf_adds(b, ", and the server does not offer 8BITMIME");
}

/* Whether word is a parameter, and may be one as it is, RFC 5321 4.1.2. */
static int
is_param(struct span word, const char *name)
{
	return span_is_graph(word) && word.n > strlen(name) &&
	    span_case_begins(word, name);
}

/* Parameters of delivery status notifications (RFC 3461), no others. */
static void
add_params(struct buf *b, struct span params)
{
	static const char *const known[] = {
		"RET=", "ENVID=", "NOTIFY=", "ORCPT="
	};
	struct span word;
	size_t i;

	while (params.n > 0) {
		word = span_cut(&params, ' ');
		for (i = 0; i < COUNT(known); i++)
			if (is_param(word, known[i])) {
				buf_addc(b, ' ');
				buf_addspan(b, word);
			}
		params = span_trim(params);
	}
}

/* Whether add_params has something to add. */
static int
has_params(const struct esmtp_form *form, const struct buf *params)
{
	struct buf b = { 0 };
	int any;

	if (form->caps & OFFER_DSN)
		add_params(&b, buf_span(params));
	any = b.n > 0;
	buf_free(&b);
	return any;
}

static void
add_path(struct buf *b, const char *verb, const struct buf *addr,
    const struct esmtp_form *form)
{
	buf_adds(b, verb);
	buf_addc(b, '<');
	if ((form->needs & OFFER_SMTPUTF8) || span_is_ascii(buf_span(addr)) ||
	    idn_address(b, buf_span(addr)) < 0)
		buf_addspan(b, buf_span(addr));
	buf_addc(b, '>');
}

void
esmtp_say_mail(struct smtpc *c, const struct esmtp_form *form,
    const struct message *m)
{
	struct buf *b = smtpc_command(c);

	add_path(b, "MAIL FROM:", &m->from, form);
	if (form->caps & OFFER_SIZE) {
		buf_adds(b, " SIZE=");
		buf_addu(b, form->text.n);
	}
	if (form->needs & OFFER_8BITMIME)
		buf_adds(b, " BODY=8BITMIME");
	if (form->needs & OFFER_SMTPUTF8)
		buf_adds(b, " SMTPUTF8");
	if (form->caps & OFFER_DSN)
		add_params(b, buf_span(&m->params));
	smtpc_say(c, buf_span(b));
}

void
esmtp_say_rcpt(struct smtpc *c, const struct esmtp_form *form,
    const struct rcpt *r)
{
	struct buf *b = smtpc_command(c);

	add_path(b, "RCPT TO:", &r->addr, form);
	if (form->caps & OFFER_DSN)
		add_params(b, buf_span(&r->params));
	smtpc_say(c, buf_span(b));
}

/* Whether the reply has this subject and detail (RFC 3463). */
static int
is_about(const struct reply *r, const char *detail)
{
	const struct span text = buf_span(&r->text);

	return text.n > 2 && text.p[1] == '.' &&
	    span_begins(span_drop(text, 2), detail);
}

/* Those that the reply names. */
static unsigned
named(const struct reply *r)
{
	struct span text = buf_span(&r->text);
	unsigned set = 0;

	if (span_case_has(text, "8BITMIME") || span_case_has(text, "BODY=") ||
	    is_about(r, "6.3"))
		set |= OFFER_8BITMIME;
	if (span_case_has(text, "SMTPUTF8") || is_about(r, "6.7"))
		set |= OFFER_SMTPUTF8;
	if (span_case_has(text, "SIZE="))
		set |= OFFER_SIZE;
	if (span_case_has(text, "RET=") || span_case_has(text, "ENVID="))
		set |= OFFER_DSN;
	return set;
}

/* Whether the code is one for parameters, and the reply not of the address. */
static int
is_of_params(const struct reply *r)
{
	if (is_about(r, "1."))
		return 0;
	return r->code == 500 || r->code == 501 || r->code == 504 ||
	    r->code == 555 || is_about(r, "5.4");
}

unsigned
esmtp_refused_mail(const struct smtpc *c, const struct esmtp_form *form,
    const struct message *m)
{
	const unsigned order[] = { OFFER_SIZE | OFFER_DSN, OFFER_8BITMIME,
	    OFFER_SMTPUTF8 };
	const struct reply *r = &c->reply;
	unsigned said = form->needs;
	size_t i;

	said |= form->caps & OFFER_SIZE;
	if (has_params(form, &m->params))
		said |= OFFER_DSN;
	if (!reply_is(r, 5) || r->code == 552)
		return 0;
	if ((said & named(r)) != 0)
		return said & named(r);
	for (i = 0; i < COUNT(order) && is_of_params(r); i++)
		if ((said & order[i]) != 0)
			return said & order[i];
	return 0;
}

unsigned
esmtp_refused_text(const struct smtpc *c, const struct esmtp_form *form)
{
	const struct reply *r = &c->reply;
	struct span text = buf_span(&r->text);

	if (!reply_is(r, 5) || !(form->needs & OFFER_8BITMIME))
		return 0;
	return (named(r) & OFFER_8BITMIME) != 0 ||
	    span_case_has(text, "8BIT") || span_case_has(text, "8-BIT") ||
	    is_about(r, "6.1") || is_about(r, "6.2") ?
	    OFFER_8BITMIME : 0;
}

unsigned
esmtp_refused_rcpt(const struct smtpc *c, const struct esmtp_form *form,
    const struct rcpt *r)
{
	return reply_is(&c->reply, 5) && is_of_params(&c->reply) &&
	    has_params(form, &r->params) ? OFFER_DSN : 0;
}
