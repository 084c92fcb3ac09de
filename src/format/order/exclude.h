/*
 * exclude: lists of addresses whom no letter goes to, in the form of gone(5).
 * ASCII case does not count in them.
 */
#ifndef FORMAT_ORDER_EXCLUDE_H
#define FORMAT_ORDER_EXCLUDE_H

#include "format/crypt/tag.h"
#include "order.h"

/* All lists together: positions fit in 32 bits. */
#define EXCLUDE_SIZE_MAX ((size_t)1 << 30)

/* All zero is no list; exclude_free gives back what exclude_line took. */
struct exclude {
	/* private */
	struct buf text;	/* the addresses, a line each, as they are
				   compared */
	size_t bare;		/* how many of them have no domain */
	struct buf had;		/* lines: 0 or 1, and an address */
};
void exclude_free(struct exclude *x);

/* Adds the address that a line begins with: 0, or -1 with *why in words. */
int exclude_line(struct exclude *x, struct span line, const char **why);

/*
 * Takes a line of a journal (results(5)): who has had a letter by it, or may
 * have had it, or has been refused for good, is not left out.
 */
void exclude_had(struct exclude *x, struct span line);

/*
 * Leaves the good entries of an order out that are on one of the lists; by
 * key, unless it is NULL, also those of whom a bounce told the hash
 * (verp_hash).
 */
void exclude_apply(const struct exclude *x, struct order *o,
    const struct tag_key *key);

#endif
