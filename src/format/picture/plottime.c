#include "plot.h"

#include "format/mail/date.h"

#include "svg.h"

#define X_LEFT 64		/* of the columns */
#define RIGHT 16
#define HEIGHT 180		/* of the columns */
#define COLUMN_MIN 2		/* its width */
#define COLUMNS_MIN 24		/* so few are as wide as these */
#define OUTLINED_MAX 100	/* of more, outlines are all that is seen */
#define LABEL_X 90		/* from one time to the next, at least */
#define TICKS 5			/* of rates, at the most */

/* Rates are said for the shortest of these in which there is one. */
static const struct unit {
	uintmax_t seconds;
	const char *title;
} units[] = {
	{ 1, "Messages a second" }, { 60, "Messages a minute" },
	{ 3600, "Messages an hour" }, { 86400, "Messages a day" }
};

/* From one time that is named to the next, in seconds; then whole days. */
static const int64_t steps[] = {
	1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 10800,
	21600, 43200, 86400
};
#define DAY 86400

struct chart {
	const struct survey *s;
	size_t left, width;	/* of the columns */
	size_t base;		/* where they stand */
	size_t group;		/* spans in a column */
	size_t columns;		/* as many as there is room for */
	uintmax_t most;		/* results in one */
	const struct unit *unit;
};

static uintmax_t
count(const struct survey *s, size_t span, enum result_status status)
{
	return span < s->spans ? s->in[span][status] : 0;
}

static uintmax_t
in_column(const struct chart *c, size_t column, enum result_status status)
{
	uintmax_t n = 0;
	size_t i;

	for (i = column * c->group; i < (column + 1) * c->group; i++)
		n += count(c->s, i, status);
	return n;
}

static size_t
x_of(const struct chart *c, size_t column)
{
	return c->left + column * c->width / c->columns;
}

static size_t
height_of(const struct chart *c, uintmax_t n)
{
	return (size_t)((long double)n * HEIGHT / (long double)c->most + 0.5L);
}

static void
measure(struct chart *c)
{
	const size_t room = c->width / COLUMN_MIN;
	const struct survey *s = c->s;
	uintmax_t n, seconds;
	size_t i, status;

	c->group = (s->spans + room - 1) / room;
	c->columns = (s->spans + c->group - 1) / c->group;
	if (c->columns < COLUMNS_MIN)
		c->columns = COLUMNS_MIN;
	for (i = 0; i < c->columns; i++) {
		for (n = 0, status = 0; status < RESULT_STATUSES; status++)
			n += in_column(c, i, (enum result_status)status);
		if (n > c->most)
			c->most = n;
	}
	seconds = (uintmax_t)s->width * c->group;
	for (i = 0; i + 1 < COUNT(units) &&
	    c->most * units[i].seconds < seconds; i++)
		;
	c->unit = &units[i];
}

/* All columns of a status are one figure. */
static void
draw_status(struct buf *b, const struct chart *c, enum result_status status)
{
	uintmax_t below, n;
	size_t i, y, y2, before, from = b->n;

	buf_adds(b, "<path ");
	plot_fill(b, status, c->columns <= OUTLINED_MAX);
	buf_adds(b, " d=\"");
	before = b->n;
	for (i = 0; i < c->columns; i++) {
		n = in_column(c, i, status);
		if (n == 0)
			continue;
		for (below = 0, y = 0; y < (size_t)status; y++)
			below += in_column(c, i, (enum result_status)y);
		y = c->base - height_of(c, below);
		y2 = c->base - height_of(c, below + n);
		if (y2 == y)
			y2--;		/* it is to be seen */
		buf_addf(b, "M%zu %zuH%zuV%zuH%zuz", x_of(c, i), y,
		    x_of(c, i + 1), y2, x_of(c, i));
	}
	if (b->n == before)
		b->n = from;
	else
		buf_adds(b, "\"/>\n");
}

/* What lies between two lines for rates: 1, 2 or 5, and noughts. */
static uintmax_t
step_of(uintmax_t most)
{
	uintmax_t step = 1;

	for (;;) {
		if (most / step <= TICKS)
			return step;
		if (most / (2 * step) <= TICKS)
			return 2 * step;
		if (most / (5 * step) <= TICKS)
			return 5 * step;
		step *= 10;
	}
}

static void
draw_rates(struct buf *b, const struct chart *c)
{
	const uintmax_t seconds = (uintmax_t)c->s->width * c->group;
	const uintmax_t most = c->most * c->unit->seconds / seconds;
	const uintmax_t step = step_of(most);
	struct buf label = { 0 };
	uintmax_t rate;
	size_t y;

	for (rate = 0; rate <= most; rate += step) {
		y = c->base - (size_t)((long double)rate *
		    (long double)seconds * HEIGHT /
		    (long double)c->unit->seconds / (long double)c->most);
		buf_addf(b, "<path d=\"M%zu %zuH%zu\" stroke=\"#bbbbbb\" "
		    "stroke-width=\"0.5\"/>\n", c->left, y,
		    c->left + c->width);
		buf_clear(&label);
		buf_addu(&label, rate);
		svg_text(b, c->left - 6, y + 4, "text-anchor=\"end\" "
		    PLOT_SMALL, buf_span(&label));
	}
	buf_free(&label);
}

/* The times that have names: seconds from one to the next. */
static int64_t
time_step(int64_t seconds, size_t labels)
{
	int64_t step = DAY;
	size_t i;

	for (i = 0; i < COUNT(steps); i++)
		if (seconds / steps[i] < (int64_t)labels)
			return steps[i];
	while (seconds / step >= (int64_t)labels)
		step += DAY;
	return step;
}

static void
draw_times(struct buf *b, const struct chart *c)
{
	const int64_t begin = c->s->first * c->s->width;
	const int64_t seconds = c->s->width *
	    (int64_t)(c->group * c->columns);
	const int64_t step = time_step(seconds, c->width / LABEL_X);
	struct buf label = { 0 };
	struct span name;
	int64_t t;
	size_t x;

	t = begin - begin % step;
	for (t += t < begin ? step : 0; t < begin + seconds; t += step) {
		x = c->left + (size_t)((t - begin) * (int64_t)c->width /
		    seconds);
		buf_addf(b, "<path d=\"M%zu %zuv4\" stroke=\"" SVG_INK
		    "\"/>\n", x, c->base);
		buf_clear(&label);
		date_iso(&label, t);
		name = step >= DAY ? span_of(label.p, 10) :
		    span_of(label.p + 11, step >= 60 ? 5 : 8);
		svg_text(b, x, c->base + 16, "text-anchor=\"middle\" "
		    PLOT_SMALL, name);
	}
	buf_free(&label);
}

size_t
plot_time(struct buf *b, const struct survey *s, size_t width, size_t top)
{
	struct chart c = {
		.s = s, .left = X_LEFT, .width = width - X_LEFT - RIGHT,
		.base = top + 36 + HEIGHT
	};
	size_t i;

	measure(&c);
	svg_text(b, PLOT_LEFT, top + 16, "font-weight=\"bold\"",
	    span_str(c.unit->title));
	draw_rates(b, &c);
	for (i = 0; i < RESULT_STATUSES; i++)
		draw_status(b, &c, (enum result_status)i);
	buf_addf(b, "<path d=\"M%zu %zuH%zu\" stroke=\"" SVG_INK "\"/>\n",
	    c.left, c.base, c.left + c.width);
	draw_times(b, &c);
	return 36 + HEIGHT + 32;
}
