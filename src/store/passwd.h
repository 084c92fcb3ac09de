/*
 * passwd: who may log in, and by which secret.  A passwd file has lines
 * login:password or login:SCRAM-SHA-256$iterations:salt$StoredKey:ServerKey;
 * an empty line, or one that starts with #, says nothing.  A password is all
 * that stands behind the first colon, blanks included.
 */
#ifndef STORE_PASSWD_H
#define STORE_PASSWD_H

#include "sys/buf.h"

struct passwd;

/*
 * Reads a passwd file.  NULL when it cannot be read, others can read it,
 * nobody is in it, or a line is malformed; the reasons are said on standard
 * error.
 */
struct passwd *passwd_read(const char *path);
void passwd_free(struct passwd *p);

/*
 * The secret of a login in lower case, valid as long as passwd, which is what
 * passwd_read gave: what stands behind the colon.  0, or -1 when there is no
 * such login.
 */
int passwd_find(void *passwd, struct span login, struct span *secret);

/*
 * 0 when all secrets are passwords; else there are verifiers, and this is how
 * many iterations they have at most.  Mixed: there are passwords, too.
 */
unsigned passwd_iterations(const struct passwd *p);
int passwd_is_mixed(const struct passwd *p);

/*
 * What a log-in has to do with those before it (throttle.h), passwd being what
 * passwd_read gave, and shared by all workers that come after it: somebody at
 * the address peer, which may be empty, tries it for login: for how many ms to
 * hold the answer back; it was right, and that has been told.
 */
long passwd_tried(void *passwd, struct span login, const char *peer);
void passwd_passed(void *passwd, struct span login, const char *peer);

#endif
