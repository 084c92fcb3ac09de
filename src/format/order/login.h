/*
 * login: what a login may be, everywhere the same.  It becomes a file's name.
 */
#ifndef FORMAT_ORDER_LOGIN_H
#define FORMAT_ORDER_LOGIN_H

#include "sys/buf.h"

#define LOGIN_MAX 64		/* octets */

/*
 * Adds s to b with ASCII letters in lower case: 0, or -1 when it can be no
 * login: empty or too long, with a dot first, a slash or a control character.
 */
int login_make(struct buf *b, struct span s);

#endif
