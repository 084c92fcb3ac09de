#include "stop.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "io.h"

static int pipes[2] = { -1, -1 };
static volatile sig_atomic_t asked;
static long long over;		/* stop_end's, 0 before the wish is seen */

/* A copy of this process has the same pipe, until it calls stop_catch. */
static pid_t owner;

void
stop_ask(int sig)
{
	int err = errno;

	(void)sig;
	asked = 1;
	/* A full pipe is readable as well. */
	while (getpid() == owner && write(pipes[1], "", 1) < 0 &&
	    errno == EINTR)
		continue;
	errno = err;
}

static void
catch_one(int sig)
{
	struct sigaction old, sa;

	if (sigaction(sig, NULL, &old) == 0 && old.sa_handler == SIG_IGN)
		return;
	memset(&sa, 0, sizeof sa);
	sa.sa_handler = stop_ask;
	sa.sa_flags = (int)(SA_RESETHAND | SA_RESTART);
	sigemptyset(&sa.sa_mask);
	sigaction(sig, &sa, NULL);
}

int
stop_open(void)
{
	int i;

	for (i = 0; i < 2; i++)
		if (pipes[i] >= 0)
			close(pipes[i]);
	if (io_pipe(pipes) < 0) {
		pipes[0] = pipes[1] = -1;
		return -1;
	}
	fcntl(pipes[1], F_SETFL, O_NONBLOCK);
	/* What has come since the copy began is for it. */
	if (owner == 0 || owner == getpid())
		asked = 0;
	over = 0;
	owner = getpid();
	return pipes[0];
}

int
stop_catch(void)
{
	if (stop_open() < 0)
		return -1;
	catch_one(SIGINT);
	catch_one(SIGTERM);
	catch_one(SIGHUP);
	if (asked && write(pipes[1], "", 1) < 0)
		return -1;
	return 0;
}

int
stop_asked(void)
{
	return asked;
}

int
stop_fd(void)
{
	return pipes[0];
}

long long
stop_end(void)
{
	if (asked && over == 0)
		over = io_clock() + STOP_MS;
	return over;
}

int
stop_await_room(int fd, int ms)
{
	struct pollfd p[2] = {
		{ .fd = fd, .events = POLLOUT },
		{ .fd = pipes[0], .events = POLLIN }
	};
	long long end = ms == IO_FOREVER ? LLONG_MAX : io_clock() + ms;

	for (;;) {
		if (stop_end() != 0) {
			p[1].fd = -1;
			end = over < end ? over : end;
		}
		io_poll(p, COUNT(p), end == LLONG_MAX ? IO_FOREVER :
		    io_left(end));
		if (p[0].revents != 0)
			return 0;
		if (io_clock() >= end) {
			errno = ETIMEDOUT;
			return end == over ? 1 : -1;
		}
	}
}

/*
 * As write(2), of what fd takes without a wait: after POLLOUT a pipe has room
 * for so many bytes, and a socket says when it has none.
 */
static ssize_t
put(int fd, const char *p, size_t n, int *is_pipe)
{
	ssize_t r;

	if (!*is_pipe) {
		r = send(fd, p, n, MSG_DONTWAIT);
		*is_pipe = r < 0 && errno == ENOTSOCK;
		if (!*is_pipe)
			return r;
	}
	return write(fd, p, n < PIPE_BUF ? n : PIPE_BUF);
}

int
stop_write(int fd, const void *p, size_t n, int ms)
{
	const char *at = p;
	int is_pipe = 0;
	ssize_t r;

	while (n > 0) {
		r = stop_await_room(fd, ms);
		if (r != 0)
			return (int)r;
		r = put(fd, at, n, &is_pipe);
		if (r < 0 && errno != EAGAIN && errno != EINTR)
			return -1;
		if (r > 0) {
			at += r;
			n -= (size_t)r;
		}
	}
	return 0;
}

void
stop_wait(int fd, int timeout)
{
	struct pollfd p[2];

	p[0].fd = pipes[0];
	p[1].fd = fd;
	p[0].events = p[1].events = POLLIN;
	/* Interrupted: the caller looks again. */
	poll(p, 2, timeout);
}
