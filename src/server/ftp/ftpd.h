/*
 * ftpd: the server's side of an FTP session that takes files and gives none
 * (RFC 959, RFC 2428, RFC 3659).  It is fed bytes and answers bytes; where
 * files are kept, and what makes data connections, it knows by a few
 * functions only.
 *
 * There is one directory.  A name that begins with a dot is unfinished: the
 * session keeps such a file aside until it is renamed, and drops it in the
 * end.
 */
#ifndef SERVER_FTP_FTPD_H
#define SERVER_FTP_FTPD_H

#include <stddef.h>
#include <stdint.h>

#include "sys/buf.h"

/*
 * A place to keep files in.  A file is the store's own affair; err is an
 * errno, sizes are octets, times seconds since the Epoch.
 */
struct ftpd_store {
	void *arg;

	/* A new file; NULL with *err (EBUSY: no more files are taken). */
	void *(*begin)(void *arg, int *err);

	/* More of it; what has failed is told by outcome, at any time. */
	void (*write)(void *file, const void *p, size_t n);

	/* It is whole, and to be made safe under name with the next commit. */
	void (*finish)(void *file, struct span name);

	/*
	 * 0 while all is well, else err.  After the commit *name is the name
	 * it got, valid until drop.
	 */
	int (*outcome)(void *file, struct span *name);

	/* The end of file, which is deleted unless it was stored. */
	void (*drop)(void *file);

	/*
	 * One of the files that lie there, and all of them: 0, or -1 where it
	 * is none, or where they cannot be listed.
	 */
	int (*look)(void *arg, struct span name, uint64_t *size, int64_t *time);
	int (*list)(void *arg, void (*visit)(void *to, struct span name,
	    uint64_t size, int64_t time), void *to);

	/* Appends a name that is nobody else's, for STOU. */
	void (*invent)(void *arg, struct buf *name);
};

/* What makes the data connection of a session, which is door to it. */
struct ftpd_data {
	/*
	 * Listens: text gets "host:port" or "[v6]:port", at most
	 * FTPD_ADDR_MAX bytes with the NUL.  0, or -1.
	 */
	int (*listen)(void *door, char *text);
	int (*is_open)(void *door);

	/* Whether the client has hung up, on the session altogether. */
	int (*is_abandoned)(void *door);

	/* What comes goes to ftpd_data; or n bytes are sent, and its end. */
	void (*receive)(void *door);
	void (*send)(void *door, const void *p, size_t n);
	void (*close)(void *door);
};

#define FTPD_ADDR_MAX 320

struct ftpd_conf {
	const char *host;	/* a word for the greeting */
	struct span directory;	/* a name that stands for / too, or empty */
	uint64_t max;		/* octets in a file */
	struct ftpd_store store;
	struct ftpd_data data;

	/*
	 * Whether this is the login's password: 1 or 0.  NULL: local peers
	 * are anonymous, others may not come in.
	 */
	int (*login)(void *app, struct span login, struct span password);
	void *app;

	/*
	 * Somebody has tried to be login: for how many ms to hold the answer
	 * back, right or wrong.  It was right, and is told.  arg is the
	 * session's (ftpd_open).  Both may be NULL.
	 */
	long (*tried)(void *arg, struct span login);
	void (*passed)(void *arg, struct span login);

	/* Told each line that comes ('C') and goes ('S'), passwords masked;
	   may be NULL. */
	void (*talk)(void *arg, int who, struct span line);
};

enum ftpd_verdict {
	FTPD_MORE,		/* goes on */
	FTPD_COMMIT,		/* to be resumed after the store's commit */
	FTPD_WAIT,		/* to be resumed after ftpd_delay */
	FTPD_CLOSE		/* over, once the answers are sent */
};

struct ftpd;

/*
 * A session, with its greeting in out.  conf stays the caller's and in place;
 * arg is for talk and tried.  ftpd_attach comes before anything is fed.
 */
struct ftpd *ftpd_open(const struct ftpd_conf *conf, void *arg, int local,
    struct buf *out);
void ftpd_attach(struct ftpd *s, void *door);

/* Takes *used of the n bytes; all, unless it asks for a commit or is over. */
enum ftpd_verdict ftpd_feed(struct ftpd *s, const char *p, size_t n,
    size_t *used, struct buf *out);

/* What came on the data connection; and its end, in order or broken. */
enum ftpd_verdict ftpd_data(struct ftpd *s, const char *p, size_t n,
    struct buf *out);
enum ftpd_verdict ftpd_data_end(struct ftpd *s, int broken, struct buf *out);

/* The commit has been, or the delay, which is of so many ms. */
enum ftpd_verdict ftpd_resume(struct ftpd *s, struct buf *out);
long ftpd_delay(const struct ftpd *s);

/* Says why the session ends before its time: idle, or going down. */
void ftpd_expire(struct ftpd *s, int down, struct buf *out);

/* Frees the session; what is unfinished is dropped. */
void ftpd_close(struct ftpd *s);

#endif
