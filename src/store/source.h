/*
 * source: an order as it comes from files: in any character set, its
 * recipients from a table, or only those whom results(5) name.
 */
#ifndef STORE_SOURCE_H
#define STORE_SOURCE_H

#include "format/order/letter.h"
#include "format/order/order.h"

struct source_opt {
	const char *path;	/* the order; "-" is standard input */
	const char *charset;	/* of order and table; NULL: UTF-8 */
	const char *table;	/* its path, or NULL */
	const char *results;	/* their path, or NULL */
	unsigned states;	/* again_states: who of them is meant */
	const char *pattern;	/* fnmatch(3): what [From:] may be, or NULL */
};

/* All zero to begin with. */
struct source {
	struct buf text;
	struct order order;
	struct letter letter;	/* has checked the order */
	/* private */
	const struct source_opt *opt;
	size_t rows;		/* lines of the text that are the table's */
	struct buf columns;	/* its fields, as values_know takes them */
};

/*
 * Reads and checks it.  What is wrong is told on standard error, all of it;
 * the exit code for that, or EX_OK.  opt must outlive s, and source_free gives
 * back what s took, whatever the code.
 */
enum exit_code source_read(struct source *s, const struct source_opt *opt);
void source_free(struct source *s);

/* Tells which entries are no address, and why. */
void source_tell_bad(struct source *s);

#endif
