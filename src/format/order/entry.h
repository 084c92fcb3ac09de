/*
 * entry: one recipient as an order has it: addr or Name <addr>, with fields
 * behind it (order(5)).
 */
#ifndef FORMAT_ORDER_ENTRY_H
#define FORMAT_ORDER_ENTRY_H

#include "format/mail/addr.h"

/* Text that may stand in quotes, with \" and \\ in it. */
struct quoted {
	struct span raw;	/* without the quotes */
	int escapes;		/* there is a backslash to be taken out */
};

/* The text itself: a view of raw, or of a copy appended to b. */
struct span quoted_text(const struct quoted *q, struct buf *b);

enum entry_kind {
	ENTRY_GOOD,
	ENTRY_BAD,		/* not an address: why says why */
	ENTRY_DUPLICATE,	/* order_next alone finds these */
	ENTRY_EXCLUDED,		/* left out by order_leave_out */
	ENTRY_ROW,		/* on the letter of another (order_follow) */
	ENTRY_EXCLUDED_ROW	/* the same, of one that is left out */
};

/* Views of the text that was parsed. */
struct entry {
	enum entry_kind kind;
	struct span text;	/* all of it */
	struct addr addr;
	struct quoted name;	/* empty where none is given */
	struct span fields;	/* for entry_field */
	const char *why;
	uintmax_t repeat;	/* which of the entries it is, where it stood
				   there before; else 0 */
};

/*
 * Parses an entry without blanks at its ends.  A bad one has neither an address
 * nor fields.
 */
void entry_parse(struct entry *e, struct span text);

struct field {
	struct span key;
	struct quoted value;
};

/*
 * Takes the next field off *fields: 1, 0 after the last, -1 with *why where
 * the text is not a field; it then starts at fields->p.
 */
int entry_field(struct span *fields, struct field *f, const char **why);

/* Whether the byte c may stand in a key. */
int entry_is_key(int c);

/* [Word:] at the start of s: a section misspelt, or in the wrong place. */
int entry_is_tag_like(struct span s);

/*
 * The keys that are taken: address and name give their values; KEY_ENCODED is
 * the address for a link.  KEY_TOKEN is a field's key where there is nothing to
 * make a token with.
 */
enum entry_key {
	KEY_LOGIN, KEY_EMAIL, KEY_DOMAIN, KEY_NAME, KEY_ENCODED, KEY_TOKEN,
	KEY_FIELD
};
enum entry_key entry_key(struct span key);

/*
 * Offset of the quote that closes the one at i in its line, 0 where there is
 * none; and whether the quote at i, in an entry that begins at start, is one
 * that opens.
 */
size_t entry_quote_end(struct span s, size_t i);
int entry_quote_opens(struct span s, size_t start, size_t i);

#endif
