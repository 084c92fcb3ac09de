/*
 * passwd: who may log in, and by which secret.  A passwd file has lines
 * login:password or login:SCRAM-SHA-256$iterations:salt$StoredKey:ServerKey;
 * an empty line, or one that starts with #, says nothing.  A password is all
 * that stands behind the first colon, blanks included.
 */
#ifndef STORE_PASSWD_H
#define STORE_PASSWD_H

#include "format/wire/saslconf.h"

struct passwd;

/*
 * Reads a passwd file.  NULL when it cannot be read, others can read it,
 * nobody is in it, or a line is malformed; the reasons are said on standard
 * error.
 */
struct passwd *passwd_read(const char *path);
void passwd_free(struct passwd *p);

/*
 * What sasld is told: all but the mechanisms and the host.  The tries of those
 * who log in are counted (throttle.h) by all workers that come after it.
 */
void passwd_configure(struct passwd *p, struct sasld_conf *c);

#endif
