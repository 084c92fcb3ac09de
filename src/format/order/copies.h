/*
 * copies: the recipients of an order put together by domain, for letters that
 * say the same to everybody.
 */
#ifndef FORMAT_ORDER_COPIES_H
#define FORMAT_ORDER_COPIES_H

#include "order.h"

/* All zero is none; copies_free gives the memory back. */
struct copies {
	struct span *rcpt;	/* the addresses of the copy at hand */
	size_t n;		/* copies in all */
	/* private */
	struct copy_rcpt {
		uint32_t at, n;	/* the address in the order's text */
	} *all;			/* good entries, domain by domain */
	size_t *ends;		/* in all, of each domain */
	size_t domains;
	const char *base;
	size_t most;
	size_t done, domain;	/* where copies_next is */
};
void copies_free(struct copies *c);

/* Sorts the good entries of o, which must outlive c; most for a copy. */
void copies_open(struct copies *c, const struct order *o, size_t most);

/*
 * The next copy: how many recipients it has, or 0 after the last.  Domains
 * and recipients come as they do in the order.
 */
size_t copies_next(struct copies *c);

#endif
