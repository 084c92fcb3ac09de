/*
 * judgeargs: what is wrong with the arguments of SMTP's commands.
 */
#ifndef FORMAT_DIALOGUE_JUDGEARGS_H
#define FORMAT_DIALOGUE_JUDGEARGS_H

#include "judgetext.h"

/* What the server offers.  All zero: nothing is known of that. */
struct judgeargs_offers {
	int known;
	struct buf words;	/* keywords, each with a blank behind */
};

/* Whether the server offers this, or may. */
int judgeargs_offered(const struct judgeargs_offers *o, struct span word);

/* Looks at a command; text learns what MAIL says of it. */
void judgeargs(struct review *r, const struct judgeargs_offers *offers,
    struct judgetext *text);

#endif
