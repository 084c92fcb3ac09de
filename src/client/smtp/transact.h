/*
 * transact: one message over one connection, its commands in groups where
 * the server takes them so (RFC 2920).  The steps are separate, because the
 * final dot is the point of no return: before it nothing has been sent, after
 * it and before the reply nobody knows.
 */
#ifndef CLIENT_SMTP_TRANSACT_H
#define CLIENT_SMTP_TRANSACT_H

#include "client/smtp/esmtp.h"
#include "client/smtp/message.h"
#include "client/smtp/smtpc.h"

/* Where an envelope stands.  All zero is the start; owned by the caller. */
struct transact {
	struct smtpc *c;
	struct message *m;
	struct esmtp_form form;
	int again;		/* MAIL was refused for a parameter that the
				   server offers, or the text for being 8-bit:
				   nobody is decided by that, and m can go
				   without it */
	int probe;		/* set after transact_fit: DATA is not said */
	/* private */
	int reset;		/* RSET comes first */
	int chunk;		/* the text goes by BDAT */
	size_t asked;		/* step that is said next */
	size_t answered;	/* step whose reply is read next */
	size_t unanswered;	/* said, and not answered yet */
	size_t accepted;	/* recipients */
	int full;		/* there is no room for further ones */
	int mail;		/* code of a reply that refused MAIL, or 0 */
	struct buf mail_text;
	int data;		/* code of the reply to DATA */
	size_t mark;		/* bytes before the dot; under BDAT up to the
				   last one */
};

void transact_free(struct transact *t);

/*
 * Recipients beyond what the server takes at once are put off: they are
 * undecided after all, and stay so until message_rejoin and the next
 * transaction (RFC 5321 4.5.3.1.10).
 *
 * Begins m on c: adds as much of its envelope as may go without an answer;
 * nothing is sent yet.  ESMTP_OK, or why it cannot go to this server, and then
 * nothing was added.
 */
enum esmtp_verdict transact_envelope(struct transact *t, struct smtpc *c,
    struct message *m);

/*
 * The rest of the envelope and its replies.  SMTPC_OK: those who are still
 * undecided are to be served, and the text may follow; SMTPC_REFUSED: nobody
 * is undecided, or t->again.
 */
enum smtpc_status transact_answers(struct transact *t);

/*
 * The text without its final dot: a long one is sent, a short one waits so
 * that both go in one segment.  SMTPC_REFUSED: the server has spoken against
 * it unasked, and everybody is decided; the connection must be given up, as
 * under SMTPC_LOST.
 */
enum smtpc_status transact_text(struct transact *t);

/*
 * transact_dot adds the final dot; the envelope of the next message may go
 * behind it; transact_send sends both.  -1 when the kernel took no byte of
 * the dot, so that the message has not been sent.
 */
void transact_dot(struct transact *t);
int transact_send(struct transact *t);

/*
 * The other way, where the server offers PIPELINING and CHUNKING (RFC 3030):
 * transact_fit looks whether m can go at all, as transact_envelope does;
 * transact_chunk adds envelope and text in one; behind says that there is
 * another before it that has no answer yet.  The messages are answered in
 * their order.
 */
enum esmtp_verdict transact_fit(struct transact *t, struct smtpc *c,
    struct message *m);
void transact_chunk(struct transact *t, int behind);

/*
 * The answers to envelope and text, behind which no other may follow where
 * it is the last one: everybody is decided, unless it is SMTPC_LOST, or
 * t->again.  Then those who are not may have been served where
 * transact_is_sent, which is when all of the text was sent; a server that does
 * not know BDAT has lost OFFER_CHUNKING.
 */
enum smtpc_status transact_chunk_verdict(struct transact *t, int last);
int transact_is_sent(const struct transact *t);

/*
 * The reply to the dot, a 421 included; everybody is decided, unless t->again.
 */
enum smtpc_status transact_verdict(struct transact *t);

#endif
