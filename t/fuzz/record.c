/*
 * format/dialogue/record: what each side has said, in pieces of any size, is
 * what the dialogue holds, whatever it is; but for what follows STARTTLS.
 */
#include "format/dialogue/record.h"

#include "fuzz.h"

/* The lines of a dialogue, put together again. */
static void
gather(struct span rest, struct buf side[2])
{
	struct dialogue d = { 0 };

	while (rest.n > 0) {
		MUST(rest.n <= DIALOGUE_LINE_MAX ||
		    memchr(rest.p, '\n', DIALOGUE_LINE_MAX) != NULL);
		if (dialogue_line(&d, span_line(&rest)) == DIALOGUE_OTHER)
			continue;
		if (d.event.side == DIALOGUE_NOTE)
			continue;
		buf_addspan(&side[d.event.side], d.event.text);
		buf_adds(&side[d.event.side], dialogue_ending(d.event.end));
	}
	dialogue_free(&d);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct dialogue_head head = { 0 };
	struct span input = span_of(data, n);
	struct buf out = { 0 }, said[2] = { 0 }, got[2] = { 0 };
	struct record r;
	struct dice d;
	enum dialogue_side side;
	size_t piece, i;

	if (take_seed(&d, &input) < 0)
		return 0;
	head.protocol = (enum dialogue_protocol)(1 + roll(&d, 4));
	record_open(&r, &head, 1, 0, &out);
	for (; input.n > 0 && !r.follow.tls; input = span_drop(input, piece)) {
		side = (enum dialogue_side)roll(&d, 2);
		piece = cut(&d, input.n);
		buf_add(&said[side], input.p, piece);
		record_bytes(&r, side, span_of(input.p, piece), 0, &out);
	}
	record_note(&r, "close", 0, &out);
	gather(buf_span(&out), got);
	for (i = 0; i < 2; i++) {
		if (!r.follow.tls)
			MUST(span_eq(buf_span(&got[i]), buf_span(&said[i])));
		buf_free(&got[i]);
		buf_free(&said[i]);
	}
	record_free(&r);
	buf_free(&out);
	return 0;
}
