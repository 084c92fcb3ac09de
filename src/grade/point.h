/*
 * point: what a program is judged by, one property each, and what came of it.
 */
#ifndef GRADE_POINT_H
#define GRADE_POINT_H

#include "sys/buf.h"

/* Every entry of a suite's table begins with one. */
struct point {
	const char *name;
	const char *section;	/* of the RFC where it is written */
	const char *what;	/* is right: a clause */
	const char *hint;
	const char *needs;	/* points before it, with blanks between: where
				   one of them failed this is not tried */
	int extra;		/* not tried unless it is chosen by name */
};

enum verdict {
	POINT_OK,
	POINT_FAILED,
	POINT_UNTRIED,		/* what it needs has failed */
	POINT_EXCUSED		/* it does not apply, and does not count */
};

struct suite {
	const char *of;		/* "SMTP client" */
	const void *points;
	size_t n, size;		/* entries, octets of one */

	/*
	 * Tries a point, on subject; evidence is what was seen, in words, and
	 * empty at first.
	 */
	enum verdict (*try)(void *subject, const struct point *p,
	    struct buf *evidence);
};

#endif
