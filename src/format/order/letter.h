/*
 * letter: what an order becomes: a personal message for each recipient, alone
 * or in a batch (bsmtp(5)); or copies, which name nobody.
 */
#ifndef FORMAT_ORDER_LETTER_H
#define FORMAT_ORDER_LETTER_H

#include "format/mail/mime.h"
#include "template.h"

struct letter_opt {
	struct span sender;	/* "Name <addr>" or addr, of the envelope and,
				   where the order has none, of From; it
				   outlives the letter */
	struct span id;		/* of the mailing */
	int64_t time;		/* for Date, with the offset of the zone */
	int offset;
	int batch;		/* messages for letter_add, else for
				   letter_message */
	int copies;		/* each for several; letter_is_same */
};

/* A form of the body. */
struct letter_text {
	struct template fill;	/* as it stands in the letter */
	struct template plain;	/* without stuffed dots, only when wide */
	int wide;		/* a line may be too long for some */
	struct buf text;	/* of the letter at hand, before it is encoded,
				   only when wide */
	enum mime_form form;	/* of the letter at hand */
	int is_8bit;
};

/* A header field of the order's whose value varies. */
struct letter_field {
	struct span name;
	struct template value;
};

/* All zero to begin with; letter_free gives the memory back. */
struct letter {
	/* private */
	struct order *order;
	struct values values;
	struct template subject;
	struct letter_field *fields;
	size_t nfields;
	struct letter_text body;
	struct letter_text html;	/* only when the order has it */
	int batch, copies;
	int utf8;		/* a sender's address is not ASCII */
	int ascii;		/* all that stands among the recipients is */
	struct span host;	/* the sender's domain */
	struct buf mail;	/* MAIL without its parameters */
	struct buf head;	/* fields up to the recipient's */
	struct buf middle;	/* from behind those that vary to the hash of
				   the Message-ID */
	struct buf content;	/* from there to the body, and between it and
				   its other form, with the encodings of the */
	struct buf between;	/* last letter */
	struct buf boundary;
	struct buf scratch;
	struct sha256 hash;	/* has taken what all Message-IDs share */
};
void letter_free(struct letter *l);

/*
 * Checks the placeholders of an order, which must outlive l; what is wrong is
 * added to its faults.  keys are as values_know has them.
 */
void letter_check(struct letter *l, struct order *o, struct span keys);

/* Makes ready to write letters, of an order without faults. */
void letter_open(struct letter *l, const struct letter_opt *opt);

/* Whether the order, once checked, has no placeholder at all. */
int letter_is_same(const struct letter *l);

/*
 * A batch: its beginning, with the number of messages; one message for each
 * good entry, or, under copies, for n addresses; its end.
 */
void letter_begin(struct letter *l, size_t messages, struct buf *out);
void letter_add(struct letter *l, const struct entry *e,
    struct buf *out);
void letter_add_copy(struct letter *l, const struct span *rcpt, size_t n,
    struct buf *out);
void letter_end(struct buf *out);

/* The message alone; lines end in CRLF. */
void letter_message(struct letter *l, const struct entry *e,
    struct buf *out);
void letter_copy(struct letter *l, const struct span *rcpt, size_t n,
    struct buf *out);

#endif
