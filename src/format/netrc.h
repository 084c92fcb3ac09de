/*
 * netrc: passwords in the file that ftp(1) made known.
 */
#ifndef FORMAT_NETRC_H
#define FORMAT_NETRC_H

#include "sys/buf.h"

/*
 * The password of login at host, or of login in the "default" entry: a view
 * of text.  1, or 0 when there is none.
 */
int netrc_find(struct span text, struct span host, struct span login,
    struct span *password);

#endif
