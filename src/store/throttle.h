/*
 * throttle: how often somebody has tried in vain to log in, by account and by
 * address, in the memory that all workers of a server share.  The more of
 * them, the longer the next answer is held back; nobody is locked out.
 *
 * A minute takes one away.  The table is of a fixed size: where it is full,
 * those with the fewest make room.
 */
#ifndef STORE_THROTTLE_H
#define STORE_THROTTLE_H

#include "sys/buf.h"

#define THROTTLE_LOGIN 3	/* of an account that are answered at once */
#define THROTTLE_ADDRESS 10	/* and of an address */
#define THROTTLE_WAIT 1000		/* ms; then twice as long each time */
#define THROTTLE_WAIT_MAX 32000

struct throttle;

/* What cannot be had ends the program. */
struct throttle *throttle_open(void);
void throttle_free(struct throttle *t);

/*
 * A try for a login, whether or not there is one, from an IP address, or from
 * nowhere where that is empty.  It counts as one in vain until throttle_clear
 * says that it was not; now is a clock's, in ms.  For how many ms to hold the
 * answer back, whatever it is.
 */
long throttle_add(struct throttle *t, struct span login, const char *address,
    long long now);

/* The right password was given, and that has been told. */
void throttle_clear(struct throttle *t, struct span login, const char *address);

#endif
