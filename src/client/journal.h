/*
 * journal: the file that remembers over runs what became of each recipient
 * (results(5)).  A "sending" line stands before the final dot, the result
 * after the reply; each is in the file before the next byte it speaks of is
 * on the wire.
 */
#ifndef CLIENT_JOURNAL_H
#define CLIENT_JOURNAL_H

#include <sys/types.h>

#include "format/results.h"
#include "sys/buf.h"

/* Longer lines are none of ours: every field of ours has a limit. */
#define JOURNAL_LINE_MAX 8192

struct journal {
	const char *path;	/* the caller's */
	int fd;
	int sync;		/* each write waits for the disk */
	/* private: where the last line of each recipient is */
	struct journal_entry *entry;
	size_t entries, cap;
	char line[JOURNAL_LINE_MAX];
};

/*
 * Opens path, made if it is missing, locks it for this process alone, and
 * reads what earlier runs wrote; a line cut off by a crash is ended.  What
 * fails ends the program: EX_TEMPFAIL when another run has the lock.
 */
void journal_need(struct journal *j, const char *path, int sync);

/*
 * Closes it, and so gives up the lock.  0, or -1 with errno: what was written
 * may not all be there.
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

/* Appends whole lines: 0, or -1 with errno. */
int journal_write(struct journal *j, struct span lines);

#endif
