#include "table.h"

#include <stdlib.h>

#include "entry.h"
#include "format/mail/mimehead.h"

#define CELLS_MAX 1000		/* in a line: no table of recipients has more */

enum role { ROLE_FIELD, ROLE_ADDRESS, ROLE_NAME, ROLE_NONE };

struct table_column {
	enum role role;
	size_t at, n;		/* its key in keys */
};

struct table_cell {
	const char *p;		/* where it starts in the table */
	size_t at, n;		/* what it says, in text */
};

/* Columns that hold the address: the first of these that is there. */
static const char *const addresses[] = {
	"email", "e-mail", "mail", "address", "recipient"
};

void
table_open(struct table *t, struct span text)
{
	memset(t, 0, sizeof *t);
	text = span_unmarked(text);
	t->rest = text;
	t->start = text.p;
	t->line = t->next = 1;
	t->cells = die_calloc(CELLS_MAX, sizeof *t->cells);
	buf_reserve(&t->text, 1);
	buf_reserve(&t->keys, 1);
}

void
table_free(struct table *t)
{
	free(t->columns);
	free(t->cells);
	buf_free(&t->text);
	buf_free(&t->keys);
	buf_free(&t->why);
}

/* The first thing wrong with a record counts. */
static void
wrong(struct table *t, const char *p, const char *why, struct span what)
{
	const char *q;

	if (t->why.n > 0)
		return;
	t->column = 1;
	for (q = t->start; q < p; q++)
		t->column += (*q & 0xc0) != 0x80;
	if (what.n > 0)
		buf_addf(&t->why, "%.*s: ", (int)what.n, what.p);
	buf_adds(&t->why, why);
}

static struct span
said(const struct table *t, const struct table_cell *c)
{
	return span_of(t->text.p + c->at, c->n);
}

/* The text in quotes at the start of rest: its length with them. */
static size_t
take_quoted(struct table *t)
{
	struct span s = t->rest;
	size_t i;

	for (i = 1; i < s.n; i++) {
		if (s.p[i] == '"' && (i + 1 == s.n || s.p[++i] != '"'))
			return i + (i + 1 == s.n && s.p[i] == '"');
		if (s.p[i] == '\n') {
			wrong(t, s.p, "a line end in this cell",
			    span_of(NULL, 0));
			t->next++;
		}
		buf_addc(&t->text, s.p[i]);
	}
	wrong(t, s.p, "this quote is not closed", span_of(NULL, 0));
	return s.n;
}

/* Takes a cell and the separator behind it; whether there was one. */
static int
take_cell(struct table *t, struct table_cell *c)
{
	size_t i = 0, n;

	c->p = t->rest.p;
	c->at = t->text.n;
	if (t->rest.n > 0 && t->rest.p[0] == '"')
		t->rest = span_drop(t->rest, take_quoted(t));
	while (i < t->rest.n && t->rest.p[i] != t->separator &&
	    t->rest.p[i] != '\n')
		i++;
	n = i;
	if (n > 0 && t->rest.p[n - 1] == '\r' &&
	    (i == t->rest.n || t->rest.p[i] == '\n'))
		n--;
	if (n > 0 && t->rest.p != c->p)
		wrong(t, t->rest.p, "expected a separator behind the quote",
		    span_of(NULL, 0));
	buf_add(&t->text, t->rest.p, n);
	c->n = t->text.n - c->at;
	t->rest = span_drop(t->rest, i);
	if (t->rest.n == 0 || t->rest.p[0] == '\n')
		return 0;
	t->rest = span_drop(t->rest, 1);
	return 1;
}

/* Reads a record with its line end: 1, or 0 where there is none. */
static int
take_record(struct table *t)
{
	int more;

	if (t->rest.n == 0)
		return 0;
	buf_clear(&t->text);
	buf_clear(&t->why);
	t->start = t->rest.p;
	t->line = t->next;
	t->n = 0;
	do {
		if (t->n == CELLS_MAX) {
			wrong(t, t->rest.p, "too many cells in this line",
			    span_of(NULL, 0));
			t->n--;
		}
		more = take_cell(t, &t->cells[t->n++]);
	} while (more);
	if (t->rest.n > 0)
		t->rest = span_drop(t->rest, 1);
	t->next++;
	return 1;
}

/* A tab, or a semicolon, where the header line has one outside quotes. */
static char
find_separator(struct span s)
{
	int quoted = 0, semicolon = 0;
	size_t i;

	for (i = 0; i < s.n && (quoted || s.p[i] != '\n'); i++) {
		if (s.p[i] == '"')
			quoted = !quoted;
		else if (!quoted && s.p[i] == '\t')
			return '\t';
		else if (!quoted && s.p[i] == ';')
			semicolon = 1;
	}
	return semicolon ? ';' : ',';
}

static struct span
key_of(const struct table *t, size_t i)
{
	return span_of(t->keys.p + t->columns[i].at, t->columns[i].n);
}

