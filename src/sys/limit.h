/*
 * limit: who may come in.  Each session of a server has a seat, and gives it
 * back in whatever process it ends.
 */
#ifndef SYS_LIMIT_H
#define SYS_LIMIT_H

#include "net.h"

struct limit;

/* Instead of a seat. */
enum {
	LIMIT_FULL = -1,		/* none is left */
	LIMIT_CROWDED = -2,	/* this address has as many as it may have */
	LIMIT_SHORT = -3	/* descriptors, memory or workers are short */
};

/*
 * So many seats, and so many of them for one address; where each is 0 that is
 * half of them, and there is no such limit for this host.  A UNIX-domain
 * socket has no address.  The sessions are divided among rooms, each of them a
 * process, this one or a child of it; one process gives all seats, but where it
 * has died with its room another may.
 */
struct limit *limit_open(long seats, long each, int rooms);
void limit_free(struct limit *d);

/*
 * A new connection, non-blocking, close-on-exec and without Nagle's delay.
 * *is_short where descriptors or memory have run out, which is said on
 * standard error: it has been got by the reserve (spare.h), and is to be
 * turned away; or it is -1, and a pause will help.
 */
int limit_accept(int listener, struct net_peer *peer, int *is_short);

/* Why there is no seat, in words. */
const char *limit_reason(long seat);

/* Says so, after the protocol's word for busy, and closes fd. */
void limit_refuse(int fd, const char *busy, long seat);

/* The room with the fewest sessions; -1 when all are closed. */
int limit_room(const struct limit *d);

/* A seat in room, or DOOR_*; and one that was not taken after all. */
long limit_enter(struct limit *d, int room, const struct net_peer *peer);
void limit_cancel(struct limit *d, int room, long seat);

/* A session in room is over; that room's process says so. */
void limit_leave(struct limit *d, int room, long seat);

/*
 * The room's process is dead, and so are its sessions: it is closed until
 * another one is there.  All rooms are open at first.
 */
void limit_clear(struct limit *d, int room);
void limit_reopen(struct limit *d, int room);

#endif
