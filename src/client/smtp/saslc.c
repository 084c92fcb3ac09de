#include "saslc.h"

#include <stdlib.h>

#include "format/crypt/md5.h"
#include "format/mail/mime.h"
#include "format/wire/scram.h"

struct saslc {
	const struct mechanism *mechanism;
	struct buf user, secret, nonce;
	struct buf text;	/* of the response in hand */
	struct buf held;	/* the first one, which had no room */
	int steps;		/* responses given */
	struct scram scram;
	int proven;		/* the server has shown who it is */
};

struct mechanism {
	const char *name;
	int shows;		/* the secret to whoever listens */
	int proves;		/* the server must show who it is */
	int begins;		/* the client does */

	/* Adds a response; NULL, or what is wrong with the challenge. */
	const char *(*answer)(struct saslc *s, struct span challenge,
	    struct buf *out);
};

static const char
	too_long[] = "the response is longer than the protocol allows",
	malformed[] = "the server's challenge is malformed",
	unexpected[] = "the server asks for more than the mechanism has";

static const char *
answer_scram(struct saslc *s, struct span challenge, struct buf *out)
{
	const char *why;

	switch (s->steps) {
	case 0:
		scram_client_first(&s->scram, buf_span(&s->user),
		    buf_span(&s->nonce), out);
		return NULL;
	case 1:
		return scram_client_final(&s->scram, challenge,
		    buf_span(&s->secret), out);
	case 2:
		why = scram_client_check(&s->scram, challenge);
		s->proven = why == NULL;
		return why;
	default:
		return unexpected;
	}
}

static const char *
answer_cram(struct saslc *s, struct span challenge, struct buf *out)
{
	char digest[MD5_HEX];

	if (s->steps > 0)
		return unexpected;
	if (challenge.n == 0)
		return malformed;
	md5_cram(digest, buf_span(&s->secret), challenge);
	buf_addspan(out, buf_span(&s->user));
	buf_addc(out, ' ');
	buf_adds(out, digest);
	return NULL;
}

static const char *
answer_plain(struct saslc *s, struct span challenge, struct buf *out)
{
	(void)challenge;
	if (s->steps > 0)
		return unexpected;
	buf_addc(out, '\0');
	buf_addspan(out, buf_span(&s->user));
	buf_addc(out, '\0');
	buf_addspan(out, buf_span(&s->secret));
	return NULL;
}

/* Whatever the server calls its two questions. */
static const char *
answer_login(struct saslc *s, struct span challenge, struct buf *out)
{
	(void)challenge;
	if (s->steps > 1)
		return unexpected;
	buf_addspan(out, buf_span(s->steps == 0 ? &s->user : &s->secret));
	return NULL;
}

/* The only challenge is an error, and the answer to it is empty. */
static const char *
answer_xoauth2(struct saslc *s, struct span challenge, struct buf *out)
{
	(void)challenge;
	if (s->steps > 1)
		return unexpected;
	if (s->steps == 1)
		return NULL;
	buf_adds(out, "user=");
	buf_addspan(out, buf_span(&s->user));
	buf_adds(out, "\001auth=Bearer ");
	buf_addspan(out, buf_span(&s->secret));
	buf_adds(out, "\001\001");
	return NULL;
}

/* Best first; the last one only if it is named. */
static const struct mechanism mechanisms[] = {
	{ "SCRAM-SHA-256", 0, 1, 1, answer_scram },
	{ "CRAM-MD5", 0, 0, 0, answer_cram },
	{ "PLAIN", 1, 0, 1, answer_plain },
	{ "LOGIN", 1, 0, 0, answer_login },
	{ "XOAUTH2", 1, 0, 1, answer_xoauth2 },
};

static const struct mechanism *
find(struct span name)
{
	size_t i;

	for (i = 0; i < COUNT(mechanisms); i++)
		if (span_case_is(name, mechanisms[i].name))
			return &mechanisms[i];
	return NULL;
}

