/*
 * netrc: passwords in the file that ftp(1) made known.
 *
 * Words are divided by blanks and line ends, may stand in quotes, and a
 * backslash takes the meaning from what follows it.  A # that begins a line,
 * or stands where a keyword may, begins a comment; a macro (macdef) goes on
 * to an empty line.
 */
#ifndef FORMAT_WIRE_NETRC_H
#define FORMAT_WIRE_NETRC_H

#include "sys/buf.h"

/*
 * The password of login at host or, where no entry of that host has one, of
 * login in the "default" entry, wherever that stands: a view of text, which
 * loses its backslashes.  1, or 0 when there is none.
 */
int netrc_find(struct buf *text, struct span host, struct span login,
    struct span *password);

#endif
