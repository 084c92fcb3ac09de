/*
 * format/wire/bsmtp: whatever the batch, its views lie in the line, a text ends
 * with a dot alone, and many lines taken at once are what they are one by one.
 */
#include "format/wire/bsmtp.h"

#include "fuzz.h"

static void
check_view(struct span view, struct span line)
{
	MUST(view.n == 0 || (view.p >= line.p &&
	    view.p + view.n <= line.p + line.n));
}

static void
check_text(const struct bsmtp *b, struct span rest)
{
	struct bsmtp once = *b, each = *b;
	struct span lines = span_of(rest.p, bsmtp_text(&once, rest)), line;

	MUST(once.text.n == (b->skip ? 0 : lines.n));
	while (lines.n > 0) {
		line = span_line(&lines);
		MUST(bsmtp_line(&each, line) ==
		    (b->skip ? BSMTP_MORE : BSMTP_TEXT));
		MUST(span_eq(each.text, line));
	}
	MUST(each.line == once.line && each.phase == once.phase &&
	    each.piece == once.piece);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct span rest = span_of(data, n), line;
	struct bsmtp b = { .phase = BSMTP_IDLE };
	enum bsmtp_event e = BSMTP_MORE;
	int in_text = 0;

	while (rest.n > 0 && e != BSMTP_QUIT) {
		check_text(&b, rest);
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
