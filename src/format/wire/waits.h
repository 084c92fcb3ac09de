/*
 * waits: the recipients whose last result is not for good: deferred, unknown,
 * or on their way.  Each is known by a fingerprint of recipient and message.
 * Memory is bounded: of more than WAITS_MAX at a time only every second is
 * watched, then every fourth and so on, as their fingerprints fall; but those
 * on their way are, as long as these are not many.
 */
#ifndef FORMAT_WIRE_WAITS_H
#define FORMAT_WIRE_WAITS_H

#include "results.h"

#define WAITS_MAX 131072

struct waits_past {
	int watched;		/* what comes next will find this result */
	int known;		/* there was one before */
	enum result_status status;	/* a "sending" is unknown */
	int deferred;		/* since was the first time */
	int64_t since;		/* seconds since the Epoch */
	uintmax_t weight;	/* how many deferred ones it stands for */
};

/* All zero is an empty one. */
struct waits {
	uintmax_t weight;	/* one in so many is watched; 0: all are */
	/* private */
	size_t n, sending;
	uint64_t *print;	/* of a slot; 0: it is free.  Apart, for most
				   are looked for in vain */
	struct waits_one {
		int64_t since;
		enum result_status status;
		unsigned char deferred, sending;
	} *slot;
};

/* Takes the next result of a recipient, and gives what it replaces. */
struct waits_past waits_next(struct waits *w, const struct result *r);
void waits_free(struct waits *w);

#endif