/* Whether name is one of the words of the list. */
static int
has(struct span list, const char *name)
{
	struct span word;

	while ((word = span_take_word(&list)).n > 0)
		if (span_case_is(word, name))
			return 1;
	return 0;
}

static const char *
choose_named(struct span offered, const struct mechanism *m, int safe,
    const char **why)
{
	if (m == NULL)
		*why = "no such mechanism";
	else if (!has(offered, m->name))
		*why = "the server does not offer the mechanism";
	else if (m->shows && !safe)
		*why = "the mechanism needs TLS";
	else
		return m->name;
	return NULL;
}

const char *
saslc_choose(struct span offered, const char *named, int safe,
    const char **why)
{
	size_t i;

	if (named != NULL)
		return choose_named(offered, find(span_str(named)), safe,
		    why);
	*why = "the server offers no mechanism that we know";
	for (i = 0; i < COUNT(mechanisms) - 1; i++) {
		if (!has(offered, mechanisms[i].name))
			continue;
		if (safe || !mechanisms[i].shows)
			return mechanisms[i].name;
		*why = "the server offers no mechanism that is safe without "
		    "TLS";
	}
	return NULL;
}

struct saslc *
saslc_open(const char *mechanism, struct span user, struct span secret,
    struct span nonce, const char **why)
{
	struct saslc *s;

	*why = NULL;
	if (user.n == 0)
		*why = "the user's name is empty";
	else if (secret.n == 0)
		*why = "the secret is empty";
	else if (span_find(user, '\0') != NULL ||
	    span_find(user, '\001') != NULL)
		*why = "the user's name has a control character in it";
	else if (span_find(secret, '\0') != NULL ||
	    span_find(secret, '\001') != NULL)
		*why = "the secret has a control character in it";
	if (*why != NULL)
		return NULL;
	s = die_calloc(1, sizeof *s);
	s->mechanism = find(span_str(mechanism));
	buf_addspan(&s->user, user);
	buf_addspan(&s->secret, secret);
	buf_addspan(&s->nonce, nonce);
	return s;
}

void
saslc_close(struct saslc *s)
{
	if (s == NULL)
		return;
	buf_free(&s->user);
	buf_free(&s->secret);
	buf_free(&s->nonce);
	buf_free(&s->text);
	buf_free(&s->held);
	scram_free(&s->scram);
	free(s);
}

static const char *
respond(struct saslc *s, struct span challenge, struct buf *out)
{
	size_t start = out->n;
	const char *why;

	buf_clear(&s->text);
	why = s->mechanism->answer(s, challenge, &s->text);
	s->steps++;
	if (why == NULL)
		mime_base64(out, s->text.p, s->text.n);
	if (out->n - start > SASLC_LINE_MAX - 2)
		why = too_long;
	return why;
}

int
saslc_first(struct saslc *s, size_t room, struct buf *out)
{
	if (!s->mechanism->begins)
		return 0;
	buf_clear(&s->held);
	respond(s, span_of(NULL, 0), &s->held);
	if (s->held.n > room)
		return 0;
	buf_addspan(out, buf_span(&s->held));
	buf_clear(&s->held);
	return 1;
}

/* The server asks for the first response, with nothing to say itself. */
static const char *
give_held(struct saslc *s, struct buf *out)
{
	if (s->held.n > SASLC_LINE_MAX - 2)
		return too_long;
	buf_addspan(out, buf_span(&s->held));
	buf_clear(&s->held);
	return NULL;
}

const char *
saslc_answer(struct saslc *s, struct span challenge, struct buf *out)
{
	struct buf text = { 0 };
	const char *why = malformed;

	if (s->held.n > 0)
		return give_held(s, out);
	if (challenge.n <= SASLC_LINE_MAX &&
	    mime_base64_decode(&text, challenge) == 0)
		why = respond(s, buf_span(&text), out);
	buf_free(&text);
	return why;
}

const char *
saslc_done(const struct saslc *s)
{
	if (s->steps == 0)
		return "the server has not asked for the secret";
	return !s->mechanism->proves || s->proven ? NULL :
	    "the server has not shown that it knows the password";
}
