#include "fdpass.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>

#include "net.h"

#define SHORT_MS 10		/* before the next try to take a connection */

/* Room for one descriptor, and aligned as cmsg(3) wants it. */
union control {
	struct cmsghdr head;
	char room[CMSG_SPACE(sizeof(int))];
};

static void
prepare(struct msghdr *m, struct iovec *v, long *number, union control *c)
{
	memset(c, 0, sizeof *c);
	memset(m, 0, sizeof *m);
	v->iov_base = number;
	v->iov_len = sizeof *number;
	m->msg_iov = v;
	m->msg_iovlen = 1;
	m->msg_control = c->room;
	m->msg_controllen = sizeof c->room;
}

int
fdpass_open(int end[2])
{
	const struct timeval patience = { .tv_sec = 1 };
	int i;

	if (socketpair(AF_UNIX, SOCK_STREAM, 0, end) < 0)
		return -1;
	for (i = 0; i < 2; i++)
		fcntl(end[i], F_SETFD, FD_CLOEXEC);
	setsockopt(end[0], SOL_SOCKET, SO_SNDTIMEO, &patience,
	    sizeof patience);
	return 0;
}

int
fdpass_give(int end, int fd, long number)
{
	union control control;
	struct cmsghdr *c;
	struct msghdr m;
	struct iovec v;

	prepare(&m, &v, &number, &control);
	c = CMSG_FIRSTHDR(&m);
	c->cmsg_level = SOL_SOCKET;
	c->cmsg_type = SCM_RIGHTS;
	c->cmsg_len = CMSG_LEN(sizeof fd);
	memcpy(CMSG_DATA(c), &fd, sizeof fd);
	return sendmsg(end, &m, MSG_NOSIGNAL) < 0 ? -1 : 0;
}

int
fdpass_take(int end, int *fd, long *number)
{
	union control control;
	struct cmsghdr *c;
	struct msghdr m;
	struct iovec v;
	ssize_t r;

	prepare(&m, &v, number, &control);
	r = recvmsg(end, &m, MSG_DONTWAIT);
	/* Who has no memory for it now is not told that the giver is gone. */
	if (r < 0 && net_is_short(errno)) {
		poll(NULL, 0, SHORT_MS);
		return 0;
	}
	if (r < 0)
		return errno == EAGAIN || errno == EINTR ? 0 : -1;
	if (r == 0)
		return -1;
	*fd = -1;
	c = CMSG_FIRSTHDR(&m);
	if (c == NULL || c->cmsg_type != SCM_RIGHTS)
		return 1;
	memcpy(fd, CMSG_DATA(c), sizeof *fd);
	fcntl(*fd, F_SETFD, FD_CLOEXEC);
	return 1;
}
