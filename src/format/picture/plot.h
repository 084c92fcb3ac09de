/*
 * plot: a mailing as a picture: results over time, the largest domains, the
 * commonest refusals, how long deferred ones waited.  Each status has a shade
 * and a pattern of its own, so that it can be told without colours.
 */
#ifndef FORMAT_PICTURE_PLOT_H
#define FORMAT_PICTURE_PLOT_H

#include "format/wire/survey.h"

#define PLOT_ROWS 20		/* domains, and refusals */

/*
 * Draws s, of which the tallies are cut to what is shown, so many units wide
 * (320 at least), without the frame: the height.
 */
size_t plot_svg(struct buf *b, struct survey *s, size_t width);

/* For the parts of this module. */

#define PLOT_LEFT 16
#define PLOT_CHARACTER 723	/* its width at 12, in hundredths */
#define PLOT_SMALL "font-size=\"10\" fill=\"#555555\""

/* The fill of a status, with or without outline. */
void plot_fill(struct buf *b, enum result_status status, int outlined);

/* Bars of results over time, from top on: their height. */
size_t plot_time(struct buf *b, const struct survey *s, size_t width,
    size_t top);

#endif
