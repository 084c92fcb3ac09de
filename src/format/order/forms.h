/*
 * forms: addresses whose domain can be written in other ways, too: in UTF-8,
 * where case does not count, and with A-labels (idn.h).
 */
#ifndef FORMAT_ORDER_FORMS_H
#define FORMAT_ORDER_FORMS_H

#include "format/mail/addr.h"
#include "set.h"

/* Each such address once; the seed is as set_init has it. */
struct forms {
	/* private */
	struct buf text;
	struct set set;
};

void forms_init(struct forms *f, uint64_t seed);
void forms_free(struct forms *f);

/*
 * Whether the address was asked for before, in any form; 0 where its domain has
 * but one.  The local part counts as it stands.
 */
int forms_again(struct forms *f, const struct addr *a);

#endif
