#include "smtplogin.h"

#include "client/smtp/saslc.h"
#include "format/crypt/sha256.h"
#include "sys/secret.h"

/* Bytes of chance in a nonce. */
#define NONCE 18

/* Where all of AUTH fits (RFC 5321 4.5.3.1.4), it holds a response. */
#define AUTH_MAX 510

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
smtplogin(struct smtpc *c, const struct smtplogin_account *account,
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
