#include "machine.h"

#include "format/picture/svg.h"

struct edge {
	enum follow_state from, to;
	const char *label;
	const char *path;	/* up to where it ends */
	int x, y;		/* there */
	char way;		/* that it has there: l, r, u, d */
	int label_x, label_y;
	char anchor;		/* of the label: s, m, e */
};

struct node {
	enum follow_state state;
	const char *name;
	int x, y;		/* of its centre */
};

/* What is known of a protocol; the tables end in one without a name, label. */
struct plan {
	int height;
	const struct node *nodes;
	const struct edge *edges;
};

/*
 * The pictures, laid out by hand.  A node is 140 wide and 40 high; an edge runs
 * from a node's border to another's.
 */
static const struct node smtp_nodes[] = {
	{ FOLLOW_CONNECT, "connected", 90, 100 },
	{ FOLLOW_START, "greeted", 290, 100 },
	{ FOLLOW_LOGIN, "log-in", 700, 100 },
	{ FOLLOW_READY, "ready", 490, 100 },
	{ FOLLOW_SENDER, "sender", 490, 260 },
	{ FOLLOW_RCPTS, "recipients", 290, 260 },
	{ FOLLOW_DATA, "text", 90, 260 },
	{ FOLLOW_OVER, "over", 700, 260 },
	{ FOLLOW_OVER, NULL, 0, 0 }
};

static const struct edge smtp_edges[] = {
	{ FOLLOW_CONNECT, FOLLOW_START, "220", "M160 100", 220, 100, 'r',
	    188, 93, 'm' },
	{ FOLLOW_CONNECT, FOLLOW_OVER, "421 554", "M90 80V14H792V268", 770,
	    268, 'l', 140, 28, 'm' },
	{ FOLLOW_START, FOLLOW_START, "NOOP HELP", "M270 80C260 50 320 50", 310,
	    80, 'd', 290, 50, 'm' },
	{ FOLLOW_START, FOLLOW_READY, "EHLO HELO", "M360 94", 420, 94, 'r',
	    390, 74, 'm' },
	{ FOLLOW_READY, FOLLOW_START, "STARTTLS", "M420 108", 360, 108, 'l',
	    390, 125, 'm' },
	{ FOLLOW_START, FOLLOW_OVER, "QUIT", "M235 80V34H780V254", 770, 254,
	    'l', 400, 30, 'm' },
	{ FOLLOW_READY, FOLLOW_READY, "RSET NOOP VRFY AUTH",
	    "M470 80C460 50 520 50", 510, 80, 'd', 490, 50, 'm' },
	{ FOLLOW_READY, FOLLOW_LOGIN, "AUTH 334", "M560 94", 630, 94, 'r',
	    593, 87, 'm' },
	{ FOLLOW_LOGIN, FOLLOW_READY, "235 535", "M630 108", 560, 108, 'l',
	    596, 125, 'm' },
	{ FOLLOW_LOGIN, FOLLOW_LOGIN, "334", "M680 80C670 50 730 50", 720, 80,
	    'd', 700, 50, 'm' },
	{ FOLLOW_LOGIN, FOLLOW_OVER, "QUIT", "M720 120", 720, 240, 'd',
	    727, 190, 's' },
	{ FOLLOW_READY, FOLLOW_SENDER, "MAIL", "M535 120", 535, 240, 'd',
	    542, 200, 's' },
	{ FOLLOW_READY, FOLLOW_OVER, "QUIT", "M552 120V155H680", 680, 240,
	    'd', 620, 150, 'm' },
	{ FOLLOW_SENDER, FOLLOW_READY, "RSET HELO", "M505 240", 505, 120, 'u',
	    499, 212, 'e' },
	{ FOLLOW_SENDER, FOLLOW_RCPTS, "RCPT", "M420 260", 360, 260, 'l',
	    390, 253, 'm' },
	{ FOLLOW_SENDER, FOLLOW_OVER, "QUIT", "M560 260", 630, 260, 'r',
	    593, 253, 'm' },
	{ FOLLOW_RCPTS, FOLLOW_RCPTS, "RCPT", "M265 280C255 315 310 315", 300,
	    280, 'u', 282, 323, 'm' },
	{ FOLLOW_RCPTS, FOLLOW_READY, "RSET, BDAT LAST", "M290 240V190H470",
	    470, 120, 'u', 380, 185, 'm' },
	{ FOLLOW_RCPTS, FOLLOW_DATA, "DATA 354", "M220 260", 160, 260, 'l',
	    190, 253, 'm' },
	{ FOLLOW_RCPTS, FOLLOW_OVER, "QUIT", "M340 280V340H690", 690, 280,
	    'u', 500, 335, 'm' },
	{ FOLLOW_DATA, FOLLOW_READY, "dot, BDAT LAST", "M90 240V155H445", 445,
	    120, 'u', 265, 150, 'm' },
	{ FOLLOW_DATA, FOLLOW_DATA, "BDAT", "M65 280C55 315 110 315", 100,
	    280, 'u', 82, 323, 'm' },
	{ FOLLOW_DATA, FOLLOW_OVER, "421", "M140 280V362H710", 710, 280, 'u',
	    500, 357, 'm' },
	{ FOLLOW_OVER, FOLLOW_OVER, NULL, NULL, 0, 0, 0, 0, 0, 0 }
};

