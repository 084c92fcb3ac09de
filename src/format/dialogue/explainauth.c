#include "explainauth.h"

#include "format/crypt/md5.h"
#include "format/mail/mime.h"
#include "format/wire/escape.h"
#include "format/wire/scram.h"

/* What stands where a secret was taken out. */
static int
is_masked(const struct review *r, struct span s)
{
	return (r->e->flags & DIALOGUE_MASKED) != 0 ||
	    span_ends(s, "***");
}

static const char *
section(const struct review *r)
{
	return r->follow->protocol == DIALOGUE_POP3 ? "RFC 5034 4" :
	    "RFC 4954 4";
}

/* Begins a text about what the base64 holds. */
static struct buf *
opened(struct review *r, const char *where)
{
	struct buf *b = notes_new(r->notes, NOTE_MEANS, where);

	buf_adds(b, "Opened: ");
	return b;
}

static void
quoted(struct buf *b, const char *before, struct span s)
{
	buf_adds(b, before);
	buf_adds(b, " \"");
	escape_add(b, s);
	buf_addc(b, '"');
}

/* authorization NUL user NUL password */
static void
open_plain(struct explainauth *a, struct review *r, struct span text)
{
	struct span rest = text, authorized, user;
	struct buf *b;

	authorized = span_cut(&rest, '\0');
	user = span_cut(&rest, '\0');
	if (authorized.n + 1 > text.n || authorized.n + user.n + 2 > text.n ||
	    user.n == 0) {
		review_wrong(r, "RFC 4616 2", "PLAIN is the identity to act "
		    "as, NUL, user, NUL, password");
		return;
	}
	if (!a->shows)
		return;
	b = opened(r, "RFC 4616 2");
	if (authorized.n > 0)
		quoted(b, "to act as", authorized);
	else
		buf_adds(b, "to act as the user,");
	quoted(b, " user", user);
	quoted(b, ", password", rest);
	buf_addc(b, '.');
}

static void
open_login(struct explainauth *a, struct review *r, struct span text)
{
	struct buf *b;

	if (!a->shows)
		return;
	b = opened(r, NULL);
	quoted(b, a->step == 0 ? "user" : "password", text);
	buf_addc(b, '.');
}

/* Whether the digest is that of the password. */
static void
compare(struct review *r, const char *want, struct span got,
    const char *where)
{
	if (span_case_is(got, want))
		notes_add(r->notes, NOTE_MEANS, where, "The digest is that "
		    "of the password that was given.");
	else
		buf_addf(review_fault(r, where), "the digest is not that of "
		    "the password that was given, which is %s", want);
}

static int
is_digest(struct span s)
{
	size_t i;

	for (i = 0; i < s.n && byte_hex(s.p[i]) >= 0; i++)
		;
	return i == s.n && s.n == MD5_HEX - 1;
}

/* user, a blank, and the digest in hex */
static void
open_cram(struct explainauth *a, struct review *r, struct span text)
{
	const char *where = "RFC 2195 2";
	char want[MD5_HEX];
	struct span digest;
	struct buf *b;
	size_t n = text.n;

	while (n > 0 && text.p[n - 1] != ' ')
		n--;
	digest = span_drop(text, n);
	if (n < 2 || !is_digest(digest)) {
		review_wrong(r, where, "CRAM-MD5 is the user, a blank, and 32 "
		    "hex digits");
		return;
	}
	if (a->shows) {
		b = opened(r, where);
		quoted(b, "user", span_of(text.p, n - 1));
		quoted(b, ", digest", digest);
		buf_addc(b, '.');
	}
	if (a->password.p == NULL)
		return;
	md5_cram(want, a->password, buf_span(&a->challenge));
	compare(r, want, digest, where);
}

static void
open_other(struct explainauth *a, struct review *r, struct span text)
{
	struct buf *b;

	if (!a->shows)
		return;
	b = opened(r, NULL);
	quoted(b, "it says", text);
	buf_addc(b, '.');
}

/* The value of an attribute, such as r=, in a message of SCRAM. */
static struct span
attribute(struct span message, char name)
{
	struct span one;

	while (message.n > 0) {
		one = span_cut(&message, ',');
		if (one.n > 1 && one.p[0] == name && one.p[1] == '=')
			return span_drop(one, 2);
	}
	return span_of(NULL, 0);
}

/* What the server knows of the password, as its message says. */
static int
derive(struct explainauth *a, struct scram_verifier *v)
{
	struct span message = buf_span(&a->challenge);
	struct buf salt = { 0 };
	uintmax_t n;
	int r = -1;

	if (mime_base64_decode(&salt, attribute(message, 's')) == 0 &&
	    salt.n > 0 && salt.n <= SCRAM_SALT_MAX &&
	    span_number(attribute(message, 'i'), &n) == 0 && n > 0 &&
	    n <= SCRAM_ITERATIONS_MAX) {
		memcpy(v->salt, salt.p, salt.n);
		v->nsalt = salt.n;
		v->iterations = (unsigned)n;
		scram_derive(v, a->password);
		r = 0;
	}
	buf_free(&salt);
	return r;
}

