/*
 * spool: the directory that orders are received in.  An order shows in it
 * under its name when it is whole and safe, once, however often it is sent
 * (orderproto(7)); .seen/ below it remembers which orders came.
 */
#ifndef STORE_SPOOL_H
#define STORE_SPOOL_H

#include "format/wire/orderstore.h"

struct spool;

/*
 * Makes the directory and .seen in it where they are missing (mode 0700 less
 * the umask).  0, or -1 with errno.
 */
int spool_make(const char *dir);

/*
 * Opens the spool, which this process then shares with other servers, and
 * tidies up what the dead have left; with only_one it takes one order and no
 * more.  NULL with errno.  Once per process.
 */
struct spool *spool_open(const char *dir, int only_one);

/* Closes it; all files have been freed. */
void spool_close(struct spool *s);

/*
 * Makes all orders that wait safe, or leaves nothing of them.  For each that is
 * stored, stored is called with its path, once all are safe.
 */
void spool_commit(struct spool *s, void (*stored)(void *arg,
    const char *path), void *arg);

/* Its first argument is the spool. */
extern const struct order_store spool_store;

#endif
