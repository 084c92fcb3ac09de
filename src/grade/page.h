/*
 * page: the web page around a report: one file, readable in black and white.
 */
#ifndef GRADE_PAGE_H
#define GRADE_PAGE_H

#include "sys/buf.h"

void page_begin(struct buf *b, struct span title);
void page_end(struct buf *b);

/* Adds s so that no character of it is markup, and none is invisible. */
void page_text(struct buf *b, struct span s);

#endif
