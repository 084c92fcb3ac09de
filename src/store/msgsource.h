/*
 * msgsource: the messages of a file, one behind the other: one that begins with
 * a line "From ... 10:00:00 2026" is an mbox (mboxrd, or what git format-patch
 * writes, in which no > is taken off), any other is one message; and those of a
 * Maildir, new and cur, in the order of their names.
 */
#ifndef STORE_MSGSOURCE_H
#define STORE_MSGSOURCE_H

#include "store/droplist.h"
#include "sys/io.h"

struct msgsource {
	const char *name;	/* of the file with the last message */
	size_t line;		/* where that begins, from 1 */
	int err;		/* under -1: errno, EFBIG: it is too long */
	int cut;		/* set after the opening: what is too long is
				   cut short instead */
	/* private */
	const char *path;
	size_t max;
	int fd;			/* -1: none is open */
	struct rd rd;
	int begun;
	int box;		/* it is an mbox */
	int quoted;		/* the message is of an mboxrd */
	size_t lines;		/* read so far */
	int blank;		/* the last line was empty */
	struct buf held;	/* the From line of the next message, or what
				   the only one begins with; empty at the end */
	struct droplist list;	/* of a Maildir */
	size_t at;
	struct buf file;	/* the path of its message */
	int64_t time;		/* when that was changed */
	struct buf seen;	/* places in the list */
};

/*
 * Opens path ("-" is standard input), whose messages may have max octets each.
 * 0, or -1 with err: ENOTDIR for a directory that is no Maildir.
 */
int msgsource_open(struct msgsource *s, const char *path, size_t max);

/*
 * Appends the next message to text, as it stands in the file: 1, or 0 at the
 * end, or -1 where it cannot be read, after which the next can be asked for.
 */
int msgsource_next(struct msgsource *s, struct buf *text);

/* Says what err is about, and returns the exit code for it. */
enum exit_code msgsource_complain(const struct msgsource *s);

/* When the file with the last message was changed. */
int64_t msgsource_time(const struct msgsource *s);

/*
 * The last message, where it is new in a Maildir, is to be moved to cur; and
 * moves all those: 0, or -1 when one could not be moved, whose name is told.
 */
void msgsource_seen(struct msgsource *s);
int msgsource_move(struct msgsource *s);

void msgsource_close(struct msgsource *s);

#endif
