/*
 * openssl: what openssl(1) complains of, in words for a person, and a loopback
 * port through which it talks to a connection.
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
