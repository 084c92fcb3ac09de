/*
 * format/dialogue/dialogue: an event that is understood, by a head or without,
 * is written again as one that means the same.
 */
#include "format/dialogue/dialogue.h"

#include "fuzz.h"

static void
check_head(const struct dialogue_head *h)
{
	struct dialogue d = { 0 };
	struct buf b = { 0 };

	dialogue_add_head(&b, h);
	MUST(dialogue_line(&d, buf_span(&b)) == DIALOGUE_OTHER);
	MUST(d.head.protocol == h->protocol);
	MUST(span_eq(d.head.client, h->client));
	MUST(span_eq(d.head.server, h->server));
	MUST(d.head.time == h->time);
	dialogue_free(&d);
	buf_free(&b);
}

static void
check_event(const struct dialogue_event *e)
{
	static const char head[] = "dialogue 1 ftp - - 2026-11-21T23:46:12Z";
	struct dialogue d = { 0 };
	struct buf b = { 0 };

	MUST(dialogue_line(&d, span_str(head)) == DIALOGUE_OTHER);
	dialogue_add(&b, e);
	MUST(memchr(b.p, '\n', b.n) == b.p + b.n - 1);
	MUST(dialogue_line(&d, buf_span(&b)) == DIALOGUE_EVENT);
	MUST(d.event.time == (e->time < 0 ? 0 : e->time));
	MUST(d.event.side == e->side && d.event.end == e->end);
	MUST(d.event.flags == e->flags);
	MUST(span_eq(d.event.text, e->text));
	dialogue_free(&d);
	buf_free(&b);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct span rest = span_of(data, n);
	struct dialogue d = { 0 };

	while (rest.n > 0)
		switch (dialogue_line(&d, span_line(&rest))) {
		case DIALOGUE_EVENT:
			if (d.begins && d.head.protocol != DIALOGUE_ANY)
				check_head(&d.head);
			check_event(&d.event);
			break;
		case DIALOGUE_BAD:
			MUST(d.why != NULL);
			break;
		default:
			break;
		}
	dialogue_free(&d);
	return 0;
}
