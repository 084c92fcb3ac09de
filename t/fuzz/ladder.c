/*
 * format/dialogue/ladder, format/dialogue/machine: whatever a dialogue says,
 * nothing in its pictures acts on who shows them, and the lines of a text are
 * equal.
 */
#include "format/dialogue/ladder.h"
#include "format/dialogue/machine.h"

#include "fuzz.h"

#define WIDTH 480
#define COLUMNS 60

static void
check_text(const struct buf *b)
{
	struct span rest = buf_span(b);

	while (rest.n > 0)
		MUST(span_is_printable(span_chomp(span_line(&rest))));
}

static void
check(const struct recording *r)
{
	struct machine m = { 0 };
	struct buf b = { 0 };

	MUST(ladder_svg(&b, r, WIDTH, 0) > 0);
	must_be_xml(&b);
	buf_clear(&b);
	ladder_text(&b, r, COLUMNS, 0);
	check_text(&b);
	buf_clear(&b);
	machine_walk(&m, r);
	MUST(machine_svg(&b, &m) > 0);
	must_be_xml(&b);
	buf_clear(&b);
	machine_text(&b, &m);
	check_text(&b);
	buf_free(&b);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct span rest = span_of(data, n);
	struct dialogue d = { 0 };
	struct recording r = { 0 };
	unsigned long line = 0;

	while (rest.n > 0) {
		line++;
		if (dialogue_line(&d, span_line(&rest)) != DIALOGUE_EVENT)
			continue;
		if (d.begins) {
			if (r.n > 0)
				check(&r);
			recording_start(&r, &d.head);
		}
		recording_add(&r, &d.event, line);
	}
	if (r.n > 0)
		check(&r);
	recording_free(&r);
	dialogue_free(&d);
	return 0;
}
