#include "htmltext.h"

/* Octets of an entity between & and ; at most. */
#define ENTITY_MAX 10

struct writer {
	struct buf *b;
	size_t line;		/* where the line began */
	int blank;		/* a blank is to come before what follows */
	int pre;		/* blanks and line ends count */
};

enum kind { INLINE, BREAK, BLOCK, PARAGRAPH, PRE, HIDDEN };

static const struct tag {
	const char *name;
	enum kind kind;
} tags[] = {
	{ "br", BREAK },
	{ "div", BLOCK }, { "li", BLOCK }, { "tr", BLOCK }, { "td", BLOCK },
	{ "th", BLOCK }, { "dt", BLOCK }, { "dd", BLOCK }, { "hr", BLOCK },
	{ "body", BLOCK },
	{ "p", PARAGRAPH }, { "table", PARAGRAPH }, { "ul", PARAGRAPH },
	{ "ol", PARAGRAPH }, { "dl", PARAGRAPH }, { "h1", PARAGRAPH },
	{ "h2", PARAGRAPH }, { "h3", PARAGRAPH }, { "h4", PARAGRAPH },
	{ "blockquote", PARAGRAPH },
	{ "pre", PRE },
	{ "head", HIDDEN }, { "style", HIDDEN }, { "script", HIDDEN },
	{ "title", HIDDEN }
};

static const struct entity {
	const char *name;
	const char *text;
} entities[] = {
	{ "amp", "&" }, { "lt", "<" }, { "gt", ">" }, { "quot", "\"" },
	{ "apos", "'" }, { "nbsp", " " }, { "commat", "@" },
	{ "period", "." }
};

static void
end_line(struct writer *w)
{
	buf_addc(w->b, '\n');
	w->line = w->b->n;
	w->blank = 0;
}

/* A line, where one has been begun; and an empty one where that is wanted. */
static void
end_block(struct writer *w, int empty)
{
	if (w->b->n > w->line)
		end_line(w);
	if (empty && w->b->n > 1 && w->b->p[w->b->n - 2] != '\n')
		end_line(w);
	w->blank = 0;
}

static void
add_text(struct writer *w, struct span s)
{
	if (w->blank && w->b->n > w->line)
		buf_addc(w->b, ' ');
	w->blank = 0;
	buf_addspan(w->b, s);
}

/* The character of "#38" or "#x26", of ASCII, or a blank; or -1. */
static int
numbered(struct span name)
{
	const int hex = name.n > 1 && (name.p[1] | 0x20) == 'x';
	size_t i = hex ? 2 : 1;
	int c = 0, digit;

	for (; i < name.n && c < 256; i++) {
		digit = byte_hex(name.p[i]);
		if (digit < 0 || (!hex && digit > 9))
			return -1;
		c = c * (hex ? 16 : 10) + digit;
	}
	return c == 0xa0 ? ' ' : byte_is_graph(c) ? c : -1;
}

/* Adds what an & begins: how many octets of s; 0 where it is no entity. */
static size_t
add_entity(struct writer *w, struct span s)
{
	const struct entity *e;
	struct span name;
	size_t n;
	char c;

	for (n = 1; n < s.n && n <= ENTITY_MAX && s.p[n] != ';'; n++)
		;
	if (n >= s.n || s.p[n] != ';')
		return 0;
	name = span_of(s.p + 1, n - 1);
	e = SPAN_LOOKUP(name, entities);
	if (e != NULL) {
		add_text(w, span_str(e->text));
		return n + 1;
	}
	if (!span_begins(name, "#") || numbered(name) < 0)
		return 0;
	c = (char)numbered(name);
	add_text(w, span_of(&c, 1));
	return n + 1;
}

/* The name in "<name ...>" or "</name>". */
static struct span
tag_name(struct span markup)
{
	struct span name = span_drop(markup,
	    span_begins(markup, "</") ? 2 : 1);
	size_t n = 0;

	while (n < name.n && (byte_is_letter(name.p[n]) ||
	    byte_is_digit(name.p[n]) || name.p[n] == ':'))
		n++;
	return span_of(name.p, n);
}

/* Whether s begins with a tag, and not with <login@domain>. */
static int
is_tag(struct span s)
{
	const struct span name = tag_name(s);
	const struct span rest = span_drop(s,
	    (size_t)(name.p + name.n - s.p));

	return name.n > 0 && byte_is_letter(name.p[0]) && rest.n > 0 &&
	    strchr(" \t\r\n/>", rest.p[0]) != NULL && rest.p[0] != '\0';
}

/* How many octets of s, which begins with <, are markup; or 0. */
static size_t
markup_size(struct span s)
{
	const int comment = span_begins(s, "<!--");
	struct span rest = s;
	const char *end;

	if (!span_begins(s, "<!") && !span_begins(s, "<?") && !is_tag(s))
		return 0;
	while ((end = span_find(rest, '>')) != NULL) {
		rest = span_drop(rest, (size_t)(end + 1 - rest.p));
		if (!comment || (end - s.p >= 6 && end[-1] == '-' &&
		    end[-2] == '-'))
			return s.n - rest.n;
	}
	return 0;
}

/* Behind the tag that ends what does not show, or all of it. */
static struct span
skip_hidden(struct span rest, const char *name)
{
	while (rest.n > 0) {
		if (span_begins(rest, "</") &&
		    span_case_begins(span_drop(rest, 2), name))
			return rest;
		rest = span_drop(rest, 1);
	}
	return rest;
}

/* Takes a piece of markup off *rest. */
static void
take_markup(struct writer *w, struct span *rest, size_t n)
{
	const struct span markup = span_of(rest->p, n);
	const int closes = markup.p[1] == '/';
	const struct tag *tag = SPAN_LOOKUP(tag_name(markup), tags);
	const enum kind kind = tag != NULL ? tag->kind : INLINE;

	*rest = span_drop(*rest, n);
	if (kind == HIDDEN && !closes)
		*rest = skip_hidden(*rest, tag->name);
	else if (kind == BREAK)
		end_line(w);
	else if (kind != INLINE && kind != HIDDEN)
		end_block(w, kind != BLOCK);
	if (kind == PRE)
		w->pre = !closes;
}

/* Takes a character, or the blanks, that s begins with: how many octets. */
static size_t
take_text(struct writer *w, struct span s)
{
	const int c = s.p[0];

	if (span_begins(s, "\xc2\xa0")) {
		add_text(w, span_str(" "));
		return 2;
	}
	if (c == '\n' && w->pre)
		end_line(w);
	else if ((byte_is_blank(c) && !w->pre) || c == '\r' || c == '\n')
		w->blank = 1;
	else
		add_text(w, span_of(s.p, 1));
	return 1;
}

void
htmltext_add(struct buf *b, struct span html)
{
	struct writer w = { .b = b, .line = b->n };
	size_t n;

	while (html.n > 0) {
		n = html.p[0] == '<' ? markup_size(html) : 0;
		if (n > 0) {
			take_markup(&w, &html, n);
			continue;
		}
		if (html.p[0] == '&')
			n = add_entity(&w, html);
		if (n == 0)
			n = take_text(&w, html);
		html = span_drop(html, n);
	}
	end_block(&w, 0);
}
