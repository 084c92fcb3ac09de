/*
 * suppression: from results to the list of those whom no letter goes to any
 * more.  At once: who has left or complained, and a mailbox that there is not.
 * Other failures that speak of a mailbox count once a day, and somebody is on
 * the list when there were enough days.
 *
 * What is remembered from one run to the next is the list, and lines "address
 * TAB time TAB word" that say what was done: "failed", a failure counted, and
 * "listed", on the list for what had happened until then.  Who was listed, and
 * is no more, has been taken off by a person: what happened until then counts
 * no more.
 */
#ifndef FORMAT_BOUNCE_SUPPRESSION_H
#define FORMAT_BOUNCE_SUPPRESSION_H

#include "format/order/set.h"
#include "format/wire/results.h"

struct suppression {
	size_t enough;		/* days with failures */
	uint64_t seed;		/* of the set, a secret */
	/* private */
	struct suppressed *who;	/* by their ordinals in the set */
	size_t cap;
	struct set set;
	struct buf text;	/* what they and the set point into */
	struct buf days;	/* struct suppression_day */
};

/* All zero but enough and seed at first. */
void suppression_free(struct suppression *s);

/*
 * A line of the old list, and a remembered one; all these come before the
 * first result.  0, or -1 for one that is none.
 */
int suppression_listed(struct suppression *s, struct span line);
int suppression_remembered(struct suppression *s, struct span line);

void suppression_result(struct suppression *s, const struct result *r);

/*
 * When all results have been seen: appends the list, which has the lines of
 * the old one in their order, and what else is to be remembered.
 */
void suppression_list(struct suppression *s, struct buf *b, struct span old);
void suppression_memory(const struct suppression *s, struct buf *b);

#endif
