/*
 * headers: the section [Headers:] of an order, fields for every letter.
 */
#ifndef FORMAT_ORDER_HEADERS_H
#define FORMAT_ORDER_HEADERS_H

#include "faults.h"

/* All zero is none; whoever reads them frees field. */
struct headers {
	size_t n;
	struct headers_field {
		struct span name;
		struct span value;	/* without blanks around it */
	} *field;
	size_t cap;		/* private */
};

/*
 * Takes the fields of a section, comments skipped, with those that may not be
 * in a letter, which has a Reply-To if reply_to; these, and lines that are not
 * fields, are told.
 */
void headers_read(struct headers *h, struct span section, int reply_to,
    struct faults *f);

#endif
