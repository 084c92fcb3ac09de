/*
 * review: one line of a dialogue on its way through those who say what is
 * wrong with it.
 */
#ifndef FORMAT_DIALOGUE_REVIEW_H
#define FORMAT_DIALOGUE_REVIEW_H

#include "explainmail.h"
#include "follow.h"
#include "notes.h"

struct review {
	const struct dialogue_event *e;
	const struct follow *follow;	/* behind the line */
	const struct follow_line *line;
	struct notes *notes;
	struct explainmail *mail;	/* NULL: messages are not explained */
	int misplaced;		/* it may not stand where it stands */
};

/* Something is wrong: a text of its own, or one that is added to the buf. */
static inline void
review_wrong(struct review *r, const char *section, const char *text)
{
	notes_add(r->notes, NOTE_WRONG, section, text);
}

static inline struct buf *
review_fault(struct review *r, const char *section)
{
	return notes_new(r->notes, NOTE_WRONG, section);
}

/* It is in the wrong place. */
static inline void
review_misplaced(struct review *r, const char *section, const char *text)
{
	r->misplaced = 1;
	review_wrong(r, section, text);
}

static inline void
review_remark(struct review *r, const char *section, const char *text)
{
	notes_add(r->notes, NOTE_REMARK, section, text);
}

static inline int
review_is(const struct review *r, const char *verb)
{
	return strcmp(r->line->verb, verb) == 0;
}

/* The verb of its command, and why that is in the wrong place. */
static inline void
review_verb_misplaced(struct review *r, const char *section, const char *why)
{
	r->misplaced = 1;
	buf_addf(review_fault(r, section), "%s %s", r->line->verb, why);
}

/* The client did not wait for what it must wait for. */
static inline int
review_is_early(const struct review *r)
{
	return r->line->early || (r->e->flags & DIALOGUE_EARLY) != 0;
}

#endif
