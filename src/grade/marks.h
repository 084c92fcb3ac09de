/*
 * marks: a grade, or those of a class, as TAP, text, a web page or TSV.
 */
#ifndef GRADE_MARKS_H
#define GRADE_MARKS_H

#include "grade.h"

enum marks_form {
	MARKS_TAP,
	MARKS_TEXT,
	MARKS_HTML,
	MARKS_TSV
};

/* The form of that name: 0, or -1. */
int marks_form(enum marks_form *form, const char *name);

/* Adds a grade, of what is called so. */
void marks_add(struct buf *b, enum marks_form form, const struct grade *g,
    const char *name);

/*
 * A class: a head, a row for each, and an end.  Only the choice of g counts for
 * the head.  There is no TAP of it.
 */
void marks_head(struct buf *b, enum marks_form form,
    const struct grade *g);
void marks_row(struct buf *b, enum marks_form form, const struct grade *g,
    struct span name);
void marks_end(struct buf *b, enum marks_form form);

#endif
