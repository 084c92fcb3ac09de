/*
 * order: a pull parser of orders (order(5)): who gets a letter, its subject
 * and its body.
 */
#ifndef FORMAT_ORDER_ORDER_H
#define FORMAT_ORDER_ORDER_H

#include "entry.h"
#include "faults.h"
#include "format/crypt/sha256.h"
#include "headers.h"
#include "set.h"

#define ORDER_SIZE_MAX ((size_t)1 << 30)	/* positions fit in 32 bits */

struct order {
	/* Sections, as they stand in the text; p is NULL where missing. */
	struct span recipients;
	struct span subject;
	struct span from;
	struct span reply_to;
	struct span headers;
	struct span html;	/* the body's other form */
	struct span attach;	/* for order_path */
	struct span body;
	/* How many entries are good, not an address, and dropped; and how many
	   good ones have been left out since. */
	size_t good, bad, duplicates, excluded, rows;
	size_t longest;		/* bytes of the longest entry */
	struct headers extra;	/* the fields of [Headers:] */
	unsigned char digest[SHA256_SIZE];	/* of the whole text */
	struct span text;	/* without a byte order mark */
	struct faults faults;	/* what is wrong with it */
	int repeats;		/* nothing is a duplicate */
	int capitals;		/* some good address has one before its @ */
	struct set seen;	/* addresses, and entries that are none, each
				   once */
	/* private */
	struct buf index;	/* what is known of each entry */
};

/*
 * Takes a whole order of at most ORDER_SIZE_MAX bytes and finds all that is
 * wrong with its form; fields_check does that for fields and placeholders.
 * repeats: an entry that was there before counts again.  text must outlive o;
 * order_free gives back what o took.
 */
void order_read(struct order *o, struct span text, int repeats);
void order_free(struct order *o);

/*
 * Leaves good entries out by the ordinals that their addresses have in seen,
 * those where out is not 0.  order_forget then gives the memory of seen back.
 */
void order_leave_out(struct order *o, const char *out);
void order_forget(struct order *o);

/* A position in the list of entries; all zero is its start. */
struct order_walk {
	size_t at;		/* bytes of the index done with */
	uintmax_t number;	/* of entries that were not duplicates */
};

/* Begins a set of what stands in the order's text. */
static inline void
order_set(const struct order *o, struct set *s, enum set_fold fold)
{
	uint64_t seed;

	memcpy(&seed, o->digest, sizeof seed);
	set_init(s, o->text.p, seed, fold);
}

/* The entries in the order of the file: 1, or 0 after the last. */
int order_next(const struct order *o, struct order_walk *w,
    struct entry *e);

/* The next one of a kind. */
int order_find(const struct order *o, struct order_walk *w, struct entry *e,
    enum entry_kind kind);

/*
 * How many entries there are, of all kinds; the place among them, from 0, of
 * the one that a walk gave last; and the one at a place.
 */
size_t order_entries(const struct order *o);
size_t order_place(const struct order_walk *w);
void order_at(const struct order *o, size_t place, struct entry *e);

/*
 * The entry at a place, of any kind but bad, is a row of another's letter,
 * which may be left out.
 */
void order_follow(struct order *o, size_t place, int left_out);

/*
 * Takes the next line of a section without blanks at its ends off *section:
 * 1, or 0 after the last.  Empty lines are skipped.
 */
int order_line(struct span *section, struct span *line);

/* The same for [Attach:], where lines that begin with # are comments. */
int order_path(struct span *section, struct span *line);

/* The one address of [From:] or [Reply-To:], which order_read has checked. */
void order_mailbox(struct span section, struct entry *e);

#endif
