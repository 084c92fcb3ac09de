/*
 * table: recipients in a table with a header line, CSV (RFC 4180) or TSV, as
 * the first section of an order.
 */
#ifndef FORMAT_ORDER_TABLE_H
#define FORMAT_ORDER_TABLE_H

#include "sys/buf.h"

struct table {
	/* What table_row has found wrong, and where, from 1. */
	size_t line, column;	/* columns in characters */
	struct buf why;
	/* private */
	struct span rest;
	const char *start;	/* of the line at hand */
	size_t next;		/* number of the line behind the record */
	char separator;
	struct table_column *columns;
	size_t ncolumns;
	struct table_cell *cells;	/* of the record at hand */
	size_t n;
	struct buf text;	/* what its cells say */
	struct buf keys;	/* what the columns are called */
};

/* Takes a table, which must outlive t; table_free gives back what t took. */
void table_open(struct table *t, struct span text);
void table_free(struct table *t);

/*
 * Appends a line of the order for the next line of the table; for the header
 * line the tag.  1; 0 after the last; -1 where something is wrong with it,
 * and the next call goes on behind it (but for the header line: there the
 * table ends).
 */
int table_row(struct table *t, struct buf *order);

/* Appends the keys of the fields, each with a newline, whoever has them. */
void table_keys(const struct table *t, struct buf *keys);

#endif
