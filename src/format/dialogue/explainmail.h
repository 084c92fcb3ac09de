/*
 * explainmail: a message, line by line: what its header fields and its parts
 * are (RFC 2045 to 2047), and what is wrong with them.
 */
#ifndef FORMAT_DIALOGUE_EXPLAINMAIL_H
#define FORMAT_DIALOGUE_EXPLAINMAIL_H

#include "format/mail/mime.h"
#include "notes.h"

#define EXPLAINMAIL_DEPTH 20	/* of parts in parts; more are not looked at */

/* All zero at first, but for convert. */
struct explainmail {
	mime_convert *convert;

	/* private */
	struct buf header;	/* of the part in hand, up to a limit */
	int in_body;		/* its header is over */
	int inner;		/* it is not the message itself */
	struct buf boundary[EXPLAINMAIL_DEPTH];
	unsigned parts[EXPLAINMAIL_DEPTH];	/* begun, with that boundary */
	size_t depth;
	enum {
		EXPLAINMAIL_PLAIN, EXPLAINMAIL_QP, EXPLAINMAIL_BASE64
	} encoding;
	int is_text, is_7bit;	/* the part's content is */
	int quoted;		/* text has had an = */
	int told;		/* octets over 127 were */
	struct buf charset;
	struct buf text;	/* of the part, decoded, up to a limit */
};

/* A line without its ending, and without a dot that was doubled. */
void explainmail_line(struct explainmail *m, struct notes *notes,
    struct span line);

/* The message is over. */
void explainmail_end(struct explainmail *m, struct notes *notes);

/* Another one follows. */
void explainmail_clear(struct explainmail *m);
void explainmail_free(struct explainmail *m);

#endif
