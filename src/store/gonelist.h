/*
 * gonelist: the list of gone(5) that suppress(1) keeps, FILE, and beside it in
 * .FILE.seen what it remembers of earlier runs (suppression.h).  While it is
 * open it is locked, by fcntl(2) on FILE.
 */
#ifndef STORE_GONELIST_H
#define STORE_GONELIST_H

#include "sys/buf.h"

struct gonelist {
	struct buf list, memory;	/* what was there */
	/* private */
	const char *path;
	struct buf seen;		/* the name of the other file */
	int fd;
};

/*
 * Opens the list at path, which is kept by reference, waits for whoever has it
 * locked, and reads both files.  Where there is no list, one is made, and
 * nothing is remembered.  EX_OK, or the exit code after the reason.
 */
enum exit_code gonelist_open(struct gonelist *g, const char *path);

/*
 * Puts a list in the place of the old one, whole and on disk, and then adds to
 * what is remembered: a crash between these is mended by the same results.
 * EX_OK, or the exit code after the reason.
 */
enum exit_code gonelist_replace(struct gonelist *g, struct span list,
    struct span memory);

void gonelist_close(struct gonelist *g);

#endif
