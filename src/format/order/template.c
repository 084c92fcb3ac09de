#include "template.h"

#include <stdlib.h>

#include "format/wire/escape.h"

#define ENCODED (sizeof "%XX" - 1)

/*
 * A placeholder, and the literal text before it.  There may be as many as a
 * third of the order's bytes; the text is at most twice as long as that.
 */
struct part {
	const char *default_text;	/* NULL where none is given */
	uint32_t default_n;
	uint32_t end;		/* of the literal text in the template's */
	uint32_t number;	/* as fields_number has it */
};

void
template_free(struct template *t)
{
	buf_free(&t->text);
	free(t->parts);
	memset(t, 0, sizeof *t);
}

/* What compiling a template keeps in mind. */
struct compiler {
	struct template *t;
	const struct fields *f;
	size_t line;		/* octets of the line so far */
	size_t refs;		/* placeholders in it */
};

static void
end_line(struct compiler *c)
{
	if (c->t->form != TEMPLATE_LINE)
		buf_adds(&c->t->text, "\r\n");
	if (c->line > c->t->literal)
		c->t->literal = c->line;
	if (c->refs > c->t->refs)
		c->t->refs = c->refs;
	c->line = c->refs = 0;
}

/* Whether a line begins here. */
static int
is_start(const struct compiler *c)
{
	return c->line + c->refs == 0;
}

/* Literal text without a line ending in it. */
static void
add_literal(struct compiler *c, struct span s)
{
	if (s.n > 0 && s.p[0] == '.' && is_start(c))
		c->t->dots = 1;
	buf_addspan(&c->t->text, s);
	c->line += s.n;
}

static void
add_lines(struct compiler *c, struct span s)
{
	while (span_find(s, '\n') != NULL) {
		add_literal(c, span_chomp(span_line(&s)));
		end_line(c);
	}
	add_literal(c, s);
}

static void
add_part(struct compiler *c, const struct placeholder *p, size_t number)
{
	struct template *t = c->t;
	struct part *part;

	t->parts = die_grow(t->parts, t->n, &t->cap, sizeof *t->parts);
	part = &t->parts[t->n++];
	part->end = (uint32_t)t->text.n;
	part->number = (uint32_t)number;
	part->default_text = p->default_text.p;
	part->default_n = (uint32_t)p->default_text.n;
	t->ascii = t->ascii && span_is_ascii(p->default_text);
	if (p->default_text.n > t->longest)
		t->longest = p->default_text.n;
	if (number == KEY_TOKEN && TAG_LONG > t->longest)
		t->longest = TAG_LONG;
	if (number == KEY_ENCODED && ENCODED > t->widest)
		t->widest = ENCODED;
	if (is_start(c))
		t->dots = 1;
	c->refs++;
}

static void
add_text(struct compiler *c, struct span s)
{
	size_t i = 0, done = 0;
	struct placeholder p;

	while (placeholder_next(s, &i, &p)) {
		if (!fields_has(c->f, &p))
			continue;
		add_lines(c, span_of(s.p + done, p.at - done));
		if (p.escaped)
			add_literal(c, span_of(s.p + p.at + 1,
			    p.end - p.at - 1));
		else
			add_part(c, &p, fields_number(c->f, p.key));
		done = p.end;
	}
	add_lines(c, span_drop(s, done));
}

void
template_compile(struct template *t, const struct fields *f,
    struct span text, enum template_form form)
{
	struct compiler c = { t, f, 0, 0 };
	struct span line;

	t->form = form;
	t->ascii = 1;
	buf_reserve(&t->text, 1);	/* so that it is somewhere */
	t->widest = t->html ? sizeof "&quot;" - 1 : 1;
	if (form == TEMPLATE_LINE) {
		while (order_line(&text, &line)) {
			if (!is_start(&c))
				add_literal(&c, span_str(" "));
			add_text(&c, line);
		}
	} else {
		add_text(&c, text);
	}
	if (!is_start(&c) && form != TEMPLATE_PIECE)
		end_line(&c);
	t->has_8bit = !span_is_ascii(buf_span(&t->text));
	t->ascii = t->ascii && !t->has_8bit;
}

static struct span
value_of(const struct fields *f, const struct part *part)
{
	const struct span default_text = span_of(part->default_text,
	    part->default_n);
	const struct used_field *used;

	switch (part->number) {
	case KEY_LOGIN:
		return f->login;
	case KEY_EMAIL:
		return f->email;
	case KEY_DOMAIN:
		return f->domain;
	case KEY_NAME:
		return f->name.n > 0 ? f->name :
		    default_text.p != NULL ? default_text : f->login;
	case KEY_ENCODED:
		return buf_span(&f->encoded);
	case KEY_TOKEN:
		return buf_span(&f->token);
	default:
		used = &f->used[part->number - KEY_FIELD];
		return used->turn == f->turn ? used->value : default_text;
	}
}

void
template_fill(const struct template *t, const struct fields *f,
    struct buf *b)
{
	const struct part *part;
	struct span value;
	size_t done = 0, i;

	for (i = 0; i < t->n; i++) {
		part = &t->parts[i];
		buf_add(b, t->text.p + done, part->end - done);
		done = part->end;
		value = value_of(f, part);
		if (t->html)
			escape_html(b, value);
		else
			buf_addspan(b, value);
	}
	buf_add(b, t->text.p + done, t->text.n - done);
}

int
template_is_8bit(const struct template *t, const struct fields *f)
{
	size_t i;

	if (t->has_8bit)
		return 1;
	for (i = 0; i < t->n; i++)
		if (!span_is_ascii(value_of(f, &t->parts[i])))
			return 1;
	return 0;
}
