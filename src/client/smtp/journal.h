/*
 * journal: the file that remembers over runs what became of each recipient
 * (results(5)).  A "sending" line stands before the final dot, the result
 * after the reply; each is in the file, and on disk, before the next byte it
 * speaks of is on the wire.
 *
 * Waiting for the disk can take longer than sending a message, so "sending"
 * lines go there before their turn, many at once.  These are marked, and as
 * long as the marks can be believed (appended.h), which is after any end of
 * this process but not after a loss of power, the next run knows which of the
 * messages had not been begun.
 */
#ifndef CLIENT_SMTP_JOURNAL_H
#define CLIENT_SMTP_JOURNAL_H

#include <stdint.h>

#include "format/wire/results.h"
#include "sys/appended.h"
#include "sys/buf.h"

/* Longer lines are none of ours: every field of ours has a limit. */
#define JOURNAL_LINE_MAX 8192

struct journal {
	const char *path;	/* the caller's */
	int fd;
	long long cost;		/* us that journal_flush has waited for the
				   disk, as of late; 0 where it need not */
	/* private */
	int sync;
	int regular;		/* a file, which has been read */
	int dirty;		/* written to, and not flushed */
	int failed;		/* what was written may not be there */
	uint64_t size, digest;
	uint64_t torn;		/* where a last line without its end began,
				   plus 1; or 0 */
	struct appended marks;
	struct journal_entry *entry;	/* the last line of each recipient */
	size_t entries, cap;
	struct buf line, clean;	/* the line that was read last */
};

/*
 * Opens path, made if it is missing, locks it for this process alone, and
 * reads what earlier runs wrote; a line cut off by a crash is ended.  What
 * they left open is settled: deferred where a mark, or a line that is not
 * whole, says that it was not begun, else unknown.  What fails ends the
 * program: EX_TEMPFAIL when another run has the lock.  Without sync
 * journal_flush leaves the flushing to the system.
 */
void journal_need(struct journal *j, const char *path, int sync);

/*
 * Settles those who are still marked, flushes and closes it, and so gives up
 * the lock.  0, or -1 with errno: what was written may not all be there.
 */
int journal_close(struct journal *j);

/*
 * What the file said, when it was opened, of the recipient of a message with
 * this Message-ID or, where it is empty, number.  A "sent" line is the answer
 * wherever it stands, else the last one.  1, and the spans of r are valid
 * until the next call; or 0; or -1 with errno.
 */
int journal_find(struct journal *j, struct span id, uintmax_t number,
    struct span rcpt, struct result *r);

/*
 * Appends whole lines; waits until what was appended is on disk.  0, or -1
 * with errno.
 */
int journal_write(struct journal *j, struct span lines);
int journal_flush(struct journal *j);

/*
 * Marks the line that begins when after more bytes will have been appended:
 * what it speaks of is not begun until journal_unmark.  The mark, from 1; or 0
 * when none is to be had, and then the line must wait for its turn.
 */
size_t journal_mark(struct journal *j, size_t after);
void journal_unmark(struct journal *j, size_t mark);

#endif
