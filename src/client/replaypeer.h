/*
 * replaypeer: who the other side of a dialogue is: a server that is dialled, a
 * client that is listened for, or a command.
 */
#ifndef CLIENT_REPLAYPEER_H
#define CLIENT_REPLAYPEER_H

#include "sys/net.h"
#include "sys/spawn.h"

struct replaypeer {
	int in, out;
	int is_local;		/* others cannot hear what it is told */
	char name[NET_TEXT_MAX];
	char own[NET_TEXT_MAX];	/* ours; "" where there is none */

	/* private */
	struct spawn child;
	int spawned;
};

/* Sockets that are listened at. */
struct replaylisten {
	int fds[NET_SOCKETS_MAX];
	int n;
	char text[NET_TEXT_MAX];	/* the address of the first one */
};

/* These end the program where they fail; timeout is in ms. */
void replaypeer_dial(struct replaypeer *p, const struct net_addr *a,
    int timeout);
void replaypeer_run(struct replaypeer *p, const char *command,
    const struct net_addr *a);
void replaypeer_listen(struct replaylisten *l, const struct net_addr *a);
void replaypeer_accept(struct replaypeer *p, const struct replaylisten *l,
    int timeout);

void replaypeer_close(struct replaypeer *p);

#endif
