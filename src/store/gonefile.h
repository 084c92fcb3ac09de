/*
 * gonefile: the list of those whom no letter goes to (gone(5)), as a file that
 * lines are added to while others read it, or put a new one in its place.
 */
#ifndef STORE_GONEFILE_H
#define STORE_GONEFILE_H

#include <stdint.h>

#include "sys/buf.h"

/* ms that another may hold the file's lock before it is EAGAIN. */
#define GONEFILE_WAIT 10000

/*
 * Adds a line that an address has left, and why, unless there is one; the
 * file is made where there is none (mode 0600).  It is locked meanwhile, as
 * lock_take does it, and what is added is on disk then.  0, or -1 with errno;
 * nothing is added then.
 */
int gonefile_leave(const char *path, struct span address, int64_t now,
    const char *why);

#endif
