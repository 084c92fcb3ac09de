/*
 * explaindialogue: a dialogue, event by event, with what there is to be said
 * about each: what it means, why it may stand there, and what is wrong.
 */
#ifndef FORMAT_WIRE_EXPLAINDIALOGUE_H
#define FORMAT_WIRE_EXPLAINDIALOGUE_H

#include "judge.h"

/* All zero at first. */
struct explaindialogue {
	struct notes notes;	/* about the last event, or the end */
	struct follow follow;
	size_t shown;		/* octets of its line that are no secret */

	/* private */
	struct judge judge;
};

/* A dialogue begins; of another one nothing is left. */
void explaindialogue_begin(struct explaindialogue *x,
    enum dialogue_protocol protocol);

/* What was said next. */
void explaindialogue_event(struct explaindialogue *x,
    const struct dialogue_event *e);

/* Nothing follows: what is missing. */
void explaindialogue_end(struct explaindialogue *x);

void explaindialogue_free(struct explaindialogue *x);

#endif
