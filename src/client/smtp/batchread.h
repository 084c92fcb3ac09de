/*
 * batchread: the messages that are to be sent now: those of a bsmtp(5) stream,
 * one by one, or a single one.  What earlier runs have settled is left out, the
 * rate is kept, and a signal ends it.
 */
#ifndef CLIENT_SMTP_BATCHREAD_H
#define CLIENT_SMTP_BATCHREAD_H

#include "client/smtp/report.h"
#include "format/wire/bsmtp.h"

enum batchread_event {
	BATCHREAD_MESSAGE,
	BATCHREAD_WAIT,	/* for wait ms; without end: for input */
	BATCHREAD_END	/* also when the report is broken, or stop_asked */
};

struct batchread_conf {
	int in;
	/*
	 * Stands for in in complaints.  Where it is NULL a parent deals the
	 * messages: each comes after NOOP, its number and the tries that it
	 * has had, and the stream may end without QUIT.
	 */
	const char *name;
	struct message *single;	/* instead of in, this message; or NULL */
	long long step;		/* ns between two messages; 0: no limit */
};

struct batchread {
	struct report *report;
	int split;
	int single;		/* a signal keeps what is here from nobody */
	int raw;		/* texts are left as they come, messages are
				   raw: somebody else reads them again */
	int wait;
	int paced;		/* the rate held one of the last ones back */
	struct message_cache cache;
	struct rd rd;
	/* private */
	const char *name, *helo;
	struct bsmtp parser;
	enum exit_code code;	/* what is wrong with the stream */
	uintmax_t number;	/* of the next message, where they are dealt */
	int tries;		/* that it has had */
	const char *unfit;	/* why nobody can get the message, or NULL */
	enum result_stage stage;	/* where that was decided */
	struct message *m;	/* the one that is read */
	struct message_queue ready;	/* whole, and wait to go */
	size_t bytes;		/* of their texts */
	int over;		/* there will be no more */
	struct message *rest;	/* of the one before: other domains */
	long long step, due;	/* ns, by io_clock: when the next may go */
};

/* Takes a rate, N/s, N/m or N/h: 0, or -1 when text is none of these. */
int batchread_rate(long long *step, const char *text);

/*
 * A bare name in the stream gets helo as its domain.  split: each message is
 * for the recipients of one domain.
 */
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

/*
 * What is wrong with the batch itself: EX_DATAERR for a bad line, EX_TEMPFAIL
 * where it ends without QUIT, or early, EX_NOINPUT where it cannot be read;
 * else EX_OK.
 */
enum exit_code batchread_code(const struct batchread *b);

void batchread_free(struct batchread *b);

#endif