/* RFC 1939 3: AUTHORIZATION, TRANSACTION, UPDATE. */
static const struct node pop3_nodes[] = {
	{ FOLLOW_CONNECT, "connected", 90, 100 },
	{ FOLLOW_START, "authorization", 290, 100 },
	{ FOLLOW_LOGIN, "log-in", 290, 240 },
	{ FOLLOW_READY, "transaction", 490, 100 },
	{ FOLLOW_OVER, "update, over", 700, 100 },
	{ FOLLOW_OVER, NULL, 0, 0 }
};

static const struct edge pop3_edges[] = {
	{ FOLLOW_CONNECT, FOLLOW_START, "+OK", "M160 100", 220, 100, 'r',
	    188, 93, 'm' },
	{ FOLLOW_CONNECT, FOLLOW_OVER, "-ERR", "M90 80V14H720", 720, 80, 'd',
	    140, 28, 'm' },
	{ FOLLOW_START, FOLLOW_START, "CAPA STLS", "M270 80C260 50 320 50",
	    310, 80, 'd', 290, 50, 'm' },
	{ FOLLOW_START, FOLLOW_READY, "APOP", "M360 100", 420, 100, 'r',
	    388, 93, 'm' },
	{ FOLLOW_START, FOLLOW_LOGIN, "USER, AUTH", "M310 120", 310, 220, 'd',
	    317, 175, 's' },
	{ FOLLOW_START, FOLLOW_OVER, "QUIT", "M235 80V34H690", 690, 80, 'd',
	    400, 30, 'm' },
	{ FOLLOW_LOGIN, FOLLOW_START, "-ERR", "M270 220", 270, 120, 'u',
	    264, 175, 'e' },
	{ FOLLOW_LOGIN, FOLLOW_LOGIN, "+", "M265 260C255 295 310 295", 300,
	    260, 'u', 282, 303, 'm' },
	{ FOLLOW_LOGIN, FOLLOW_READY, "PASS +OK", "M360 240H490", 490, 120,
	    'u', 425, 233, 'm' },
	{ FOLLOW_LOGIN, FOLLOW_OVER, "QUIT", "M340 260V310H710", 710, 120,
	    'u', 500, 305, 'm' },
	{ FOLLOW_READY, FOLLOW_READY, "STAT LIST RETR DELE",
	    "M470 80C460 50 520 50", 510, 80, 'd', 490, 50, 'm' },
	{ FOLLOW_READY, FOLLOW_OVER, "QUIT", "M560 100", 630, 100, 'r',
	    593, 93, 'm' },
	{ FOLLOW_OVER, FOLLOW_OVER, NULL, NULL, 0, 0, 0, 0, 0, 0 }
};

static const struct node ftp_nodes[] = {
	{ FOLLOW_CONNECT, "connected", 90, 100 },
	{ FOLLOW_START, "greeted", 290, 100 },
	{ FOLLOW_LOGIN, "log-in", 290, 240 },
	{ FOLLOW_READY, "logged in", 490, 100 },
	{ FOLLOW_DATA, "transfer", 490, 240 },
	{ FOLLOW_OVER, "over", 700, 100 },
	{ FOLLOW_OVER, NULL, 0, 0 }
};

