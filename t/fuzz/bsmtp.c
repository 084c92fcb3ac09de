/*
 * format/bsmtp: whatever the batch, its views lie in the line, and a text ends
 * with a dot alone.
 */
#include "format/bsmtp.h"

#include "fuzz.h"

static void
check_view(struct span view, struct span line)
{
	MUST(view.n == 0 || (view.p >= line.p &&
	    view.p + view.n <= line.p + line.n));
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct span rest = span_of(data, n), line;
	struct bsmtp b = { .phase = BSMTP_IDLE };
	enum bsmtp_event e = BSMTP_MORE;
	int in_text = 0;

	while (rest.n > 0 && e != BSMTP_QUIT) {
		line = span_line(&rest);
		e = bsmtp_line(&b, line);
		if (e == BSMTP_MAIL || e == BSMTP_RCPT) {
			check_view(b.path, line);
			check_view(b.params, line);
		}
		if (in_text) {
			MUST(e == BSMTP_TEXT || e == BSMTP_DOT);
			MUST((e == BSMTP_DOT) == (span_is(line, ".\n") ||
			    span_is(line, ".\r\n")));
		}
		if (e == BSMTP_TEXT)
			check_view(b.text, line);
		MUST(e != BSMTP_BAD || b.why != NULL);
		in_text = e == BSMTP_DATA || (in_text && e == BSMTP_TEXT);
	}
	return 0;
}
