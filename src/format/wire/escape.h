/*
 * escape: any bytes as a text that can be read and stands on one line:
 * printable ASCII and UTF-8 as they are, all else as C writes it.
 */
#ifndef FORMAT_WIRE_ESCAPE_H
#define FORMAT_WIRE_ESCAPE_H

#include "sys/buf.h"

/* Adds text with \t, \r, \n, \\ and \xHH for what is not printable. */
void escape_add(struct buf *b, struct span text);

/* How many of the bytes that s begins with are ASCII, and stay as they are. */
size_t escape_plain(struct span s);

/* Adds the bytes that s stands for: 0, or -1 at a backslash of another kind. */
int escape_undo(struct buf *b, struct span s);

/* Adds value as text in HTML, or in the quotes of an attribute there. */
void escape_html(struct buf *b, struct span value);

/* Begins a web page, up to its title as a heading. */
void escape_page(struct buf *b, struct span title, const char *style);

#endif
