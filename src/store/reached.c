#include "reached.h"

#include <errno.h>

#include "sys/io.h"

#define RESULTS_MAX ((size_t)1 << 30)	/* more were never sent at once */

enum exit_code
reached_read(struct dsn *d, struct buf *text, const char *path)
{
	const char *name = strcmp(path, "-") != 0 ? path : "stdin";
	enum exit_code code = EX_OK;
	struct span rest;
	size_t line;

	if (io_text(path, text, RESULTS_MAX) < 0) {
		code = die_errno(errno, EX_NOINPUT);
		warn_sys("%s", name);
		return code;
	}
	rest = buf_span(text);
	while ((line = dsn_read(d, &rest)) != 0) {
		warn("%s:%zu: not a line of results(5)", name, line);
		code = EX_DATAERR;
	}
	return code;
}
