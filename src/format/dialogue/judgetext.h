/*
 * judgetext: what is wrong with the text of a message on its way (RFC 5321,
 * 5322, 6152, 6531), line by line.
 */
#ifndef FORMAT_DIALOGUE_JUDGETEXT_H
#define FORMAT_DIALOGUE_JUDGETEXT_H

#include "review.h"

/* All zero is a message whose text is to come. */
struct judgetext {
	int body8;		/* MAIL said BODY=8BITMIME, or BINARYMIME */
	int binary;		/* ... BINARYMIME: lines have no end */
	int utf8;		/* MAIL said SMTPUTF8 */

	/* private */
	enum {
		JUDGETEXT_START, JUDGETEXT_HEADER, JUDGETEXT_BODY
	} part;
	struct buf line;	/* the beginning of one that goes on */
	size_t octets;		/* of that line, so far */
	unsigned seen;		/* fields, a bit each */
	int told8, told_header8;	/* said once a message */
};

/* An event that is text; dots: a dot at a line's start is doubled (DATA). */
void judgetext_line(struct judgetext *t, struct review *r, int dots);

/* The text is over. */
void judgetext_end(struct judgetext *t, struct review *r);

/* Another message. */
void judgetext_clear(struct judgetext *t);
void judgetext_free(struct judgetext *t);

#endif
