/*
 * headers: the section [Headers:] of an order, fields for every letter.
 */
#ifndef FORMAT_ORDER_HEADERS_H
#define FORMAT_ORDER_HEADERS_H

#include "faults.h"

#define HEADERS_MAX 100		/* fields: servers refuse huge headers */

/* The longest name of a field, so that much of its value fits on its line. */
#define HEADERS_NAME_MAX 72

/*
 * Takes the next field off *section, comments skipped: 1 with its name and its
 * trimmed value; -1 where the line is not a field; it is then in *name; 0
 * after the last.
 */
int headers_next(struct span *section, struct span *name,
    struct span *value);

/* Checks that all may be in a letter, which has a Reply-To if reply_to. */
void headers_check(struct span section, int reply_to, struct faults *f);

#endif
