/*
 * backoff: the pauses between tries.
 */
#ifndef CLIENT_BACKOFF_H
#define CLIENT_BACKOFF_H

/*
 * Sleeps before the next try; attempt counts the failures before, from 0.
 * Half a second, doubled each time, a minute at most; half of it is left to
 * chance, so that many who were cut off together do not come back together.
 * verbose says on standard error for how long.
 */
void backoff_wait(long attempt, int verbose);

#endif
