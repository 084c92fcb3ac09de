/*
 * format/dialogue/differ, format/dialogue/normalize: whatever two dialogues
 * say, a dialogue does not differ from itself, and what is told can be shown.
 */
#include "format/dialogue/differ.h"

#include "fuzz.h"

static void
check(const struct recording *old, const struct recording *new)
{
	struct buf b = { 0 };
	struct span rest;
	int side, differs;

	for (side = DIALOGUE_CLIENT; side <= DIALOGUE_SERVER; side++) {
		MUST(!differ(&b, new, new, (enum dialogue_side)side));
		MUST(b.n == 0);
		differs = differ(&b, old, new, (enum dialogue_side)side);
		MUST(differs == (b.n > 0));
		for (rest = buf_span(&b); rest.n > 0; )
			MUST(span_is_printable(span_chomp(span_line(&rest))));
		buf_clear(&b);
	}
	buf_free(&b);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct span rest = span_of(data, n);
	struct dialogue d = { 0 };
	unsigned long line = 0;
	struct recording r[2];
	size_t now = 0;

	memset(r, 0, sizeof r);
	while (rest.n > 0) {
		line++;
		if (dialogue_line(&d, span_line(&rest)) != DIALOGUE_EVENT)
			continue;
		if (d.begins) {
			check(&r[!now], &r[now]);
			now = !now;
			recording_start(&r[now], &d.head);
			line = 1;
		}
		recording_add(&r[now], &d.event, line);
	}
	check(&r[!now], &r[now]);
	recording_free(&r[0]);
	recording_free(&r[1]);
	dialogue_free(&d);
	return 0;
}
