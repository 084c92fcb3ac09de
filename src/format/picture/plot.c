#include "plot.h"

#include "format/mail/date.h"
#include "svg.h"

#define ROW 20			/* the height of one */
#define X_DOMAIN 200		/* where bars begin */
#define X_DOMAIN_NARROW 104	/* below this width */
#define NARROW 480
#define NUMBERS 190		/* right of the bars */
#define BAR_HEIGHT 110		/* of waiting times */
#define COUNT_WIDTH 80		/* of a refusal */

static const char bold[] = "font-weight=\"bold\"";
static const char at_end[] = "text-anchor=\"end\"";

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

/* The patterns, in a <defs>. */
static void
add_patterns(struct buf *b)
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

struct page {
	struct buf *b;
	struct survey *s;
	size_t width, y;
	size_t bars;		/* where those of domains begin */
};

static size_t
columns_of(size_t width)
{
	return width * 100 / PLOT_CHARACTER;
}

static void
add_swatch(struct page *p, size_t x, size_t y, enum result_status status)
{
	struct buf fill = { 0 };

	plot_fill(&fill, status, 1);
	svg_rect(p->b, x, y, 14, 12, buf_str(&fill));
	buf_free(&fill);
}

static uintmax_t
recipients(const struct survey *s)
{
	uintmax_t n = 0;
	size_t i;

	for (i = 0; i < RESULT_STATUSES; i++)
		n += s->of[i];
	return n;
}

/* n of total in hundredths, with one decimal. */
static void
add_share(struct buf *b, uintmax_t n, uintmax_t total)
{
	const unsigned share = (unsigned)((long double)n * 1000 /
	    (long double)total + 0.5L);

	buf_addf(b, " (%u.%u %%)", share / 10, share % 10);
}

static void
add_title(struct page *p)
{
	const uintmax_t total = recipients(p->s);
	struct buf text = { 0 };

	buf_addf(&text, "%ju recipient%s", total, total == 1 ? "" : "s");
	svg_text(p->b, PLOT_LEFT, p->y + 24, "font-size=\"14\" "
	    "font-weight=\"bold\"", buf_span(&text));
	buf_clear(&text);
	date_iso(&text, p->s->begin);
	if (p->s->end != p->s->begin) {
		buf_adds(&text, " \xe2\x80\x93 ");
		date_iso(&text, p->s->end);
	}
	svg_text(p->b, PLOT_LEFT, p->y + 44, "", buf_span(&text));
	buf_free(&text);
	p->y += 60;
}

/* What the shades stand for, and how many there are of each. */
static void
add_legend(struct page *p)
{
	struct buf text = { 0 };
	size_t i;

	for (i = 0; i < RESULT_STATUSES; i++) {
		if (p->s->of[i] == 0)
			continue;
		buf_setf(&text, "%s %ju",
		    result_status_name((enum result_status)i), p->s->of[i]);
		add_share(&text, p->s->of[i], recipients(p->s));
		add_swatch(p, PLOT_LEFT, p->y, (enum result_status)i);
		svg_text(p->b, PLOT_LEFT + 22, p->y + 11, "",
		    buf_span(&text));
		p->y += ROW;
	}
	p->y += 8;
	buf_free(&text);
}

static void
add_heading(struct page *p, const char *text)
{
	svg_text(p->b, PLOT_LEFT, p->y + 16, bold, span_str(text));
	p->y += 28;
}

/* Parts of a bar, end to end; most is what as much as the room stands for. */
static void
add_bar(struct page *p, const struct tally_row *row, uintmax_t most)
{
	const size_t room = p->width - p->bars - NUMBERS;
	struct buf fill = { 0 };
	size_t i, n, x = p->bars;

	for (i = 0; i < RESULT_STATUSES; i++) {
		if (row->of[i] == 0)
			continue;
		n = (size_t)((long double)row->of[i] * (long double)room /
		    (long double)most);
		buf_clear(&fill);
		plot_fill(&fill, (enum result_status)i, 1);
		svg_rect(p->b, x, p->y, n > 0 ? n : 1, 14, buf_str(&fill));
		x += n > 0 ? n : 1;
	}
	buf_clear(&fill);
	buf_addu(&fill, row->total);
	if (row->total > row->of[RESULT_SENT])
		buf_addf(&fill, ", not sent %ju",
		    row->total - row->of[RESULT_SENT]);
	svg_text(p->b, x + 6, p->y + 11, "", buf_span(&fill));
	buf_free(&fill);
}

static void
add_domains(struct page *p)
{
	struct tally *t = &p->s->domains;
	struct buf name = { 0 };
	size_t i;

	tally_top(t, PLOT_ROWS);
	add_heading(p, "The largest domains");
	for (i = 0; i < t->n; i++) {
		buf_addf(p->b, "<text x=\"%zu\" y=\"%zu\" %s>", p->bars - 8,
		    p->y + 11, at_end);
		svg_fit(p->b, span_of(t->row[i].name, t->row[i].length),
		    columns_of(p->bars - 8 - PLOT_LEFT));
		buf_adds(p->b, "</text>\n");
		add_bar(p, &t->row[i], t->row[0].total);
		p->y += ROW;
	}
	if (t->others.total > 0) {
		buf_addf(&name, "all others: %ju, not sent %ju",
		    t->others.total,
		    t->others.total - t->others.of[RESULT_SENT]);
		svg_text(p->b, PLOT_LEFT, p->y + 11, "", buf_span(&name));
		p->y += ROW;
	}
	p->y += 8;
	buf_free(&name);
}

