/*
 * client: what the clients of all protocols share: the pauses between tries,
 * the dialogue that -v shows, and where the secret for a log-in comes from.
 */
#ifndef CLIENT_CLIENT_H
#define CLIENT_CLIENT_H

#include "sys/io.h"

/*
 * How many ms to wait before the next try; attempt counts the failures before,
 * from 0.  Half a second, doubled each time, a minute at most; half of it is
 * random, so that many clients that were cut off together do not come back at
 * the same moment.
 */
long client_pause(long attempt);

/* Why a server's next line has not come, in words. */
const char *client_no_line(const struct rd *rd, enum rd_status status);

/* How the dialogue is shown: not at all, or what the server says in bold. */
enum client_talk { CLIENT_QUIET, CLIENT_PLAIN, CLIENT_BOLD };

/* That of -v, on standard error; no is the value of NO_COLOR. */
enum client_talk client_talk(int verbose, const char *no);

/*
 * One line of the dialogue: who ("C: ", "S: "), and the line without its
 * ending, as it may be shown (text_show), of which open octets are no secret:
 * on standard error, and appended to b.
 */
void client_trace(enum client_talk talk, const char *who, struct span line,
    size_t open);
void client_addtrace(struct buf *b, enum client_talk talk, const char *who,
    struct span line, size_t open);

/*
 * What command (split into words, at least one, no shell) prints in its first
 * line; where that is NULL the password of user at host (empty: localhost) in
 * the file netrc or, where that is NULL or empty, home/.netrc, which others
 * must not be able to read.  It can stand in a line of a protocol.  0, or -1
 * with the reason in why.
 */
int client_secret(struct buf *secret, const char *command, const char *netrc,
    const char *home, const char *host, const char *user, struct buf *why);

#endif
