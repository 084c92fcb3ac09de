/*
 * batchread: the messages that are to be sent now: those of a bsmtp(5) stream,
 * one by one, or a single one.  What earlier runs have settled is left out, the
 * rate is kept, and a signal ends it.
 */
#ifndef CLIENT_SMTP_BATCHREAD_H
#define CLIENT_SMTP_BATCHREAD_H

#include "client/smtp/feed.h"
#include "client/smtp/rate.h"
#include "client/smtp/report.h"

enum batchread_event {
	BATCHREAD_MESSAGE,
	BATCHREAD_WAIT,	/* for wait ms; without end: for input */
	BATCHREAD_END	/* also when the report is broken, or stop_asked */
};

struct batchread_conf {
	int in;
	const char *name;	/* as feed_init has it */
	struct message *single;	/* instead of in, this message; or NULL */
	struct rate rate;
};

struct batchread {
	struct feed feed;
	struct rate rate;
	struct report *report;
	int split;
	int single;		/* a signal keeps what is here from nobody */
	int wait;
	int paced;		/* the rate held one of the last ones back */
	struct message_cache cache;
	/* private */
	struct message *m;	/* the one that is read */
	struct message_queue ready;	/* whole, and wait to go */
	size_t bytes;		/* of their texts */
	int over;		/* there will be no more */
	struct message *rest;	/* of the one before: other domains */
};

/* split: each message is for the recipients of one domain. */
void batchread_init(struct batchread *b, const struct batchread_conf *conf,
    const char *helo, int split, struct report *report);

/*
 * The next message, of the cache: message_drop puts it back there.  One
 * whose recipients are all decided only needs to be reported.
 */
enum batchread_event batchread_next(struct batchread *b, struct message **m);

/*
 * The message that will come next after that one, or (NULL) at all; it stays
 * where it is.  NULL when it cannot be told without waiting.
 */
struct message *batchread_behind(struct batchread *b, const struct message *m);

/* What is wrong with the batch itself. */
enum exit_code batchread_code(const struct batchread *b);

void batchread_free(struct batchread *b);

#endif
