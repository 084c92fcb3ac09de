/*
 * data: the second connection of a session, as FTP has it: the session
 * listens, its peer, and nobody else, connects, and bytes go one way.
 */
#ifndef SYS_DATA_H
#define SYS_DATA_H

#include "buf.h"
#include "net.h"

struct data;

/*
 * For the session whose own connection is fd, with peer at its other end;
 * nothing is listened on yet.
 */
struct data *data_open(int fd, const struct net_peer *peer);
void data_free(struct data *d);

/* The ports to listen on, and those where this was not called. */
#define DATA_PORT_FIRST 49152	/* RFC 6335 6: the dynamic ones */
#define DATA_PORT_LAST 65535
void data_range(struct data *d, unsigned low, unsigned high);

/*
 * These six take the struct as void *, so that they fit a session's table.
 *
 * Listens where the session's own connection leads to, at a random port; text
 * gets the address with the port, at most NET_TEXT_MAX.  What was open before
 * is closed.  0, or -1 with errno.
 */
int data_listen(void *data, char *text);

/* Whether there is a connection, or one may come. */
int data_is_open(void *data);

/*
 * Whether the session's own connection has ended, too: the client is gone, and
 * the end of this one does not say that it had sent all.
 */
int data_is_abandoned(void *data);

/* From now on what comes is read; or n bytes at p, copied, are sent. */
void data_receive(void *data);
void data_send(void *data, const void *p, size_t n);

/* Closes all, at once. */
void data_close(void *data);

/* For those who run sessions: a descriptor to poll for *events, or -1. */
int data_poll(const struct data *d, short *events);

enum data_event {
	DATA_NOTHING,
	DATA_MOVED,		/* the peer has come, or got some of it */
	DATA_BYTES,		/* *n of them, at p */
	DATA_END,		/* the peer has sent, or got, all */
	DATA_BROKEN		/* cut off; it is closed, as after the end */
};

/*
 * Goes on, once poll says so; there is room for *n bytes at p.  Where there is
 * no descriptor for the peer, nobody is waited for any more.
 */
enum data_event data_go_on(struct data *d, char *p, size_t *n);

#endif
