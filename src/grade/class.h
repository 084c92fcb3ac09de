/*
 * class: judges all programs of a list, and reports them in its order.
 */
#ifndef GRADE_CLASS_H
#define GRADE_CLASS_H

#include "marks.h"
#include "subject.h"

struct wr;

/*
 * list has no faults (classlist_check), and signals are caught (stop).  Several
 * clients are judged side by side, each by a copy of this process; but servers,
 * which may share a store, and where it is told what they say, one after the
 * other.  Whether all of them are whole.
 */
int class_judge(const struct subject *subject, struct grade *g,
    enum marks_form form, struct span list, struct wr *out);

#endif
