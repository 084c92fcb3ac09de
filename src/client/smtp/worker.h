/*
 * worker: a process of a batch with one connection of its own.
 */
#ifndef CLIENT_SMTP_WORKER_H
#define CLIENT_SMTP_WORKER_H

#include "client/smtp/route.h"

struct worker_conf {
	const struct route *route;
	size_t home;		/* the server that is this worker's */
	int go;			/* a byte on it lets the end of a message go,
				   or -1: it need not be asked for */
};

/*
 * Sends what comes over fd (frame.h) until its end, or stop_asked, and tells
 * of it there.  The exit code for the process.
 */
int worker_run(const struct worker_conf *conf, int fd);

#endif
