#include "limit.h"

#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "buf.h"
#include "io.h"
#include "share.h"
#include "spare.h"

#define SAID_MS 1000		/* between two words about the same shortage */

/*
 * There are no locks: of what is shared, taken is set here before the room's
 * process hears of the session, and cleared there when it is over; left is
 * counted there alone.
 */
struct limit {
	long seats, each;
	int spare;		/* this host is not limited */
	int rooms;
	size_t mapped;
	volatile unsigned *left;	/* by room, shared */
	volatile unsigned char *taken;	/* by seat, shared */
	unsigned *came;			/* by room */
	unsigned char *closed;		/* by room */
	unsigned char *room;		/* by seat */
	unsigned char (*address)[NET_ADDRESS];
	long top;		/* no seat from this one on was ever taken */
};

struct limit *
limit_open(long seats, long each, int rooms)
{
	struct limit *d;
	unsigned char *p;

	d = die_calloc(1, sizeof *d);
	d->seats = seats;
	d->each = each > 0 ? each : (seats + 1) / 2;
	d->spare = each == 0;
	d->rooms = rooms;
	d->mapped = (size_t)rooms * sizeof *d->left + (size_t)seats;
	p = share_open(d->mapped);
	d->left = (void *)p;
	d->taken = p + (size_t)rooms * sizeof *d->left;
	d->came = die_calloc((size_t)rooms, sizeof *d->came);
	d->closed = die_calloc((size_t)rooms, sizeof *d->closed);
	d->room = die_calloc((size_t)seats, sizeof *d->room);
	d->address = die_calloc((size_t)seats, sizeof *d->address);
	return d;
}

void
limit_free(struct limit *d)
{
	share_close((void *)d->left, d->mapped);
	free(d->came);
	free(d->closed);
	free(d->room);
	free(d->address);
	free(d);
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
		spare_use();
		fd = accept(listener, NULL, NULL);
	}
	if (fd < 0) {
		spare_keep();
		return -1;
	}
	fcntl(fd, F_SETFL, O_NONBLOCK);
	fcntl(fd, F_SETFD, FD_CLOEXEC);
	setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
	net_peer(peer, fd);
	return fd;
}

const char *
limit_reason(long seat)
{
	switch (seat) {
	case LIMIT_FULL:
		return "too many sessions, try again later";
	case LIMIT_CROWDED:
		return "too many connections from your address";
	default:
		return "short of resources, try again later";
	}
}

/* It may not come through, if the peer has spoken first. */
void
limit_refuse(int fd, const char *busy, long seat)
{
	char text[256];
	int n;

	n = snprintf(text, sizeof text, "%s %s\r\n", busy,
	    limit_reason(seat));
	send(fd, text, (size_t)n, MSG_DONTWAIT);
	close(fd);
}

static unsigned
present(const struct limit *d, int room)
{
	return d->came[room] - d->left[room];
}

int
limit_room(const struct limit *d)
{
	int i, best = -1;

	for (i = 0; i < d->rooms; i++)
		if (!d->closed[i] &&
		    (best < 0 || present(d, i) < present(d, best)))
			best = i;
	return best;
}

static int
is_crowded(const struct limit *d, const unsigned char *address)
{
	long i, n = 0;

	for (i = 0; i < d->top; i++)
		n += d->taken[i] &&
		    memcmp(d->address[i], address, NET_ADDRESS) == 0;
	return n >= d->each;
}

long
limit_enter(struct limit *d, int room, const struct net_peer *peer)
{
	unsigned char address[NET_ADDRESS];
	const void *free_one;
	long seat = d->top;

	/* A seat that is given back meanwhile may be overlooked, no more. */
	free_one = memchr((const void *)d->taken, 0, (size_t)d->top);
	if (free_one != NULL)
		seat = (const unsigned char *)free_one - d->taken;
	if (seat == d->seats)
		return LIMIT_FULL;
	net_address(address, peer->text);
	if (peer->text[0] != '\0' && !(d->spare && peer->local) &&
	    is_crowded(d, address))
		return LIMIT_CROWDED;
	memcpy(d->address[seat], address, NET_ADDRESS);
	d->room[seat] = (unsigned char)room;
	d->taken[seat] = 1;
	d->came[room]++;
	if (seat == d->top)
		d->top++;
	return seat;
}

void
limit_cancel(struct limit *d, int room, long seat)
{
	d->came[room]--;
	d->taken[seat] = 0;
}

void
limit_leave(struct limit *d, int room, long seat)
{
	d->taken[seat] = 0;
	d->left[room]++;
}

void
limit_clear(struct limit *d, int room)
{
	long i;

	/* Where the process took its seats itself, ours know of none. */
	for (i = 0; i < d->seats; i++)
		if (d->room[i] == room)
			d->taken[i] = 0;
	d->left[room] = d->came[room];
	d->closed[room] = 1;
}

void
limit_reopen(struct limit *d, int room)
{
	d->closed[room] = 0;
}
