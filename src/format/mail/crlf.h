/*
 * crlf: messages that lie in files, lines ending in LF, as they are sent:
 * with CRLF, at their very end too.  A line that ends in CRLF already stays
 * as it is.
 */
#ifndef FORMAT_MAIL_CRLF_H
#define FORMAT_MAIL_CRLF_H

#include <stdint.h>

#include "sys/buf.h"

/* All zero is the beginning of a message; it is fed piece by piece. */
struct crlf {
	uint64_t line;		/* octets of the line that is open */
	char last;		/* the one before, where there is any */
};

/* How many octets longer a piece becomes; what the end adds, 0 to 2. */
uint64_t crlf_grow(struct crlf *c, struct span s);
unsigned crlf_end(const struct crlf *c);

/*
 * Takes a line, or what a piece has of it, off *s, which is not empty, and
 * adds it to b with CRLF and a dot before a dot (RFC 1939 3): 1 when the line
 * is over, 2 when it was an empty one, 0 when there is more of it to come.
 */
int crlf_line(struct crlf *c, struct span *s, struct buf *b);

/* Adds text with LF at the end of each line, the last one too. */
void crlf_remove(struct buf *b, struct span text);

/* Adds the end of the last line, where that is missing, and the lone dot. */
void crlf_dot(struct crlf *c, struct buf *b);

#endif
