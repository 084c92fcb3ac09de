/*
 * replaydata: the data connections that a replayed FTP client needs.  What went
 * over them before was not recorded: files that are sent are empty, and what is
 * fetched is read and dropped.
 */
#ifndef CLIENT_REPLAYDATA_H
#define CLIENT_REPLAYDATA_H

#include "format/dialogue/recording.h"
#include "sys/net.h"

struct replaydata {
	const struct net_addr *server;	/* NULL: not known, there are none */
	int timeout;			/* ms that one may take */
	int fd;				/* -1 at first */
};

/* What an event of r, which the server has just said, has to do with one. */
void replaydata_hear(struct replaydata *d, const struct recording *r,
    const struct recorded *e);

void replaydata_close(struct replaydata *d);

#endif