/* The key of column i: what its cell says, with _ for blanks. */
static void
name_column(struct table *t, size_t i)
{
	struct table_column *c = &t->columns[i];
	struct span s = span_trim(said(t, &t->cells[i]));
	size_t k;

	c->at = t->keys.n;
	c->n = s.n;
	c->role = s.n == 0 ? ROLE_NONE : ROLE_FIELD;
	if (span_case_is(s, "name"))
		c->role = ROLE_NAME;
	for (k = 0; k < s.n; k++)
		buf_addc(&t->keys, byte_is_blank(s.p[k]) ? '_' : s.p[k]);
}

static void
check_column(struct table *t, size_t i)
{
	const struct span key = key_of(t, i);
	const char *p = t->cells[i].p;
	size_t k;

	for (k = 0; k < key.n; k++)
		if (!entry_is_key(key.p[k]))
			wrong(t, p, "a column of this name cannot be a field",
			    key);
	if (t->columns[i].role == ROLE_FIELD && entry_key(key) < KEY_TOKEN)
		wrong(t, p, "is not a field: it comes from the address", key);
	for (k = 0; k < i && t->columns[i].role != ROLE_NONE; k++)
		if (t->columns[k].role == t->columns[i].role &&
		    (t->columns[i].role != ROLE_FIELD ||
		    span_eq(key_of(t, k), key)))
			wrong(t, p, "this column is here twice", key);
}

/* Finds the column with the address, and whether there are two. */
static void
find_address(struct table *t)
{
	size_t i, k;

	for (k = 0; k < COUNT(addresses); k++)
		for (i = 0; i < t->ncolumns; i++)
			if (span_case_is(key_of(t, i), addresses[k])) {
				t->columns[i].role = ROLE_ADDRESS;
				return;
			}
	wrong(t, t->start, "no column is called email, address or recipient",
	    span_of(NULL, 0));
}

static int
take_header(struct table *t, struct buf *order)
{
	size_t i;

	t->separator = find_separator(t->rest);
	t->ncolumns = take_record(t) ? t->n : 0;
	t->columns = die_calloc(t->ncolumns, sizeof *t->columns);
	for (i = 0; i < t->ncolumns; i++)
		name_column(t, i);
	find_address(t);
	for (i = 0; i < t->ncolumns; i++)
		check_column(t, i);
	buf_adds(order, "[Recipients:]\n");
	if (t->why.n == 0)
		return 1;
	t->rest.n = 0;
	return -1;
}

/*
 * Whether it is one; what is not must not look like something else, and is
 * alone in its entry.
 */
static int
add_address(struct buf *b, struct span name, struct span s)
{
	struct addr addr;
	size_t i;

	if (addr_parse(&addr, s, NULL) == 0) {
		if (name.n > 0) {
			mimehead_quoted(b, name);
			buf_adds(b, " <");
		} else if (s.p[0] == '#')
			buf_addc(b, ',');	/* no comment */
		buf_addspan(b, s);
		buf_adds(b, name.n > 0 ? ">" : "");
		return 1;
	}
	for (i = 0; i < s.n && entry_is_key(s.p[i]) && s.p[i] != '#'; i++)
		;
	if (s.n > 0 && i == s.n)
		buf_addspan(b, s);
	else
		mimehead_quoted(b, s);
	return 0;
}

static void
add_entry(struct table *t, struct buf *b)
{
	struct span name = span_of(NULL, 0), addr = name;
	size_t i;

	for (i = 0; i < t->n; i++)
		if (t->columns[i].role == ROLE_ADDRESS)
			addr = span_trim(said(t, &t->cells[i]));
		else if (t->columns[i].role == ROLE_NAME)
			name = span_trim(said(t, &t->cells[i]));
	if (!add_address(b, name, addr))
		return;
	for (i = 0; i < t->n; i++) {
		if (t->columns[i].role != ROLE_FIELD || t->cells[i].n == 0)
			continue;
		buf_addc(b, ' ');
		buf_addspan(b, key_of(t, i));
		buf_addc(b, '=');
		mimehead_quoted(b, said(t, &t->cells[i]));
	}
}

int
table_row(struct table *t, struct buf *order)
{
	if (t->columns == NULL)
		return take_header(t, order);
	if (!take_record(t))
		return 0;
	if (t->text.n > 0 && t->n != t->ncolumns) {
		wrong(t, t->start, "expected as many cells as in the "
		    "header line", span_of(NULL, 0));
	} else if (t->text.n > 0 && t->why.n == 0)
		add_entry(t, order);
	buf_addc(order, '\n');
	return t->why.n > 0 ? -1 : 1;
}

void
table_keys(const struct table *t, struct buf *keys)
{
	size_t i;

	for (i = 0; i < t->ncolumns; i++)
		if (t->columns[i].role == ROLE_FIELD) {
			buf_addspan(keys, key_of(t, i));
			buf_addc(keys, '\n');
		}
}
