/*
 * explainline: what each line of a dialogue means, and why it may stand where
 * it stands.  What is wrong with it is judge's.
 */
#ifndef FORMAT_DIALOGUE_EXPLAINLINE_H
#define FORMAT_DIALOGUE_EXPLAINLINE_H

#include "follow.h"
#include "notes.h"

/*
 * Adds to notes what line means, which is e of a dialogue of that protocol;
 * misplaced: it may not stand where it stands.
 */
void explainline(struct notes *notes, enum dialogue_protocol protocol,
    const struct dialogue_event *e, const struct follow_line *line,
    int misplaced);

#endif