/* Whether the client's last message proves that it has the password. */
static void
open_proof(struct explainauth *a, struct review *r, struct span text)
{
	struct scram_verifier v = { .nsalt = 0 };
	struct buf login = { 0 }, message = { 0 }, answer = { 0 };
	struct scram s = { .auth = { NULL, 0, 0 } };
	struct span nonce = attribute(buf_span(&a->challenge), 'r');
	struct span own = attribute(buf_span(&a->first), 'r');

	if (own.n > 0 && nonce.n > own.n && derive(a, &v) == 0 &&
	    scram_server_first(&s, buf_span(&a->first), &login) == 0)
		scram_server_challenge(&s, &v, span_drop(nonce, own.n),
		    &message);
	if (message.n == 0 ||
	    !span_eq(buf_span(&message), buf_span(&a->challenge)))
		;	/* another password, or what we cannot follow */
	else if (scram_server_final(&s, text, &v, &answer) == 0)
		notes_add(r->notes, NOTE_MEANS, "RFC 5802 3", "The proof is "
		    "that of the password that was given.");
	else
		review_wrong(r, "RFC 5802 3", "the proof is not that of the "
		    "password that was given");
	scram_free(&s);
	buf_free(&login);
	buf_free(&message);
	buf_free(&answer);
}

/* "n,,n=user,r=nonce", then "c=biws,r=nonce,p=proof" */
static void
open_scram(struct explainauth *a, struct review *r, struct span text)
{
	if (a->step == 0)
		buf_set(&a->first, text);
	open_other(a, r, text);
	if (a->step == 1 && a->password.p != NULL &&
	    span_is(buf_span(&a->mechanism), "SCRAM-SHA-256"))
		open_proof(a, r, text);
}

/* A response, or what stands behind the mechanism. */
static void
open_response(struct explainauth *a, struct review *r, struct span text)
{
	struct buf b = { 0 };
	struct span mechanism = buf_span(&a->mechanism);

	if (is_masked(r, text) || span_is(text, "="))
		;
	else if (span_is(text, "*"))
		notes_add(r->notes, NOTE_MEANS, section(r),
		    "A star: the client gives up this log-in.");
	else if (mime_base64_decode(&b, text) < 0)
		review_wrong(r, section(r), "not base64");
	else if (span_is(mechanism, "PLAIN"))
		open_plain(a, r, buf_span(&b));
	else if (span_is(mechanism, "LOGIN"))
		open_login(a, r, buf_span(&b));
	else if (span_is(mechanism, "CRAM-MD5"))
		open_cram(a, r, buf_span(&b));
	else if (span_begins(mechanism, "SCRAM-"))
		open_scram(a, r, buf_span(&b));
	else if (b.n > 0)
		open_other(a, r, buf_span(&b));
	a->step++;
	buf_free(&b);
}

static void
begin(struct explainauth *a, struct review *r)
{
	struct span rest = r->line->arg, word = span_take_word(&rest);
	size_t i;

	buf_clear(&a->mechanism);
	buf_clear(&a->challenge);
	for (i = 0; i < word.n; i++)
		buf_addc(&a->mechanism, word.p[i] >= 'a' && word.p[i] <= 'z' ?
		    word.p[i] - 'a' + 'A' : word.p[i]);
	a->step = 0;
	rest = span_trim(rest);
	if (rest.n > 0)
		open_response(a, r, rest);
}

/* A challenge is base64, too. */
static void
take_challenge(struct explainauth *a, struct review *r)
{
	struct span text = span_trim(r->line->text);

	buf_clear(&a->challenge);
	if (is_masked(r, text))
		return;
	if (mime_base64_decode(&a->challenge, text) < 0)
		review_wrong(r, section(r), "a challenge that is not base64");
	else if (a->shows && a->challenge.n > 0) {
		struct buf *b = opened(r, NULL);

		quoted(b, "the server asks", buf_span(&a->challenge));
		buf_addc(b, '.');
	}
}

/* "APOP user digest" */
static void
open_apop(struct explainauth *a, struct review *r)
{
	struct span rest = r->line->arg;
	char want[MD5_HEX];

	span_take_word(&rest);
	rest = span_trim(rest);
	if (is_masked(r, rest))
		return;
	if (!is_digest(rest))
		review_wrong(r, "RFC 1939 7", "APOP is the user, a blank, and "
		    "32 hex digits");
	else if (a->password.p != NULL) {
		md5_apop(want, buf_span(&a->stamp), a->password);
		compare(r, want, rest, "RFC 1939 7");
	}
}

/* The timestamp in the greeting of POP3. */
static void
take_greeting(struct explainauth *a, struct span text)
{
	const char *from = span_find(text, '<'), *to;

	if (from == NULL)
		return;
	text = span_drop(text, (size_t)(from - text.p));
	to = span_find(text, '>');
	buf_clear(&a->stamp);
	if (to != NULL)
		buf_add(&a->stamp, from, (size_t)(to + 1 - from));
}

void
explainauth_line(struct explainauth *a, struct review *r)
{
	const struct follow_line *l = r->line;
	int pop3 = r->follow->protocol == DIALOGUE_POP3;

	if (r->follow->protocol == DIALOGUE_FTP ||
	    r->follow->protocol == DIALOGUE_ORDER)
		return;
	if (l->kind == FOLLOW_COMMAND && review_is(r, "AUTH"))
		begin(a, r);
	else if (l->kind == FOLLOW_COMMAND && pop3 && review_is(r, "APOP"))
		open_apop(a, r);
	else if (l->kind == FOLLOW_RESPONSE)
		open_response(a, r, r->e->text);
	else if (l->kind == FOLLOW_REPLY && l->turn == 0 && pop3)
		take_greeting(a, l->text);
	else if (l->kind == FOLLOW_REPLY && l->digit == 3 &&
	    review_is(r, "AUTH") && (pop3 || l->code == 334))
		take_challenge(a, r);
}

void
explainauth_clear(struct explainauth *a)
{
	buf_clear(&a->mechanism);
	buf_clear(&a->challenge);
	buf_clear(&a->stamp);
	a->step = 0;
}

void
explainauth_free(struct explainauth *a)
{
	buf_free(&a->mechanism);
	buf_free(&a->challenge);
	buf_free(&a->first);
	buf_free(&a->stamp);
}
