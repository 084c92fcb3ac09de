/*
 * names: the names in a directory, sorted.
 */
#ifndef STORE_NAMES_H
#define STORE_NAMES_H

#include <stddef.h>

#include "sys/die.h"

struct names {
	char **name;
	size_t n;
};

/*
 * Reads them: EX_OK, or the exit code after the reason, and then they may be
 * some.  names_free in any case.
 */
enum exit_code names_read(struct names *names, const char *path);
void names_free(struct names *names);

#endif
