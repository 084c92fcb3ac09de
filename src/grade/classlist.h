/*
 * classlist: the programs of a class: lines "name command".
 */
#ifndef GRADE_CLASSLIST_H
#define GRADE_CLASSLIST_H

#include "sys/buf.h"

/* Adds a line for each fault of a list; 0, or -1 where there are some. */
int classlist_check(struct span text, const char *name, struct buf *faults);

/* Takes the next one off a list without faults: 1, or 0 at its end. */
int classlist_next(struct span *text, struct span *name,
    struct span *command);

#endif
