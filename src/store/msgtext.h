/*
 * msgtext: the text of a message while it comes in.  A short one is kept in
 * memory, so that a slow sender holds no descriptor and most messages are
 * written at once; a long one goes to a file.
 */
#ifndef STORE_MSGTEXT_H
#define STORE_MSGTEXT_H

#include <stdint.h>

#include "sys/buf.h"
#include "sys/newfile.h"

struct msgtext {
	struct buf text;	/* what the file does not have */
	struct newfile file;	/* path is NULL where there is none */
	uint64_t head;		/* bytes the owner wrote before the text */
	int err;		/* errno of the first failure, or 0 */
};

/* Whether n more bytes ask for a file that is not open yet. */
int msgtext_wants_file(const struct msgtext *m, size_t n);

/*
 * Appends, for which a file is opened in dir where it is wanted; a failure is
 * kept in err.  All zero is an empty text.
 */
void msgtext_add(struct msgtext *m, const char *dir, const char *p, size_t n);

/* All of the text goes to the file, where there is one. */
void msgtext_flush(struct msgtext *m);

/*
 * Gives the text to put, piece by piece, as long as it returns 0.  0, or -1
 * with errno.
 */
int msgtext_read(const struct msgtext *m,
    int (*put)(void *arg, const char *p, size_t n), void *arg);

/* Frees all; a file that is still there is removed. */
void msgtext_free(struct msgtext *m);

#endif
