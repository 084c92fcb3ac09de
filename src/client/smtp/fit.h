/*
 * fit: in which form a message can go to the server at hand, if in any, with
 * which parameters of MAIL and RCPT, and what a server that offers an extension
 * and refuses its parameter takes all the same.
 */
#ifndef CLIENT_SMTP_FIT_H
#define CLIENT_SMTP_FIT_H

#include "client/smtp/message.h"
#include "client/smtp/smtpc.h"

struct fit {
	struct span text;	/* the content, or its conversion; m's */
	unsigned caps;		/* what the server offered then */
	unsigned needs;		/* SMTPC_8BITMIME, SMTPC_SMTPUTF8 */
	const char *why;	/* under FIT_BODY: it cannot be converted */
};

/* What stands between a message and a server. */
enum fit_verdict {
	FIT_OK,
	FIT_HEADER,	/* not ASCII, and no 8BITMIME */
	FIT_BODY,	/* the same, and it cannot be converted */
	FIT_SENDER,	/* not ASCII, and no SMTPUTF8 */
	FIT_RCPT,	/* everybody who is left, the same */
	FIT_SIZE,	/* larger than what the server says it takes */
	FIT_NEVER	/* no server can take it: everybody is decided */
};

/*
 * FIT_OK: m can go to a server that offers these caps and this size; those
 * recipients for whom it has no way are put off, as to another transaction.
 * Otherwise it cannot, which says nothing about the recipients: another server
 * may be able to.
 */
enum fit_verdict fit_message(struct fit *f, unsigned caps, uintmax_t size,
    struct message *m);

/* The same at a glance, without the conversion: FIT_OK where it may go. */
enum fit_verdict fit_look(unsigned caps, uintmax_t size,
    const struct message *m);

/* Where an outcome other than FIT_OK is decided, and to b what it is. */
enum result_stage fit_stage(enum fit_verdict verdict);
void fit_explain(struct buf *b, const struct fit *f,
    enum fit_verdict verdict, uintmax_t size);

/*
 * Adds those that the server offers and, after fit_message, m or one of its
 * recipients calls for, each after a blank.
 */
void fit_add_mail(struct buf *b, const struct fit *fit,
    const struct message *m);
void fit_add_rcpt(struct buf *b, const struct fit *fit, const struct rcpt *r);

/*
 * Which of them the server speaks against in its reply to such a command
 * (SMTPC_SIZE and so on), which is 0 where it is against something else.  Where
 * it does not say which, what nobody will miss is thought to be it first.
 */
unsigned fit_refused_mail(const struct smtpc *c, const struct fit *fit,
    const struct message *m);
unsigned fit_refused_rcpt(const struct smtpc *c, const struct fit *fit,
    const struct rcpt *r);

#endif
