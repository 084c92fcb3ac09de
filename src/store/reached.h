/*
 * reached: a file of results(5), for who was not reached.
 */
#ifndef STORE_REACHED_H
#define STORE_REACHED_H

#include "format/mail/dsn.h"

/*
 * Reads the file into text, which d points into from then on.  What is wrong
 * is told on standard error, all of it; the exit code for that, or EX_OK.
 */
enum exit_code reached_read(struct dsn *d, struct buf *text,
    const char *path);

#endif
