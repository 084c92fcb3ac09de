/*
 * cells: the records of a table and their cells, as spreadsheets write them:
 * CSV (RFC 4180), with another separator, or with tabs.
 */
#ifndef FORMAT_ORDER_CELLS_H
#define FORMAT_ORDER_CELLS_H

#include "sys/buf.h"

#define CELLS_MAX 1000		/* in a line: no table of recipients has more */

struct cell {
	const char *p;		/* where it starts in the table */
	size_t at, n;		/* what it says, in text */
};

struct cells {
	size_t n;		/* of the record at hand */
	struct cell *cell;
	size_t line, lines;	/* where it starts, from 1, and how many lines
				   it takes */
	const char *wrong, *why;	/* the first mistake in it, or NULL */
	/* private */
	struct buf text;
	struct span rest;
	const char *start;	/* of the record */
	char separator, eol;
};

/* Takes a table, which must outlive c; cells_free gives back what c took. */
void cells_open(struct cells *c, struct span text);
void cells_free(struct cells *c);

/*
 * The separator of all cells; where cells_open found a line "sep=;", that
 * line's is taken, and this is not needed: whether so.
 */
int cells_has_separator(const struct cells *c);
void cells_separate(struct cells *c, char separator);

/*
 * Reads the next record: 1, or 0 after the last.  Blanks of any kind around a
 * cell, outside or inside of its quotes, are left out; a line end in it has
 * become a blank.
 */
int cells_next(struct cells *c);

/* Goes back to the start of the record at hand. */
void cells_again(struct cells *c);

/* What a cell says; empty for one behind the last. */
struct span cells_said(const struct cells *c, size_t i);

/* Whether all of them are empty. */
int cells_are_empty(const struct cells *c);

/* Line and column of a place in the record at hand, in characters from 1. */
void cells_place(const struct cells *c, const char *p, size_t *line,
    size_t *column);

#endif
