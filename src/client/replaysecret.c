#include "replaysecret.h"

#include "format/mail/mime.h"
#include "sys/secret.h"

/* How a secret goes into a line. */
enum form {
	UNKNOWN,
	PLAIN,			/* RFC 4616 */
	LOGIN_USER, LOGIN_SECRET,
	XOAUTH2,
	BARE			/* PASS */
};

static int
is_command(const struct recorded *e, const char *verb)
{
	return e->kind == FOLLOW_COMMAND && strcmp(e->verb, verb) == 0;
}

/* The mechanism that an AUTH names. */
static struct span
mechanism_of(const struct recording *r, const struct recorded *e)
{
	struct span s = recording_text(r, e);

	span_take_word(&s);
	return span_take_word(&s);
}

/* The AUTH that a response belongs to, or NULL; *n responses were before. */
static const struct recorded *
find_auth(const struct recording *r, const struct recorded *e, int *n)
{
	*n = 0;
	while (e > r->events) {
		e--;
		if (e->kind == FOLLOW_RESPONSE)
			++*n;
		else if (e->kind == FOLLOW_COMMAND)
			return is_command(e, "AUTH") ? e : NULL;
	}
	return NULL;
}

static int
is_challenged(struct span mechanism)
{
	return !span_case_is(mechanism, "PLAIN") &&
	    !span_case_is(mechanism, "LOGIN") &&
	    !span_case_is(mechanism, "XOAUTH2") &&
	    !span_case_is(mechanism, "OAUTHBEARER") &&
	    !span_case_is(mechanism, "EXTERNAL") &&
	    !span_case_is(mechanism, "ANONYMOUS");
}

static enum form
form_of(const struct recording *r, const struct recorded *e)
{
	const struct recorded *auth = e;
	struct span mechanism;
	int n = 0, masked;

	if (is_command(e, "PASS") || is_command(e, "ACCT"))
		return BARE;
	if (e->kind == FOLLOW_RESPONSE)
		auth = find_auth(r, e, &n);
	if (auth == NULL || !is_command(auth, "AUTH"))
		return UNKNOWN;
	mechanism = mechanism_of(r, auth);
	if (span_case_is(mechanism, "PLAIN"))
		return PLAIN;
	if (span_case_is(mechanism, "XOAUTH2"))
		return XOAUTH2;
	if (!span_case_is(mechanism, "LOGIN"))
		return UNKNOWN;
	/* The user may have stood behind AUTH LOGIN already. */
	masked = auth != e && (auth->flags & DIALOGUE_MASKED) != 0;
	return n + masked == 0 ? LOGIN_USER : LOGIN_SECRET;
}

static const char *
check_masked(struct replaysecret *s, const struct recording *r,
    const struct recorded *e)
{
	enum form form = form_of(r, e);

	s->line = e->line;
	if (form == UNKNOWN)
		return "what was masked here cannot be put in again";
	s->logs_in |= form != BARE;
	return NULL;
}

static const char *
check_event(struct replaysecret *s, const struct recording *r,
    const struct recorded *e)
{
	const struct recorded *auth;
	struct span text = recording_text(r, e);
	int n, masked;

	if (is_command(e, "USER")) {
		span_take_word(&text);
		if (s->user.n == 0)
			s->user = span_trim(text);
		return NULL;
	}
	if (is_command(e, "APOP"))
		return "APOP answers a challenge, and cannot be replayed";
	if (is_command(e, "ORDER") && (e->open < e->n ||
	    (e->flags & DIALOGUE_MASKED) != 0))
		return "the mac answers a nonce, and cannot be replayed";
	masked = (e->flags & DIALOGUE_MASKED) != 0;
	auth = e->kind == FOLLOW_RESPONSE ? find_auth(r, e, &n) :
	    masked && is_command(e, "AUTH") ? e : NULL;
	if (auth != NULL && is_challenged(mechanism_of(r, auth)))
		return "it answers a challenge of AUTH (CRAM-MD5, SCRAM ...), "
		    "and cannot be replayed";
	return masked ? check_masked(s, r, e) : NULL;
}

const char *
replaysecret_check(struct replaysecret *s, const struct recording *r)
{
	const struct recorded *e, *end = r->events + r->n, *last = NULL;
	const char *why = NULL;
	unsigned long line;
	int tls = 0;

	memset(s, 0, sizeof *s);
	for (e = r->events; e < end && why == NULL; e++) {
		tls |= e->kind == FOLLOW_NOTE &&
		    span_is(recording_text(r, e), "tls");
		if (e->side != DIALOGUE_CLIENT)
			continue;
		line = s->line;
		why = tls ? "what is said under TLS cannot be replayed" :
		    check_event(s, r, e);
		s->line = why != NULL ? e->line : line != 0 ? line : s->line;
		last = e;
	}
	/* As -v of our own programs leaves it out. */
	if (why == NULL && last != NULL && last->end == DIALOGUE_NO_END &&
	    !last->whole) {
		s->line = last->line;
		why = "the text of a message, or of an order, was left out";
	}
	return why;
}

static void
add_encoded(struct buf *b, enum form form, struct span user,
    struct span secret)
{
	struct buf raw = { 0 };

	switch (form) {
	case PLAIN:
		buf_addc(&raw, '\0');
		buf_addspan(&raw, user);
		buf_addc(&raw, '\0');
		buf_addspan(&raw, secret);
		break;
	case XOAUTH2:
		buf_addf(&raw, "user=%.*s\001auth=Bearer ", (int)user.n,
		    user.p);
		buf_addspan(&raw, secret);
		buf_adds(&raw, "\001\001");
		break;
	default:
		buf_addspan(&raw, form == LOGIN_USER ? user : secret);
	}
	mime_base64(b, raw.p, raw.n);
	secret_wipe(&raw);
}

void
replaysecret_add(struct buf *b, const struct recording *r,
    const struct recorded *e, struct span user, struct span secret)
{
	struct span s = recording_text(r, e);
	enum form form;

	if (e->side != DIALOGUE_CLIENT || (e->flags & DIALOGUE_MASKED) == 0) {
		buf_addspan(b, s);
		return;
	}
	while (s.n > 0 && s.p[s.n - 1] == '*')
		s.n--;
	buf_addspan(b, s);
	form = form_of(r, e);
	if (form == BARE)
		buf_addspan(b, secret);
	else
		add_encoded(b, form, user, secret);
}
