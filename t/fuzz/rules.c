/*
 * A text of rules, and behind its first NUL the events that they are shown:
 * a byte for the place, one for the time that has passed, and a line with the
 * recipients.
 */
#include <stdlib.h>

#include "format/dialogue/rules.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static void
run(struct rules *r, struct span rest)
{
	struct rules_facts f = { 0 };
	struct rules_action a;
	enum rules_place place;
	long long now = 0;

	while (rest.n > 2) {
		place = (enum rules_place)((uint8_t)rest.p[0] % RULES_PLACES);
		now += 100 * (uint8_t)rest.p[1];
		rest = span_drop(rest, 2);
		f.rcpt = f.from = f.helo = span_chomp(span_line(&rest));
		f.size = f.rcpt.n;
		a = rules_event(r, place, &f, now);
		rules_hides(&a, f.rcpt);
		if ((a.what == RULES_PASS) != (a.line == 0))
			abort();
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	const uint8_t *nul = n > 0 ? memchr(data, '\0', n) : NULL;
	size_t text = nul != NULL ? (size_t)(nul - data) : n;
	static const struct rules_for who = { DIALOGUE_SMTP, 1 };
	struct buf faults = { 0 };
	struct rules *r;

	r = rules_parse(span_of(data, text), &who, &faults);
	if ((r == NULL) != (faults.n > 0))
		abort();
	if (r != NULL && text < n)
		run(r, span_of(data + text + 1, n - text - 1));
	rules_free(r);
	buf_free(&faults);
	return 0;
}
