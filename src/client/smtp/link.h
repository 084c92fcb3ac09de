/*
 * link: the way to a server: a connection, or a command that makes one (TLS),
 * then the greeting, EHLO and the log-in.
 */
#ifndef CLIENT_SMTP_LINK_H
#define CLIENT_SMTP_LINK_H

#include "client/smtp/auth.h"
#include "client/smtp/smtpc.h"
#include "sys/net.h"
#include "sys/spawn.h"

/*
 * A server that could not be reached is left alone for so long, in ms, and for
 * so many times what it was waited for, so that silence takes a small part of
 * the time; and so is one that hung up so many times in a row before it would
 * talk, or kept silent so many times in a row afterwards.
 */
#define LINK_REST 30000
#define LINK_REST_TIMES 10
#define LINK_STRIKES 6
#define LINK_SILENCES 3

/* No connection takes longer to come about, in ms. */
#define LINK_DIAL 30000

/* With greeting, EHLO and log-in: each may take minutes, all of them this. */
#define LINK_TIME (10 * SMTPC_MINUTE)

enum link_tls {
	LINK_CLEAR,
	LINK_STARTTLS,
	LINK_TLS		/* from the start */
};

struct link_server {
	struct net_addr addr;
	char text[NET_TEXT_MAX];	/* host:port, for results */
	struct buf secret;		/* for the log-in, its own */
	int plain;			/* what it says of BDAT is not so */

	/* As of the last connection, where there was one: */
	int known;
	unsigned caps;
	uintmax_t size;
	unsigned refused;		/* what it offers and does not take */

	/* private, all zero at first: why it was not reached last time */
	long long rest;			/* not to be tried before this */
	int pausing;			/* that is soon: it only hung up */
	int strikes;			/* as LINK_STRIKES counts */
	int silences;			/* as LINK_SILENCES counts */
	enum result_stage stage;
	int code;
	struct buf why;
};

struct link_conf {
	const char *helo;
	int by_ip;		/* in EHLO our address stands in for it */
	int limit;		/* ms that cap each time-out, IO_FOREVER */
	struct wr *trace;	/* NULL: none */
	const char *command;	/* is the connection, unless NULL */
	enum link_tls tls;	/* through openssl(1) */
	const struct auth_conf *auth;	/* NULL: no log-in */
	int bare;		/* nothing is said after the greeting */
	void (*wait)(void *arg);	/* called before what may take long,
				   with arg; or NULL */
	void *arg;
};

/* All zero is closed. */
struct link {
	struct smtpc c;
	int open;
	/* private */
	long long end;		/* when it must have come about */
	int fd;			/* of a socket, or -1 */
	struct spawn child;
	int complaints;		/* its standard error, or -1 */
	struct spawn relay;	/* between openssl and the server */
	int relayed;
};

/*
 * The servers of a list divided by commas, port where one has none; the
 * caller frees them with link_servers_free.
 */
struct link_server *link_servers(const char *list, const char *port,
    size_t *n);
void link_servers_free(struct link_server *server, size_t n);

/*
 * Finds the secret of user for each of those n servers, as credential_find
 * does: what command prints is for all of them, a password in the file only
 * for the host that it stands with.  0, or -1 with the reason in why.
 */
int link_secrets(struct link_server *server, size_t n, const char *command,
    const char *netrc, const char *home, const char *user, struct buf *why);

/*
 * 0; or -1, with the reason in server, which is to rest: for a short while,
 * and then server->pausing is set, where it broke the connection or said 421.
 * It gets so many ms, at most.
 */
int link_open(struct link *l, const struct link_conf *conf,
    struct link_server *server, long time);

/*
 * A transaction has ended, or (lost) the connection before that: who keeps
 * silent again and again is to rest.
 */
void link_judge(const struct link *l, struct link_server *server, int lost);

/*
 * In how many ms the first of those n servers that are pausing may be tried
 * again: -1 when none is.
 */
long link_pause(const struct link_server *server, size_t n);

/* Takes leave first, or not. */
void link_quit(struct link *l);
void link_close(struct link *l);

#endif
