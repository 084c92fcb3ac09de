/*
 * batch: sends the messages of a bsmtp(5) stream, over one connection or, fed
 * by this process, over several.
 */
#ifndef CLIENT_SMTP_BATCH_H
#define CLIENT_SMTP_BATCH_H

#include "client/smtp/rate.h"
#include "client/smtp/report.h"
#include "client/smtp/route.h"

/* The most connections at once. */
#define BATCH_JOBS_MAX 1000

struct batch_conf {
	int in;
	const char *name;	/* stands for it in complaints */
	long jobs;		/* connections */
	struct rate rate;	/* over all of them */
	struct resolver *resolver;	/* as in struct route */
	const char *port;
};

/*
 * Reads to the end of the stream or QUIT and sends every whole message as
 * conf says, whose callbacks are not used.  stop_asked ends it early, when
 * what is in hand is done.  Memory does not grow with the number of messages.
 * What is wrong with the stream itself: EX_DATAERR for a bad line,
 * EX_TEMPFAIL where it ends without QUIT, or early, EX_NOINPUT where it
 * cannot be read; else EX_OK.  The outcome of the messages, and a journal or
 * output that broke off the work, is in report.
 */
enum exit_code batch_run(const struct batch_conf *batch,
    const struct sender_conf *conf, struct report *report);

#endif
