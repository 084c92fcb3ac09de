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

/* What a server offers, bits. */
#define OFFER_PIPELINING	0x001u
#define OFFER_SIZE		0x002u
#define OFFER_8BITMIME		0x004u
#define OFFER_SMTPUTF8		0x008u
#define OFFER_CHUNKING		0x010u
#define OFFER_BINARYMIME	0x020u
#define OFFER_ENHANCED		0x040u
#define OFFER_DSN		0x080u
#define OFFER_AUTH		0x100u	/* POP3: SASL */
#define OFFER_STARTTLS		0x200u	/* POP3: STLS */

/*
 * That of a line of the reply to EHLO, without its code, or of POP3's list of
 * capabilities; or 0.
 */
unsigned reply_offer(struct span line);

#endif
