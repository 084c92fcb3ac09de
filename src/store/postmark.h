/*
 * postmark: what tells a message from all others, and when it came.
 */
#ifndef STORE_POSTMARK_H
#define STORE_POSTMARK_H

#include <time.h>

#include "sys/buf.h"

/* All zero is a good start. */
struct postmark {
	unsigned long count;	/* of identifiers given */
	time_t now;		/* the second they are made for */
	struct buf id;		/* how its identifiers begin */
	struct buf date;	/* and its name */
};

/*
 * The first argument of these is a struct postmark, as the SMTP server wants
 * it.  Adds an identifier that no other message has, letters, digits and
 * dots; the present date as RFC 5322 has it.
 */
void postmark_id(void *postmark, struct buf *b);
void postmark_date(void *postmark, struct buf *b);

void postmark_free(struct postmark *p);

#endif
