/*
 * svg: the frame of a picture in SVG 1.1, and what stands in it.  There is no
 * script, no style sheet and no font, and no id but those of patterns, which
 * are the same in each picture, so that pictures can stand in one page.
 */
#ifndef FORMAT_PICTURE_SVG_H
#define FORMAT_PICTURE_SVG_H

#include "sys/buf.h"

#define SVG_INK "#222222"
#define SVG_RED "#cc0000"

/*
 * Makes a picture, on white, of what is drawn in units of which across and down
 * are to be as wide as width.
 */
void svg_frame(struct buf *b, size_t width, size_t across, size_t down);

/* Adds a text, escaped; what XML cannot hold is a question mark. */
void svg_add(struct buf *b, struct span text);

/* The same, where it has more than so many characters cut to these. */
void svg_fit(struct buf *b, struct span text, size_t characters);

/* Text at x and y, its base line, with these attributes; and a rectangle. */
void svg_text(struct buf *b, size_t x, size_t y, const char *attributes,
    struct span text);
void svg_rect(struct buf *b, size_t x, size_t y, size_t width, size_t height,
    const char *attributes);

#endif
