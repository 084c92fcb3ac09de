/*
 * openssl: what openssl(1) complains of, in words for a person, and the bytes
 * that are relayed between it and a connection.
 */
#ifndef SYS_OPENSSL_H
#define SYS_OPENSSL_H

#include "buf.h"
#include "net.h"
#include "spawn.h"

/*
 * Reads what openssl has said on its standard error, a pipe, and appends what a
 * person should know of it, peer being what is at the other end ("server",
 * "client"): 1, or 0 when there is nothing.
 */
int openssl_explain(struct buf *why, int fd, const char *peer);

/* Whether that was that the peer does not speak TLS. */
int openssl_is_plain(const struct buf *why);

/* The same of one that could not begin, which has said why in some words. */
int openssl_failure(struct buf *why, int fd);

#define RELAY_SIZE 16384	/* bytes on their way */
#define RELAY_WAYS 4

/*
 * One way; all but from and to is zero at first.  The descriptors are
 * non-blocking and the caller's.
 */
struct relay_way {
	int from, to;
	size_t at, n;		/* what has been read and not written */
	int eof;		/* from has ended, and all is written; to knows
				   that where it is a socket */
	int failed;		/* eof, because one of them has failed */
	char p[RELAY_SIZE];
};

/*
 * Waits for at most timeout ms (-1: for ever) and passes on what can be passed
 * on in the n ways.  1, or 0 where nothing came in time, or -1: watch (where
 * that is not -1) has become readable.
 */
int relay_round(struct relay_way *way, size_t n, int watch, int timeout);

/*
 * Starts a process that listens on a free port of loopback, which *a becomes,
 * joins the first who connects to fd, a non-blocking socket that stays the
 * caller's, and ends with either of them, or at spawn_end.  Others could only
 * come first, and then nobody else does: what passes must prove itself.
 * 0, or -1 with *why in words.
 */
int openssl_listen(struct spawn *s, int fd, struct net_addr *a,
    const char **why);

#endif
