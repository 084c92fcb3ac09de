/*
 * explainword: what a verb, a code or another word of the protocols means.
 */
#ifndef FORMAT_DIALOGUE_EXPLAINWORD_H
#define FORMAT_DIALOGUE_EXPLAINWORD_H

#include "explain.h"
#include "render.h"

/*
 * Adds what word means, in each protocol that has it: how many times, 0 where
 * nobody knows it.
 */
size_t explainword(struct buf *b, enum render_form form, struct span word);

/* A status code, and its parts; behind what a reply's code says. */
void explainword_status(struct notes *notes,
    const struct explain_status *status, struct span code);

#endif
