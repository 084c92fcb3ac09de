/*
 * format/order/table: whatever the table, it makes as many lines of an order as
 * it has, and each row is at most one recipient; headings are lines in pairs.
 */
#include "format/order/order.h"
#include "format/order/table.h"

#include "fuzz.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct buf text = { 0 };
	struct table t;
	struct order o;
	struct span rest;
	struct buf headings = { 0 };
	size_t lines = 0, ends = 0, wrong = 0, last = 0;
	int r;

	/* half of the tables have a column that was asked for */
	table_open(&t, span_of(data, n), n % 2 == 0 ? NULL : "k");
	while ((r = table_row(&t, &text)) != 0) {
		lines++;
		if (r < 0) {
			MUST(t.why.n > 0 && t.line > last && t.column > 0);
			wrong++;
		}
		last = t.cells.line;
		MUST(last >= lines);
	}
	table_headings(&t, &headings);
	MUST(span_lines(buf_span(&headings)) % 2 == 0);
	last = t.cells.line;
	table_free(&t);
	for (rest = buf_span(&text); rest.n > 0; ends++)
		span_line(&rest);
	MUST(ends >= lines && ends <= last);
	if (wrong == 0) {
		buf_adds(&text, "[Subject:]\n[Body:]\n");
		order_read(&o, buf_span(&text), 0);
		MUST(o.good + o.bad + o.duplicates < lines ||
		    o.faults.n > 0);
		MUST(o.subject.p != NULL && o.body.p != NULL);
		order_free(&o);
	}
	buf_free(&headings);
	buf_free(&text);
	return 0;
}
