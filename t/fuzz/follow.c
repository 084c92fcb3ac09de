/*
 * format/dialogue/follow: whatever a dialogue says, each line is something,
 * and no more commands are answered than were sent.
 */
#include "format/dialogue/follow.h"

#include "fuzz.h"

static void
check(const struct follow *f, const struct follow_line *l, size_t n)
{
	MUST(l->open <= n && l->arg.n <= n && l->text.n <= n);
	MUST(l->turn <= f->turn && f->awaited.n <= f->turn);
	MUST(f->awaited.bars <= f->awaited.n);
	MUST(l->verb != NULL && follow_state_name(f->state) != NULL);
	if (l->kind == FOLLOW_REPLY)
		MUST(l->digit >= 1 && l->digit <= 5);
	read_all(l->arg.p, l->arg.n);
	read_all(l->text.p, l->text.n);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct span rest = span_of(data, n);
	struct dialogue d = { 0 };
	struct follow f = { 0 };

	while (rest.n > 0) {
		if (dialogue_line(&d, span_line(&rest)) != DIALOGUE_EVENT)
			continue;
		if (d.begins) {
			follow_free(&f);
			memset(&f, 0, sizeof f);
			f.protocol = d.head.protocol;
		}
		check(&f, follow(&f, &d.event), d.event.text.n);
		follow_in_text(&f);
	}
	follow_free(&f);
	dialogue_free(&d);
	return 0;
}
