/*
 * trace: the dialogue with a server, for -v.
 */
#ifndef CLIENT_TRACE_H
#define CLIENT_TRACE_H

#include "sys/buf.h"

/*
 * One line: who ("C: ", "S: "), the line without its ending, as
 * it may be shown (text_show), and end, which stands for a secret.
 * trace_add appends it to b, trace_line says it on standard error.
 */
void trace_add(struct buf *b, const char *who, struct span line,
    const char *end);
void trace_line(const char *who, struct span line, const char *end);

#endif
