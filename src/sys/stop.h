/*
 * stop: SIGINT, SIGTERM and SIGHUP as a wish to end, for programs that finish
 * what they have in hand.
 */
#ifndef SYS_STOP_H
#define SYS_STOP_H

/*
 * From now on the first of each signal is a wish; the second ends the process
 * as usual.  One that was ignored stays so.  A child that catches them anew
 * has wishes of its own.  0, or -1 with errno.
 */
int stop_catch(void);

/*
 * The same for those who catch signals themselves: what stop_fd will be, or -1
 * with errno.  stop_ask is a wish, and the handler of a signal that is one.
 */
int stop_open(void);
void stop_ask(int sig);

/* Whether there has been one; 0 where nothing was caught. */
int stop_asked(void);

/*
 * A descriptor that is readable once there has been one, for poll(2); -1
 * where nothing was caught.
 */
int stop_fd(void);

/*
 * Waits until fd (-1: none) is readable, for at most timeout ms, or until
 * there is a wish.
 */
void stop_wait(int fd, int timeout);

#endif
