/*
 * render: lines of a dialogue, and what there is to be said about them, as
 * text for a terminal or as a web page.
 */
#ifndef FORMAT_DIALOGUE_RENDER_H
#define FORMAT_DIALOGUE_RENDER_H

#include "dialogue.h"
#include "notes.h"

enum render_form {
	RENDER_TEXT,
	RENDER_HTML
};

/* The page around all else; as text, nothing. */
void render_begin(struct buf *b, enum render_form form, struct span title);
void render_end(struct buf *b, enum render_form form);

/* A line above what follows. */
void render_title(struct buf *b, enum render_form form, struct span title);

/* What was said, escaped; wrong: what is said about it has a NOTE_WRONG. */
void render_line(struct buf *b, enum render_form form,
    enum dialogue_side side, struct span text, int wrong);

/* The same of a text that nobody has said: no name stands before it. */
void render_text(struct buf *b, enum render_form form, struct span text,
    int wrong);

void render_notes(struct buf *b, enum render_form form,
    const struct notes *notes);

#endif
