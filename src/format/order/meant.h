/*
 * meant: which placeholder a word in brackets was probably meant to be, where
 * it is none: the two differ in case, blanks, hyphens or in letters that look
 * alike.
 */
#ifndef FORMAT_ORDER_MEANT_H
#define FORMAT_ORDER_MEANT_H

#include "sys/buf.h"

/* All zero is empty; meant_free gives back what the others took. */
struct meant {
	size_t n;
	/* private */
	struct buf words;	/* what is left of them (unicode_likeness) */
	struct meant_word {
		size_t at;	/* in words */
		struct span word, key;
	} *all;
	size_t cap;
};
void meant_free(struct meant *m);

/* A word that is like this one means the key, which must outlive m. */
void meant_add(struct meant *m, struct span word, struct span key);

/* Once, when all have been added. */
void meant_sort(struct meant *m);

/* The key that a word means, or a span whose p is NULL. */
struct span meant_find(const struct meant *m, struct span word);

#endif
