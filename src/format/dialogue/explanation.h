/*
 * explanation: a file of dialogues, or of one message, line by line, as what
 * protoexplain prints about it: what each line means, why it may stand there,
 * and what is wrong.
 */
#ifndef FORMAT_DIALOGUE_EXPLANATION_H
#define FORMAT_DIALOGUE_EXPLANATION_H

#include "explainauth.h"
#include "judge.h"
#include "render.h"

/* All zero at first, but for what the caller says. */
struct explanation {
	enum render_form form;
	int explains_mail;
	struct explainmail mail;	/* with what it needs */
	struct explainauth auth;	/* and whether secrets are told */

	struct buf out;		/* to be printed, and emptied by the caller */
	size_t dialogues;	/* and messages */
	size_t wrong;		/* faults in them */
	const char *why;	/* a line that is not dialogue(5) */

	/* private */
	struct dialogue d;
	int begun;		/* a dialogue is in hand */
	int message;		/* the file is one, and no dialogue */
	int lines;		/* the file had any */
	struct follow follow;
	struct judge judge;
	struct judgetext text;	/* of a message without a dialogue */
};

/*
 * The next line of the file: 0, or -1 with why.  Under explains_mail a file
 * that begins with a header field, and no dialogue, is a message.
 */
int explanation_line(struct explanation *p, struct span line);

/* The file is over; another one may follow. */
void explanation_end(struct explanation *p);

void explanation_free(struct explanation *p);

#endif
