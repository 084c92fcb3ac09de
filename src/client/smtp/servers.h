/*
 * servers: a connection to one of several servers: whose turn it is, which of
 * them are left alone, and how long a connection is kept.
 */
#ifndef CLIENT_SMTP_SERVERS_H
#define CLIENT_SMTP_SERVERS_H

#include "client/smtp/connection.h"
#include "client/smtp/esmtp.h"

/*
 * Servers that could not be reached, by address: a host may be that of many
 * domains, or come under many names, and who waited for it once need not
 * again.  All zero at first.
 */
struct servers_rests {
	/* private */
	struct server *server;
	size_t n;
};

void servers_rests_free(struct servers_rests *r);

/* The most connections that a message is begun on. */
#define SERVERS_TRIES 3

/*
 * Each wait has a deadline, and a server that keeps silent takes all of it.
 * So those that are tried for one message share SERVERS_TIME ms, or where a
 * limit says how long a wait is, SERVERS_WAITS waits more than there are
 * servers; and in a long list none gets less than CONNECTION_DIAL.
 */
#define SERVERS_TIME CONNECTION_TIME
#define SERVERS_WAITS 5

struct servers_conf {
	struct connection_conf connection;
	struct server *server;
	size_t n;
	size_t home;		/* the one that is preferred */
	int spread;		/* after cap messages it is the next one */
	long cap;		/* messages over one connection, 0: no end */
	struct servers_rests *rests;	/* of their addresses, or NULL */

	/*
	 * Instead of these servers the mail hosts of each domain (route.h), at
	 * that port; or NULL.
	 */
	struct resolver *resolver;
	const char *port;
};

/* All zero but conf: without a connection. */
struct servers {
	const struct servers_conf *conf;
	struct connection connection;
	/* private */
	size_t at;		/* server in use, or to be tried first */
	size_t moved;		/* how much further on the preferred one is */
	int away;		/* that is not the one in use */
	long long back;		/* when it is time to go back to it */
	long taken;		/* messages begun on this connection */
};

/*
 * The servers of a list divided by commas, port where one has none; the
 * caller frees them with servers_free.
 */
struct server *servers_parse(const char *list, const char *port, size_t *n);
void servers_free(struct server *server, size_t n);

/*
 * Finds the secret of user for each of those n servers, as client_secret
 * does: what command prints is for all of them, a password in the file only
 * for the host that it stands with.  Without one the program ends: EX_NOPERM.
 */
void servers_secrets(struct server *server, size_t n, const char *command,
    const char *netrc, const char *home, const char *user);

/*
 * In how many ms the first of the servers that are pausing may be tried again:
 * -1 when none is.
 */
long servers_pause(const struct servers_conf *conf);

/*
 * Whether it is known that a connection's next message goes to the same server
 * as the one before.
 */
int servers_stay(const struct servers_conf *conf);

/* The server in use. */
struct server *servers_server(const struct servers *s);

/* One more message is begun on the connection. */
void servers_take(struct servers *s);

/* Whether the connection must not be used for another message. */
int servers_is_over(const struct servers *s);

/* Between two messages: gives up what must not be used any more. */
void servers_renew(struct servers *s);

/* The connection is of no more use: the next server's turn. */
void servers_leave(struct servers *s);

/*
 * Sees to it that there is a connection, through the first server that talks.
 * Each that hung up first adds to *tries, and is tried again in a while, up to
 * SERVERS_TRIES in all, or one on each server where there are more; one that
 * cannot be reached rests.  0; -1 when none talks, with the reason in
 * *failed: also where there would be a wait and patient is 0, or when
 * stop_asked ends that.
 */
int servers_connect(struct servers *s, int *tries, int patient,
    const struct server **failed);

/*
 * The server in use cannot take m, of which that is the verdict; it is the
 * n-th such one in a row, from 1.  0: another one that may take it is next,
 * and the connection is given up.  -1: there is none, and everybody is
 * decided: failed where every server states a size that m is beyond, and else
 * deferred.
 */
int servers_other(struct servers *s, struct message *m,
    const struct esmtp_form *f, enum esmtp_verdict verdict, size_t n);

#endif
