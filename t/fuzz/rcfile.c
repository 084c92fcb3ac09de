/*
 * A configuration file, and one of aliases: what is found is a view of them,
 * and the same when a comment stands before them.
 */
#include "format/wire/rcfile.h"

#include "format/mail/aliases.h"
#include "fuzz.h"

static const char comment[] = "# server x\n";

static void
must_be_in(struct span value, const struct buf *text)
{
	MUST(value.p >= text->p);
	MUST(value.p + value.n <= text->p + text->n);
	read_all(value.p, value.n);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	const struct span me = span_str("me@x.test");
	struct buf text = { 0 }, more = { 0 }, faults = { 0 };
	struct span value, again;
	int found;

	buf_add(&text, data, n);
	buf_addc(&text, '\n');
	buf_adds(&more, comment);
	buf_addspan(&more, buf_span(&text));
	MUST(rcfile_check(buf_span(&text), "f", &faults) == (faults.n == 0));
	found = rcfile_find(buf_span(&text), me, RCFILE_SERVER, &value);
	if (found)
		must_be_in(value, &text);
	MUST(rcfile_find(buf_span(&more), me, RCFILE_SERVER, &again) == found);
	MUST(!found || span_eq(value, again));
	buf_clear(&faults);
	MUST(aliases_check(buf_span(&text), "f", &faults) == (faults.n == 0));
	found = aliases_find(buf_span(&text), span_str("root"), &value);
	if (found)
		must_be_in(value, &text);
	MUST(aliases_find(buf_span(&more), span_str("root"), &again) == found);
	MUST(!found || span_eq(value, again));
	buf_free(&text);
	buf_free(&more);
	buf_free(&faults);
	return 0;
}
