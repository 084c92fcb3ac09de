/*
 * table: recipients in a table with a header line as the first section of an
 * order.
 */
#ifndef FORMAT_ORDER_TABLE_H
#define FORMAT_ORDER_TABLE_H

#include "cells.h"
#include "meant.h"

struct table {
	/* What table_row has found wrong, and where, from 1. */
	size_t line, column;	/* columns in characters */
	struct buf why;
	/* private */
	struct cells cells;
	const char *address;	/* the column that is asked for, or NULL */
	struct meant likely, possible;	/* what else that may be called */
	struct table_column *columns;
	size_t ncolumns;
	size_t lines;		/* of the order that there are so far */
	struct buf keys;	/* what the columns are called, as headings and
				   as keys */
};

/*
 * Takes a table, which must outlive t; table_free gives back what t took.
 * address is the heading of the column with the addresses, NULL for the one
 * whose heading says so.
 */
void table_open(struct table *t, struct span text, const char *address);
void table_free(struct table *t);

/*
 * Appends to the order the tag for the header line, then the entry of each row,
 * in lines of the numbers that they have in the table.  1; 0 after the last; -1
 * where something is wrong with it, and the next call goes on behind it (but
 * for the header line: there the table ends).
 */
int table_row(struct table *t, struct buf *order);

/*
 * Appends a line for the heading of each column and, behind it, one for its
 * key: a field's, whoever has it, or email or name.
 */
void table_headings(const struct table *t, struct buf *b);

#endif
