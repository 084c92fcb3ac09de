#include "machine.h"

#include "format/picture/svg.h"

#define NODE_WIDTH 140
#define NODE_HEIGHT 40
#define TITLE 40		/* above a picture */
#define LINE 20			/* of text below it */
#define COLUMN 15		/* of a state, in text */

void
machine_walk(struct machine *m, const struct recording *r)
{
	enum dialogue_protocol protocol = r->follow.protocol;
	const struct recorded *e, *end = r->events + r->n;
	struct machine_walk *w;

	w = &m->walks[protocol != DIALOGUE_ANY ? protocol : DIALOGUE_SMTP];
	w->seen = 1;
	for (e = r->events; e < end; e++)
		if (e->kind == FOLLOW_NOTE)
			w->lost[e->before] += e->before != e->after &&
			    e->after == FOLLOW_OVER;
		else if (e->before != e->after || (e->kind == FOLLOW_REPLY &&
		    e->last && e->turn > 0 &&
		    (e->digit == 2 || e->digit == 3)))
			w->gone[e->before][e->after]++;
}

static const char *
name_of(const struct machine_plan *plan, enum follow_state state)
{
	const struct machine_node *n;

	for (n = plan->nodes; n->name != NULL; n++)
		if (n->state == state)
			return n->name;
	return follow_state_name(state);
}

static int
is_planned(const struct machine_plan *plan, size_t from, size_t to)
{
	const struct machine_edge *e;

	for (e = plan->edges; e->label != NULL; e++)
		if (e->from == (enum follow_state)from &&
		    e->to == (enum follow_state)to)
			return 1;
	return 0;
}

/*
 * What the plan does not know, a line each: how many.  A reply that moves
 * nothing is no way.
 */
static size_t
add_others(struct buf *b, const struct machine_plan *plan,
    const struct machine_walk *w)
{
	size_t from, to, n = 0;

	for (from = 0; from < MACHINE_STATES; from++) {
		for (to = 0; to < MACHINE_STATES; to++) {
			if (from == to || w->gone[from][to] == 0 ||
			    is_planned(plan, from, to))
				continue;
			buf_addf(b, "! not in the protocol: %s -> %s, %lu\n",
			    name_of(plan, (enum follow_state)from),
			    name_of(plan, (enum follow_state)to),
			    w->gone[from][to]);
			n++;
		}
		if (w->lost[from] == 0)
			continue;
		buf_addf(b, "! without a last word: %s, %lu\n",
		    name_of(plan, (enum follow_state)from), w->lost[from]);
		n++;
	}
	return n;
}

void
machine_text(struct buf *b, const struct machine *m)
{
	const struct machine_plan *plan;
	const struct machine_edge *e;
	unsigned long gone;
	size_t i;

	for (i = 0; i < MACHINE_PROTOCOLS; i++) {
		if (!m->walks[i].seen)
			continue;
		plan = &machine_plans[i];
		if (b->n > 0)
			buf_addc(b, '\n');
		buf_addf(b, "%s\n",
		    dialogue_protocol_name((enum dialogue_protocol)i));
		for (e = plan->edges; e->label != NULL; e++) {
			gone = m->walks[i].gone[e->from][e->to];
			buf_addf(b, "%c %-*s -> %-*s ", gone > 0 ? '*' : ' ',
			    COLUMN, name_of(plan, e->from), COLUMN,
			    name_of(plan, e->to));
			if (gone > 0)
				buf_addf(b, "%-20s %lu\n", e->label, gone);
			else
				buf_addf(b, "%s\n", e->label);
		}
		add_others(b, plan, &m->walks[i]);
	}
}

static int
is_seen(const struct machine_walk *w, enum follow_state state)
{
	size_t i;

	for (i = 0; i < MACHINE_STATES; i++)
		if (w->gone[i][state] > 0 || w->gone[state][i] > 0 ||
		    w->lost[state] > 0)
			return 1;
	return 0;
}

static void
draw_node(struct buf *b, const struct machine_node *n,
    const struct machine_walk *w)
{
	int seen = is_seen(w, n->state);

	buf_addf(b, "<rect x=\"%d\" y=\"%d\" width=\"%d\" height=\"%d\" "
	    "rx=\"12\" fill=\"%s\" stroke=\"%s\" stroke-width=\"%d\"/>\n"
	    "<text x=\"%d\" y=\"%d\" text-anchor=\"middle\" "
	    "font-size=\"14\"%s>%s</text>\n",
	    n->x - NODE_WIDTH / 2, n->y - NODE_HEIGHT / 2, NODE_WIDTH,
	    NODE_HEIGHT, seen ? "#dbe9f9" : "#ffffff",
	    seen ? SVG_INK : "#999999", seen ? 3 : 1, n->x, n->y + 5,
	    seen ? " font-weight=\"bold\"" : " fill=\"#666666\"", n->name);
}

