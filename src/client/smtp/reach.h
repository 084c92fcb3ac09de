/*
 * reach: a connection to one of several servers: whose turn it is, and how
 * long one is kept.
 */
#ifndef CLIENT_SMTP_REACH_H
#define CLIENT_SMTP_REACH_H

#include "client/smtp/fit.h"
#include "client/smtp/link.h"
#include "client/smtp/rests.h"

/* A message is begun at most on so many connections. */
#define REACH_TRIES 3

/*
 * Each wait has a deadline, and a server that keeps silent takes all of it.
 * So those that are tried for one message share so many ms, or so many waits
 * more than there are servers, where a limit says how long one is; and in a
 * long list none gets less than LINK_DIAL.
 */
#define REACH_TIME LINK_TIME
#define REACH_WAITS 5

struct reach_conf {
	struct link_conf link;
	struct link_server *server;
	size_t servers;
	size_t home;		/* the one that is preferred */
	int spread;		/* after cap messages it is the next one */
	long cap;		/* messages over one connection, 0: no end */
	struct rests *rests;	/* what is known of their addresses, or NULL */
};

/* All zero but conf is no connection yet. */
struct reach {
	const struct reach_conf *conf;
	struct link link;
	/* private */
	size_t at;		/* server in use, or to be tried first */
	size_t moved;		/* the preferred one is so many further on */
	int away;		/* that is not the one in use */
	long long back;		/* when it is time to go back to it */
	long taken;		/* messages begun on this connection */
};

/* The server in use. */
struct link_server *reach_server(const struct reach *r);

/* One more message is begun on the connection. */
void reach_take(struct reach *r);

/* Whether the connection must not be used for another message. */
int reach_is_over(const struct reach *r);

/* Between two messages: gives up what must not be used any more. */
void reach_renew(struct reach *r);

/* The connection is of no more use: the next server's turn. */
void reach_leave(struct reach *r);

/*
 * Sees to it that there is a connection, through the first server that talks.
 * Each that hung up first adds to *tries, and is tried again in a while, up to
 * REACH_TRIES in all, or one on each server where there are more; one that
 * cannot be reached rests.  0; -1 when none talks, with the reason in
 * *failed: also where there would be a wait and hasty forbids it, or when
 * stop_asked ends that.
 */
int reach_connect(struct reach *r, int *tries, int hasty,
    const struct link_server **failed);

/*
 * The server in use cannot take m, of which that is the verdict; it is the
 * n-th such one in a row, from 1.  0: another one that may take it is next,
 * and the connection is given up.  -1: there is none, and everybody is
 * decided: failed where every server states a size that m is beyond, and else
 * deferred.
 */
int reach_other(struct reach *r, struct message *m, const struct fit *f,
    enum fit_verdict verdict, size_t n);

#endif
