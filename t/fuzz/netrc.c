/*
 * A file of passwords.  What is found is a view of the file, and is found
 * again when an entry that is commented out stands before it.
 */
#include "format/wire/netrc.h"

#include "fuzz.h"

static const char commented[] = "# machine h login u password wrong\n";

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct buf text = { 0 }, more = { 0 };
	struct span password, again;
	int found;

	buf_add(&text, data, n);
	buf_adds(&more, commented);
	buf_add(&more, data, n);
	found = netrc_find(&text, span_str("h"), span_str("u"), &password);
	if (found && password.n > 0) {
		MUST(password.p >= text.p);
		MUST(password.p + password.n <= text.p + text.n);
		read_all(password.p, password.n);
	}
	MUST(netrc_find(&more, span_str("h"), span_str("u"), &again) == found);
	MUST(!found || span_eq(password, again));
	buf_free(&text);
	buf_free(&more);
	return 0;
}
