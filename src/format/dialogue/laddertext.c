#include "ladder.h"

#define PHASE 9			/* columns of its name */
#define LEFT (PHASE + LADDER_TIME + 4)	/* with the client's lifeline */

#define RED "\033[31m"
#define PLAIN "\033[0m"

static void
add_many(struct buf *b, int c, size_t n)
{
	while (n-- > 0)
		buf_addc(b, c);
}

/* s in so many columns, at its left or its right. */
static void
add_left(struct buf *b, const char *s, size_t columns)
{
	size_t n = strlen(s);

	buf_adds(b, s);
	add_many(b, ' ', n < columns ? columns - n : 0);
}

static void
add_right(struct buf *b, struct span s, size_t columns)
{
	add_many(b, ' ', s.n < columns ? columns - s.n : 0);
	buf_addspan(b, s);
}

/* What stands left of the client's lifeline. */
static void
add_start(struct buf *b, const struct ladder_row *row)
{
	static const char bracket[] = { ' ', '/', '|', '\\' };
	struct buf time = { 0 };

	add_left(b, row->begins ? ladder_phase_name(row->phase) : "", PHASE);
	ladder_time(&time, row);
	add_right(b, buf_span(&time), LADDER_TIME);
	buf_addc(b, ' ');
	buf_addc(b, row->fails ? '!' : ' ');
	buf_addc(b, bracket[row->bracket]);
	buf_free(&time);
}

static void
add_note(struct buf *b, const struct ladder *l, const struct ladder_row *row,
    size_t inner)
{
	struct buf text = { 0 };
	size_t n = ladder_fit(&text, l, row, inner - 6), before;

	before = (inner - n - 2) / 2;
	add_many(b, ' ', before);
	buf_addc(b, '(');
	buf_addspan(b, buf_span(&text));
	buf_addc(b, ')');
	add_many(b, ' ', inner - n - 2 - before);
	buf_free(&text);
}

/* "-- MAIL FROM:<a@b> ----- 3 ->", "<- 250 Ok ----- 3 --" */
static void
add_arrow(struct buf *b, const struct ladder *l, const struct ladder_row *row,
    size_t inner)
{
	int client = row->e->side == DIALOGUE_CLIENT;
	struct buf text = { 0 }, number = { 0 };
	size_t n;

	if (row->grouped)
		buf_addf(&number, " %lu ", row->e->turn);
	n = ladder_fit(&text, l, row, inner - number.n - 8);
	buf_adds(b, client ? "-- " : "<- ");
	buf_addspan(b, buf_span(&text));
	buf_addc(b, ' ');
	n += number.n + 6;
	add_many(b, '-', n < inner ? inner - n : 0);
	buf_addspan(b, buf_span(&number));
	buf_adds(b, client ? "->" : "--");
	buf_free(&text);
	buf_free(&number);
}

static void
add_head(struct buf *b, const struct recording *r, size_t columns)
{
	ladder_title(b, r, columns);
	buf_addc(b, '\n');
	add_many(b, ' ', LEFT - 3);
	buf_adds(b, "client");
	add_many(b, ' ', columns - LEFT - 9);
	buf_adds(b, "server\n");
}

void
ladder_text(struct buf *b, const struct recording *r, size_t columns,
    int colour)
{
	size_t inner = columns - LEFT - 1;
	struct ladder_row row;
	struct ladder l;

	ladder_init(&l, r);
	add_head(b, r, columns);
	while (ladder_next(&l, &row)) {
		add_start(b, &row);
		buf_addc(b, '|');
		if (colour && row.fails)
			buf_adds(b, RED);
		if (row.e->side == DIALOGUE_NOTE)
			add_note(b, &l, &row, inner);
		else
			add_arrow(b, &l, &row, inner);
		if (colour && row.fails)
			buf_adds(b, PLAIN);
		buf_adds(b, "|\n");
	}
	ladder_free(&l);
}
