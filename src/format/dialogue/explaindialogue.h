/*
 * explaindialogue: a dialogue, event by event, with what there is to be said
 * about each: what it means, why it may stand there, and what is wrong.
 */
#ifndef FORMAT_DIALOGUE_EXPLAINDIALOGUE_H
#define FORMAT_DIALOGUE_EXPLAINDIALOGUE_H

#include "explainauth.h"
#include "judge.h"

/* All zero at first, but for what the caller says of mail and auth. */
struct explaindialogue {
	struct notes notes;	/* about the last event, or the end */
	struct follow follow;
	int explains_mail;
	struct explainmail mail;	/* with what it needs */
	struct explainauth auth;	/* and whether secrets are told */
	size_t shown;		/* octets of its line that are no secret */

	/* private */
	struct judge judge;
	struct judgetext text;	/* of a message without a dialogue */
};

/* A dialogue begins; of another one nothing is left. */
void explaindialogue_begin(struct explaindialogue *x,
    enum dialogue_protocol protocol);

/* What was said next. */
void explaindialogue_event(struct explaindialogue *x,
    const struct dialogue_event *e);

/*
 * A message by itself, line by line, with or without endings; and that it is
 * over.  What it says of it is as under explains_mail.
 */
void explaindialogue_message(struct explaindialogue *x, struct span line);
void explaindialogue_message_end(struct explaindialogue *x);

/* Nothing follows: what is missing. */
void explaindialogue_end(struct explaindialogue *x);

void explaindialogue_free(struct explaindialogue *x);

#endif
