/*
 * writeahead: "sending" lines of the journal that go to disk before the turn
 * of their messages, so that many share one wait for it.  How many it is worth
 * depends on how long a message takes and how long the disk.
 */
#ifndef CLIENT_SMTP_WRITEAHEAD_H
#define CLIENT_SMTP_WRITEAHEAD_H

#include "client/smtp/report.h"

/*
 * The most messages of a connection whose lines go to disk at once.  A loss of
 * power leaves that many unknown.
 */
#define WRITEAHEAD_MAX 64

/* What one connection needs; all zero at first. */
struct writeahead {
	/* private */
	long asked;		/* messages */
	long long since;	/* us: when the last one was let go */
	long long each;		/* us that one takes, as of late */
	long group;
};

/* A message's end waits to be let go; and may go. */
void writeahead_ask(struct writeahead *a);
void writeahead_go(struct writeahead *a);

/*
 * Of how many messages the next flush should have the lines: as many as make
 * that wait an eighth of their time, one where they take long beside the disk.
 */
long writeahead_group(struct writeahead *a, const struct report *r);

/*
 * Adds the lines of a message that has not been begun: it will be sent to this
 * server, a string that outlives it.  How many messages that are, one or none;
 * or -1 where the lines must wait for their turn.
 */
int writeahead_put(struct report *r, struct message *m, const char *server);

/*
 * Lines are the "sending" lines with which the end of m is to go out.  1 when
 * they are on disk already, and report_write is enough; 0 when they were added
 * and it takes report_commit.
 */
int writeahead_begin(struct report *r, struct message *m, struct span lines);

/* All recipients of m are decided, or it will not be sent ahead. */
void writeahead_end(struct report *r, struct message *m);

#endif
