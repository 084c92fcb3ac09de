/*
 * stamp: what tells a message from all others, and when it came.
 */
#ifndef STORE_STAMP_H
#define STORE_STAMP_H

#include <time.h>

#include "sys/buf.h"

/* All zero at first. */
struct stamp {
	unsigned long count;	/* of identifiers given */
	time_t now;		/* the second they are made for */
	struct buf id;		/* how its identifiers begin */
	struct buf date;	/* and its name */
};

/*
 * Adds an identifier that no other message on this host has; or the date and
 * time, as a header has it (RFC 5322 3.3).  stamp is a struct stamp, as
 * void * so that these fit a session's callbacks.
 */
void stamp_id(void *stamp, struct buf *b);
void stamp_date(void *stamp, struct buf *b);

void stamp_free(struct stamp *s);

#endif
