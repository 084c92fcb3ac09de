#include "cells.h"

#include <stdlib.h>

#include "format/mail/unicode.h"

/* Where CR alone ends lines, LF does, too. */
static int
is_eol(const struct cells *c, char byte)
{
	return byte == '\n' || byte == c->eol;
}

/* Takes the end of a line off rest, if it is there. */
static void
take_eol(struct cells *c)
{
	if (c->rest.n == 0)
		return;
	if (c->rest.n > 1 && c->rest.p[0] == '\r' && c->rest.p[1] == '\n')
		c->rest = span_drop(c->rest, 1);
	c->rest = span_drop(c->rest, 1);
}

/* Old Macintosh programs end lines in CR alone. */
static char
find_eol(struct span s)
{
	int quoted = 0;
	size_t i;

	for (i = 0; i < s.n; i++) {
		if (s.p[i] == '"')
			quoted = !quoted;
		else if (!quoted && s.p[i] == '\n')
			return '\n';
		else if (!quoted && s.p[i] == '\r' &&
		    (i + 1 == s.n || s.p[i + 1] != '\n'))
			return '\r';
	}
	return '\n';
}

/* A first line sep=; as Excel reads and writes it, quoted or not. */
static void
take_sep(struct cells *c)
{
	struct span s = c->rest;
	size_t quote = span_begins(s, "\"") ? 1 : 0, n;

	s = span_drop(s, quote);
	if (!span_case_begins(s, "sep=") || s.n < 5 || s.p[4] == '\r' ||
	    s.p[4] == '\n')
		return;
	for (n = 5 + quote; n < s.n && !is_eol(c, s.p[n]); n++)
		if (s.p[n] != '\r')
			return;
	if (n > s.n)
		return;
	c->separator = s.p[4];
	c->rest = span_drop(s, n);
	take_eol(c);
	c->lines = 1;
}

void
cells_open(struct cells *c, struct span text)
{
	memset(c, 0, sizeof *c);
	c->rest = span_unmarked(text);
	c->start = c->rest.p;
	c->line = 1;
	c->eol = find_eol(c->rest);
	c->cell = die_calloc(CELLS_MAX, sizeof *c->cell);
	buf_reserve(&c->text, 1);
	take_sep(c);
}

void
cells_free(struct cells *c)
{
	free(c->cell);
	buf_free(&c->text);
}

int
cells_has_separator(const struct cells *c)
{
	return c->separator != '\0';
}

void
cells_separate(struct cells *c, char separator)
{
	c->separator = separator;
}

/* The first thing wrong with a record counts. */
static void
wrong(struct cells *c, const char *p, const char *why)
{
	if (c->why != NULL)
		return;
	c->wrong = p;
	c->why = why;
}

/* Octets of blanks at the start of s, of any kind but a separator. */
static size_t
skip_blanks(const struct cells *c, struct span s)
{
	struct span rest = s;
	size_t n = 0;

	while (rest.n > 0 && rest.p[0] != c->separator &&
	    unicode_is_blank(unicode_take(&rest)))
		n = s.n - rest.n;
	return n;
}

/* The text in quotes at the start of rest: its length with them. */
static size_t
take_quoted(struct cells *c)
{
	struct span s = c->rest;
	size_t i;

	for (i = 1; i < s.n; i++) {
		if (s.p[i] == '"' && (i + 1 == s.n || s.p[++i] != '"'))
			return i + (i + 1 == s.n && s.p[i] == '"');
		if (s.p[i] == '\r' && i + 1 < s.n && s.p[i + 1] == '\n')
			i++;
		if (s.p[i] != '\n' && s.p[i] != '\r') {
			buf_addc(&c->text, s.p[i]);
			continue;
		}
		buf_addc(&c->text, ' ');
		c->lines += s.p[i] == '\n' || c->eol == '\r';
	}
	wrong(c, s.p, "this quote is not closed");
	return s.n;
}

/* What stands up to the separator or the line's end, which *i then is at. */
static struct span
take_plain(const struct cells *c, size_t *i)
{
	const struct span s = c->rest;
	size_t n;

	for (*i = 0; *i < s.n && s.p[*i] != c->separator &&
	    !is_eol(c, s.p[*i]);)
		++*i;
	n = *i;
	if (n > 0 && s.p[n - 1] == '\r' && (n == s.n || s.p[n] == '\n'))
		n--;
	return span_of(s.p, n);
}

/* Takes a cell and the separator behind it; whether there was one. */
static int
take_cell(struct cells *c, struct cell *cell)
{
	struct span plain, said;
	size_t n = skip_blanks(c, c->rest);
	int quoted;

	quoted = n < c->rest.n && c->rest.p[n] == '"';
	c->rest = span_drop(c->rest, n);
	cell->p = c->rest.p;
	cell->at = c->text.n;
	if (quoted)
		c->rest = span_drop(c->rest, take_quoted(c));
	plain = unicode_trim(take_plain(c, &n));
	if (quoted && plain.n > 0)
		wrong(c, plain.p, "expected a separator after the quote");
	buf_addspan(&c->text, plain);
	said = unicode_trim(span_drop(buf_span(&c->text), cell->at));
	cell->n = said.n;
	if (said.n > 0)
		cell->at = (size_t)(said.p - c->text.p);
	c->rest = span_drop(c->rest, n);
	if (c->rest.n == 0 || is_eol(c, c->rest.p[0]))
		return 0;
	c->rest = span_drop(c->rest, 1);
	return 1;
}

int
cells_next(struct cells *c)
{
	int more;

	c->line += c->lines;
	c->lines = 0;
	if (c->rest.n == 0)
		return 0;
	buf_clear(&c->text);
	c->wrong = c->why = NULL;
	c->start = c->rest.p;
	c->n = 0;
	do {
		if (c->n == CELLS_MAX) {
			wrong(c, c->rest.p, "too many cells in this line");
			c->n--;
		}
		more = take_cell(c, &c->cell[c->n++]);
	} while (more);
	take_eol(c);
	c->lines++;
	return 1;
}

void
cells_again(struct cells *c)
{
	c->rest.n += (size_t)(c->rest.p - c->start);
	c->rest.p = c->start;
	c->lines = 0;
}

struct span
cells_said(const struct cells *c, size_t i)
{
	return i < c->n ? span_of(c->text.p + c->cell[i].at, c->cell[i].n) :
	    span_of(c->text.p, 0);
}

int
cells_are_empty(const struct cells *c)
{
	size_t i;

	for (i = 0; i < c->n; i++)
		if (c->cell[i].n > 0)
			return 0;
	return 1;
}

void
cells_place(const struct cells *c, const char *p, size_t *line,
    size_t *column)
{
	const char *q;

	*line = c->line;
	*column = 1;
	for (q = c->start; q < p; q++)
		if (*q == '\n' || (*q == '\r' && c->eol == '\r' &&
		    (q + 1 == p || q[1] != '\n'))) {
			++*line;
			*column = 1;
		} else {
			*column += (*q & 0xc0) != 0x80;
		}
}
