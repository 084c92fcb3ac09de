/*
 * dedup: what a spool remembers of orders it has had, in a directory:
 *
 *	.lock		held by every server that lives
 *	.commit		held while names and marks are given
 *	.tmp.*		orders that are coming in
 *	KEY.new		an order that is about to get its name
 *	KEY		an empty file: the mark of an order that got one
 *
 * KEY is a hash of the order's name, content and tag.  While an order is
 * staged as KEY.new the number of its links tells whether it got its name,
 * afterwards the mark does; so a crash at any point is understood.
 */
#ifndef STORE_DEDUP_H
#define STORE_DEDUP_H

#include <dirent.h>
#include <time.h>

#include "sys/buf.h"
#include "sys/newfile.h"

/* For so long a mark counts, in seconds. */
#define DEDUP_REMEMBER (7L * 24 * 60 * 60)

#define DEDUP_KEY 20		/* bytes of the hash that are a key */
#define DEDUP_HEX (2 * DEDUP_KEY + 1)	/* in hex, with a NUL */

struct dedup {
	struct buf dir;
	int lock;
	DIR *prune;		/* while marks are gone through */
	time_t pruned;		/* when that last began */
};

/*
 * Opens the directory, which is there, and tidies up when no other server
 * has it.  0, or -1 with errno.
 */
int dedup_open(struct dedup *s, const char *dir);
void dedup_close(struct dedup *s);

/* The key of name LF sha LF tag. */
void dedup_key(char key[DEDUP_HEX], struct span name, const char *sha,
    struct span tag);

/*
 * The functions below are called under this lock: dedup_lock waits for other
 * servers and returns the descriptor that holds it until it is closed, or -1
 * with errno.
 */
int dedup_lock(struct dedup *s);

/*
 * Whether key is marked: 1, 0, or -1 with errno.  What a crash or a week has
 * left is cleared away.
 */
int dedup_look(struct dedup *s, const char *key);

/*
 * Stages a file and marks its key: 0, or -1 with errno.  The caller then
 * links the file to its name, and after that removes it (newfile_drop).
 */
int dedup_stage(struct dedup *s, const char *key, struct newfile *f);

/*
 * Takes the mark back of a staged file that has no name, or has lost it.  Where
 * that is not safe on disk the file stays, and tells dedup_look of it.
 */
void dedup_forget(struct dedup *s, const char *key, struct newfile *f);

/* Removes some of the marks that are too old; all of them, as hours pass. */
void dedup_prune(struct dedup *s);

#endif
