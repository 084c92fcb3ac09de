/*
 * prepare: makes a single message of what the command line and standard input
 * say: sender and recipients as people and message headers name them; lines
 * end in CRLF, an mbox line and Bcc go, fields that every message must have are
 * added (RFC 6409 8), and header lines that are too long are folded.  What is
 * wrong ends the program.
 */
#ifndef CLIENT_SMTP_PREPARE_H
#define CLIENT_SMTP_PREPARE_H

#include "client/smtp/message.h"

struct prepare {
	const char *from;	/* the sender, perhaps with a name, or NULL
				   for the user */
	const char *name;	/* the author's, or NULL */
	const char *named;	/* the same where the sender has none, or
				   NULL */
	const char *helo;
	struct span aliases;	/* aliases.h, checked; or empty */
	const char *email, *logname, *epoch;	/* EMAIL, LOGNAME and
				   SOURCE_DATE_EPOCH, or NULL */
	int verbose;		/* warn of a header that had to be mended */
	int headers;		/* recipients from the header, too */
	int steady;		/* the same input gives the same Message-ID */
};

/*
 * Our name in EHLO, a domain or an address literal (RFC 5321 4.1.1.1), without
 * a dot at its end; in A-labels where it is not ASCII, for before the answer
 * nobody knows what the server takes (RFC 6531 3.7.1).  It is kept here, until
 * the next call.
 */
const char *prepare_helo(const char *name);

/* operand, ended by NULL, are the recipients. */
void prepare_message(struct message *m, const struct prepare *p,
    char **operand);

/*
 * The same of a message whose text is in m->content, as it stands in a file,
 * for the recipients that m has and, with p->headers, those of its header; one
 * that is not an address is decided.  NULL, or why it cannot be sent.
 */
const char *prepare_text(struct message *m, const struct prepare *p);

/* The address of the sender whom p names, as prepare_message has it. */
void prepare_sender(struct buf *from, const struct prepare *p);

#endif
