/*
 * submit: what becomes of a single message before it is sent: its lines end
 * in CRLF, an mbox line and Bcc go, and fields that every message must have
 * are added (RFC 6409 8).
 */
#ifndef CLIENT_SMTP_SUBMIT_H
#define CLIENT_SMTP_SUBMIT_H

#include "client/smtp/message.h"
#include "sys/here.h"

struct submit {
	struct here now;
	const char *host;	/* of a Message-ID without a domain in From */
	struct span author;	/* address for From */
	const char *name;	/* to go with it, or NULL */
	int steady;		/* the same input gives the same Message-ID */
};

/* Reads fd to its end.  0, or -1 with errno: EFBIG over MESSAGE_MAX. */
int submit_read(struct content *c, int fd);

/*
 * Adds From, Message-ID and Date where they are missing, removes Bcc, and
 * sets m->id.  NULL, or why the message must not be sent.
 */
const char *submit_fill(struct message *m, const struct submit *s);

#endif
