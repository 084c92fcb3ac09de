/*
 * connection: dials a server, or runs a command that does (TLS), and takes the
 * greeting, says EHLO and logs in.
 */
#ifndef CLIENT_SMTP_CONNECTION_H
#define CLIENT_SMTP_CONNECTION_H

#include "client/smtp/saslc.h"
#include "sys/net.h"
#include "sys/spawn.h"

/*
 * A server that could not be reached is left alone for CONNECTION_REST ms, and
 * for CONNECTION_REST_TIMES what it was waited for, so that silence takes a
 * small part of the time; and so is one that hung up CONNECTION_STRIKES times
 * in a row before it would talk, or kept silent CONNECTION_SILENCES times in a
 * row afterwards.
 */
#define CONNECTION_REST 30000
#define CONNECTION_REST_TIMES 10
#define CONNECTION_STRIKES 6
#define CONNECTION_SILENCES 3

/* No connection takes longer to come about, in ms. */
#define CONNECTION_DIAL 30000

/* With greeting, EHLO and log-in: each may take minutes, all of them this. */
#define CONNECTION_TIME (10 * SMTPC_MINUTE)

enum connection_tls {
	TLS_NONE,
	TLS_STARTTLS,
	TLS_DIRECT		/* from the start */
};

struct server {
	struct net_addr addr;
	char text[NET_TEXT_MAX];	/* host:port, for results */
	struct buf secret;		/* for the log-in, its own */
	int plain;			/* its BDAT does not work */
	int old;			/* it closes at EHLO: use HELO */

	/* As of the last connection, where there was one: */
	int known;
	unsigned caps;
	uintmax_t size;
	unsigned refused;		/* what it offers and does not take */

	/* private, all zero at first: why it was not reached last time */
	long long rest;			/* not to be tried before this */
	int pausing;			/* that is soon: it only hung up */
	int strikes;			/* as CONNECTION_STRIKES counts */
	int silences;			/* as CONNECTION_SILENCES counts */
	enum result_stage stage;
	int code;
	struct buf why;
};

struct connection_conf {
	const char *helo;
	int by_ip;		/* in EHLO our address stands in for it */
	int limit;		/* ms that cap each time-out, IO_FOREVER */
	struct wr *trace;	/* NULL: none */
	int bold;		/* what the server says, in trace */
	const char *command;	/* is the connection, unless NULL */
	enum connection_tls tls;	/* through openssl(1) */
	const struct saslc_account *auth;	/* NULL: no log-in */
	int bare;		/* nothing is said after the greeting */
	int old;		/* HELO, and no EHLO */
	unsigned unwanted;	/* OFFER_: not used where it is offered */
	void (*wait)(void *arg);	/* called before what may take long,
				   with arg; or NULL */
	void *arg;
};

/* All zero is closed. */
struct connection {
	struct smtpc c;
	int open;
	/* private */
	long long end;		/* when it must have come about */
	int fd;			/* of a socket, or -1 */
	struct spawn child;
	int complaints;		/* its standard error, or -1 */
	struct spawn listener;	/* between openssl and the server */
	int listens;
};

/*
 * 0; or -1, with the reason in server, which is to rest: for a short while,
 * and then server->pausing is set, where it broke the connection or said 421.
 * It gets time ms, at most.
 */
int connection_open(struct connection *c, const struct connection_conf *conf,
    struct server *server, long time);

/*
 * A transaction has ended, or (lost) the connection before that: a server that
 * does not answer several times in a row rests.
 */
void connection_judge(const struct connection *c, struct server *server,
    int lost);

/* Close the connection, connection_quit after QUIT. */
void connection_quit(struct connection *c);
void connection_close(struct connection *c);

#endif
