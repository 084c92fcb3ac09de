/*
 * pool: the parent of a batch over several connections.  It reads the
 * messages, feeds them to workers, and alone writes journal and results.
 */
#ifndef CLIENT_SMTP_POOL_H
#define CLIENT_SMTP_POOL_H

#include "client/smtp/intake.h"
#include "client/smtp/route.h"

/*
 * Sends what in gives as route says, over at most jobs connections; the
 * servers are shared out among them.  The outcome is in in->report.
 */
void pool_run(struct intake *in, const struct route *route, long jobs);

#endif
