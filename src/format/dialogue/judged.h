/*
 * judged: one line of a dialogue on its way through those who say what is
 * wrong with it.
 */
#ifndef FORMAT_DIALOGUE_JUDGED_H
#define FORMAT_DIALOGUE_JUDGED_H

#include "explainmail.h"
#include "follow.h"
#include "notes.h"

struct judged {
	const struct dialogue_event *e;
	const struct follow *follow;	/* behind the line */
	const struct follow_line *line;
	struct notes *notes;
	struct explainmail *mail;	/* NULL: messages are not explained */
	int misplaced;		/* it may not stand where it stands */
};

/* Something is wrong: a text of its own, or one that is added to the buf. */
static inline void
judged_wrong(struct judged *j, const char *section, const char *text)
{
	notes_add(j->notes, NOTE_WRONG, section, text);
}

static inline struct buf *
judged_fault(struct judged *j, const char *section)
{
	return notes_new(j->notes, NOTE_WRONG, section);
}

/* It is in the wrong place. */
static inline void
judged_misplaced(struct judged *j, const char *section, const char *text)
{
	j->misplaced = 1;
	judged_wrong(j, section, text);
}

static inline void
judged_remark(struct judged *j, const char *section, const char *text)
{
	notes_add(j->notes, NOTE_REMARK, section, text);
}

static inline int
judged_is(const struct judged *j, const char *verb)
{
	return strcmp(j->line->verb, verb) == 0;
}

#endif
