/*
 * filename: names of files, NAME.EXT, and others made of them.
 */
#ifndef FORMAT_WIRE_FILENAME_H
#define FORMAT_WIRE_FILENAME_H

#include "sys/buf.h"

/* Octets before the extension and its dot; dots at the start begin none. */
size_t filename_stem(struct span name);

/* Adds NAME, mark, -i unless that is 1, and .EXT to b. */
void filename_number(struct buf *b, struct span name, const char *mark,
    unsigned long i);

#endif
