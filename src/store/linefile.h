/*
 * linefile: a file, line by line: of results(5), of gone(5) ...
 */
#ifndef STORE_LINEFILE_H
#define STORE_LINEFILE_H

#include "sys/buf.h"

enum linefile_line {
	LINEFILE_WHOLE,
	LINEFILE_CUT,		/* the last one, whose end is missing */
	LINEFILE_LONG		/* the start of one that is too long */
};

/* What take may say of a line of results(5). */
#define LINEFILE_NO_RESULT "not a line of results(5)"

/*
 * Gives each line of the file at path, "-" being standard input, to take,
 * without its ending; take returns NULL, or what is wrong with the line.
 * EX_OK; EX_DATAERR where lines were wrong, all of which have been reported on
 * standard error, or where a line is longer than 64 MB, which is then the last;
 * or, where the file cannot be read, the exit code after the reason.
 */
enum exit_code linefile_read(const char *path,
    const char *(*take)(void *arg, struct span line, enum linefile_line kind),
    void *arg);

/* The same of each file up to a NULL: the highest code. */
enum exit_code linefile_read_all(char *const *paths,
    const char *(*take)(void *arg, struct span line, enum linefile_line kind),
    void *arg);

#endif
