/*
 * orderstore: where orders are kept, as the sessions see it that take them
 * (spool.h is one).  Types alone.
 */
#ifndef FORMAT_WIRE_ORDERSTORE_H
#define FORMAT_WIRE_ORDERSTORE_H

#include <stddef.h>
#include <stdint.h>

#include "sys/buf.h"

/* Sizes are octets, times seconds since the Epoch. */
struct order_store {
	/*
	 * A new order; NULL and errno, EBUSY where no more are taken.  What
	 * else has failed is said on standard error, here and by outcome.
	 */
	void *(*begin)(void *store);

	/* More of it; a failure is kept, and told by outcome at any time. */
	void (*write)(void *file, const void *p, size_t n);

	/*
	 * It is whole, and waits for the store's commit: under name (good as a
	 * file's name), with its content's checksum in hex and its tag.  An
	 * empty name means one made of the date and time, in UTC, and never a
	 * duplicate; so does a NULL checksum.  Whether so many wait that the
	 * commit should come now.
	 */
	int (*finish)(void *file, struct span name, const char *sha,
	    struct span tag);

	/*
	 * 0 while all is well, EEXIST where the same order came before, else
	 * errno.  After the commit *name is the name it got, valid until drop.
	 */
	int (*outcome)(void *file, struct span *name);

	/* The end of file, which is deleted unless it was stored. */
	void (*drop)(void *file);

	/*
	 * One of the orders that lie there: 0, or -1 when there is none; and
	 * all of them: 0, or -1 after the reason on standard error.
	 */
	int (*look)(void *store, struct span name, uint64_t *size,
	    int64_t *time);
	int (*list)(void *store, void (*visit)(void *to, struct span name,
	    uint64_t size, int64_t time), void *to);
};

#endif
