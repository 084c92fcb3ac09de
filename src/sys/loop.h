/*
 * loop: one worker of a server, all its sessions under poll(2).
 */
#ifndef SYS_LOOP_H
#define SYS_LOOP_H

#include "limit.h"
#include "session.h"

struct loop_opt {
	const int *listener;	/* non-blocking; none where the parent has */
	int listeners;		/* them */
	int channel;		/* it passes the sessions then (limit.h), with
				   their slots */
	int stop;		/* readable when it is time to end */
	struct limit *limit;
	int worker;		/* this process's */
	int idle;		/* ms */
	int verbose;
};

/*
 * Serves until stop says so and the sessions in hand are over; they are cut
 * off where the channel's other end is closed, for then the parent is dead.
 */
void loop_run(const struct loop_opt *o, const struct service *service);

#endif
