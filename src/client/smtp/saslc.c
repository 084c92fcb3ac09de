#include "saslc.h"

#include <stdlib.h>

#include "format/crypt/md5.h"
#include "format/crypt/sha256.h"
#include "format/mail/mime.h"
#include "format/wire/scram.h"
#include "sys/secret.h"

/* Bytes of chance in a nonce. */
#define NONCE 18

/* Where all of AUTH fits (RFC 5321 4.5.3.1.4), it holds a response. */
#define AUTH_MAX 510

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

static const char *
choose_named(struct span offered, const struct mechanism *m, int safe,
    const char **why)
{
	if (m == NULL)
		*why = "no such mechanism";
	else if (!span_has_word(offered, span_str(m->name)))
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
		return choose_named(offered,
		    SPAN_LOOKUP(span_str(named), mechanisms), safe, why);
	*why = "the server offers no mechanism that we know";
	for (i = 0; i < COUNT(mechanisms) - 1; i++) {
		if (!span_has_word(offered, span_str(mechanisms[i].name)))
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
	s->mechanism = SPAN_LOOKUP(span_str(mechanism), mechanisms);
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

/* --- AUTH ------------------------------------------------------------ */

static void
say_auth(struct smtpc *c, const char *mechanism, struct saslc *s)
{
	struct buf *command = smtpc_command(c), first = { 0 };
	size_t shown;

	buf_addf(command, "AUTH %s ", mechanism);
	shown = command->n;
	if (saslc_first(s, AUTH_MAX - shown, &first)) {
		buf_adds(command, first.n > 0 ? buf_str(&first) : "=");
		smtpc_say_masked(c, buf_span(command), shown);
	} else {
		smtpc_say(c, span_of(command->p, shown - 1));
	}
	buf_free(&first);
}

/* The log-in is given up in our own words. */
static enum smtpc_status
refuse_login(struct smtpc *c, const char *why)
{
	reply_start(&c->reply);
	c->reply.code = RESULT_OURS;
	buf_adds(&c->reply.text, why);
	c->stage = STAGE_AUTH;
	return SMTPC_REFUSED;
}

/* Challenges and responses, to the server's verdict or our own. */
static enum smtpc_status
answer_challenges(struct smtpc *c, struct saslc *s)
{
	struct buf answer = { 0 };
	enum smtpc_status status;
	const char *why = NULL;

	for (;;) {
		status = smtpc_hear(c, STAGE_AUTH, SMTPC_COMMAND,
		    SMTPC_EITHER);
		if (status != SMTPC_OK || reply_is(&c->reply, 2))
			break;
		if (why != NULL) {
			status = SMTPC_LOST;
			break;
		}
		buf_clear(&answer);
		why = saslc_answer(s, buf_span(&c->reply.text), &answer);
		if (why != NULL)
			smtpc_say(c, span_str("*"));
		else
			smtpc_say_masked(c, buf_span(&answer), 0);
	}
	buf_free(&answer);
	if (status == SMTPC_OK && why == NULL)
		why = saslc_done(s);
	if (why == NULL)
		return status;
	if (status != SMTPC_LOST)
		return refuse_login(c, why);
	smtpc_lost(c, why);
	c->code = RESULT_OURS;
	return SMTPC_LOST;
}

/* One attempt, with that mechanism. */
static enum smtpc_status
log_in(struct smtpc *c, const char *mechanism, const char *user,
    struct span secret)
{
	unsigned char random[NONCE];
	char nonce[2 * NONCE + 1];
	enum smtpc_status status;
	const char *why = "no random bytes to be had";
	struct saslc *s = NULL;

	if (secret_random(random, sizeof random) == 0) {
		sha256_hex(nonce, random, sizeof random);
		s = saslc_open(mechanism, span_str(user), secret,
		    span_str(nonce), &why);
	}
	if (s == NULL)
		return refuse_login(c, why);
	say_auth(c, mechanism, s);
	status = answer_challenges(c, s);
	saslc_close(s);
	return status;
}

/* Strikes a mechanism off those that the server offers. */
static void
strike(struct smtpc *c, const char *mechanism)
{
	struct span offered = buf_span(&c->mechanisms), word;
	struct buf left = { 0 };

	while ((word = span_take_word(&offered)).n > 0)
		if (!span_case_is(word, mechanism)) {
			buf_addspan(&left, word);
			buf_addc(&left, ' ');
		}
	buf_free(&c->mechanisms);
	c->mechanisms = left;
}

/*
 * A mechanism may be offered and not be there for us (504), or too weak for us
 * (534): then the next one is tried.
 */
enum smtpc_status
saslc_login(struct smtpc *c, const struct saslc_account *account,
    struct span secret, int safe)
{
	enum smtpc_status status;
	const char *mechanism, *why;

	mechanism = saslc_choose(buf_span(&c->mechanisms), account->mechanism,
	    safe, &why);
	if (mechanism == NULL)
		return refuse_login(c, why);
	do {
		status = log_in(c, mechanism, account->user, secret);
		if (status != SMTPC_REFUSED || account->mechanism != NULL ||
		    (c->reply.code != 504 && c->reply.code != 534))
			break;
		strike(c, mechanism);
		mechanism = saslc_choose(buf_span(&c->mechanisms), NULL, safe,
		    &why);
	} while (mechanism != NULL);
	return status;
}
