/*
 * archive: a directory that files are moved into, each under its name with a
 * stamp before the extension; nothing in it is ever replaced.
 */
#ifndef STORE_ARCHIVE_H
#define STORE_ARCHIVE_H

#include <sys/types.h>

#include "sys/buf.h"

struct archive {
	const char *dir;
	const char *stamp;	/* a dash and a part of a file name */
	dev_t dev;		/* private */
};

/*
 * Makes the directory dir, mode 0700, if it is missing.  stamp is what names
 * get: "-STAMP", without a slash.  The strings stay the caller's.  EX_OK, or
 * the exit code, and the reason on standard error.
 */
enum exit_code archive_open(struct archive *a, const char *dir,
    const char *stamp);

/*
 * Moves the regular file path: session.txt becomes session-STAMP.txt, or
 * session-STAMP-2.txt where that is taken.  The extension begins at the last
 * dot, but for dots that the name begins with.  Content and new name are safe
 * on disk before the old one goes; across file systems the file is copied with
 * its mode and times.  What an earlier run left half moved is only finished.
 *
 * Returns EX_OK with the new path in *to; or, with the reason on standard
 * error, EX_NOINPUT (no such file, none that can be read, moved by another),
 * EX_CANTCREAT or EX_IOERR.  *to is empty where the file stayed in its place.
 */
enum exit_code archive_move(const struct archive *a, const char *path,
    struct buf *to);

#endif
