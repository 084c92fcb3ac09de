/*
 * set: pieces of one text by their content, each with its ordinal from 0.
 * The text stays the caller's, outlives the set and has less than 4 GB.
 */
#ifndef FORMAT_ORDER_SET_H
#define FORMAT_ORDER_SET_H

#include "sys/buf.h"

#define SET_NONE SIZE_MAX

/* Where the case of ASCII letters does not count in a piece. */
enum set_fold {
	SET_FOLD_NONE,
	SET_FOLD_DOMAIN,	/* behind its last @, where other letters have
				   no case either, and A-labels are the same
				   (idn.h) */
	SET_FOLD_ALL
};

struct set {
	size_t n;		/* members */
	/* private */
	struct member {
		uint32_t at;	/* offset in the text */
		uint32_t n;	/* its length */
	} *members;
	struct slot {
		uint32_t hash;
		uint32_t number;	/* ordinal and 1; 0 in a free slot */
	} *slots;
	size_t cap;		/* of slots: a power of two, or 0 */
	const char *base;
	uint64_t seed;
	enum set_fold fold;
};

/*
 * base is the start of the text.  A secret seed, or one that depends on the
 * whole text, keeps its author from making all pieces fall on one place.
 */
void set_init(struct set *s, const char *base, uint64_t seed,
    enum set_fold fold);
void set_free(struct set *s);

/* The text has grown, and so has moved to base. */
void set_rebase(struct set *s, const char *base);

/* The ordinal of what equals key, from whatever text, or SET_NONE. */
size_t set_find(const struct set *s, struct span key);

/*
 * As set_find, but puts in what is missing: its ordinal is then the number of
 * members there were.  The key is not empty.
 */
size_t set_add(struct set *s, struct span key);

/*
 * The same in two steps, by the hash of the key: what is done between them
 * costs nothing while the memory that the second needs is on its way.
 */
uint32_t set_seek(const struct set *s, struct span key);
size_t set_get(const struct set *s, struct span key, uint32_t hash);
size_t set_put(struct set *s, struct span key, uint32_t hash);

#endif
