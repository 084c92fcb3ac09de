/*
 * sample: messages that programs are tried with.
 */
#ifndef GRADE_SAMPLE_H
#define GRADE_SAMPLE_H

#include "sys/buf.h"

/*
 * Adds the message of that name, lines ending in LF: a header, an empty line,
 * and the body.  Names: plain, dots, edges, blank-lines, blanks, bare (its last
 * line has no end), long, large, utf-8, header (it has no body), commands, and
 * endings, whose body has dots between line endings of all kinds.
 */
void sample_add(struct buf *b, const char *name, const char *from,
    const char *to);

/* What stands behind a message's first empty line. */
struct span sample_body(struct span message);

#endif
