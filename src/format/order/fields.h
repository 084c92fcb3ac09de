/*
 * fields: the placeholders of an order, the fields they speak of, and what
 * these are for one recipient.
 */
#ifndef FORMAT_ORDER_FIELDS_H
#define FORMAT_ORDER_FIELDS_H

#include "format/crypt/tag.h"
#include "order.h"

/* What has the form of a placeholder in a text. */
struct placeholder {
	size_t at, end;
	struct span key;
	struct span default_text;	/* p is NULL where none is given */
	int escaped;		/* [[key]: literal if the key is one */
};

/* The next one from *i on, which then is its end: 1, or 0. */
int placeholder_next(struct span s, size_t *i, struct placeholder *p);

/* Where one stands who goes through those of all texts; all zero at first. */
struct placeholder_walk {
	size_t texts;		/* octets of fields->texts that are done */
	struct span text;	/* in which the last one stands */
	size_t at;
};

/*
 * The fields that occur in placeholders, and their values for one recipient.
 * All zero is none; fields_free gives the memory back.
 */
struct fields {
	const struct tag_key *key;	/* the caller's, for tokens, or NULL */
	struct span list;	/* that they are for; both set at first */
	struct span login, email, domain, name;
	size_t n;
	size_t keyless;		/* faults that are but the lack of a key */
	int others;		/* some word in brackets is no placeholder */
	/* private */
	int encodes, tokens;	/* the order asks for these */
	struct buf encoded;	/* the address, with %XX (RFC 3986 2.1) */
	struct buf token;	/* tag_leave of it */
	struct set keys;	/* in the order of used */
	struct used_field {
		struct span key;
		struct span value;	/* of the recipient turn speaks of */
		size_t turn;
		size_t have;	/* recipients that have it */
		size_t after;	/* what stood behind it in an entry */
		int known;	/* some entry has it, or might have */
		int bare;	/* used without a default */
		int lacked;	/* and somebody lacks it */
		int alike;	/* not known, but like a key that is */
	} *used;
	size_t cap;
	size_t last;		/* that an entry has had */
	size_t turn;		/* counts the recipients */
	struct buf copies;	/* of values that had escapes in them */
	struct buf texts;	/* spans: where placeholders may be */
};

void fields_free(struct fields *f);

/*
 * Takes the placeholders of an order, then checks its entries: that what
 * stands behind an address are fields, which of those that placeholders name
 * somebody has, and where a recipient lacks one that has no default.  What is
 * wrong is added to the faults of o, which must outlive f.  columns are those
 * of table_headings, which must outlive f too: their keys count even if no
 * entry has them.  A word in brackets that is only like a key is plain text in
 * an order; with a table, whose headings are copied by hand, it is wrong.
 */
void fields_check(struct fields *f, struct order *o, struct span columns);

/*
 * Parts of that: recipients who lack a field that some placeholder needs, and
 * words in brackets that are none.
 */
void fields_tell_lacks(struct fields *f, struct order *o);
void fields_tell_others(struct fields *f, struct order *o, struct span columns);

/*
 * Finds the words in brackets that are only like a key, of which fields_has
 * knows then, and adds each to faults where that is not NULL.
 */
void fields_tell_alike(struct fields *f, const struct order *o,
    struct span columns, struct faults *faults);

/*
 * Once they have been checked, for k below f->n: whether the k-th is a field
 * of the order, its key, and how many recipients have it.  fields_lacks says
 * whether the recipient at hand lacks it.
 */
int fields_key(const struct fields *f, size_t k, struct span *key,
    size_t *have);
int fields_lacks(const struct fields *f, size_t k);

/* Takes a column off those of table_headings: 1, or 0 at the end. */
int fields_column(struct span *columns, struct span *heading,
    struct span *key);

/* The next placeholder of the order, and what has only the form of one. */
int fields_next(const struct fields *f, struct placeholder_walk *w,
    struct placeholder *p);

/* Whether a column is a field that no recipient has. */
int fields_has_empty(const struct fields *f);

/* Whether the order has a placeholder at all. */
int fields_has_placeholder(const struct fields *f);

/* Makes e the recipient.  The values are valid until the next one. */
void fields_take(struct fields *f, const struct entry *e);

/*
 * The number of a key: an entry_key, or KEY_FIELD and the ordinal of a field;
 * SET_NONE where it makes no placeholder.
 */
size_t fields_number(const struct fields *f, struct span key);

/*
 * Whether p is to be replaced: by a value or, where it is escaped, by what it
 * would be if it had not been; that may be a word which is only like a key.
 */
int fields_has(const struct fields *f, const struct placeholder *p);

#endif
