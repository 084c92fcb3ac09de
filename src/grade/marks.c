#include "marks.h"

#include "format/wire/escape.h"

static const char *const forms[] = { "tap", "text", "html", "tsv" };

/* In the order of the enum. */
static const char *const verdicts[] = {
	"ok", "failed", "not tried", "does not apply"
};
static const char *const words[] = { "ok    ", "FAILED", "-     ", "      " };
static const char *const letters[] = { "1", "0", "-", "" };

int
marks_form(enum marks_form *form, const char *name)
{
	const int i = span_index(span_str(name), forms, COUNT(forms));

	if (i < 0)
		return -1;
	*form = (enum marks_form)i;
	return 0;
}

/* How many points have the verdict. */
static size_t
count(const struct grade *g, enum verdict verdict)
{
	size_t i, n = 0;

	for (i = 0; i < g->suite->n; i++)
		n += g->marks[i].weight > 0 && g->marks[i].verdict == verdict;
	return n;
}

/* The sum, between these two, and what is missing in it. */
static void
add_sum(struct buf *b, const char *before, const struct grade *g,
    const char *behind)
{
	buf_addf(b, "%s%lu of %lu%s; failed: %zu, not tried: %zu", before,
	    grade_got(g), grade_most(g), behind, count(g, POINT_FAILED),
	    count(g, POINT_UNTRIED));
}

/* --- TAP and text ----------------------------------------------------- */

static void
add_tap_point(struct buf *b, const struct point *p, const struct mark *m,
    size_t n)
{
	buf_addf(b, "%s %zu - %s: %s (%s)",
	    m->verdict == POINT_FAILED ? "not ok" : "ok", n, p->name, p->what,
	    p->section);
	if (m->verdict == POINT_UNTRIED || m->verdict == POINT_EXCUSED) {
		buf_addf(b, " # SKIP %s: ", verdicts[m->verdict]);
		buf_addspan(b, buf_span(&m->evidence));
	}
	buf_addc(b, '\n');
	if (m->verdict == POINT_FAILED) {
		buf_adds(b, "# ");
		buf_addspan(b, buf_span(&m->evidence));
		buf_addf(b, "\n# hint: %s\n", p->hint);
	}
}

static void
add_tap(struct buf *b, const struct grade *g)
{
	size_t i, n = 0;

	for (i = 0; i < g->suite->n; i++)
		n += g->marks[i].weight > 0;
	buf_addf(b, "1..%zu\n", n);
	for (i = n = 0; i < g->suite->n; i++)
		if (g->marks[i].weight > 0)
			add_tap_point(b, grade_point(g, i), &g->marks[i],
			    ++n);
	add_sum(b, "# ", g, "");
	buf_addc(b, '\n');
}

static void
add_text_point(struct buf *b, const struct point *p, const struct mark *m)
{
	buf_addf(b, "%s  %s: %s (%s)\n", words[m->verdict], p->name, p->what,
	    p->section);
	if (m->verdict == POINT_OK)
		return;
	buf_addf(b, "        %s", m->verdict == POINT_FAILED ? "" :
	    verdicts[m->verdict]);
	if (m->verdict != POINT_FAILED)
		buf_adds(b, ": ");
	buf_addspan(b, buf_span(&m->evidence));
	buf_addc(b, '\n');
	if (m->verdict == POINT_FAILED)
		buf_addf(b, "        Hint: %s\n", p->hint);
}

static void
add_text(struct buf *b, const struct grade *g, const char *name)
{
	size_t i;

	buf_addf(b, "%s: ", g->suite->of);
	buf_addshown(b, span_str(name));
	buf_adds(b, "\n\n");
	for (i = 0; i < g->suite->n; i++)
		if (g->marks[i].weight > 0)
			add_text_point(b, grade_point(g, i), &g->marks[i]);
	add_sum(b, "\n", g, "");
	buf_addc(b, '\n');
}

static void
add_tsv(struct buf *b, const struct grade *g)
{
	const struct point *p;
	size_t i;

	buf_adds(b, "point\tverdict\tweight\tsection\tevidence\thint\n");
	for (i = 0; i < g->suite->n; i++) {
		p = grade_point(g, i);
		if (g->marks[i].weight == 0)
			continue;
		buf_addf(b, "%s\t%s\t%u\t%s\t", p->name,
		    verdicts[g->marks[i].verdict], g->marks[i].weight,
		    p->section);
		buf_addspan(b, buf_span(&g->marks[i].evidence));
		buf_addf(b, "\t%s\n", g->marks[i].verdict == POINT_FAILED ?
		    p->hint : "");
	}
}

/* --- A web page ------------------------------------------------------- */

static const char style[] =
    "body { font: 16px/1.4 sans-serif; max-width: 70em; margin: 1em auto;\n"
    "  padding: 0 1em; color: #000; background: #fff }\n"
    "h1 { font-size: 1.3em }\n"
    "table { border-collapse: collapse }\n"
    "th, td { border: 1px solid #999; padding: 0.2em 0.5em;\n"
    "  text-align: left; vertical-align: top }\n"
    "table.points td:nth-child(even) { white-space: nowrap }\n"
    "table.class { font-size: 12px; line-height: 1.1 }\n"
    "table.class th, table.class td { padding: 0.3em 0.1em;\n"
    "  vertical-align: bottom; white-space: nowrap }\n"
    "table.class .up { writing-mode: vertical-rl; font-weight: normal;\n"
    "  transform: rotate(180deg); vertical-align: top }\n"
    "tr.failed { outline: 2px solid #000; background: #fee }\n"
    "td.zero { font-weight: bold; border: 2px solid #000;\n"
    "  background: #fdd }\n"
    ".seen { font-family: monospace; overflow-wrap: anywhere }\n"
    "@media print {\n"
    "  body { font-size: 13px; max-width: none; margin: 0; padding: 0 }\n"
    "  table.class { font-size: 7.5px }\n"
    "  tr { break-inside: avoid }\n"
    "}\n";

