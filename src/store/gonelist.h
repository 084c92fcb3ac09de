/*
 * gonelist: the list of those whom no letter goes to (gone(5)), FILE, and
 * beside it in .FILE.seen what suppress(1) remembers of earlier runs
 * (suppression.h).  While it is open it is locked, by fcntl(2) on FILE: who
 * adds a line and who puts a new list in its place wait for each other.  Where
 * FILE is a symbolic link, all this is done where it leads to.
 */
#ifndef STORE_GONELIST_H
#define STORE_GONELIST_H

#include "format/wire/gone.h"

/* In all functions -1 is a failure, with errno. */
struct gonelist {
	struct buf list, memory;	/* what gonelist_read has found */
	const char *at;			/* the file that errno speaks of */
	/* private */
	struct buf path, seen;		/* FILE, where it is, and the other */
	int fd;
	int made;			/* there was none */
};

/*
 * Opens the list at path; where there is none, an empty one is made (mode
 * 0600), and nothing is remembered.  Who has it locked is waited for, wait ms
 * at most (then EAGAIN), or IO_FOREVER.  gonelist_close in any case.
 */
int gonelist_open(struct gonelist *g, const char *path, int wait);

/* Reads both files. */
int gonelist_read(struct gonelist *g);

/*
 * Adds a line, and has it on disk, unless there is one with this address and
 * reason.  After -1 nothing has been added.
 */
int gonelist_add(struct gonelist *g, const struct gone *gone);

/*
 * Puts a list in the place of the one that was read, whole and on disk, and
 * then adds to what is remembered: a crash between these is mended by the same
 * results.
 */
int gonelist_replace(struct gonelist *g, struct span list,
    struct span memory);

/* Says on standard error what errno is about; errno stays. */
void gonelist_complain(const struct gonelist *g);

/* Where something has failed: leaves no empty list where there was none. */
void gonelist_undo(struct gonelist *g);

void gonelist_close(struct gonelist *g);

#endif
