/*
 * differ: what one side said in two dialogues, where the other side said the
 * same: the lines that only one of them has.
 */
#ifndef FORMAT_DIALOGUE_DIFFER_H
#define FORMAT_DIALOGUE_DIFFER_H

#include "recording.h"

/*
 * Adds what differs of what side said, and how the connections ended, when what
 * differs by nature is taken out (normalize.h): a line that only old has begins
 * with '-', one that only new has with '+', and a line of the other side that
 * they answer stands before them.  An event of the other side in new bears the
 * line of its like in old.  Whether there was anything.
 */
int differ(struct buf *b, const struct recording *old,
    const struct recording *new, enum dialogue_side side);

#endif
