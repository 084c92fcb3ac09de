/*
 * parts: the pieces of a message that came back (RFC 6522): what is said to
 * people, what is said to programs, and the message that it is about.
 */
#ifndef FORMAT_BOUNCE_PARTS_H
#define FORMAT_BOUNCE_PARTS_H

#include "format/mail/mime.h"
#include "heading.h"

/* A part's body, as it stands in the message. */
struct part {
	struct span body;	/* p is NULL where there is no such part */
	struct span encoding, type;
};

struct parts {
	int report;		/* it is multipart/report, */
	int delivery;		/* of delivery-status */
	struct part text, html;	/* the first that is text/plain, or
				   text/html */
	struct part status;	/* message/delivery-status, or global- */
	struct part feedback;	/* message/feedback-report */
	struct part original;	/* the message returned, or its header */
};

/* What is inside of a message that is forwarded is none of its parts. */
void parts_find(struct parts *p, const struct heading *h);

/*
 * The text of a part, decoded into b where that is needed, at most max octets
 * of what is encoded.
 */
struct span parts_text(const struct part *p, struct buf *b, size_t max);

/*
 * The same as people see it: without the markup of HTML, and as UTF-8 where
 * convert knows the character set; it may be NULL.  Without such a part it is
 * empty.
 */
struct span parts_shown(const struct part *p, struct buf *b, size_t max,
    mime_convert *convert);

#endif
