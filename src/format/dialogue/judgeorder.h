/*
 * judgeorder: what is wrong in a session of orderproto(7).
 */
#ifndef FORMAT_DIALOGUE_JUDGEORDER_H
#define FORMAT_DIALOGUE_JUDGEORDER_H

#include "judged.h"

/* All zero at first. */
struct judgeorder {
	/* private */
	unsigned long orders;
};

void judgeorder_line(struct judgeorder *o, struct judged *j);

#endif
