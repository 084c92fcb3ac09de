#include "ladder.h"

#include "format/picture/svg.h"

/* Where things stand, across, and how high a row is. */
#define X_PHASE 8
#define X_TIME 158		/* its end */
#define X_MARK 166
#define X_BRACKET 182
#define X_CLIENT 200
#define RIGHT 44		/* of the server's lifeline */
#define ROW 24
#define HEAD 54

/* Widths of a character, in hundredths, as those fonts have it at 12. */
#define CHARACTER 723
#define TITLE_CHARACTER 844	/* at 14, bold */

/* Pale, so that they differ in shade and are light in grey, too. */
static const char *const colours[LADDER_PHASES] = {
	"#f4f4f4", "#d3e4f8", "#ead9f7", "#fdebd0", "#cfe6c3", "#fff8d6",
	"#cfe6c3", "#cfe6c3", "#fff8d6", "#cfe6c3", "#e2e2e2"
};

/* Layers: what comes later is drawn over the others. */
struct picture {
	const struct ladder *l;
	size_t server;		/* where its lifeline is */
	size_t y;		/* of the row in hand */
	size_t band;		/* where the phase in hand began */
	enum ladder_phase phase;
	size_t bracket;		/* where it began, 0: there is none */
	struct buf bands, lines, texts;
};

static void
add_band(struct picture *p)
{
	if (p->y > p->band)
		buf_addf(&p->bands, "<rect y=\"%zu\" width=\"%zu\" "
		    "height=\"%zu\" fill=\"%s\"/>\n", p->band,
		    p->server + RIGHT, p->y - p->band, colours[p->phase]);
}

static void
begin_band(struct picture *p, enum ladder_phase phase)
{
	add_band(p);
	p->band = p->y;
	p->phase = phase;
	buf_addf(&p->texts, "<text x=\"%d\" y=\"%zu\" font-weight=\"bold\">"
	    "%s</text>\n", X_PHASE, p->y + 16, ladder_phase_name(phase));
	buf_addf(&p->lines, "<path d=\"M0 %zuH%zu\" stroke=\"#999999\"/>\n",
	    p->y, p->server + RIGHT);
}

/* How a line that says that something is wrong is told from others. */
static const char *
stroke_of(const struct ladder_row *row)
{
	if (row->fails)
		return " stroke=\"" SVG_RED "\" stroke-width=\"2\" "
		    "stroke-dasharray=\"6 3\"";
	return row->e->kind == FOLLOW_TEXT || row->e->kind == FOLLOW_LIST ?
	    " stroke=\"#888888\"" : "";
}

static void
add_arrow(struct picture *p, const struct ladder_row *row)
{
	size_t y = p->y + 19, y2 = y - 4, y3 = y + 4;
	size_t s = p->server;

	if (row->e->side == DIALOGUE_NOTE) {
		buf_addf(&p->lines, "<path d=\"M%d %zuH%zu\" "
		    "stroke-dasharray=\"1 5\"%s/>\n", X_CLIENT, y, s,
		    row->fails ? " stroke=\"" SVG_RED "\"" : "");
		return;
	}
	buf_addf(&p->lines, "<path d=\"M%d %zuH%zu\"%s/>\n", X_CLIENT, y, s,
	    stroke_of(row));
	if (row->e->side == DIALOGUE_CLIENT)
		buf_addf(&p->lines, "<path d=\"M%zu %zuL%zu %zuL%zu %zuz\" "
		    "fill=\"%s\"/>\n", s, y, s - 9, y2, s - 9, y3,
		    row->fails ? SVG_RED : SVG_INK);
	else
		buf_addf(&p->lines, "<path d=\"M%d %zuL%d %zuL%d %zuz\" "
		    "fill=\"%s\"/>\n", X_CLIENT, y, X_CLIENT + 9, y2,
		    X_CLIENT + 9, y3, row->fails ? SVG_RED : SVG_INK);
}

static void
add_bracket(struct picture *p, const struct ladder_row *row)
{
	size_t end = p->y + 19;

	if (row->bracket == LADDER_TOP)
		p->bracket = p->y + 7;
	if (row->bracket != LADDER_FOOT || p->bracket == 0)
		return;
	buf_addf(&p->lines, "<path d=\"M%d %zuH%dV%zuH%d\" "
	    "stroke-width=\"2\"/>\n", X_CLIENT - 8, p->bracket, X_BRACKET,
	    end, X_CLIENT - 8);
	p->bracket = 0;
}

/*
 * The number of a command in a group, at the tail of the arrow: half of how
 * wide it is.
 */
