/*
 * limit: how many connections there may be, and how they get to workers.  Each
 * session of a server has a slot, which it gives back in whatever process it
 * ends.
 */
#ifndef SYS_LIMIT_H
#define SYS_LIMIT_H

#include "net.h"

struct limit;

/* Instead of a slot. */
enum {
	LIMIT_FULL = -1,		/* none is left */
	LIMIT_ADDRESS = -2,	/* this address has as many as it may have */
	LIMIT_SHORT = -3	/* descriptors, memory or workers are short */
};

/*
 * At most slots sessions at once, and at most each of them for one address;
 * where each is 0 it is half of slots, and addresses of this host have no such
 * limit.  A UNIX-domain socket has no address.  The sessions are divided among
 * workers, numbered from 0: this process or its children.  One process gives
 * all slots; when it has died with its sessions another may.
 */
struct limit *limit_open(long slots, long each, int workers);
void limit_free(struct limit *l);

/*
 * A descriptor is kept in reserve: a process that has none left uses it for one
 * more peer, which is told so, and takes it back when that peer is gone.  0, or
 * -1 with errno; errno stays.
 */
int limit_keep_reserve(void);
void limit_use_reserve(void);

#define LIMIT_PAUSE 200		/* ms in which nobody is accepted */

/*
 * A new connection, non-blocking, close-on-exec and without Nagle's delay.
 * *is_short where descriptors or memory have run out, which is reported on
 * standard error: then the connection uses the reserve, and must be refused;
 * or it is -1, and the caller should pause (LIMIT_PAUSE).
 */
int limit_accept(int listener, struct net_peer *peer, int *is_short);

/* Why there is no slot, in words. */
const char *limit_reason(long slot);

/* Says so, after the protocol's word for busy, and closes fd. */
void limit_refuse(int fd, const char *busy, long slot);

/* The worker with the fewest sessions; -1 when there is none. */
int limit_pick(const struct limit *l);

/* A slot for worker, or LIMIT_*; limit_cancel gives an unused one back. */
long limit_take(struct limit *l, int worker, const struct net_peer *peer);
void limit_cancel(struct limit *l, int worker, long slot);

/* Called by a worker: one of its sessions is over. */
void limit_release(struct limit *l, int worker, long slot);

/*
 * worker is dead, and so are its sessions; another one is there.  All are there
 * at first.
 */
void limit_worker_died(struct limit *l, int worker);
void limit_worker_ready(struct limit *l, int worker);

/*
 * The two ends of a channel for connections, both close-on-exec: the first is
 * to give.  0, or -1 with errno.
 */
int limit_channel(int end[2]);

/*
 * Passes fd, which stays open here, with its slot; waits a second where the
 * channel is full.  0, or -1 with errno (EPIPE: nobody is there to take it).
 */
int limit_pass(int end, int fd, long slot);

/*
 * The next one, close-on-exec, or -1 where no descriptor was left for it: 1; 0
 * when there is none now; -1 when the other end is closed.  Does not wait.
 */
int limit_receive(int end, int *fd, long *slot);

#endif
