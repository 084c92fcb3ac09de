/*
 * openssl: what openssl(1) complains of, in words for a person.
 */
#ifndef SYS_OPENSSL_H
#define SYS_OPENSSL_H

#include "buf.h"

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

#endif
