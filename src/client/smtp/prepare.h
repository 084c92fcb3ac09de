/*
 * prepare: makes a single message of what the command line and standard input
 * say: sender and recipients as people and message headers name them; lines
 * end in CRLF, an mbox line and Bcc go, and fields that every message must
 * have are added (RFC 6409 8).  What is wrong ends the program.
 */
#ifndef CLIENT_SMTP_PREPARE_H
#define CLIENT_SMTP_PREPARE_H

#include "client/smtp/message.h"

struct prepare {
	const char *from;	/* the sender, or NULL for the user */
	const char *name;	/* the author's, or NULL */
	const char *helo;
	const char *email, *logname, *epoch;	/* EMAIL, LOGNAME and
				   SOURCE_DATE_EPOCH, or NULL */
	int verbose;		/* warn of a header that had to be mended */
	int headers;		/* recipients from the header, too */
	int steady;		/* the same input gives the same Message-ID */
};

/*
 * Our name in EHLO, a domain or an address literal (RFC 5321 4.1.1.1), without
 * a dot at its end.
 */
const char *prepare_helo(char *name);

/* operand, ended by NULL, are the recipients. */
void prepare_message(struct message *m, const struct prepare *p,
    char **operand);

/*
 * Appends what is missing to an address that is well-formed so far: a local
 * part alone stands for one at helo, the name we say in EHLO.
 */
void prepare_address(struct buf *addr, const char *helo);

#endif
