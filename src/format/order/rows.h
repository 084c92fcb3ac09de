/*
 * rows: several entries on one letter, each of which fills the part of the text
 * between [rows] and [/rows] once.
 */
#ifndef FORMAT_ORDER_ROWS_H
#define FORMAT_ORDER_ROWS_H

#include "template.h"

/* All zero is no group; rows_free gives back what rows_group took. */
struct rows {
	int grouped;
	/* private */
	struct order *order;
	uint32_t *next;		/* for each entry, the place behind that of
				   the next in its group; 0 for the last */
};
void rows_free(struct rows *r);

/*
 * Puts the entries of o that have the same value in the field of that key, or
 * the same address where it is email, into groups: all but the first are rows
 * from now on.  Bad ones are in none; those who are left out are with their own
 * address alone.  What is wrong is added to the faults of o: entries of a group
 * with other addresses, no entry with that field, and texts where [rows] does
 * not stand as it should, or not at all, so that no row would show.  o must
 * outlive r.
 */
void rows_group(struct rows *r, struct order *o, struct span key);

/* Tells of [rows] in an order whose entries are not grouped. */
void rows_refuse(struct order *o, const struct fields *f);

/* A text with such parts; all zero is none. */
struct rows_text {
	size_t n;
	/* private */
	struct rows_piece {
		struct template fill;
		int repeated;
	} *piece;
};
void rows_text_free(struct rows_text *t);

/* Compiles a text, which must outlive t: 0, or -1 where it has no such part. */
int rows_compile(struct rows_text *t, const struct fields *f,
    struct span text, int html);

/*
 * Appends it, filled in for the group whose first entry is at a place
 * (order_place): lines end in CRLF.  The fields are of that entry then.
 */
void rows_fill(const struct rows_text *t, const struct rows *r, size_t place,
    struct fields *f, struct buf *b);

#endif