static const struct edge ftp_edges[] = {
	{ FOLLOW_CONNECT, FOLLOW_START, "220", "M160 100", 220, 100, 'r',
	    188, 93, 'm' },
	{ FOLLOW_CONNECT, FOLLOW_OVER, "421", "M90 80V14H720", 720, 80, 'd',
	    140, 28, 'm' },
	{ FOLLOW_START, FOLLOW_START, "FEAT AUTH", "M270 80C260 50 320 50",
	    310, 80, 'd', 290, 50, 'm' },
	{ FOLLOW_START, FOLLOW_READY, "230", "M360 100", 420, 100, 'r',
	    388, 93, 'm' },
	{ FOLLOW_START, FOLLOW_LOGIN, "USER 331", "M310 120", 310, 220, 'd',
	    317, 175, 's' },
	{ FOLLOW_START, FOLLOW_OVER, "QUIT", "M235 80V34H690", 690, 80, 'd',
	    400, 30, 'm' },
	{ FOLLOW_LOGIN, FOLLOW_START, "530", "M270 220", 270, 120, 'u',
	    264, 175, 'e' },
	{ FOLLOW_LOGIN, FOLLOW_LOGIN, "332", "M265 260C255 295 310 295", 300,
	    260, 'u', 282, 303, 'm' },
	{ FOLLOW_LOGIN, FOLLOW_READY, "PASS 230", "M360 232H400V140H440", 440,
	    120, 'u', 394, 205, 'e' },
	{ FOLLOW_LOGIN, FOLLOW_OVER, "QUIT", "M340 260V320H740", 740, 120,
	    'u', 520, 315, 'm' },
	{ FOLLOW_READY, FOLLOW_READY, "TYPE PASV CWD", "M470 80C460 50 520 50",
	    510, 80, 'd', 490, 50, 'm' },
	{ FOLLOW_READY, FOLLOW_DATA, "STOR RETR 150", "M510 120", 510, 220,
	    'd', 517, 175, 's' },
	{ FOLLOW_READY, FOLLOW_OVER, "QUIT", "M560 100", 630, 100, 'r',
	    593, 93, 'm' },
	{ FOLLOW_DATA, FOLLOW_READY, "226", "M470 220", 470, 120, 'u',
	    464, 175, 'e' },
	{ FOLLOW_DATA, FOLLOW_OVER, "421", "M560 240H720", 720, 120, 'u',
	    640, 233, 'm' },
	{ FOLLOW_OVER, FOLLOW_OVER, NULL, NULL, 0, 0, 0, 0, 0, 0 }
};

static const struct node order_nodes[] = {
	{ FOLLOW_CONNECT, "connected", 90, 100 },
	{ FOLLOW_READY, "ready", 390, 100 },
	{ FOLLOW_OVER, "over", 700, 100 },
	{ FOLLOW_OVER, NULL, 0, 0 }
};

static const struct edge order_edges[] = {
	{ FOLLOW_CONNECT, FOLLOW_READY, "220", "M160 100", 320, 100, 'r',
	    240, 93, 'm' },
	{ FOLLOW_CONNECT, FOLLOW_OVER, "421", "M90 80V14H720", 720, 80, 'd',
	    140, 28, 'm' },
	{ FOLLOW_READY, FOLLOW_READY, "ORDER 250", "M370 80C360 50 420 50",
	    410, 80, 'd', 390, 50, 'm' },
	{ FOLLOW_READY, FOLLOW_OVER, "QUIT", "M460 100", 630, 100, 'r',
	    545, 93, 'm' },
	{ FOLLOW_OVER, FOLLOW_OVER, NULL, NULL, 0, 0, 0, 0, 0, 0 }
};

/* In the order of the enum; where it is not known, most likely SMTP. */
static const struct plan plans[MACHINE_PROTOCOLS] = {
	{ 380, smtp_nodes, smtp_edges }, { 380, smtp_nodes, smtp_edges },
	{ 330, pop3_nodes, pop3_edges }, { 340, ftp_nodes, ftp_edges },
	{ 150, order_nodes, order_edges }
};

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
name_of(const struct plan *plan, enum follow_state state)
{
	const struct node *n;

	for (n = plan->nodes; n->name != NULL; n++)
		if (n->state == state)
			return n->name;
	return follow_state_name(state);
}

static int
is_planned(const struct plan *plan, size_t from, size_t to)
{
	const struct edge *e;

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
add_others(struct buf *b, const struct plan *plan,
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
	const struct plan *plan;
	const struct edge *e;
	unsigned long gone;
	size_t i;

	for (i = 0; i < MACHINE_PROTOCOLS; i++) {
		if (!m->walks[i].seen)
			continue;
		plan = &plans[i];
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
draw_node(struct buf *b, const struct node *n,
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
draw_point(struct buf *b, const struct edge *e, const char *ink)
{
	int dx = e->way == 'r' ? -9 : e->way == 'l' ? 9 : 0;
	int dy = e->way == 'd' ? -9 : e->way == 'u' ? 9 : 0;
	int sx = dx == 0 ? 5 : 0, sy = dy == 0 ? 5 : 0;

	buf_addf(b, "<path d=\"M%d %dL%d %dL%d %dz\" fill=\"%s\"/>\n",
	    e->x, e->y, e->x + dx + sx, e->y + dy + sy, e->x + dx - sx,
	    e->y + dy - sy, ink);
}

static void
draw_edge(struct buf *b, const struct edge *e, unsigned long gone)
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
draw_others(struct buf *b, const struct plan *plan,
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
draw_plan(struct buf *b, const struct plan *plan,
    const struct machine_walk *w)
{
	const struct node *n;
	const struct edge *e;

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
		y += TITLE + draw_plan(b, &plans[i], &m->walks[i]);
		buf_adds(b, "</g>\n");
	}
	return y;
}
