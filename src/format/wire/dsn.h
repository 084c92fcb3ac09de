/*
 * dsn: the report on recipients not reached that a program can read,
 * message/delivery-status (RFC 3464, RFC 6533).  Output lines end in CRLF.
 */
#ifndef FORMAT_WIRE_DSN_H
#define FORMAT_WIRE_DSN_H

#include "results.h"

/* All zero at first; r points into the results that were read. */
struct dsn {
	struct result *r;	/* those who were not reached */
	size_t n;
	/* private */
	size_t cap;
};

/*
 * Reads text, a whole results file or journal, which must outlive d; a byte
 * order mark at its start is ignored.  Each line that is malformed, or cut
 * short, adds "name:line: reason" with LF to faults; one whose status says
 * nothing of delivery, or is not known here, is passed over.  The last line of
 * each recipient is kept, in their order, unless it says "sent".  A last line
 * "sending" was left by a crash and becomes "unknown".
 */
void dsn_read(struct dsn *d, struct span text, const char *name,
    struct buf *faults);
void dsn_free(struct dsn *d);

/*
 * The same for people, as text with lines that end in LF: a table behind what
 * is in b, a line for each recipient; nothing where there are none.
 */
void dsn_say(struct buf *b, const struct dsn *d);

/*
 * The part: its Content-Type, an empty line, the fields on the message, whose
 * reporter is host, and a block for each recipient.
 */
void dsn_add(struct buf *b, const char *host, const struct dsn *d);

#endif
