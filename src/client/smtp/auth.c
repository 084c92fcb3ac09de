#include "auth.h"

#include "client/smtp/saslc.h"
#include "sys/secret.h"

/* Bytes of chance in a nonce. */
#define NONCE 18

/* Where the whole command fits (RFC 5321 4.5.3.1.4), it holds a response. */
#define COMMAND_MAX 510

/* The log-in is given up in our own words. */
static enum smtpc_status
give_up(struct smtpc *c, const char *why)
{
	reply_start(&c->reply);
	c->reply.code = RESULT_OURS;
	buf_adds(&c->reply.text, why);
	c->stage = STAGE_AUTH;
	return SMTPC_REFUSED;
}

static int
make_nonce(struct buf *b)
{
	unsigned char bytes[NONCE];
	size_t i;

	if (secret_random(bytes, sizeof bytes) < 0)
		return -1;
	for (i = 0; i < sizeof bytes; i++)
		buf_addf(b, "%02x", (unsigned)bytes[i]);
	return 0;
}

static void
say_auth(struct smtpc *c, const char *mechanism, struct saslc *s)
{
	struct buf command = { 0 }, first = { 0 };
	size_t shown;

	buf_addf(&command, "AUTH %s ", mechanism);
	shown = command.n;
	if (saslc_first(s, COMMAND_MAX - shown, &first)) {
		if (first.n > 0)
			buf_addspan(&command, buf_span(&first));
		else
			buf_addc(&command, '=');
		smtpc_say_masked(c, buf_span(&command), shown);
	} else {
		smtpc_say(c, span_of(command.p, shown - 1));
	}
	buf_free(&first);
	buf_free(&command);
}

/* Challenges and responses, to the server's verdict or our own. */
static enum smtpc_status
talk(struct smtpc *c, struct saslc *s)
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
			status = smtpc_lost(c, why);
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
	if (why != NULL && status != SMTPC_LOST)
		return give_up(c, why);
	if (why != NULL) {
		smtpc_lost(c, why);
		c->code = RESULT_OURS;
	}
	return status;
}

enum smtpc_status
auth_login(struct smtpc *c, const struct auth_conf *conf, struct span secret,
    int safe)
{
	struct buf nonce = { 0 };
	enum smtpc_status status;
	const char *mechanism, *why = NULL;
	struct saslc *s = NULL;

	mechanism = saslc_choose(buf_span(&c->mechanisms), conf->mechanism,
	    safe, &why);
	if (mechanism != NULL && make_nonce(&nonce) < 0)
		why = "no random bytes to be had";
	else if (mechanism != NULL)
		s = saslc_open(mechanism, span_str(conf->user), secret,
		    buf_span(&nonce), &why);
	buf_free(&nonce);
	if (s == NULL)
		return give_up(c, why);
	say_auth(c, mechanism, s);
	status = talk(c, s);
	saslc_close(s);
	return status;
}
