/*
 * gone: a line of gone(5), somebody whom no letter goes to.
 */
#ifndef FORMAT_BOUNCE_GONE_H
#define FORMAT_BOUNCE_GONE_H

#include <stdint.h>

#include "sys/buf.h"

/* Views of the line; what it does not have is empty, or 0. */
struct gone {
	struct span address, reason, text;
	int64_t time;
	uintmax_t count;
};

/*
 * A line without its ending: 1; 0 for an empty one and a comment; -1 where it
 * does not begin with an address, or what bounceparse(1) gives for one.
 */
int gone_parse(struct gone *g, struct span line);

/* One line with its LF. */
void gone_add(struct buf *b, const struct gone *g);

#endif
