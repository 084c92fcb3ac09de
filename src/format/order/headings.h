/*
 * headings: a table's headings, in the brackets of a template.
 */
#ifndef FORMAT_ORDER_HEADINGS_H
#define FORMAT_ORDER_HEADINGS_H

#include "sys/buf.h"

/*
 * Appends a template where keys have taken the place of headings that are none:
 * [First_name] for [First name].  columns are those of table_headings.  A key
 * has as many characters, so that no line and column moves; a heading that is
 * longer or shorter than its key stays, and is a mistake (fields_check).
 */
void headings_replace(struct buf *b, struct span text, struct span columns);

#endif