/* The point of an arrow that ends at x, y, from where it comes. */
static void
draw_point(struct buf *b, const struct machine_edge *e, const char *ink)
{
	int dx = e->way == 'r' ? -9 : e->way == 'l' ? 9 : 0;
	int dy = e->way == 'd' ? -9 : e->way == 'u' ? 9 : 0;
	int sx = dx == 0 ? 5 : 0, sy = dy == 0 ? 5 : 0;

	buf_addf(b, "<path d=\"M%d %dL%d %dL%d %dz\" fill=\"%s\"/>\n",
	    e->x, e->y, e->x + dx + sx, e->y + dy + sy, e->x + dx - sx,
	    e->y + dy - sy, ink);
}

static void
draw_edge(struct buf *b, const struct machine_edge *e, unsigned long gone)
{
	const char *ink = gone > 0 ? SVG_INK : "#999999";
	/* The line stops short of its point, which would be blunt. */
	int x = e->x + (e->way == 'r' ? -4 : e->way == 'l' ? 4 : 0);
	int y = e->y + (e->way == 'd' ? -4 : e->way == 'u' ? 4 : 0);

	buf_addf(b, "<path d=\"%s%s%d %d\" fill=\"none\" stroke=\"%s\" "
	    "stroke-width=\"%s\"/>\n", e->path,
	    strchr(e->path, 'C') != NULL ? " " : "L", x, y, ink,
	    gone > 0 ? "4" : "1");
	draw_point(b, e, ink);
	buf_addf(b, "<text x=\"%d\" y=\"%d\" text-anchor=\"%s\"%s>%s",
	    e->label_x, e->label_y, e->anchor == 's' ? "start" :
	    e->anchor == 'e' ? "end" : "middle",
	    gone > 0 ? " font-weight=\"bold\"" : " fill=\"#666666\"",
	    e->label);
	if (gone > 1)
		buf_addf(b, " \xc3\x97%lu", gone);
	buf_adds(b, "</text>\n");
}

/* What follows the picture, a line of text each, in red: its height. */
static size_t
draw_others(struct buf *b, const struct machine_plan *plan,
    const struct machine_walk *w)
{
	struct buf lines = { 0 };
	size_t n = add_others(&lines, plan, w), y = (size_t)plan->height;
	struct span rest = buf_span(&lines);

	for (; rest.n > 0; y += LINE) {
		buf_addf(b, "<text x=\"20\" y=\"%zu\" fill=\"" SVG_RED "\">",
		    y);
		svg_add(b, span_chomp(span_line(&rest)));
		buf_adds(b, "</text>\n");
	}
	buf_free(&lines);
	return n * LINE;
}

static size_t
draw_plan(struct buf *b, const struct machine_plan *plan,
    const struct machine_walk *w)
{
	const struct machine_node *n;
	const struct machine_edge *e;

	/* Those that were gone lie above the others. */
	for (e = plan->edges; e->label != NULL; e++)
		if (w->gone[e->from][e->to] == 0)
			draw_edge(b, e, 0);
	for (e = plan->edges; e->label != NULL; e++)
		if (w->gone[e->from][e->to] > 0)
			draw_edge(b, e, w->gone[e->from][e->to]);
	for (n = plan->nodes; n->name != NULL; n++)
		draw_node(b, n, w);
	return (size_t)plan->height + draw_others(b, plan, w);
}

size_t
machine_svg(struct buf *b, const struct machine *m)
{
	size_t i, y = 0;

	for (i = 0; i < MACHINE_PROTOCOLS; i++) {
		if (!m->walks[i].seen)
			continue;
		buf_addf(b, "<g transform=\"translate(0 %zu)\" "
		    "font-family=\"monospace\" font-size=\"11\">\n"
		    "<text x=\"8\" y=\"-16\" font-size=\"14\" "
		    "font-weight=\"bold\">%s</text>\n", y + TITLE,
		    dialogue_protocol_name((enum dialogue_protocol)i));
		y += TITLE + draw_plan(b, &machine_plans[i], &m->walks[i]);
		buf_adds(b, "</g>\n");
	}
	return y;
}