/* Adds s so that no character of it is markup, and none is invisible. */
static void
page_text(struct buf *b, struct span s)
{
	struct buf shown = { 0 };

	buf_addshown(&shown, s);
	escape_html(b, buf_span(&shown));
	buf_free(&shown);
}

static void
page_begin(struct buf *b, struct span title)
{
	struct buf shown = { 0 };

	buf_addshown(&shown, title);
	escape_page(b, buf_span(&shown), style);
	buf_free(&shown);
}

static void
page_end(struct buf *b)
{
	buf_adds(b, "</body>\n</html>\n");
}

static void
add_page_point(struct buf *b, const struct point *p, const struct mark *m)
{
	buf_addf(b, "<tr class=\"%s\"><td><b>%s</b></td><td>",
	    m->verdict == POINT_FAILED ? "failed" : "other",
	    verdicts[m->verdict]);
	page_text(b, span_str(p->name));
	buf_adds(b, "</td><td>");
	page_text(b, span_str(p->what));
	if (m->verdict != POINT_OK && m->evidence.n > 0) {
		buf_adds(b, "<br>\n<span class=\"seen\">");
		page_text(b, buf_span(&m->evidence));
		buf_adds(b, "</span>");
	}
	if (m->verdict == POINT_FAILED) {
		buf_adds(b, "<br>\n<i>Hint: ");
		page_text(b, span_str(p->hint));
		buf_adds(b, "</i>");
	}
	buf_adds(b, "</td><td>");
	page_text(b, span_str(p->section));
	buf_addf(b, "</td><td>%u</td></tr>\n", m->weight);
}

static void
add_page(struct buf *b, const struct grade *g, const char *name)
{
	struct buf title = { 0 };
	size_t i;

	buf_addf(&title, "%s: %s", g->suite->of, name);
	page_begin(b, buf_span(&title));
	add_sum(b, "<p><b>", g, "</b>");
	buf_adds(b, "</p>\n<table class=\"points\">\n<thead><tr><th>verdict"
	    "</th><th>point</th><th>what is right, and what was seen</th>"
	    "<th>section</th><th>weight</th></tr></thead>\n<tbody>\n");
	for (i = 0; i < g->suite->n; i++)
		if (g->marks[i].weight > 0)
			add_page_point(b, grade_point(g, i), &g->marks[i]);
	buf_adds(b, "</tbody>\n</table>\n");
	page_end(b);
	buf_free(&title);
}

void
marks_add(struct buf *b, enum marks_form form, const struct grade *g,
    const char *name)
{
	switch (form) {
	case MARKS_TAP: add_tap(b, g); break;
	case MARKS_TEXT: add_text(b, g, name); break;
	case MARKS_HTML: add_page(b, g, name); break;
	case MARKS_TSV: add_tsv(b, g); break;
	}
}

/* --- A class ---------------------------------------------------------- */

void
marks_head(struct buf *b, enum marks_form form, const struct grade *g)
{
	size_t i;

	if (form == MARKS_HTML) {
		page_begin(b, span_str(g->suite->of));
		buf_adds(b, "<p>1: ok, 0: failed, -: not tried, nothing: does "
		    "not apply.</p>\n<table class=\"class\">\n<thead><tr>"
		    "<th>name</th><th>got</th><th>of</th>");
	} else {
		buf_adds(b, "name\tgot\tof");
	}
	for (i = 0; i < g->suite->n; i++) {
		if (g->marks[i].weight == 0)
			continue;
		buf_addf(b, form == MARKS_HTML ?
		    "<th class=\"up\">%s</th>" : "\t%s",
		    grade_point(g, i)->name);
	}
	buf_adds(b, form == MARKS_HTML ? "</tr></thead>\n<tbody>\n" : "\n");
}

void
marks_row(struct buf *b, enum marks_form form, const struct grade *g,
    struct span name)
{
	const struct mark *m = g->marks;
	size_t i;

	if (form == MARKS_HTML) {
		buf_adds(b, "<tr><td>");
		page_text(b, name);
		buf_addf(b, "</td><td>%lu</td><td>%lu</td>", grade_got(g),
		    grade_most(g));
	} else {
		buf_addshown(b, name);
		buf_addf(b, "\t%lu\t%lu", grade_got(g), grade_most(g));
	}
	for (i = 0; i < g->suite->n; i++, m++) {
		if (m->weight == 0)
			continue;
		if (form != MARKS_HTML) {
			buf_addf(b, "\t%s", letters[m->verdict]);
			continue;
		}
		buf_addf(b, "<td class=\"%s\" title=\"",
		    m->verdict == POINT_FAILED ? "zero" : "one");
		page_text(b, span_str(grade_point(g, i)->name));
		if (m->evidence.n > 0) {
			buf_adds(b, ": ");
			page_text(b, buf_span(&m->evidence));
		}
		buf_addf(b, "\">%s</td>", letters[m->verdict]);
	}
	buf_adds(b, form == MARKS_HTML ? "</tr>\n" : "\n");
}

void
marks_end(struct buf *b, enum marks_form form)
{
	if (form != MARKS_HTML)
		return;
	buf_adds(b, "</tbody>\n</table>\n");
	page_end(b);
}
