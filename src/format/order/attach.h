/*
 * attach: the files that letters have with them, by the lines of an order's
 * [Attach:].
 */
#ifndef FORMAT_ORDER_ATTACH_H
#define FORMAT_ORDER_ATTACH_H

#include "template.h"

/*
 * Where the files are.  Each function returns NULL, or why a file cannot be
 * had, which is valid until the next call.
 */
struct attach_store {
	void *arg;
	const char *(*check)(void *arg, const char *path);
	const char *(*read)(void *arg, const char *path, struct buf *content);
};

/* All zero is none; attach_free gives back what attach_open took. */
struct attach {
	size_t files;		/* lines */
	size_t inlined;		/* of them those that the HTML names */
	/* private */
	const struct attach_store *store;
	struct attach_file {
		struct span line;
		struct template path;
		int inlined;
		struct buf name;	/* the path for the letter at hand */
		struct buf part;	/* of the message, with that file */
	} *file;
};
void attach_free(struct attach *a);

/* Makes ready; what it is given must outlive a. */
void attach_open(struct attach *a, const struct order *o,
    const struct fields *f, const struct attach_store *store);

/*
 * Adds what is wrong to the faults of o: paths that lead out, files that some
 * letter would have and cannot be read, each cid: that names none.
 */
void attach_check(struct attach *a, struct order *o, struct fields *f);

/*
 * Appends a delimiter and a part for each file of the letter that the fields
 * are of: those that the HTML names, or the others.  An empty path is no file.
 * A file that is gone by now ends the program.
 */
void attach_add(struct attach *a, const struct fields *f, int inlined,
    const struct buf *delimiter, struct buf *out);

#endif
