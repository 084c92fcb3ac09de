/*
 * dataconn: the second connection of a session.  As FTP has it the session
 * listens, its peer, and nobody else, connects, and bytes go one way.  Or it
 * leads to another server, and they go both ways.
 */
#ifndef SYS_DATACONN_H
#define SYS_DATACONN_H

#include "buf.h"
#include "net.h"

struct dataconn;

/*
 * For the session whose own connection is fd, with peer at its other end;
 * nothing is listened on yet.  A connection to another server that was not
 * finished is reset.
 */
struct dataconn *dataconn_open(int fd, const struct net_peer *peer);
void dataconn_free(struct dataconn *d);

/*
 * Listens where the session's own connection leads to, at a random port from
 * low to high, or where both are 0, of the dynamic ones; text gets the address
 * with the port, at most NET_TEXT_MAX.  What was open before is closed.  0, or
 * -1 with errno.
 */
int dataconn_listen(struct dataconn *d, unsigned low, unsigned high,
    char *text);

/* Whether there is a connection, or one may come. */
int dataconn_is_open(const struct dataconn *d);

/*
 * Whether the session's own connection has ended, too: then the client is gone,
 * and the end of this connection does not mean that it had sent everything.
 */
int dataconn_is_abandoned(const struct dataconn *d);

/* Reads from now on; or sends n bytes at p, which are copied. */
void dataconn_receive(struct dataconn *d);
void dataconn_send(struct dataconn *d, const void *p, size_t n);

/*
 * Takes the socket fd, which is non-blocking and may still be connecting: it is
 * read from now on, and dataconn_send sends.
 */
void dataconn_join(struct dataconn *d, int fd);

/* The number of bytes that wait to be sent; nothing is sent after them. */
size_t dataconn_waiting(const struct dataconn *d);
void dataconn_finish(struct dataconn *d);

/* Closes all, at once. */
void dataconn_close(struct dataconn *d);

/* For those who run sessions: a descriptor to poll for *events, or -1. */
int dataconn_poll(const struct dataconn *d, short *events);

enum dataconn_event {
	DATACONN_NOTHING,
	DATACONN_MOVED,		/* the peer has come, or got some of it */
	DATACONN_BYTES,		/* *n of them, at p */
	DATACONN_END,		/* the peer has sent, or got, all */
	DATACONN_BROKEN		/* cut off; it is closed, as after the end */
};

/*
 * Goes on, once poll says so; there is room for *n bytes at p.  Where there is
 * no descriptor for the peer, nobody is waited for any more.
 */
enum dataconn_event dataconn_go_on(struct dataconn *d, char *p, size_t *n);

#endif
