/*
 * draft: the text of a message while it comes in.  A short one is kept in
 * memory, so that a slow sender holds no descriptor and most messages are
 * written at once; a long one goes to a file that its owner opens.
 */
#ifndef STORE_DRAFT_H
#define STORE_DRAFT_H

#include <stdint.h>

#include "sys/buf.h"
#include "sys/newfile.h"

struct draft {
	struct buf text;	/* what the file does not have */
	struct newfile file;	/* path is NULL where there is none */
	uint64_t head;		/* bytes the owner wrote before the text */
	int err;		/* errno of the first failure, or 0 */
};

/* Whether n more bytes ask for a file that is not open yet. */
int draft_wants_file(const struct draft *d, size_t n);

/* Appends; a failure is kept in err.  All zero is an empty draft. */
void draft_add(struct draft *d, const char *p, size_t n);

/* All of the text goes to the file, where there is one. */
void draft_flush(struct draft *d);

/*
 * Gives the text to put, piece by piece, as long as it returns 0.  0, or -1
 * with errno.
 */
int draft_read(const struct draft *d,
    int (*put)(void *arg, const char *p, size_t n), void *arg);

/* Frees all; a file that is still there is removed. */
void draft_free(struct draft *d);

#endif
