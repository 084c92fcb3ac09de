/*
 * loop: one process's share of a server, all its sessions under poll(2).
 */
#ifndef SYS_LOOP_H
#define SYS_LOOP_H

#include "serve.h"

struct loop_opt {
	const int *listener;	/* non-blocking listening sockets */
	int listeners;
	int stop;		/* readable when it is time to end */
	int life;		/* ends with the parent, or -1 */
	long max_sessions;	/* over all workers */
	int idle;		/* ms */
	int verbose;
	volatile int *sessions;	/* each worker's number of them, shared */
	int workers;
	int worker;		/* which one this is */
};

/* Serves until stop or life says so and the sessions in hand are over. */
void loop_run(const struct loop_opt *o, const struct serve_proto *proto,
    void *app);

#endif
