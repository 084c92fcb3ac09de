/*
 * svg: the frame of a picture in SVG 1.1, and text in it.  There is no script,
 * no style sheet, no font and no id, so that pictures can stand in one page.
 */
#ifndef FORMAT_DIALOGUE_SVG_H
#define FORMAT_DIALOGUE_SVG_H

#include "sys/buf.h"

#define SVG_INK "#222222"
#define SVG_RED "#cc0000"

/*
 * The picture begins, on white, drawn in units of which across and down are to
 * be as wide as width.
 */
void svg_begin(struct buf *b, size_t width, size_t across, size_t down);
void svg_end(struct buf *b);

/* Adds a text, escaped; what XML cannot hold is a question mark. */
void svg_add(struct buf *b, struct span text);

#endif
