/*
 * bounce: what a message that came back says of the one that was sent, as lines
 * of results(5).  Of what is not understood nothing is said.
 */
#ifndef FORMAT_BOUNCE_BOUNCE_H
#define FORMAT_BOUNCE_BOUNCE_H

#include <stdint.h>

#include "format/wire/leave.h"
#include "found.h"

/* As much of a message as is read: what servers say stands at its start. */
#define BOUNCE_MAX (1UL << 20)

struct bounce {
	const struct leave *leave;	/* the key; NULL: what is signed is
					   not believed */
	struct span pattern;		/* theirs (verp.h); empty: any */
	struct found found;		/* its convert; the rest is private */

	/* set by bounce_read */
	const char *what;		/* the message is; or NULL */
	size_t lines;			/* that were added */
	/* private */
	struct buf text, verp;
};

/*
 * Reads a message, whose arrival is its time where it does not say another,
 * and appends the lines to out.
 */
void bounce_read(struct bounce *b, struct span message, int64_t arrival,
    struct buf *out);
void bounce_free(struct bounce *b);

#endif
