/*
 * values: placeholders, the fields they speak of, and what these are for one
 * recipient.
 */
#ifndef FORMAT_ORDER_VALUES_H
#define FORMAT_ORDER_VALUES_H

#include "order.h"

/* What has the form of a placeholder in a text. */
struct place {
	size_t at, end;
	struct span key;
	struct span standby;	/* the default; p is NULL where none is given */
	int escaped;		/* [[key]: literal if the key is one */
};

/* The next one from *i on, which then is its end: 1, or 0. */
int place_next(struct span s, size_t *i, struct place *p);

/*
 * The values of one recipient, for the field keys that occur in templates.
 * All zero is none; values_free gives the memory back.
 */
struct values {
	struct span login, email, domain, name;
	size_t n;		/* keys */
	/* private */
	struct set set;		/* keys, in the order of v */
	struct value {
		struct span key;
		struct span text;	/* of the recipient turn speaks of */
		size_t turn;
		size_t have;	/* recipients that have it */
		size_t after;	/* the key that followed it last */
		int known;	/* some entry has it, or might have */
		int bare;	/* used without a default */
		int lacked;	/* and then somebody lacks it */
	} *v;
	size_t cap;
	size_t turn;		/* counts the recipients */
	size_t last;		/* key that was found */
	struct buf copies;	/* of what had escapes in it */
	struct buf texts;	/* spans: where the keys were collected */
};

void values_free(struct values *v);

/*
 * Before anything is compiled: values_collect takes the keys that occur in a
 * text of the order o, values_know says which are known even if no entry has
 * them (each with a newline behind it), values_check then goes through the
 * entries, learns which others are known, and finds each place where a
 * recipient lacks one and there is no default (order_wrong).
 */
void values_collect(struct values *v, const struct order *o,
    struct span text);
void values_know(struct values *v, struct span keys);
void values_check(struct values *v, struct order *o);

/*
 * Once they have been checked, for k below v->n: whether the k-th key is that
 * of a field, its name, and how many recipients have it.  values_lack says
 * whether the recipient at hand lacks it.
 */
int values_key(const struct values *v, size_t k, struct span *key,
    size_t *have);
int values_lack(const struct values *v, size_t k);

/* Whether a key is known that nobody has. */
int values_has_idle(const struct values *v);

/* Whether text has a placeholder at all. */
int values_has_place(const struct values *v, struct span text);

/*
 * Appends text, of an order that was made from the one v speaks of, with the
 * defaults in the place of the keys that are known to v, but not to left.
 */
void values_settle(const struct values *v, const struct values *left,
    struct span text, int html, struct buf *b);

/* Makes e the recipient.  The values are valid until the next one. */
void values_take(struct values *v, const struct entry *e);

/*
 * Where the value of a key comes from: an own_value, or OWN_NONE and its
 * ordinal; SET_NONE where it is no placeholder.
 */
size_t values_source(const struct values *v, struct span key);

/* Appends s as text in HTML, or in the quotes of an attribute there. */
void values_escape(struct buf *b, struct span s);

#endif
