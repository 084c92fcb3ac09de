/*
 * esmtp: in which form a message can go to the server at hand, if in any, with
 * which parameters of MAIL and RCPT, and what a server that offers an extension
 * and refuses its parameter takes all the same.
 */
#ifndef CLIENT_SMTP_ESMTP_H
#define CLIENT_SMTP_ESMTP_H

#include "client/smtp/message.h"
#include "client/smtp/smtpc.h"

struct esmtp_form {
	struct span text;	/* the content, or its conversion; m's */
	unsigned caps;		/* what the server offered then */
	unsigned needs;		/* OFFER_8BITMIME, OFFER_SMTPUTF8 */
	const char *why;	/* under ESMTP_BODY: it cannot be converted */
};

/* What stands between a message and a server. */
enum esmtp_verdict {
	ESMTP_OK,
	ESMTP_HEADER,	/* not ASCII, and no 8BITMIME */
	ESMTP_BODY,	/* the same, and it cannot be converted */
	ESMTP_SENDER,	/* not ASCII, and no SMTPUTF8 */
	ESMTP_RCPT,	/* everybody who is left, the same */
	ESMTP_SIZE,	/* larger than what the server says it takes */
	ESMTP_NEVER	/* no server can take it: everybody is decided */
};

/*
 * ESMTP_OK: m can go to a server that offers these caps and this size; those
 * recipients for whom it has no way are put off, as to another transaction.
 * Otherwise it cannot, which says nothing about the recipients: another server
 * may be able to.
 */
enum esmtp_verdict esmtp_fit(struct esmtp_form *f, unsigned caps,
    uintmax_t size, struct message *m);

/* The same at a glance, without the conversion: ESMTP_OK where it may go. */
enum esmtp_verdict esmtp_look(unsigned caps, uintmax_t size,
    const struct message *m);

/* Where an outcome other than ESMTP_OK is decided, and to b what it is. */
enum result_stage esmtp_stage(enum esmtp_verdict verdict);
void esmtp_explain(struct buf *b, const struct esmtp_form *f,
    enum esmtp_verdict verdict, uintmax_t size);

/*
 * Says MAIL, or RCPT to one of its recipients, with the parameters that the
 * server offers and, after esmtp_fit, m calls for.
 */
void esmtp_say_mail(struct smtpc *c, const struct esmtp_form *form,
    const struct message *m);
void esmtp_say_rcpt(struct smtpc *c, const struct esmtp_form *form,
    const struct rcpt *r);

/*
 * Which of them the server speaks against in its reply to such a command, or to
 * the text that went with them (OFFER_SIZE and so on); 0 where it is against
 * something else.  Where it does not say which, what nobody will miss is
 * thought to be it first.
 */
unsigned esmtp_refused_mail(const struct smtpc *c,
    const struct esmtp_form *form, const struct message *m);
unsigned esmtp_refused_text(const struct smtpc *c,
    const struct esmtp_form *form);
unsigned esmtp_refused_rcpt(const struct smtpc *c,
    const struct esmtp_form *form, const struct rcpt *r);

#endif
