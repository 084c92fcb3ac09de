/*
 * crew: a server in several worker processes.  The parent accepts the
 * connections and passes each to the worker with the fewest.
 */
#ifndef SYS_CREW_H
#define SYS_CREW_H

#include "loop.h"

#define CREW_MAX 64		/* workers */

/*
 * Serves with so many workers, each in a room of o->door, until o->stop is
 * readable.  own_stop is called in a worker and gives one that tells it alone
 * to end.  EX_OK, or the exit code of a worker that could not go on.
 */
enum exit_code crew_run(const struct loop_opt *o, int workers,
    int (*own_stop)(void), const struct serve_proto *proto, void *app);

#endif
