/*
 * format/order/table: whatever the table, a good one makes as many lines of
 * an order as it has, and each of them is at most one recipient.
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
	size_t lines = 0, ends = 0, wrong = 0;
	int r;

	table_open(&t, span_of(data, n));
	while ((r = table_row(&t, &text)) != 0) {
		lines++;
		if (r < 0) {
			MUST(t.why.n > 0 && t.line >= lines && t.column > 0);
			wrong++;
		}
	}
	table_free(&t);
	for (rest = buf_span(&text); rest.n > 0; ends++)
		span_line(&rest);
	MUST(ends == lines);
	if (wrong == 0) {
		buf_adds(&text, "[Subject:]\n[Body:]\n");
		order_read(&o, buf_span(&text), 0);
		MUST(o.good + o.bad + o.duplicates < lines ||
		    o.faults.n > 0);
		MUST(o.subject.p != NULL && o.body.p != NULL);
		order_free(&o);
	}
	buf_free(&text);
	return 0;
}
