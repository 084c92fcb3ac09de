/*
 * gone: a line of gone(5), somebody whom no letter goes to.
 */
#ifndef FORMAT_WIRE_GONE_H
#define FORMAT_WIRE_GONE_H

#include <stdint.h>

#include "format/mail/addr.h"

/* Views of the line; what it does not have is empty, or 0. */
struct gone {
	struct span address, reason, text;
	int64_t time;
	uintmax_t count;
};

/*
 * Cuts the address off a line, whatever the line ends in: 1; 0 for an empty
 * one and a comment; -1, with *why in words where why is not NULL, where it
 * does not begin with an address, or what bounceparse(1) gives for one, which
 * has no domain.  A byte order mark in front is passed over.
 */
int gone_address(struct addr *a, struct span *line, const char **why);

/* The whole line, in the same way. */
int gone_parse(struct gone *g, struct span line);

/* One line with its LF. */
void gone_add(struct buf *b, const struct gone *g);

#endif
