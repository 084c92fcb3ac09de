/*
 * spool: the directory that orders are received in.  An order shows in it
 * under its name when it is whole and safe, once, however often it is sent
 * (orderproto(7)); .seen/ below it remembers which orders came.
 */
#ifndef STORE_SPOOL_H
#define STORE_SPOOL_H

#include "sys/buf.h"

/* So many orders make a commit worth while; each holds a descriptor. */
#define SPOOL_GROUP 128

struct spool;
struct spool_file;

enum spool_state {
	SPOOL_OPEN,		/* not committed yet */
	SPOOL_STORED,
	SPOOL_DUPLICATE,
	SPOOL_FAILED		/* spool_error says why */
};

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
 * A new order.  NULL with errno; EBUSY where it would be the second one that
 * could be stored, and only one is to be.
 */
struct spool_file *spool_begin(struct spool *s);

/* Appends.  A failure is kept: the order then fails when it is committed. */
void spool_write(struct spool_file *f, const void *p, size_t n);

/*
 * The order is whole and waits for spool_commit: under name (good as a file's
 * name), with its content's checksum in hex and its tag.  An empty name means
 * one made of the date and time, in UTC, and never a duplicate; so does a
 * NULL checksum.  Returns how many wait.
 */
size_t spool_finish(struct spool_file *f, struct span name, const char *sha,
    struct span tag);

/*
 * Makes all orders that wait safe, or leaves nothing of them.  For each that is
 * stored, stored is called with its path, once all are safe.
 */
void spool_commit(struct spool *s, void (*stored)(void *arg,
    const char *path), void *arg);

enum spool_state spool_state(const struct spool_file *f);

/* The name it was stored under, valid until it is freed. */
struct span spool_name(const struct spool_file *f);


/* errno of what failed, also before the commit; or 0. */
int spool_error(const struct spool_file *f);

/* Says that on standard error, with the path it was to have, and returns it. */
int spool_tell(const struct spool_file *f);

/* An order that lies in the spool. */
struct spool_entry {
	struct span name;
	uint64_t size;
	int64_t time;		/* last changed: seconds since the Epoch */
};

/*
 * Looks one up by its name: 0, or -1 when there is none; and calls visit for
 * all: 0, or -1 with errno.
 */
int spool_look(const struct spool *s, struct span name,
    struct spool_entry *entry);
int spool_list(const struct spool *s, void (*visit)(void *arg,
    const struct spool_entry *entry), void *arg);

/* Frees f at any time; an order not committed yet is given up. */
void spool_free(struct spool_file *f);

#endif
