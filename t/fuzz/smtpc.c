/*
 * The client's side of an SMTP dialogue with a server that says what the input
 * does: the log-in, and a message to three recipients, by DATA or by BDAT.
 * Whoever is said to be sent has been accepted by a reply, nothing is left
 * undecided but by a lost connection, and no command has a line end in it.
 */
#include "client/smtp/saslc.h"
#include "client/smtp/transact.h"

#include "fuzz.h"

static void
compose(struct message *m)
{
	static const char *const rcpt[] = { "a@x.test", "b@x.test",
	    "\xd0\xbe@x.test" };
	const char *why;
	size_t i;

	message_start(m, 1);
	buf_adds(&m->from, "me@x.test");
	for (i = 0; i < COUNT(rcpt); i++)
		message_rcpt(m, span_str(rcpt[i]), span_of(NULL, 0));
	content_add(&m->content,
	    span_str("Subject: s\n\n.\n..x\nGr\xc3\xbc\xc3\x9f\n"));
	MUST(content_end(&m->content, &why) == 0);
}

static enum smtpc_status
by_data(struct transact *t, struct smtpc *c, struct message *m)
{
	enum smtpc_status status;

	if (transact_envelope(t, c, m) != ESMTP_OK)
		return SMTPC_LOST;	/* it goes elsewhere */
	status = transact_answers(t);
	if (status == SMTPC_OK)
		status = transact_text(t);
	if (status != SMTPC_OK)
		return status;
	transact_dot(t);
	if (transact_send(t) < 0)
		return SMTPC_LOST;
	return transact_verdict(t);
}

static enum smtpc_status
by_chunk(struct transact *t, struct smtpc *c, struct message *m)
{
	if (transact_fit(t, c, m) != ESMTP_OK)
		return SMTPC_LOST;
	transact_chunk(t, 0);
	return transact_chunk_verdict(t, 1);
}

static void
send_message(struct smtpc *c)
{
	const unsigned both = OFFER_PIPELINING | OFFER_CHUNKING;
	enum smtpc_status status;
	struct transact t = { 0 };
	struct message m = { 0 };
	size_t i;

	compose(&m);
	status = (c->caps & both) == both ? by_chunk(&t, c, &m) :
	    by_data(&t, c, &m);
	MUST(status == SMTPC_LOST || message_open(&m) == 0 ||
	    t.full || t.again);
	for (i = 0; i < m.rcpts; i++)
		MUST(!m.rcpt[i].decided ||
		    m.rcpt[i].status != RESULT_SENT || status == SMTPC_OK);
	transact_free(&t);
	message_free(&m);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct saslc_account auth = { .user = "user" };
	struct smtpc c = { 0 };
	int fd, peer;

	if (n == 0)
		return 0;
	fd = as_peer(span_of(data + 1, n - 1), &peer);
	smtpc_init(&c, fd, fd, 100, NULL);
	if (smtpc_hello(&c, "me.test", 0, 0) == SMTPC_OK && (data[0] % 2 == 0 ||
	    saslc_login(&c, &auth, span_str("pencil"), 1) == SMTPC_OK))
		send_message(&c);
	smtpc_quit(&c);
	smtpc_free(&c);
	close(fd);
	close(peer);
	return 0;
}
