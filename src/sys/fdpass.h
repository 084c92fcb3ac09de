/*
 * fdpass: connections on their way from one process to another.
 */
#ifndef SYS_FDPASS_H
#define SYS_FDPASS_H

/*
 * The two ends of a channel for connections, both close-on-exec: the first is
 * to give.  0, or -1 with errno.
 */
int fdpass_open(int end[2]);

/*
 * Passes fd, which stays open here, and a number; waits a second where the
 * channel is full.  0, or -1 with errno (EPIPE: nobody is there to take it).
 */
int fdpass_give(int end, int fd, long number);

/*
 * The next one, close-on-exec, or -1 where no descriptor was left for it: 1; 0
 * when there is none now; -1 when the other end is closed.  Does not wait.
 */
int fdpass_take(int end, int *fd, long *number);

#endif
