/*
 * reply: a pull parser of SMTP replies (RFC 5321 4.2).  A line goes in, and
 * out comes whether the reply is whole.
 */
#ifndef FORMAT_WIRE_REPLY_H
#define FORMAT_WIRE_REPLY_H

#include "sys/buf.h"

/* RFC 5321 4.5.3.1.5 says 512; servers that explain themselves say more. */
#define REPLY_LINE_MAX 2048

/* The longest EHLO reply in the wild has some 30 lines. */
#define REPLY_LINES_MAX 100

enum reply_event {
	REPLY_MORE,	/* lines are still to come */
	REPLY_END,	/* the reply is whole */
	REPLY_BAD	/* not a reply: why */
};

struct reply {
	int code;		/* 200 to 599 */
	struct buf text;	/* without the codes; lines end in LF, but the
				   last one; a space for each NUL */
	size_t lines;
	const char *why;	/* what is wrong */
};

/* The code that a line begins with, 100 to 599, or 0. */
int reply_code(struct span line);

/* All zero is an empty reply; reply_start empties a used one. */
void reply_start(struct reply *r);
void reply_free(struct reply *r);

/* Takes the next line, with or without its ending. */
enum reply_event reply_line(struct reply *r, struct span line);

/*
 * The lines of the text one by one: *at is 0 at first.  0 at the end.
 */
int reply_next(const struct reply *r, size_t *at, struct span *line);

/* Whether the code begins with this digit. */
int reply_is(const struct reply *r, int digit);

#endif
