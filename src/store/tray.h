/*
 * tray: a spool for servers whose clients know no checksums and no tags: a
 * file that comes twice is kept twice.  The functions take a tray, or a file
 * of it, as void *, so that they fit a server's table of store functions; err
 * is an errno.
 */
#ifndef STORE_TRAY_H
#define STORE_TRAY_H

#include "spool.h"

struct tray {
	const char *dir;
	struct spool *spool;
};

/* As spool_open; dir is kept by reference.  0, or -1 with errno. */
int tray_open(struct tray *t, const char *dir, int only_one);
void tray_close(struct tray *t);	/* opened or not */

/* A new file; NULL with *err, EBUSY when no second one is to be taken. */
void *tray_begin(void *tray, int *err);
void tray_write(void *file, const void *p, size_t n);

/* It is whole and waits for spool_commit, to get a name like this. */
void tray_finish(void *file, struct span name);

/*
 * 0 while all is well, else what failed, said on standard error too; after
 * the commit *name is the name it got.
 */
int tray_outcome(void *file, struct span *name);
void tray_drop(void *file);

/*
 * Octets and time of a file by its name: 0, or -1; and of all, -1 being said
 * on standard error.
 */
int tray_look(void *tray, struct span name, uint64_t *size, int64_t *time);
int tray_list(void *tray, void (*visit)(void *to, struct span name,
    uint64_t size, int64_t time), void *to);

/* Appends a name that nobody else has. */
void tray_invent(void *tray, struct buf *name);

#endif
