/*
 * report: writes the result of each recipient, first to the journal, and when
 * that is on disk to the output; recipients that earlier runs have settled are
 * not sent to again.  In a worker of -j the output goes to the parent
 * (parallel.h).
 */
#ifndef CLIENT_SMTP_REPORT_H
#define CLIENT_SMTP_REPORT_H

#include "client/smtp/journal.h"
#include "client/smtp/message.h"
#include "sys/die.h"
#include "sys/io.h"

struct report {
	struct journal *journal;	/* or NULL */
	struct wr *out;		/* results(5) lines go here, or NULL */
	struct wr *progress;	/* a terminal, on one line of which it is shown
				   how far the batch has come; or NULL */
	uintmax_t total;	/* messages in the batch, 0 when not known */
	int words;		/* failures are reported in words, by warn */
	int again;		/* unknown ones are sent again */
	int go;			/* in a worker: a byte on it permits the end of
				   a message; 0 where none is needed */
	enum exit_code code;	/* of the worst outcome so far */
	const char *broken;	/* what could not be written or read (the
				   journal's path or "stdout"), errno in err;
				   NULL at first */
	int err;
	/* private */
	struct buf log;		/* for the journal */
	struct buf spent;	/* marks that go when that is written */
	struct buf lines;	/* for out */
	struct buf line;	/* that is put together */
	long long written;	/* ms, by io_clock: when they last were */
	uintmax_t done, missed;	/* messages; those not served to everybody */
	long long began, shown;	/* ms, when progress was shown last */
};

/*
 * Decides those recipients of m that the journal has settled, and repeats
 * their results.  0, or -1 with broken.
 */
int report_earlier(struct report *r, struct message *m);

/*
 * Called by the sender.  report_done, for a message that is done, and
 * report_part write the results of the decided recipients, each once; the lines
 * of report_done may be delayed a little, until the next call or report_commit.
 * 0, or -1 with broken.
 */
int report_part(struct report *r, struct message *m);
int report_done(struct report *r, struct message *m);

/* Adds the "sending" lines, by which the end of m is next. */
void report_put_sending(struct buf *b, const struct message *m);

/*
 * In a worker: report_ask waits until the parent permits the end of m.
 * report_back gives m back, as no server can be used: hung of them have just
 * closed the connection, and none can be tried for wait ms, or (-1) for long;
 * it has the results for undecided recipients in case nobody else sends m.
 * report_end says that all that was begun is done.  0, or -1.
 */
int report_ask(struct report *r, const struct message *m);
int report_back(struct report *r, struct message *m, int hung, long wait);
int report_end(struct report *r);

/*
 * Takes the result line of rcpt, which has then been reported.  report_step
 * says that m is done.
 */
void report_take(struct report *r, struct span line, const struct result *res,
    struct rcpt *rcpt);
void report_step(struct report *r, const struct message *m);

/*
 * report_write puts the lines into the journal.  report_commit also waits until
 * they are on disk, and writes the results.  report_offer is one or the other:
 * results are delayed a little where they would have to wait for the disk;
 * report_due is the number of ms that they may still be delayed, IO_FOREVER
 * where there are none.  0, or -1 with broken.
 */
int report_write(struct report *r);
int report_commit(struct report *r);
int report_offer(struct report *r);
int report_due(const struct report *r);

/*
 * "sending" lines of the journal may go to disk before the turn of their
 * messages, so that many share one wait for it.  How many it is worth depends
 * on how long a message takes and how long the disk.
 *
 * What one connection needs for that; all zero at first.
 */
struct report_ahead {
	/* private */
	long asked;		/* messages */
	long long since;	/* us: when the last one was let go */
	long long each;		/* us that one takes, as of late */
	long group;
};

/* A message's end waits to be let go; and may go. */
void report_ahead_ask(struct report_ahead *a);
void report_ahead_go(struct report_ahead *a);

/*
 * Of how many messages the next flush should have the lines: as many as make
 * that wait an eighth of their time, one where they take long beside the disk.
 */
long report_ahead_group(struct report_ahead *a, const struct report *r);

/*
 * Adds the lines of a message that has not been begun: it will be sent to this
 * server, a string that outlives it.  How many messages that are, one or none;
 * or -1 where the lines must wait for their turn.
 */
int report_ahead_put(struct report *r, struct message *m, const char *server);

/*
 * Lines are the "sending" lines with which the end of m is to go out.  1 when
 * they are on disk already, and report_write is enough; 0 when they were added
 * and it takes report_commit.
 */
int report_ahead_begin(struct report *r, struct message *m, struct span lines);

/* All recipients of m are decided, or it will not be sent ahead. */
void report_ahead_end(struct report *r, struct message *m);

/*
 * Ends the line of progress and closes the journal, where there is one; what
 * fails is in broken.
 */
void report_close(struct report *r);

void report_free(struct report *r);

#endif
