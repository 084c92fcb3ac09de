/*
 * ftpc: the client's side of an FTP session (RFC 959, RFC 2428): the control
 * connection, the log-in, the directory, and data connections, which are
 * passive ones and lead to where the control connection leads, whatever
 * address the server claims.
 */
#ifndef CLIENT_FTP_FTPC_H
#define CLIENT_FTP_FTPC_H

#include "client/client.h"
#include "format/wire/ftp.h"
#include "sys/io.h"
#include "sys/net.h"

struct ftpc_conf {
	struct net_addr addr;
	const char *user;
	struct span password;
	struct span path;	/* of the directory; segments, as in ftp_url */
	int make;		/* makes the directories that are missing */
	int timeout;		/* ms that one wait for the peer may take */
	enum client_talk talk;	/* the dialogue on standard error */
};

/* All zero at first; it may be used again for another connection. */
struct ftpc {
	const struct ftpc_conf *conf;
	struct ftp_reply reply;	/* the last one */
	int over;		/* nothing more can be said or heard */
	struct buf why;		/* then the reason */
	enum exit_code code;	/* and, until the session is open, what it
				   means */
	int sizes;		/* the server may know SIZE */
	const char *fault;	/* why there is no data connection */
	/* private */
	int fd;
	struct buf out;		/* said, but not sent yet */
	struct buf awaited;	/* the verbs of those without a reply, a blank
				   behind each */
	struct rd rd;
	struct net_addr data;	/* where data connections lead; its port is
				   another each time */
	int marks;		/* 1xx replies one after the other */
	/* These outlive the connection: */
	int old;		/* PASV, for EPSV led to nothing */
	int proven;		/* one of the two has led to something */
};

/*
 * Connects, logs in, asks for what the server can, and goes to the directory.
 * 0; or -1, and c->why and c->code say what went wrong.  ftpc_close in either
 * case.
 */
int ftpc_open(struct ftpc *c, const struct ftpc_conf *conf);
void ftpc_close(struct ftpc *c);

/*
 * Says "VERB argument" (NULL: none), which ftpc_hear sends; several commands
 * go together, and have their replies in the same order.
 */
void ftpc_say(struct ftpc *c, const char *verb, const char *argument);

/*
 * Waits for the next reply: its code, or 0 when the session is over.  Those
 * that cannot be the command's are dropped (ftp_is_misplaced).
 */
int ftpc_hear(struct ftpc *c);

/* The reply that was heard last was not verb's last one, for all its code. */
void ftpc_await(struct ftpc *c, const char *verb);

/* Says that, and waits for its reply. */
int ftpc_ask(struct ftpc *c, const char *verb, const char *argument);

/*
 * A data connection, the caller's to close: by EPSV or, where that is refused
 * or leads nowhere, by PASV, from then on at once.  -1 when there is none:
 * c->reply says why, or the session is over, or, with c->reply.code 0,
 * c->fault does.
 */
int ftpc_data(struct ftpc *c);

/* The last data connection was of no use: the next one is tried otherwise. */
void ftpc_data_failed(struct ftpc *c);

#endif