static size_t
add_number(struct picture *p, const struct ladder_row *row)
{
	size_t x = row->e->side == DIALOGUE_CLIENT ? X_CLIENT : p->server;
	struct buf number = { 0 };
	size_t half;

	buf_addu(&number, row->e->turn);
	half = 4 + 3 * (number.n < 2 ? 2 : number.n);
	buf_addf(&p->lines, "<rect x=\"%zu\" y=\"%zu\" width=\"%zu\" "
	    "height=\"14\" rx=\"7\" fill=\"#ffffff\"/>\n", x - half,
	    p->y + 12, 2 * half);
	buf_addf(&p->texts, "<text x=\"%zu\" y=\"%zu\" font-size=\"10\" "
	    "text-anchor=\"middle\">%s</text>\n", x, p->y + 23,
	    buf_str(&number));
	buf_free(&number);
	return half;
}

/* indent: what the number takes of its room. */
static void
add_text(struct picture *p, const struct ladder_row *row, size_t indent)
{
	size_t x = X_CLIENT + (indent < 11 ? 11 : indent) + 3;
	size_t room = (p->server - x - 16) * 100 / CHARACTER;
	int note = row->e->side == DIALOGUE_NOTE;
	struct buf text = { 0 };

	ladder_time(&text, row);
	if (text.n > 0)
		buf_addf(&p->texts, "<text x=\"%d\" y=\"%zu\" "
		    "text-anchor=\"end\" fill=\"#555555\">%.*s</text>\n",
		    X_TIME, p->y + 16, (int)text.n, text.p);
	if (row->fails)
		buf_addf(&p->texts, "<text x=\"%d\" y=\"%zu\" "
		    "font-weight=\"bold\" fill=\"" SVG_RED "\">!</text>\n",
		    X_MARK, p->y + 16);
	buf_clear(&text);
	ladder_fit(&text, p->l, row, room);
	buf_addf(&p->texts, "<text x=\"%zu\" y=\"%zu\"%s%s>", note ?
	    (X_CLIENT + p->server) / 2 : x, p->y + 15,
	    row->fails ? " font-weight=\"bold\" fill=\"" SVG_RED "\"" : "",
	    note ? " text-anchor=\"middle\" font-style=\"italic\"" : "");
	svg_add(&p->texts, buf_span(&text));
	buf_adds(&p->texts, "</text>\n");
	buf_free(&text);
}

static void
add_row(struct picture *p, const struct ladder_row *row)
{
	size_t half = 0;

	if (row->begins)
		begin_band(p, row->phase);
	add_arrow(p, row);
	add_bracket(p, row);
	if (row->grouped)
		half = add_number(p, row);
	add_text(p, row, row->e->side == DIALOGUE_CLIENT ? half : 0);
	p->y += ROW;
}

static void
add_head(struct picture *p, size_t top)
{
	struct buf title = { 0 };

	ladder_title(&title, p->l->r, (p->server + RIGHT - 2 * X_PHASE) * 100 /
	    TITLE_CHARACTER);
	buf_addf(&p->texts, "<text x=\"%d\" y=\"%zu\" font-size=\"14\" "
	    "font-weight=\"bold\">", X_PHASE, top + 20);
	svg_add(&p->texts, buf_span(&title));
	buf_addf(&p->texts, "</text>\n<text x=\"%d\" y=\"%zu\" "
	    "text-anchor=\"middle\">client</text>\n<text x=\"%zu\" y=\"%zu\" "
	    "text-anchor=\"middle\">server</text>\n", X_CLIENT, top + 44,
	    p->server, top + 44);
	buf_free(&title);
}

/* What has been gathered, layer by layer. */
static void
put_together(struct picture *p, struct buf *b, size_t top)
{
	buf_addspan(b, buf_span(&p->bands));
	buf_adds(b, "<g fill=\"none\" stroke=\"" SVG_INK "\">\n");
	buf_addf(b, "<path d=\"M%d %zuV%zuM%zu %zuV%zu\" "
	    "stroke-width=\"2\"/>\n", X_CLIENT, top + HEAD - 4, p->y + 4,
	    p->server, top + HEAD - 4, p->y + 4);
	buf_addspan(b, buf_span(&p->lines));
	buf_adds(b, "</g>\n<g font-family=\"monospace\" font-size=\"12\" "
	    "fill=\"" SVG_INK "\">\n");
	buf_addspan(b, buf_span(&p->texts));
	buf_adds(b, "</g>\n");
	buf_free(&p->bands);
	buf_free(&p->lines);
	buf_free(&p->texts);
}

size_t
ladder_svg(struct buf *b, const struct recording *r, size_t width, size_t top)
{
	struct ladder l;
	struct ladder_row row;
	struct picture p = {
		.l = &l, .server = width - RIGHT, .y = top + HEAD,
		.band = top + HEAD
	};

	ladder_init(&l, r);
	add_head(&p, top);
	while (ladder_next(&l, &row))
		add_row(&p, &row);
	add_band(&p);
	put_together(&p, b, top);
	ladder_free(&l);
	return p.y + ROW - top;
}
