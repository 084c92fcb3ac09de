/*
 * ftpsession: what all parts of an FTP session share: what it is told, and by
 * which functions it reaches its files and its data connection; and its state.
 * Types alone.
 */
#ifndef SERVER_FTP_FTPSESSION_H
#define SERVER_FTP_FTPSESSION_H

#include <stddef.h>
#include <stdint.h>

#include "format/wire/orderstore.h"
#include "server/chat.h"
#include "server/sasld.h"

struct dataconn;

/* The data connection of a session, its second one. */
struct ftpd_data {
	/*
	 * Listens at one of these ports, any where both are 0: text gets
	 * "host:port" or "[v6]:port", at most FTPD_ADDR_MAX bytes with the
	 * NUL.  0, or -1.
	 */
	int (*listen)(struct dataconn *d, unsigned low, unsigned high,
	    char *text);
	int (*is_open)(const struct dataconn *d);

	/* Whether the client has hung up, on the session altogether. */
	int (*is_abandoned)(const struct dataconn *d);

	/* What comes is taken; or n bytes are sent, and its end. */
	void (*receive)(struct dataconn *d);
	void (*send)(struct dataconn *d, const void *p, size_t n);
	void (*close)(struct dataconn *d);
};

#define FTPD_ADDR_MAX 320

struct ftpd_conf {
	const char *host;	/* a word for the greeting */
	struct span directory;	/* a name that stands for / too, or empty */
	uint64_t max;		/* octets in a file */
	const struct order_store *store;
	void *store_arg;	/* store's first argument */
	struct ftpd_data data;

	/*
	 * Of fnmatch(3): who fits one of them is unfinished, as is a name that
	 * begins with a dot.
	 */
	const char *const *pattern;
	size_t patterns;

	/* Adds a word that nobody else has, for STOU. */
	void (*nonce)(struct buf *b);

	unsigned low, high;	/* ports of data connections, 0: any */

	/* NULL: local peers are anonymous, nobody else may log in. */
	const struct sasld_conf *auth;

	/* chat's */
	void (*talk)(const char *peer, int who, struct span line);
};

enum ftp_phase {
	FTP_COMMAND,		/* the next command */
	FTP_TRANSFER,		/* bytes go over the data connection */
	FTP_SETTLE,		/* a file has come: is its client there? */
	FTP_COMMIT,		/* a file is made safe */
	FTP_TRIED,		/* the answer to a password is held back */
	FTP_OVER		/* nothing more is taken */
};

/* A file that has come, under the name of one that is unfinished. */
struct ftp_aside {
	struct ftp_aside *next;
	struct buf name;
	void *file;
	uint64_t size;
};

struct ftpd {
	const struct ftpd_conf *conf;
	struct chat chat;
	int local;
	struct dataconn *data;
	enum ftp_phase phase;
	struct buf line;	/* commands that wait, or a part of one */
	int known;		/* to speak FTP */

	struct buf user;	/* who wants to log in */
	int right;		/* the password was; and for how many ms the */
	long late;		/* answer to it is held back */
	int logged_in;
	int failures;		/* log-ins refused */

	int epsv_all;		/* EPSV ALL: no other way (RFC 2428 4) */
	int text;		/* TYPE A: CRLF becomes LF */
	int cr;			/* a CR waits for what follows it */

	/* The file on its way, or in a commit; NULL while there is none. */
	void *file;
	struct buf name;
	uint64_t size;
	int code;		/* 226 or 250, after the commit */

	struct ftp_aside *aside;
	size_t asides;
	struct buf from;	/* RNFR's name, until the next command */
};

#endif
