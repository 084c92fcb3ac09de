/*
 * explanation: a file of dialogues, or of one message, line by line, as what
 * protoexplain prints about it.
 */
#ifndef FORMAT_DIALOGUE_EXPLANATION_H
#define FORMAT_DIALOGUE_EXPLANATION_H

#include "explaindialogue.h"
#include "render.h"

/* All zero at first, but for what the caller says. */
struct explanation {
	enum render_form form;
	struct explaindialogue x;	/* with what it needs */

	struct buf out;		/* to be printed, and emptied by the caller */
	size_t dialogues;	/* and messages */
	size_t wrong;		/* faults in them */
	const char *why;	/* a line that is not dialogue(5) */

	/* private */
	struct dialogue d;
	int begun;		/* a dialogue is in hand */
	int message;		/* the file is one, and no dialogue */
	int lines;		/* the file had any */
};

/*
 * The next line of the file: 0, or -1 with why.  Under x.explains_mail a file
 * that begins with a header field, and no dialogue, is a message.
 */
int explanation_line(struct explanation *p, struct span line);

/* The file is over; another one may follow. */
void explanation_end(struct explanation *p);

void explanation_free(struct explanation *p);

#endif
