/*
 * returned: which letters came back: bounces in lines of results(5), by the
 * Message-ID and the recipient of the letter, whose ASCII case does not count,
 * nor does whether the domain is in A-labels; by the Message-ID alone where the
 * bounce has a hash in the place of the recipient (verp.h).  Of several for one
 * letter the first counts.
 */
#ifndef FORMAT_BOUNCE_RETURNED_H
#define FORMAT_BOUNCE_RETURNED_H

#include "format/order/set.h"

struct returned {
	uint64_t seed;		/* of the set, a secret */
	size_t open;		/* bounces whose mailing is not known yet */
	/* private */
	struct returned_letter *letter;	/* by their ordinals in the set */
	size_t cap;
	struct set set;
	struct buf text;	/* what they and the set point into */
	struct buf line;	/* the last one, with its recipient */
};

/* All zero but the seed at first. */
void returned_free(struct returned *r);

/*
 * Takes a line without its ending: a failure with a Message-ID is a bounce,
 * and known says that it is one to say nothing of.  0, or -1 where it is not
 * a line of results(5).
 */
int returned_bounce(struct returned *r, struct span line, int known);

/*
 * Takes a line of the results of a mailing.  1 where that letter was sent and
 * came back, by an open bounce, which it is no more: *bounce, in which the
 * recipient is no hash, a view that the next call ends.  0 for any other line.
 */
int returned_letter(struct returned *r, struct span line,
    struct span *bounce);

/* The open bounces, one by one, *i being 0 at first: 1, or 0 at the end. */
int returned_next(const struct returned *r, size_t *i, struct span *bounce);

#endif
