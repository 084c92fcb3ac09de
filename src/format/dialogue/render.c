#include "render.h"

#include "format/wire/escape.h"

#define COLUMNS 79		/* of a text's lines */
#define INDENT 4

/* Readable in black and white, on paper, and without a network. */
static const char style[] =
    "body { font: 16px/1.4 sans-serif; max-width: 50em; margin: 1em auto;\n"
    "  padding: 0 1em; color: #000; background: #fff }\n"
    "h1, h2 { font-size: 1.2em }\n"
    "pre { margin: 0.8em 0 0; padding: 0.2em 0.5em; white-space: pre-wrap;\n"
    "  overflow-wrap: anywhere; border: 1px solid #bbb }\n"
    "pre.c { background: #eef }\n"
    "pre.s { background: #efe }\n"
    "pre.wrong { border: 3px solid #900 }\n"
    "p { margin: 0.1em 0 0.1em 2em }\n"
    "p.wrong { font-weight: bold; color: #900 }\n"
    "p.remark { font-style: italic }\n"
    ".section { white-space: nowrap; color: #555 }\n"
    "@media print { pre, p { break-inside: avoid } }\n";

/* In the order of the enum. */
static const struct {
	const char *mark;	/* in text */
	const char *name;	/* of its kind of paragraph */
} kinds[] = {
	{ "    ", "means" }, { "    ", "here" }, { "  * ", "remark" },
	{ "! ", "wrong" }
};

static const char *const sides[] = { "C: ", "S: ", "-- " };
static const char *const classes[] = { "c", "s", "n" };

void
render_begin(struct buf *b, enum render_form form, struct span title)
{
	if (form == RENDER_HTML)
		escape_page(b, title, style);
}

void
render_end(struct buf *b, enum render_form form)
{
	if (form == RENDER_HTML)
		buf_adds(b, "</body>\n</html>\n");
}

void
render_title(struct buf *b, enum render_form form, struct span title)
{
	if (form == RENDER_HTML) {
		buf_adds(b, "<h2>");
		escape_html(b, title);
		buf_adds(b, "</h2>\n");
		return;
	}
	buf_addspan(b, title);
	buf_addc(b, '\n');
}

static void
add_line(struct buf *b, enum render_form form, const char *class,
    const char *name, struct span text, int wrong)
{
	struct buf shown = { 0 };

	escape_add(&shown, text);
	if (form == RENDER_HTML) {
		buf_addf(b, "<pre class=\"%s%s\"><b>%s</b>", class,
		    wrong ? " wrong" : "", name);
		escape_html(b, buf_span(&shown));
		buf_adds(b, "</pre>\n");
	} else {
		buf_adds(b, name);
		buf_addspan(b, buf_span(&shown));
		buf_addc(b, '\n');
	}
	buf_free(&shown);
}

void
render_line(struct buf *b, enum render_form form, enum dialogue_side side,
    struct span text, int wrong)
{
	add_line(b, form, classes[side], sides[side], text, wrong);
}

void
render_text(struct buf *b, enum render_form form, struct span text,
    int wrong)
{
	add_line(b, form, "t", "", text, wrong);
}

/* A word behind those that stand there, or on a new line. */
static void
add_word(struct buf *b, struct span word, size_t *column)
{
	size_t n = span_characters(word);

	if (*column > INDENT && *column + 1 + n > COLUMNS) {
		buf_addf(b, "\n%*s", INDENT, "");
		*column = INDENT;
	} else if (*column > INDENT) {
		buf_addc(b, ' ');
		++*column;
	}
	buf_addspan(b, word);
	*column += n;
}

/* What is wrong stands on one line, so that grep finds all of it. */
static void
note_text(struct buf *b, const struct note *note)
{
	struct buf section = { 0 };
	struct span rest = note->text, word;
	size_t column = INDENT;

	buf_adds(b, kinds[note->kind].mark);
	if (note->section != NULL)
		buf_addf(&section, "(%s)", note->section);
	if (note->kind == NOTE_WRONG) {
		buf_addspan(b, rest);
		if (section.n > 0)
			buf_addc(b, ' ');
		buf_addspan(b, buf_span(&section));
	} else {
		while ((word = span_take_word(&rest)).n > 0)
			add_word(b, word, &column);
		if (section.n > 0)
			add_word(b, buf_span(&section), &column);
	}
	buf_addc(b, '\n');
	buf_free(&section);
}

static void
note_html(struct buf *b, const struct note *note)
{
	buf_addf(b, "<p class=\"%s\">", kinds[note->kind].name);
	if (note->kind == NOTE_WRONG)
		buf_adds(b, "! ");
	escape_html(b, note->text);
	if (note->section != NULL)
		buf_addf(b, " <span class=\"section\">(%s)</span>",
		    note->section);
	buf_adds(b, "</p>\n");
}

void
render_notes(struct buf *b, enum render_form form, const struct notes *notes)
{
	struct note note;
	size_t i;

	for (i = 0; i < notes->n; i++) {
		note = notes_get(notes, i);
		if (form == RENDER_HTML)
			note_html(b, &note);
		else
			note_text(b, &note);
	}
}
