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
 * The spool at dir; with only_one it takes one order and no more.  For each
 * that is stored, stored is called with its path, once all of a commit are
 * safe.
 */
struct spool *spool_new(const char *dir, int only_one,
    void (*stored)(void *arg, const char *path), void *arg);

/* All files have been freed. */
void spool_free(struct spool *s);

/*
 * What a struct service does, whose app is the spool.  make makes the
 * directory, and .seen in it, where they are missing (mode 0700 less the
 * umask).  start, once per process, opens them, which are then shared with
 * other servers, and tidies up what the dead have left.  Both end the program
 * where that fails.  commit makes all orders that wait safe, or leaves nothing
 * of them.
 */
void spool_make(void *spool);
void spool_start(void *spool);
void spool_commit(void *spool);

/* Its first argument is the spool. */
extern const struct order_store spool_store;

#endif
