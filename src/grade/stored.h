/*
 * stored: what a server has stored, in whatever files.
 */
#ifndef GRADE_STORED_H
#define GRADE_STORED_H

#include "sys/buf.h"

/*
 * Looks for a text in all files under path, which may be one itself; what
 * stands in directories named tmp is on its way.  found gets the line that
 * token begins and what follows, up to the line of its end or the end of the
 * file: 1, or 0 where there is none.
 */
int stored_find(const char *path, struct span token, struct buf *found);

#endif
