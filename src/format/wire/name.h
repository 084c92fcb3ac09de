/*
 * name: names of users and files, everywhere the same.
 */
#ifndef FORMAT_WIRE_NAME_H
#define FORMAT_WIRE_NAME_H

#include "sys/buf.h"

#define NAME_LOGIN_MAX 64	/* octets */

/*
 * Adds the login s to b with ASCII letters in lower case: 0, or -1 when it
 * cannot be one, for it becomes a file's name: empty or too long, with a dot
 * first, a slash or a control character.
 */
int name_login(struct buf *b, struct span s);

/* Adds s with %XX for all but letters, digits and -._~ (RFC 3986 2.3). */
void name_encode(struct buf *b, struct span s);

/* Decodes %XX (RFC 3986 2.1) into b: 0, or -1 at a % without two hex digits. */
int name_decode(struct buf *b, struct span s);

/*
 * Octets of a file's name before the extension and its dot; dots at the start
 * begin none.
 */
size_t name_stem(struct span name);

/* Adds NAME, mark, -i unless that is 1, and .EXT to b. */
void name_number(struct buf *b, struct span name, const char *mark,
    unsigned long i);

#endif
