/*
 * survey: results as a whole: over time, by domain, by reason, and how long
 * those waited who were deferred.  Its memory does not depend on how many
 * results there are.
 */
#ifndef FORMAT_WIRE_SURVEY_H
#define FORMAT_WIRE_SURVEY_H

#include "tally.h"

/* So many spans of time at the most, each of a power of two seconds. */
#define SURVEY_SPANS 512

#define SURVEY_WAITS 12		/* classes of waiting time */

/* Of so many whose last result is not for good all are watched. */
#define SURVEY_WATCHED 131072

/* Those whose last result is not for good. */
struct survey_waits {
	uintmax_t weight;	/* one in so many is watched; 0: all are */
	size_t n, sending;
	uint64_t *print;	/* of a slot; 0: it is free.  Apart, for most
				   are looked for in vain */
	struct waits_one {
		int64_t since;
		enum result_status status;
		unsigned char deferred, sending;
	} *slot;
};

/* All zero is an empty one. */
struct survey {
	uintmax_t of[RESULT_STATUSES];	/* recipients, by their last result */
	uintmax_t results;		/* lines, but for "sending" */
	struct tally domains, reasons;

	/* Results over time: the first span begins at first * width seconds. */
	int64_t width, first;
	size_t spans;
	uintmax_t in[SURVEY_SPANS][RESULT_STATUSES];
	int64_t begin, end;		/* the first moment, and the last */

	uintmax_t waited[SURVEY_WAITS];	/* until they were sent */
	uintmax_t weight;		/* the most that one of these counts
					   for; 0: all were watched */
	/* private */
	struct survey_waits waits;
	struct buf name;
};

/* The next result. */
void survey_add(struct survey *s, const struct result *r);
void survey_free(struct survey *s);

/* What a class of waiting time ends with, "5m"; the last one has no end. */
const char *survey_wait(size_t class);

#endif
