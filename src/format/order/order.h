/*
 * order: a pull parser of orders (order(5)): who gets a letter, its subject
 * and its body.  All that is wrong is collected and told in the order of the
 * file.
 */
#ifndef FORMAT_ORDER_ORDER_H
#define FORMAT_ORDER_ORDER_H

#include "entry.h"
#include "format/crypt/sha256.h"
#include "set.h"

#define ORDER_SIZE_MAX ((size_t)1 << 30)	/* positions fit in 32 bits */
#define ORDER_FAULTS_MAX 1000	/* more than anybody reads */
#define ORDER_HEADERS_MAX 100	/* extra fields: servers refuse huge headers */

struct order {
	/* Sections, as they stand in the text; p is NULL where missing. */
	struct span recipients;
	struct span subject;
	struct span from;
	struct span reply_to;
	struct span headers;	/* for order_header */
	struct span html;	/* the body's other form */
	struct span body;
	/* How many entries are good, no address, and dropped. */
	size_t good, bad, duplicates;
	size_t longest;		/* bytes of the longest entry */
	unsigned char digest[SHA256_SIZE];	/* of the whole text */
	struct span text;	/* without a byte order mark */
	/* private */
	struct set seen;	/* addresses, only while order_read runs */
	struct buf index;	/* what is known of each entry */
	struct order_fault *faults;
	size_t nfaults;
	size_t told;		/* by order_fault */
	size_t at, line, column;	/* where order_fault has counted to */
};

/* Something wrong; the text belongs to the order. */
struct order_fault {
	size_t line, column;	/* from 1, columns in characters */
	char *text;
	const char *p;		/* private: where, and then in which order */
	size_t number;
};

/*
 * Takes a whole order of at most ORDER_SIZE_MAX bytes and finds everything
 * that is wrong with its form.  text must outlive o; order_free gives back
 * what o took.
 */
void order_read(struct order *o, struct span text);
void order_free(struct order *o);

/* Adds a fault at p, a place in the order's text. */
void order_wrong(struct order *o, const char *p, const char *fmt, ...)
    DIE_PRINTF(3, 4);

/* How many octets of s a fault shows: a key may be as long as the order. */
int order_brief(struct span s);

/* Whether no more faults will be taken. */
int order_is_full(const struct order *o);

/*
 * Part of order_read: NUL and what is not UTF-8 anywhere, control characters
 * before the body and its other form; one fault a line.
 */
void order_check_bytes(struct order *o);

/* Part of order_read: that the fields of [Headers:] may be in a letter. */
void order_check_headers(struct order *o);

/*
 * The next fault in the order of the file: 1, or 0 after the last.  When
 * there are ORDER_FAULTS_MAX the last one says that there may be more.
 */
int order_fault(struct order *o, struct order_fault *f);

/* A place in the list of entries; all zero is its start. */
struct order_walk {
	size_t at;		/* bytes of the index done with */
	uintmax_t number;	/* of entries that were no duplicates */
};

/* The entries in the order of the file: 1, or 0 after the last. */
int order_next(const struct order *o, struct order_walk *w,
    struct entry *e);

/* The next one of a kind. */
int order_find(const struct order *o, struct order_walk *w, struct entry *e,
    enum entry_kind kind);

/*
 * Takes the next line of a section without blanks at its ends off *section:
 * 1, or 0 after the last.  Empty lines are skipped.
 */
int order_line(struct span *section, struct span *line);

/* The longest name of a field, so that much of its value fits on its line. */
#define ORDER_NAME_MAX 72

/*
 * Takes the next field off *headers, comments skipped: 1 with its name and its
 * trimmed value; -1 where the line is no field, which is then in *name; 0
 * after the last.
 */
int order_header(struct span *headers, struct span *name,
    struct span *value);

/* [Word:] at the start of s: a section misspelt, or out of place. */
int order_is_tag_like(struct span s);

/* The one address of [From:] or [Reply-To:], which order_read has checked. */
void order_mailbox(struct span section, struct entry *e);

#endif
