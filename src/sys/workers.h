/*
 * workers: a server in worker processes.  The parent accepts the connections,
 * passes each to the worker with the fewest, and replaces the workers that
 * die; it has no session itself, and so nothing that could run out.  A worker
 * that is the only one accepts them itself, which is faster; while there is
 * none the parent says that the server is busy.
 */
#ifndef SYS_WORKERS_H
#define SYS_WORKERS_H

#include "die.h"
#include "loop.h"

#define WORKERS_MAX 64		/* workers */

struct workers_opt {
	int workers;		/* of loop.limit, too */
	int once;		/* a worker that ends in order ends all */
	struct loop_opt loop;	/* stop and the listeners are the parent's */
};

struct workers;

/*
 * Starts the workers: NULL with *code, which is that of one that could not
 * begin.  o and service stay the caller's.
 */
struct workers *workers_start(const struct workers_opt *o,
    const struct service *service, enum exit_code *code);

/*
 * Serves until it is time to stop, or until a worker ends the server: in order
 * (once), or because it cannot print (EX_IOERR).  Frees ws.
 */
enum exit_code workers_run(struct workers *ws);

#endif
