/*
 * explainauth: log-ins opened: what stands in the base64 of AUTH, and whether
 * CRAM-MD5, SCRAM-SHA-256 and APOP were computed rightly.
 */
#ifndef FORMAT_DIALOGUE_EXPLAINAUTH_H
#define FORMAT_DIALOGUE_EXPLAINAUTH_H

#include "review.h"

/* All zero at first, but for what the caller says. */
struct explainauth {
	int shows;		/* what is secret is said, too */
	struct span password;	/* to compute with; p is NULL: none */

	/* private */
	struct buf mechanism;	/* in hand, in capitals; empty: none */
	unsigned step;		/* responses so far */
	struct buf challenge;	/* the last one, without its base64 */
	struct buf first;	/* the client's first response, likewise */
	struct buf stamp;	/* of the greeting of POP3 */
};

/* Adds to the line's notes. */
void explainauth_line(struct explainauth *a, struct review *r);

/* Another dialogue begins. */
void explainauth_clear(struct explainauth *a);
void explainauth_free(struct explainauth *a);

#endif
