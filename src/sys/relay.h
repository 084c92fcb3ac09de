/*
 * relay: bytes on their way from one descriptor to another.
 */
#ifndef SYS_RELAY_H
#define SYS_RELAY_H

#include <stddef.h>

#define RELAY_SIZE 16384	/* bytes on their way */
#define RELAY_WAYS 4

/*
 * One way; all but from and to is zero at first.  The descriptors are
 * non-blocking and the caller's.
 */
struct relay_way {
	int from, to;
	size_t at, n;		/* what has been read and not written */
	int eof;		/* from has ended, and all is written; to knows
				   that where it is a socket */
	int failed;		/* eof, because one of them has failed */
	char p[RELAY_SIZE];
};

/*
 * Waits for at most timeout ms (-1: for ever) and passes on what can be passed
 * on in the n ways.  1, or 0 where nothing came in time, or -1: watch (where
 * that is not -1) has become readable.
 */
int relay_round(struct relay_way *way, size_t n, int watch, int timeout);

#endif
