/*
 * normalize: a line of a dialogue without what differs by nature from one
 * session to the next: names and addresses of the hosts, dates and times, ids,
 * numbers that count sessions, nonces.
 */
#ifndef FORMAT_DIALOGUE_NORMALIZE_H
#define FORMAT_DIALOGUE_NORMALIZE_H

#include "recording.h"

#define NORMALIZE_NAMES 6

/* All zero at first, and for each dialogue. */
struct normalize {
	const struct recording *r;

	/* private */
	struct span names[NORMALIZE_NAMES];	/* the hosts' own */
	size_t n;
	int named;		/* they have been looked for */
	int in_field;		/* of a header, that is not the same twice */
	const struct recorded *last;
};

/* Adds an event of n->r; those of one dialogue are to come in their order. */
void normalize_add(struct buf *b, struct normalize *n,
    const struct recorded *p);

#endif
