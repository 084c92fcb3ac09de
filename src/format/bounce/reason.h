/*
 * reason: why a message was refused, found in what a mail system says of it.
 */
#ifndef FORMAT_BOUNCE_REASON_H
#define FORMAT_BOUNCE_REASON_H

#include "sys/buf.h"

/* As much of it as a results line tells. */
#define REASON_MAX 1000

/*
 * Appends text on one line, from the SMTP reply on that stands in it, whose
 * code goes into *code (0: there is none).  It begins with an enhanced status
 * code where that is known: the reply's own, one in the text, or status.
 */
void reason_add(struct buf *b, int *code, struct span text,
    struct span status);

/* Where a reply that refuses begins in s, "550 ", "450-4.2.0"; or s.n. */
size_t reason_reply(struct span s);

#endif