/* The status that most of them have. */
static enum result_status
mostly(const struct tally_row *row)
{
	size_t i, most = 0;

	for (i = 1; i < RESULT_STATUSES; i++)
		if (row->of[i] > row->of[most])
			most = i;
	return (enum result_status)most;
}

static void
add_refusal(struct page *p, const struct tally_row *row)
{
	struct buf n = { 0 };

	buf_addu(&n, row->total);
	svg_text(p->b, COUNT_WIDTH, p->y + 11, at_end, buf_span(&n));
	buf_free(&n);
	add_swatch(p, COUNT_WIDTH + 10, p->y, mostly(row));
	buf_addf(p->b, "<text x=\"%d\" y=\"%zu\">", COUNT_WIDTH + 32,
	    p->y + 11);
	svg_fit(p->b, span_of(row->name, row->length),
	    columns_of(p->width - COUNT_WIDTH - 32 - PLOT_LEFT));
	buf_adds(p->b, "</text>\n");
	p->y += ROW;
}

static void
add_refusals(struct page *p)
{
	struct tally *t = &p->s->reasons;
	struct buf text = { 0 };
	size_t i;

	tally_top(t, PLOT_ROWS);
	add_heading(p, t->n > 0 ? "The commonest refusals" :
	    "Nothing was refused");
	for (i = 0; i < t->n; i++)
		add_refusal(p, &t->row[i]);
	if (t->others.total > 0) {
		buf_addf(&text, "%ju", t->others.total);
		svg_text(p->b, COUNT_WIDTH, p->y + 11, at_end,
		    buf_span(&text));
		svg_text(p->b, COUNT_WIDTH + 32, p->y + 11, "",
		    span_str("others"));
		p->y += ROW;
	}
	p->y += 8;
	buf_free(&text);
}

/* One of the classes, from x on. */
static void
add_wait(struct page *p, size_t class, size_t x, size_t width, uintmax_t most)
{
	const uintmax_t n = p->s->waited[class];
	const size_t base = p->y + BAR_HEIGHT + 16;
	size_t height = (size_t)((long double)n * BAR_HEIGHT /
	    (long double)most);
	struct buf text = { 0 };

	if (n > 0) {
		height += height == 0;
		plot_fill(&text, RESULT_DEFERRED, 1);
		svg_rect(p->b, x + 4, base - height, width - 8, height,
		    buf_str(&text));
		buf_clear(&text);
		buf_addu(&text, n);
		svg_text(p->b, x + width / 2, base - height - 4,
		    "text-anchor=\"middle\" " PLOT_SMALL, buf_span(&text));
		buf_clear(&text);
	}
	if (class + 1 < SURVEY_WAITS)
		buf_addf(&text, "<%s", survey_wait(class));
	else
		buf_adds(&text, survey_wait(class));
	svg_text(p->b, x + width / 2, base + 16, "text-anchor=\"middle\" "
	    PLOT_SMALL, buf_span(&text));
	buf_free(&text);
}

static void
add_waits(struct page *p)
{
	const size_t width = (p->width - 2 * PLOT_LEFT) / SURVEY_WAITS;
	struct buf text = { 0 };
	uintmax_t most = 0;
	size_t i;

	for (i = 0; i < SURVEY_WAITS; i++)
		if (p->s->waited[i] > most)
			most = p->s->waited[i];
	add_heading(p, most > 0 ? "How long a deferred one waited until it "
	    "was sent" : "No deferred one was sent later");
	if (most == 0)
		return;
	for (i = 0; i < SURVEY_WAITS; i++)
		add_wait(p, i, PLOT_LEFT + i * width, width, most);
	p->y += BAR_HEIGHT + 16;
	buf_addf(p->b, "<path d=\"M%d %zuh%zu\" stroke=\"" SVG_INK "\"/>\n",
	    PLOT_LEFT, p->y, width * SURVEY_WAITS);
	p->y += 28;
	if (p->s->weight > 0) {
		buf_addf(&text, "Estimated: at the last, one in %ju of those "
		    "who waited was watched.", p->s->weight);
		svg_text(p->b, PLOT_LEFT, p->y + 8, PLOT_SMALL,
		    buf_span(&text));
		p->y += ROW;
	}
	buf_free(&text);
}

size_t
plot_svg(struct buf *b, struct survey *s, size_t width)
{
	struct page p = {
		.b = b, .s = s, .width = width,
		.bars = width < NARROW ? X_DOMAIN_NARROW : X_DOMAIN
	};

	add_patterns(b);
	buf_adds(b, "<g font-family=\"monospace\" font-size=\"12\" fill=\""
	    SVG_INK "\">\n");
	add_title(&p);
	add_legend(&p);
	p.y += plot_time(b, s, width, p.y);
	add_domains(&p);
	add_refusals(&p);
	add_waits(&p);
	buf_adds(b, "</g>\n");
	return p.y + 12;
}
