/*
 * conn: a session and the bytes on their way to and from it.  What makes it
 * go on is the caller's business: loop's poll(2), or inetd's standard input.
 */
#ifndef SYS_CONN_H
#define SYS_CONN_H

#include <sys/types.h>

#include "buf.h"
#include "dataconn.h"
#include "limit.h"
#include "session.h"

enum conn_phase {
	CONN_OPEN,		/* the session goes on */
	CONN_CLOSING,		/* it is over: what is there is sent */
	CONN_FLUSHED,		/* all is said: waits for the peer to close */
	CONN_DEAD		/* nothing more can be done */
};

/* What all connections of a process have in common. */
struct conn_host {
	const struct service *service;
	int idle;		/* ms */
	long long now;		/* io_clock's, kept by the caller */
	char *scratch;		/* CONN_READ bytes to read into */
	long sessions;		/* that are open */
	struct limit *limit;	/* where they have their slots, or NULL */
	int worker;
};

struct conn {
	void *session;		/* NULL when it is over, or never was */
	struct buf in;		/* came, but not taken yet */
	struct buf out;		/* not sent yet */
	long long deadline;	/* of what is waited for */
	enum conn_phase phase;
	enum session_verdict verdict;	/* the session's last; SESSION_CLOSE
				   when it is over */
	int fd;			/* the loop's own */
	int eof;		/* the peer sends nothing more */
	int reset;		/* ends by RST */
	int fresh;		/* in has something the session has not seen */
	size_t ask;		/* what the next read takes */
	struct dataconn *data;	/* NULL where the protocol knows none */
	long slot;
	size_t polled, second;	/* the loop's: where it polls for fd and for
				   the second connection, 0: not */
};

#define CONN_READ 262144	/* what one read takes at most */

/*
 * Starts with a session, whose own fd is, in a slot (any, where there is no
 * limit), or with a last word and none.
 */
void conn_open(struct conn_host *h, struct conn *c,
    const struct net_peer *peer, int fd, long slot);
void conn_refuse(struct conn_host *h, struct conn *c, const char *word);

/* Ends the session, if there is one, and frees what c holds. */
void conn_free(struct conn_host *h, struct conn *c);

/* The session is over, and this follows; not CONN_OPEN. */
void conn_end(struct conn_host *h, struct conn *c, enum conn_phase phase);

/*
 * Whether input should be read; then r is what a read of c->ask bytes into
 * h->scratch has returned, and errno its.
 */
int conn_wants_input(const struct conn *c);
void conn_receive(struct conn_host *h, struct conn *c, ssize_t r);

/* The same for the second connection: a descriptor and *events, or -1. */
int conn_data_poll(const struct conn *c, short *events);
void conn_data(struct conn_host *h, struct conn *c);

/* Whether conn_go_on has something to do without new input. */
int conn_can_go_on(const struct conn *c);
void conn_go_on(struct conn_host *h, struct conn *c);

/* Whether it waits for a commit, and its answers with it. */
int conn_wants_commit(const struct conn *c);

/* After a commit, or a little while. */
void conn_resume(struct conn_host *h, struct conn *c);

/* Whether the deadline is the session's own, not one for its peer. */
int conn_has_delay(const struct conn *c);

/*
 * SESSION_SECURE, and all has been sent: in and out are closed, and the
 * descriptor is returned that stands for both from now on; or they stay, in is
 * returned, and c is CONN_DEAD.
 */
int conn_secure(struct conn_host *h, struct conn *c, int in, int out);

/* The deadline has passed, or (down) the server is ending. */
void conn_expire(struct conn_host *h, struct conn *c, int down);

#endif
