#include "params.h"

/* Whether word may be a parameter as it is, RFC 5321 4.1.2. */
static int
is_param(struct span word)
{
	size_t i;

	for (i = 0; i < word.n; i++)
		if (!byte_is_graph(word.p[i]))
			return 0;
	return 1;
}

/* Parameters of delivery status notifications (RFC 3461), no others. */
static void
add_params(struct buf *b, struct span params)
{
	static const char *const known[] = {
		"RET=", "ENVID=", "NOTIFY=", "ORCPT="
	};
	struct span word;
	size_t i, n;

	while (params.n > 0) {
		for (n = 0; n < params.n && params.p[n] != ' '; n++)
			;
		word = span_of(params.p, n);
		for (i = 0; i < COUNT(known); i++)
			if (n > strlen(known[i]) && is_param(word) &&
			    span_case_is(span_of(word.p, strlen(known[i])),
			    known[i])) {
				buf_addc(b, ' ');
				buf_addspan(b, word);
			}
		params = span_trim(span_drop(params, n));
	}
}

/* Whether add_params has something to add. */
static int
has_params(const struct fit *fit, const struct buf *params)
{
	struct buf b = { 0 };
	int any;

	if (fit->caps & SMTPC_DSN)
		add_params(&b, buf_span(params));
	any = b.n > 0;
	buf_free(&b);
	return any;
}

void
params_mail(struct buf *b, const struct fit *fit, const struct message *m)
{
	if (fit->caps & SMTPC_SIZE) {
		buf_adds(b, " SIZE=");
		buf_addu(b, fit->text.n);
	}
	if (fit->needs & SMTPC_8BITMIME)
		buf_adds(b, " BODY=8BITMIME");
	if (fit->needs & SMTPC_SMTPUTF8)
		buf_adds(b, " SMTPUTF8");
	if (fit->caps & SMTPC_DSN)
		add_params(b, buf_span(&m->params));
}

void
params_rcpt(struct buf *b, const struct fit *fit, const struct rcpt *r)
{
	if (fit->caps & SMTPC_DSN)
		add_params(b, buf_span(&r->params));
}

/* Whether a text has a word in it, in any case. */
static int
names(struct span text, const char *word)
{
	size_t n = strlen(word);

	for (; text.n >= n; text = span_drop(text, 1))
		if (span_case_is(span_of(text.p, n), word))
			return 1;
	return 0;
}

/* Whether the reply has this subject and detail (RFC 3463). */
static int
is_about(const struct reply *r, const char *detail)
{
	size_t n = strlen(detail);

	return r->text.n >= n + 2 && r->text.p[1] == '.' &&
	    memcmp(r->text.p + 2, detail, n) == 0;
}

/* Those that the reply names. */
static unsigned
named(const struct reply *r)
{
	struct span text = buf_span(&r->text);
	unsigned set = 0;

	if (names(text, "8BITMIME") || names(text, "BODY=") ||
	    is_about(r, "6.3"))
		set |= SMTPC_8BITMIME;
	if (names(text, "SMTPUTF8") || is_about(r, "6.7"))
		set |= SMTPC_SMTPUTF8;
	if (names(text, "SIZE="))
		set |= SMTPC_SIZE;
	if (names(text, "RET=") || names(text, "ENVID="))
		set |= SMTPC_DSN;
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
params_refused_mail(const struct smtpc *c, const struct fit *fit,
    const struct message *m)
{
	const unsigned order[] = { SMTPC_SIZE | SMTPC_DSN, SMTPC_8BITMIME,
	    SMTPC_SMTPUTF8 };
	const struct reply *r = &c->reply;
	unsigned said = fit->needs;
	size_t i;

	said |= fit->caps & SMTPC_SIZE;
	if (has_params(fit, &m->params))
		said |= SMTPC_DSN;
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
params_refused_rcpt(const struct smtpc *c, const struct fit *fit,
    const struct rcpt *r)
{
	return reply_is(&c->reply, 5) && is_of_params(&c->reply) &&
	    has_params(fit, &r->params) ? SMTPC_DSN : 0;
}
