/*
 * passwd: who may log in, and by which secret.  A passwd file has lines
 * login:password or login:SCRAM-SHA-256$iterations:salt$StoredKey:ServerKey;
 * empty lines, and lines that start with #, are ignored.  A password is all of
 * the text after the first colon, blanks included.
 */
#ifndef STORE_PASSWD_H
#define STORE_PASSWD_H

#include "format/wire/saslconf.h"

/*
 * Reads a passwd file: what sasld is told, all but the mechanisms; host stays
 * the caller's.  The tries of those who log in are counted (throttle.h) by all
 * workers that come after it.  NULL when the file cannot be read, others can
 * read it, nobody is in it, or a line is malformed; the reasons are said on
 * standard error.
 */
struct sasld_conf *passwd_read(const char *path, const char *host);
void passwd_free(struct sasld_conf *c);

#endif
