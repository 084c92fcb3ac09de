/*
 * feed: the messages of a bsmtp(5) stream, one by one.
 */
#ifndef CLIENT_SMTP_FEED_H
#define CLIENT_SMTP_FEED_H

#include "client/smtp/message.h"
#include "format/wire/bsmtp.h"
#include "sys/io.h"

enum feed_event {
	FEED_MESSAGE,	/* one is whole */
	FEED_LATER,	/* nothing more is there without waiting */
	FEED_END
};

struct feed {
	uintmax_t total;	/* as a NOOP line says, 0 where none does */
	/*
	 * What is wrong with the stream: EX_DATAERR for a bad line,
	 * EX_TEMPFAIL where it ends without QUIT, EX_NOINPUT where it cannot
	 * be read; else EX_OK.
	 */
	enum exit_code code;
	int raw;		/* texts are left as they come: somebody else
				   reads them again */
	struct rd rd;		/* rd_free ends it */
	/* private */
	struct bsmtp parser;
	const char *name, *helo;
	uintmax_t number;	/* of the next message, where they are dealt */
	int tries;		/* that it has had */
	const char *unfit;	/* why nobody can get the message, or NULL */
	enum result_stage stage;	/* where that was decided */
};

/*
 * Reads in; name stands for it in complaints.  A bare name in the stream gets
 * helo as its domain.  Where name is NULL a parent deals the messages: each
 * comes after NOOP, its number and the tries that it has had, and the stream
 * may end without QUIT.
 */
void feed_init(struct feed *f, int in, const char *name,
    const char *helo);

/*
 * Reads on without waiting; m stays the same until it is whole.
 */
enum feed_event feed_next(struct feed *f, struct message *m);

/* Decides the message that is whole, where nobody can get it. */
void feed_judge(const struct feed *f, struct message *m);

#endif
