/*
 * intake: the messages of a batch that are to be sent now: what earlier runs
 * have settled is left out, the rate is kept, and a signal ends it.
 */
#ifndef CLIENT_SMTP_INTAKE_H
#define CLIENT_SMTP_INTAKE_H

#include "client/smtp/rate.h"
#include "client/smtp/report.h"
#include "client/smtp/route.h"
#include "client/smtp/feed.h"

enum intake_event {
	INTAKE_MESSAGE,
	INTAKE_WAIT,	/* for wait ms; without end: for input */
	INTAKE_END	/* also when the report is broken, or stop_asked */
};

struct intake {
	struct feed feed;
	struct rate rate;
	struct report *report;
	int split;		/* each for the recipients of one domain */
	int wait;
	int paced;		/* the rate held one of the last ones back */
	struct message_shelf shelf;
	/* private */
	struct message *m;	/* the one that is read */
	struct message *first, **last;	/* whole, and wait to go */
	size_t bytes;		/* of their texts */
	int over;		/* there will be no more */
	struct message *rest;	/* of the one before: other domains */
};

/*
 * The next message, of the shelf: message_drop puts it back there.  One
 * whose recipients are all decided only needs to be reported.
 */
enum intake_event intake_next(struct intake *i, struct message **m);

/*
 * The message that will come next after that one, or (NULL) at all; it stays
 * where it is.  NULL when it cannot be told without waiting.
 */
struct message *intake_behind(struct intake *i, const struct message *m);

/* What is wrong with the batch itself. */
enum exit_code intake_code(const struct intake *i);

void intake_free(struct intake *i);

#endif
