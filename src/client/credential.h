/*
 * credential: where the secret for a log-in comes from.
 */
#ifndef CLIENT_CREDENTIAL_H
#define CLIENT_CREDENTIAL_H

#include "sys/buf.h"

/* The longest secret; tokens may be long. */
#define CREDENTIAL_MAX 16384

/*
 * What command (split into words, no shell) prints in its first line; where
 * that is NULL the password of user at host (empty: localhost) in the file
 * netrc or, where that is NULL or empty, home/.netrc, which others must not be
 * able to read.  It can stand in a line of a protocol.  0, or -1 with the
 * reason in why.
 */
int credential_find(struct buf *secret, const char *command,
    const char *netrc, const char *home, const char *host, const char *user,
    struct buf *why);

#endif
