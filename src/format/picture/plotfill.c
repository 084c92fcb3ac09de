#include "plot.h"

#include "svg.h"

/* In the order of the enum. */
static const struct fill {
	const char *ground;
	const char *figure;	/* of 6 by 6 */
} fills[RESULT_STATUSES] = {
	{ "#cfe0d4", "" },
	{ "#8c1c13", "" },
	{ "#fff3d6", "<path d=\"M-1 1L1 -1M0 6L6 0M5 7L7 5\" "
	    "stroke=\"#7a4b00\" stroke-width=\"1.6\"/>" },
	{ "#ffffff", "<path d=\"M0 3H6M3 0V6\" stroke=\"#1f4e8c\" "
	    "stroke-width=\"1.2\"/>" },
	{ "#ffffff", "" },		/* sending: none is shown */
	{ "#ffffff", "<circle cx=\"3\" cy=\"3\" r=\"1.7\" "
	    "fill=\"#5b2a86\"/>" },
	{ "#ffffff", "<path d=\"M0 1.5H6M0 4.5H6\" stroke=\"#444444\" "
	    "stroke-width=\"1\"/>" }
};

void
plot_patterns(struct buf *b)
{
	size_t i;

	buf_adds(b, "<defs>\n");
	for (i = 0; i < RESULT_STATUSES; i++)
		buf_addf(b, "<pattern id=\"result-%s\" width=\"6\" "
		    "height=\"6\" patternUnits=\"userSpaceOnUse\">"
		    "<rect width=\"6\" height=\"6\" fill=\"%s\"/>%s"
		    "</pattern>\n", result_status_name((enum result_status)i),
		    fills[i].ground, fills[i].figure);
	buf_adds(b, "</defs>\n");
}

void
plot_fill(struct buf *b, enum result_status status, int outlined)
{
	buf_addf(b, "fill=\"url(#result-%s)\"", result_status_name(status));
	if (outlined)
		buf_adds(b, " stroke=\"" SVG_INK "\" stroke-width=\"0.5\"");
}
