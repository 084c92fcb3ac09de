/*
 * tolist: the recipients that a message names in its header: To, Cc and Bcc,
 * or those of its latest Resent- block, where that has any (RFC 5322 3.6.6).
 */
#ifndef FORMAT_MAIL_TOLIST_H
#define FORMAT_MAIL_TOLIST_H

#include "format/mail/hdr.h"

struct tolist {
	struct hdr_addrs addrs;	/* addr of the last one, or why it is none */
	/* private */
	struct hdr h;
	int resent;		/* the Resent- block counts */
	int begun;		/* a field of it has been read */
};

/* text begins with the header, and stays the caller's. */
void tolist_init(struct tolist *t, struct span text);
void tolist_free(struct tolist *t);

/* As hdr_addrs_next: 1, 0 at the end, -1 for an entry that is no address. */
int tolist_next(struct tolist *t);

#endif
