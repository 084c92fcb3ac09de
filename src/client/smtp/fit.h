/*
 * fit: in which form a message can go to the server at hand, if in any.
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
 * Otherwise it cannot, which is no word about the recipients: another server
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

#endif
