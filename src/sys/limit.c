#include "limit.h"

#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include "buf.h"
#include "io.h"
#include "spawn.h"

#define SAID_MS 1000		/* between two words about the same shortage */
#define SHORT_MS 10		/* before the next try to take a connection */

/*
 * There are no locks: of what is shared, taken is set here before the worker
 * hears of the session, and cleared there when it is over; ended is counted
 * there alone.
 */
struct limit {
	long slots, each;
	int spare;		/* this host is not limited */
	int workers;
	size_t mapped;
	volatile unsigned *ended;	/* by worker, shared */
	volatile unsigned char *taken;	/* by slot, shared */
	unsigned *begun;			/* by worker */
	unsigned char *closed;		/* by worker */
	unsigned char *worker;		/* by slot */
	unsigned char (*address)[NET_ADDRESS];
	long top;		/* no slot from this one on was ever taken */
};

struct limit *
limit_open(long slots, long each, int workers)
{
	struct limit *l;
	unsigned char *p;

	l = die_calloc(1, sizeof *l);
	l->slots = slots;
	l->each = each > 0 ? each : (slots + 1) / 2;
	l->spare = each == 0;
	l->workers = workers;
	l->mapped = (size_t)workers * sizeof *l->ended + (size_t)slots;
	p = spawn_share(l->mapped);
	l->ended = (void *)p;
	l->taken = p + (size_t)workers * sizeof *l->ended;
	l->begun = die_calloc((size_t)workers, sizeof *l->begun);
	l->closed = die_calloc((size_t)workers, sizeof *l->closed);
	l->worker = die_calloc((size_t)slots, sizeof *l->worker);
	l->address = die_calloc((size_t)slots, sizeof *l->address);
	return l;
}

void
limit_free(struct limit *l)
{
	spawn_unshare((void *)l->ended, l->mapped);
	free(l->begun);
	free(l->closed);
	free(l->worker);
	free(l->address);
	free(l);
}

static int reserve = -1;

/* A file of its own, for the system may be short of those, too. */
int
limit_keep_reserve(void)
{
	if (reserve < 0)
		reserve = io_file("/dev/null", O_RDONLY | O_CLOEXEC, 0);
	return reserve < 0 ? -1 : 0;
}

void
limit_use_reserve(void)
{
	if (reserve >= 0)
		io_close(reserve);
	reserve = -1;
}

/* errno says what is short.  Who has many peers meets it many times. */
static void
say_short(void)
{
	static long long next;
	long long now = io_clock();

	if (now < next)
		return;
	next = now + SAID_MS;
	warn_sys("accept");
}

int
limit_accept(int listener, struct net_peer *peer, int *is_short)
{
	int fd, on = 1;

	fd = accept(listener, NULL, NULL);
	*is_short = fd < 0 && net_is_short(errno);
	if (*is_short) {
		say_short();
		limit_use_reserve();
		fd = accept(listener, NULL, NULL);
	}
	if (fd < 0) {
		limit_keep_reserve();
		return -1;
	}
	net_prepare(fd);
	setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
	net_peer(peer, fd);
	return fd;
}

const char *
limit_reason(long slot)
{
	switch (slot) {
	case LIMIT_FULL:
		return "too many sessions, try again later";
	case LIMIT_ADDRESS:
		return "too many connections from your address";
	default:
		return "short of resources, try again later";
	}
}

/* It may not come through, if the peer has spoken first. */
void
limit_refuse(int fd, const char *busy, long slot)
{
	char text[256];
	int n;

	n = snprintf(text, sizeof text, "%s %s\r\n", busy,
	    limit_reason(slot));
	send(fd, text, (size_t)n, MSG_DONTWAIT);
	close(fd);
}

static unsigned
sessions(const struct limit *l, int worker)
{
	return l->begun[worker] - l->ended[worker];
}

int
limit_pick(const struct limit *l)
{
	int i, best = -1;

	for (i = 0; i < l->workers; i++)
		if (!l->closed[i] &&
		    (best < 0 || sessions(l, i) < sessions(l, best)))
			best = i;
	return best;
}

static int
is_full_for(const struct limit *l, const unsigned char *address)
{
	long i, n = 0;

	for (i = 0; i < l->top; i++)
		n += l->taken[i] &&
		    memcmp(l->address[i], address, NET_ADDRESS) == 0;
	return n >= l->each;
}

long
limit_take(struct limit *l, int worker, const struct net_peer *peer)
{
	unsigned char address[NET_ADDRESS];
	const void *free_one;
	long slot = l->top;

	/* A slot that is given back meanwhile may be overlooked, no more. */
	free_one = memchr((const void *)l->taken, 0, (size_t)l->top);
	if (free_one != NULL)
		slot = (const unsigned char *)free_one - l->taken;
	if (slot == l->slots)
		return LIMIT_FULL;
	net_address(address, peer->text);
	if (peer->text[0] != '\0' && !(l->spare && peer->local) &&
	    is_full_for(l, address))
		return LIMIT_ADDRESS;
	memcpy(l->address[slot], address, NET_ADDRESS);
	l->worker[slot] = (unsigned char)worker;
	l->taken[slot] = 1;
	l->begun[worker]++;
	if (slot == l->top)
		l->top++;
	return slot;
}

void
limit_cancel(struct limit *l, int worker, long slot)
{
	l->begun[worker]--;
	l->taken[slot] = 0;
}

void
limit_release(struct limit *l, int worker, long slot)
{
	l->taken[slot] = 0;
	l->ended[worker]++;
}

void
limit_worker_died(struct limit *l, int worker)
{
	long i;

	/* Where the process took its slots itself, ours know of none. */
	for (i = 0; i < l->slots; i++)
		if (l->worker[i] == worker)
			l->taken[i] = 0;
	l->ended[worker] = l->begun[worker];
	l->closed[worker] = 1;
}

void
limit_worker_ready(struct limit *l, int worker)
{
	l->closed[worker] = 0;
}

/* Room for one descriptor, and aligned as cmsg(3) wants it. */
union control {
	struct cmsghdr head;
	char room[CMSG_SPACE(sizeof(int))];
};

static void
set_up(struct msghdr *m, struct iovec *v, long *slot, union control *c)
{
	memset(c, 0, sizeof *c);
	memset(m, 0, sizeof *m);
	v->iov_base = slot;
	v->iov_len = sizeof *slot;
	m->msg_iov = v;
	m->msg_iovlen = 1;
	m->msg_control = c->room;
	m->msg_controllen = sizeof c->room;
}

int
limit_channel(int end[2])
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
limit_pass(int end, int fd, long slot)
{
	union control control;
	struct cmsghdr *c;
	struct msghdr m;
	struct iovec v;

	set_up(&m, &v, &slot, &control);
	c = CMSG_FIRSTHDR(&m);
	c->cmsg_level = SOL_SOCKET;
	c->cmsg_type = SCM_RIGHTS;
	c->cmsg_len = CMSG_LEN(sizeof fd);
	memcpy(CMSG_DATA(c), &fd, sizeof fd);
	return sendmsg(end, &m, MSG_NOSIGNAL) < 0 ? -1 : 0;
}

int
limit_receive(int end, int *fd, long *slot)
{
	union control control;
	struct cmsghdr *c;
	struct msghdr m;
	struct iovec v;
	ssize_t r;

	set_up(&m, &v, slot, &control);
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
