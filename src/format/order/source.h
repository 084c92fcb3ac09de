/*
 * source: an order as its letters are made of it: checked, its recipients from
 * a table, or only those of them whom results(5) name.
 */
#ifndef FORMAT_ORDER_SOURCE_H
#define FORMAT_ORDER_SOURCE_H

#include "attach.h"
#include "exclude.h"
#include "format/wire/dsn.h"
#include "rows.h"

/* All zero to begin with; source_free gives back what the functions took. */
struct source {
	/* Set before the others are called. */
	const char *name;	/* of the order, in what is wrong with it */
	const char *table;	/* and of the table */
	const char *column;	/* its heading of the addresses, or NULL */
	const char *pattern;	/* fnmatch(3): what [From:] may be, or NULL */
	int repeats;		/* who is named twice gets two letters */
	const char *group;	/* the key by which entries share a letter, or
				   NULL */
	const struct attach_store *files;	/* for [Attach:], or NULL */
	const struct tag_key *key;	/* for tokens, or NULL */
	struct span list;	/* what they are for */
	const struct exclude *exclude;	/* whom source_order and source_keep
					   leave out, or NULL */

	struct order order;
	struct fields fields;
	struct attach attach;
	struct rows rows;	/* entries on one letter */
	/* private */
	size_t lines;		/* of the order that are the table's */
	int headless;		/* something is wrong with its header line */
	struct buf key_of_group;
	struct buf columns;	/* headings of the table, and their keys */
	struct buf text;	/* of the order, where it had to be made */
};
void source_free(struct source *s);

/*
 * These return 0, or -1 where something is wrong: each mistake then adds a
 * line "name:line:column: reason" with LF to faults.
 *
 * source_table comes first, where there is a table; its text is needed no
 * more then.  source_order takes the order, whose text must outlive s, and
 * finds what is wrong with that whatever is wrong with the table;
 * source_keyless says whether that is only that there is no key.
 */
int source_table(struct source *s, struct span text, struct buf *faults);
int source_order(struct source *s, struct span text, struct buf *faults);
int source_keyless(const struct source *s);

/*
 * Keeps those recipients alone that are in one of the states (result_states),
 * by the results in d; where d is NULL all but those who are left out, who stay
 * in the text of the order otherwise.  1, 0 where there is none, -1 with
 * faults.
 */
int source_keep(struct source *s, const struct dsn *d, unsigned states,
    struct buf *faults);

/*
 * Adds a line for each entry that is not an address, and why, and for each word
 * in brackets that is only like a placeholder.
 */
void source_doubts(struct source *s, struct buf *faults);

/*
 * Adds a line for each address that stands there more than once, or nearly,
 * where that may not have been meant.
 */
void source_repeats(const struct source *s, struct buf *notes);

#endif
