/*
 * htmltext: the text of an HTML notice, in lines as a reader sees them.
 */
#ifndef FORMAT_BOUNCE_HTMLTEXT_H
#define FORMAT_BOUNCE_HTMLTEXT_H

#include "sys/buf.h"

/*
 * Appends the text of html, which is UTF-8: a line for each block and <br>, an
 * empty line between paragraphs, and a blank that does not break as one that
 * stays.  What does not show, such as <style>, is left out, and what is
 * malformed is taken as text.
 */
void htmltext_add(struct buf *b, struct span html);

#endif
