#include "recording.h"

#include <stdlib.h>

#include "format/wire/mask.h"

void
recording_start(struct recording *r, const struct dialogue_head *h)
{
	follow_free(&r->follow);
	memset(&r->follow, 0, sizeof r->follow);
	buf_clear(&r->text);
	buf_clear(&r->names);
	r->n = 0;
	r->greeted = 0;
	r->follow.protocol = h->protocol;
	r->time = h->time;
	buf_addspan(&r->names, h->client);
	buf_addspan(&r->names, h->server);
	r->client = span_of(r->names.p, h->client.n);
	r->server = span_drop(buf_span(&r->names), h->client.n);
}

static struct recorded *
append(struct recording *r)
{
	r->events = die_grow(r->events, r->n, &r->room, sizeof *r->events);
	return &r->events[r->n++];
}

const struct recorded *
recording_add(struct recording *r, const struct dialogue_event *e,
    unsigned long line)
{
	struct follow *f = &r->follow;
	struct recorded *to = append(r);
	const struct follow_line *l;

	memset(to, 0, sizeof *to);
	to->before = f->state;
	to->awaited = f->awaited.n;
	l = follow(f, e);
	to->time = e->time;
	to->side = e->side;
	to->end = e->end;
	to->flags = e->flags;
	to->at = r->text.n;
	to->n = e->text.n;
	to->open = l->open;
	to->line = line;
	to->kind = l->kind;
	to->turn = l->turn;
	to->verb = l->verb;
	to->code = l->code;
	to->digit = l->digit;
	to->last = l->last;
	to->stray = l->stray;
	to->early = l->early || (e->flags & DIALOGUE_EARLY) != 0;
	to->after = f->state;
	to->answered = f->turn - follow_unanswered(f);
	r->greeted |= l->kind == FOLLOW_REPLY ? l->last :
	    l->kind == FOLLOW_NO_REPLY;
	to->greeted = r->greeted;
	to->whole = f->left == 0 && !follow_in_text(f);
	buf_addspan(&r->text, e->text);
	return to;
}

struct span
recording_text(const struct recording *r, const struct recorded *e)
{
	return e->n == 0 ? span_str("") : span_of(r->text.p + e->at, e->n);
}

void
recording_show(const struct recording *r, const struct recorded *e,
    struct buf *b)
{
	mask_add(b, recording_text(r, e), e->open);
}

int
recording_is_asked(const struct recorded *e)
{
	return e->kind == FOLLOW_COMMAND || e->kind == FOLLOW_RESPONSE ||
	    e->kind == FOLLOW_DOT;
}

int
recording_fails(const struct recording *r, const struct recorded *e)
{
	struct span word;

	switch (e->kind) {
	case FOLLOW_NOTE:
		word = span_word(recording_text(r, e));
		return span_is(word, "reset") || span_is(word, "timeout");
	case FOLLOW_REPLY:
		return e->digit >= 4 || e->stray;
	case FOLLOW_NO_REPLY:
		return 1;
	default:
		return e->early;
	}
}

int
recording_timed_out(const struct recording *r)
{
	size_t i;

	for (i = 0; i < r->n; i++)
		if (r->events[i].kind == FOLLOW_NOTE && span_is(
		    recording_text(r, &r->events[i]), "timeout"))
			return 1;
	return 0;
}

void
recording_free(struct recording *r)
{
	follow_free(&r->follow);
	free(r->events);
	buf_free(&r->text);
	buf_free(&r->names);
	memset(r, 0, sizeof *r);
}
