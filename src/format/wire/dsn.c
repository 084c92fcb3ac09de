#include "dsn.h"

#include <stdlib.h>

/* By recipient; lines of one recipient as they stand in the file. */
static int
by_recipient(const void *left, const void *right)
{
	const struct result *a = *(const struct result *const *)left;
	const struct result *b = *(const struct result *const *)right;
	int c = span_compare(a->rcpt, b->rcpt);

	return c != 0 ? c : (a > b) - (a < b);
}

/* Keeps the last line of each recipient, and of these not the sent. */
static void
reduce(struct dsn *d)
{
	struct result **sorted;
	size_t i, kept = 0;

	sorted = die_calloc(d->n, sizeof *sorted);
	for (i = 0; i < d->n; i++)
		sorted[i] = &d->r[i];
	qsort(sorted, d->n, sizeof *sorted, by_recipient);
	for (i = 0; i + 1 < d->n; i++)	/* said again later */
		if (span_eq(sorted[i]->rcpt, sorted[i + 1]->rcpt))
			sorted[i]->status = RESULT_SENT;
	free(sorted);
	for (i = 0; i < d->n; i++)
		if (d->r[i].status != RESULT_SENT)
			d->r[kept++] = d->r[i];
	d->n = kept;
	for (i = 0; i < d->n; i++)
		if (d->r[i].status == RESULT_SENDING)
			d->r[i].status = RESULT_UNKNOWN;
}

void
dsn_read(struct dsn *d, struct span text, const char *name,
    struct buf *faults)
{
	struct span line;
	size_t number;
	int r;

	text = span_unmarked(text);
	for (number = 1; text.n > 0; number++) {
		line = span_line(&text);
		d->r = die_grow(d->r, d->n, &d->cap, sizeof *d->r);
		r = line.p[line.n - 1] == '\n' ?
		    result_parse(&d->r[d->n], span_chomp(line)) : -1;
		if (r == 0 && d->r[d->n].status <= RESULT_SENDING)
			d->n++;
		else if (r < 0)
			buf_addfault(faults, "%s:%zu: not a line of results(5)",
			    name, number);
	}
	reduce(d);
}

void
dsn_free(struct dsn *d)
{
	free(d->r);
	memset(d, 0, sizeof *d);
}
