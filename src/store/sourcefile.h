/*
 * sourcefile: an order, its table and the results of an earlier run, read from
 * their files and made into the source of letters.
 */
#ifndef STORE_SOURCEFILE_H
#define STORE_SOURCEFILE_H

#include "format/order/attach.h"
#include "format/order/source.h"

/* The directory below which the files of [Attach:] lie. */
struct attachdir {
	struct attach_store store;	/* for the letters */
	int fd;			/* private */
};

struct sourcefiles {
	const char *path;	/* of the order; "-" is standard input */
	const char *table, *results;	/* and of these, or NULL */
	const char *keyfile;	/* for tags, or NULL */
	struct tag_key key;	/* it, as long as s is used */
	const char **lists;	/* of those in the form of gone(5) */
	size_t nlists;
	const char *journal;	/* who is not left out by them, or NULL */
	const char *charset;	/* of the order; NULL: UTF-8 */
	const char *table_charset;	/* of the table, in the same way */
	const char *dir;	/* of the files of [Attach:], or NULL: a path
				   that leads out of it, by .. or by a symbolic
				   link, is refused */
	struct attachdir attach;	/* it, as long as s is used */
	unsigned states;	/* of the results, for source_keep; 0 for
				   deferred */
};

/* How many of them are standard input, which can be read once. */
int sourcefile_stdins(const struct sourcefiles *f);

/*
 * Reads the files into s, in which all that does not come from files is set
 * already; the order is read into text, which must outlive s.  EX_OK;
 * EX_DATAERR, or EX_CONFIG where nothing but a key is missing, with what is
 * wrong in faults; or another code, EX_DATAERR for a wrong list, after the
 * reason on standard error.
 */
enum exit_code sourcefile_read(struct source *s, struct buf *text,
    struct sourcefiles *f, struct buf *faults);

/* Appends the order that was made, without those who are left out. */
void sourcefile_made(struct buf *b, struct source *s,
    const struct sourcefiles *f);

#endif
