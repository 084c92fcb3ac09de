/*
 * judgereply: what is wrong with the replies of SMTP and orderproto(7): their
 * form, and what they answer.
 */
#ifndef FORMAT_DIALOGUE_JUDGEREPLY_H
#define FORMAT_DIALOGUE_JUDGEREPLY_H

#include "review.h"

/* *code, 0 at first, is that of a reply whose last line has not come. */
void judgereply(struct review *j, int *code);

#endif
