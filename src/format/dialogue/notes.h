/*
 * notes: what there is to be said about one line of a dialogue: texts of one
 * paragraph, each with the section of the RFC where it is written.
 */
#ifndef FORMAT_DIALOGUE_NOTES_H
#define FORMAT_DIALOGUE_NOTES_H

#include "sys/buf.h"

enum note_kind {
	NOTE_MEANS,		/* what it is */
	NOTE_HERE,		/* why it may stand here, or where it may */
	NOTE_REMARK,		/* right, but it can be done better */
	NOTE_WRONG,
	NOTE_KINDS
};

struct note {
	enum note_kind kind;
	const char *section;	/* NULL: none */
	struct span text;	/* no control character is in it */
};

/* All zero is empty. */
struct notes {
	size_t n;
	size_t wrong;		/* how many are NOTE_WRONG */

	/* private */
	struct buf text;
	struct buf list;	/* of struct begun */
};

/*
 * Begins the next note; its text is what is added to the buf, up to the next
 * call.  Who adds what a peer has said escapes it (escape_add).
 */
struct buf *notes_new(struct notes *n, enum note_kind kind,
    const char *section);

/* A note that is all there. */
void notes_add(struct notes *n, enum note_kind kind, const char *section,
    const char *text);

/* Adds all of more's, the kinds in the order of the enum. */
void notes_append(struct notes *n, const struct notes *more);

/* The i-th of n->n, from 0; valid until the notes change. */
struct note notes_get(const struct notes *n, size_t i);

void notes_free(struct notes *n);

#endif
