/*
 * class: the grades of all programs of a list, lines "name command", in its
 * order.
 */
#ifndef GRADE_CLASS_H
#define GRADE_CLASS_H

#include "marks.h"
#include "subject.h"

struct wr;

/*
 * list has no faults (class_check), and signals are caught (stop).  Several
 * clients are judged side by side, each by a copy of this process; but servers,
 * which may share a store, and where it is told what they say, one after the
 * other.  Whether all of them are whole.
 */
int class_judge(const struct subject *subject, struct grade *g,
    enum marks_form form, struct span list, struct wr *out);

/* Adds a line for each fault of a list; 0, or -1 where there are some. */
int class_check(struct span text, const char *name, struct buf *faults);

/* Takes the next one off a list without faults: 1, or 0 at its end. */
int class_next(struct span *text, struct span *name,
    struct span *command);

#endif
