/*
 * credential: where the secret for a log-in comes from.
 */
#ifndef CLIENT_CREDENTIAL_H
#define CLIENT_CREDENTIAL_H

#include "sys/buf.h"

/* The longest secret; tokens may be long. */
#define CREDENTIAL_MAX 16384

/*
 * The first line that a command (split into words, no shell) prints.  0, or
 * -1 with the reason in why.
 */
int credential_command(struct buf *secret, const char *command,
    struct buf *why);

/*
 * The password of user at host in a file of netrc's form, which others must
 * not be able to read.
 */
int credential_netrc(struct buf *secret, const char *path, const char *host,
    const char *user, struct buf *why);

/*
 * Either: what command prints; where that is NULL the password in the file
 * netrc or, where that is NULL or empty, home/.netrc.
 */
int credential_find(struct buf *secret, const char *command,
    const char *netrc, const char *home, const char *host, const char *user,
    struct buf *why);

#endif
