/*
 * resultfile: a file of results(5), line by line.
 */
#ifndef STORE_RESULTFILE_H
#define STORE_RESULTFILE_H

#include "sys/buf.h"

enum resultfile_line {
	RESULTFILE_WHOLE,
	RESULTFILE_CUT,		/* the last one, whose end is missing */
	RESULTFILE_LONG		/* the start of one that is too long */
};

/* What take may say of a line. */
extern const char resultfile_malformed[];

/*
 * Gives each line of the file at path, "-" being standard input, to take,
 * without its ending; take returns NULL, or what is wrong with the line.
 * EX_OK; EX_DATAERR where something was wrong with lines, all of which have
 * been told on standard error; or, where the file cannot be read, the exit code
 * after the reason.
 */
enum exit_code resultfile_read(const char *path,
    const char *(*take)(void *arg, struct span line,
    enum resultfile_line kind), void *arg);

#endif
