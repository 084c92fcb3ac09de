/*
 * fileage: whether nobody has written to a file for a while, which is how to
 * tell that it is whole where those who write it do not say so.
 */
#ifndef STORE_FILEAGE_H
#define STORE_FILEAGE_H

#include <time.h>

#define FILEAGE_SECONDS_MAX 999999999
#define FILEAGE_NOT_YET 1	/* no exit code of any other meaning */

/*
 * EX_OK where nobody has written to the file at path in the seconds before
 * now; FILEAGE_NOT_YET, which verbose has said on standard error, also where
 * it is not there; or another exit code after the reason.  A time further
 * ahead than seconds is set to now.
 */
int fileage_look(const char *path, struct timespec now, long seconds,
    int verbose);

/* The present; the clock that cannot be read ends the program. */
struct timespec fileage_now(void);

#endif
