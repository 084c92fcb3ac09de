/*
 * stop: SIGINT, SIGTERM and SIGHUP as a wish to end, for programs that finish
 * what they have in hand.
 */
#ifndef SYS_STOP_H
#define SYS_STOP_H

#include <stddef.h>

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

/* For what is in hand, in ms: in five seconds a server is over, too. */
#define STOP_MS 4500

/*
 * The moment (io_clock) when that time is over since the wish was seen; 0
 * where there is none.
 */
long long stop_end(void);

/*
 * Waits until fd takes output, PIPE_BUF bytes where it is a pipe, for at most
 * ms (IO_FOREVER: any time) and, once there is a wish, up to stop_end: 0; 1
 * when that has come, or -1 when ms are over, errno being ETIMEDOUT.
 */
int stop_await_room(int fd, int ms);

/*
 * Writes n bytes, after a wait like this for each piece of them: 0; 1 when
 * stop_end has come, or -1, with errno.
 */
int stop_write(int fd, const void *p, size_t n, int ms);

/*
 * Waits until fd (-1: none) is readable, for at most timeout ms, or until
 * there is a wish.
 */
void stop_wait(int fd, int timeout);

#endif
