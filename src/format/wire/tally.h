/*
 * tally: how many results of each status a name has: a domain, a reason for
 * which something was refused.  Memory is bounded: of more than TALLY_MAX names
 * the less frequent half is given up, again and again, and what it had is
 * counted for "others".  No name loses more than that in what it is shown to
 * have, and the sum of all is exact.
 */
#ifndef FORMAT_WIRE_TALLY_H
#define FORMAT_WIRE_TALLY_H

#include "results.h"

#define TALLY_MAX 16384		/* names at a time: some megabytes */
#define TALLY_NAME_MAX 255	/* octets of a name that count */

struct tally_row {
	char *name;		/* n octets, owned by the tally */
	size_t length;
	uintmax_t of[RESULT_STATUSES];
	uintmax_t total;
	uint64_t hash;
};

/* All zero is an empty one. */
struct tally {
	struct tally_row *row;
	size_t n;
	struct tally_row others;	/* without a name */
	/* private */
	uint16_t *slot;		/* a row's ordinal from 1; 0 is free */
};

void tally_add(struct tally *t, struct span name, enum result_status status);

/* One that was added is taken back. */
void tally_remove(struct tally *t, struct span name,
    enum result_status status);

/*
 * The rows come into the order of their totals, the largest first; all but
 * the first max of them are counted for the others.  Only tally_free may
 * follow.
 */
void tally_top(struct tally *t, size_t max);
void tally_free(struct tally *t);

/* The domain of a recipient, in small letters; "-" where there is none. */
void tally_domain(struct buf *b, struct span rcpt);

/*
 * Why r was refused, without what differs from one recipient to the next: for
 * the addresses, numbers and names of messages in the reply stands an ellipsis.
 */
void tally_reason(struct buf *b, const struct result *r);

/*
 * Two tables behind what is in b: how many of r were refused by domain and by
 * reason, the most frequent ones, for people.  Lines end in LF.
 */
void tally_say(struct buf *b, const struct result *r, size_t n);

#endif
