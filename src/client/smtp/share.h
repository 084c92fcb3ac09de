/*
 * share: shares the messages of a queue out among the workers of a team.  A
 * domain is one worker's at a time, and that one has a connection to it, so it
 * gets its next messages, too; but a worker that has nothing to say for a while
 * keeps none but those that it has in hand.
 */
#ifndef CLIENT_SMTP_SHARE_H
#define CLIENT_SMTP_SHARE_H

#include "client/smtp/queue.h"
#include "client/smtp/team.h"

/* After so many ms without a word a worker is thought to wait for somebody. */
#define SHARE_PATIENCE 1000

/*
 * Gives everybody what there is room for: 0, or -1 when nobody is there to
 * take anything, nor can be.
 */
int share_out(struct team *t, struct queue *q);

#endif
