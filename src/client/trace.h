/*
 * trace: the dialogue on standard error, for -v.
 */
#ifndef CLIENT_TRACE_H
#define CLIENT_TRACE_H

#include "sys/buf.h"

/*
 * One line: who ("C: ", "S: "), the line without its ending, control
 * characters as question marks, and end, which stands for a secret.
 */
void trace_line(const char *who, struct span line, const char *end);

#endif
