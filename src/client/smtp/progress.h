/*
 * progress: how far a batch has come, on one line of a terminal.
 */
#ifndef CLIENT_SMTP_PROGRESS_H
#define CLIENT_SMTP_PROGRESS_H

#include "sys/io.h"

struct progress {
	struct wr *out;
	uintmax_t total;	/* messages in the batch, 0 when not known */
	/* private */
	uintmax_t done, failed;
	long long begin, shown;
};

/* One more message is done; failed: not everybody was served. */
void progress_step(struct progress *p, int failed);

/* Shows it a last time and ends the line. */
void progress_end(struct progress *p);

#endif
