/*
 * report: tells what became of each recipient, first the journal, and when
 * that is on disk whoever reads the results; and what earlier runs have
 * settled is not done again.
 */
#ifndef CLIENT_SMTP_REPORT_H
#define CLIENT_SMTP_REPORT_H

#include "client/smtp/journal.h"
#include "client/smtp/message.h"
#include "client/smtp/progress.h"
#include "sys/die.h"
#include "sys/io.h"

struct report {
	struct journal *journal;	/* or NULL */
	struct wr *out;		/* results(5) lines go here, or NULL */
	struct progress *progress;	/* or NULL */
	int words;		/* failures are said in words, by warn */
	int again;		/* unknown ones are sent again */
	enum exit_code code;	/* of the worst outcome so far */
	const char *broken;	/* what could not be written or read (the
				   journal's path or "stdout"), errno in err;
				   NULL at first */
	int err;
	/* private */
	struct buf log;		/* for the journal */
	struct buf spent;	/* marks that go when that is written */
	struct buf lines;	/* for out */
	long long written;	/* ms, by io_clock: when they last were */
};

/*
 * Decides those recipients of m whom the journal has settled, and repeats
 * what it says of them.  0, or -1 with broken.
 */
int report_earlier(struct report *r, struct message *m);

/*
 * Callbacks of sender; arg is a struct report.  report_done tells of those
 * recipients who are decided, each once; its lines may be held back for a
 * little while, until the next call, or report_wait.
 */
int report_sending(void *arg, struct message *m);
int report_part(void *arg, struct message *m);
int report_done(void *arg, struct message *m);
void report_wait(void *arg);

/*
 * The lines of the two, for a process that has no report; of the outcome also
 * the exit code.
 */
void report_put_sending(struct buf *b, const struct message *m);
enum exit_code report_put_done(struct buf *b, struct message *m);

/* In another copy of the message: those recipients have been told of. */
void report_told(struct report *r, struct message *m, struct span lines);

/*
 * Takes such lines: sending ones; those of an outcome, with its code.
 * report_step says that a message is done.  report_spend: the mark of a
 * recipient (journal.h) goes when what was taken has been written.
 */
void report_note(struct report *r, struct span lines);
void report_take(struct report *r, struct span lines, enum exit_code code);
void report_step(struct report *r, enum exit_code code);
void report_spend(struct report *r, struct rcpt *rcpt);

/*
 * report_write puts what was taken into the journal.  report_commit also waits
 * until it is on disk, and tells who reads the results.  report_offer is the
 * one or the other: results are held back for a little while where the disk
 * would have to be waited for; report_due says for how many ms more they may
 * be, IO_FOREVER where there are none.  0, or -1 with broken.
 */
int report_write(struct report *r);
int report_commit(struct report *r);
int report_offer(struct report *r);
int report_due(const struct report *r);

/* Closes the journal, where there is one; what fails is in broken. */
void report_close(struct report *r);

void report_free(struct report *r);

#endif
