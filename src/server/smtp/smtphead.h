/*
 * smtphead: the header of a message's text as the text comes (RFC 5322 2.2).
 * It counts the hosts that the message has passed, and keeps a text that has
 * no header apart from the fields that will stand before it.
 */
#ifndef SERVER_SMTP_SMTPHEAD_H
#define SERVER_SMTP_SMTPHEAD_H

#include "sys/buf.h"

/* All zero to begin with. */
struct smtphead {
	unsigned hops;		/* Received fields so far */
	/* private */
	int state;
	int matched;		/* octets of the name of such a field, -1: it
				   has another name */
	struct buf first;	/* of the first line what has been held back */
};

/*
 * Takes the next piece of a text whose lines end in LF, and gives it to take;
 * of the first line as much is held back as it takes to know it for a field.
 * Where it is none an empty line goes before it; but an mbox's "From " lines
 * become fields, as Postfix has it, for a header may follow.
 */
void smtphead_feed(struct smtphead *h, const char *p, size_t n,
    void (*take)(void *arg, const char *p, size_t n), void *arg);

void smtphead_free(struct smtphead *h);

#endif
