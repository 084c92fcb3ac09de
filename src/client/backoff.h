/*
 * backoff: the pauses between tries.
 */
#ifndef CLIENT_BACKOFF_H
#define CLIENT_BACKOFF_H

/*
 * How many ms to wait before the next try; attempt counts the failures before,
 * from 0.  Half a second, doubled each time, a minute at most; half of it is
 * left to chance, so that many who were cut off together do not come back
 * together.
 */
long backoff_pause(long attempt);

#endif
