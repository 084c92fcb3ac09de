/*
 * letter: what an order becomes: a personal message for each recipient, alone
 * or in a batch (bsmtp(5)); or copies, which name no recipient.
 */
#ifndef FORMAT_ORDER_LETTER_H
#define FORMAT_ORDER_LETTER_H

#include "format/mail/verp.h"
#include "lettermime.h"

struct letter_opt {
	struct span sender;	/* "Name <addr>" or addr, of the envelope and,
				   where the order has none, of From; it
				   outlives the letter */
	struct span verp;	/* the envelope's sender, as verp_make takes
				   it, or empty: by letter_add only */
	const struct tag_key *key;	/* for that */
	struct span id;		/* of the mailing */
	const struct attach_store *files;	/* for [Attach:], if any */
	const struct rows *rows;	/* where entries are grouped */
	int64_t time;		/* for Date, with the offset of the zone */
	int offset;
	int batch;		/* messages for letter_add, else for
				   letter_message */
	int copies;		/* each for several; only where there are
				   no placeholders */
};

/* A header field of the order's whose value varies. */
struct letter_header {
	struct span name;
	struct template value;
};

/* letter_free gives back what letter_open took. */
struct letter {
	uintmax_t repeat;	/* the caller's: of the recipient's entry */
	size_t place;		/* the same, where entries are grouped */
	/* The same, under copies: whose copy it is by its Message-ID, those
	   who are left out among them. */
	const struct span *sharer;
	size_t sharers;
	/* private */
	const struct order *order;
	struct fields *fields;	/* of the recipient at hand */
	struct template subject;
	struct letter_header *headers;
	size_t nheaders;
	struct lettermime mime;
	int copies;
	int utf8;		/* a sender's address is not ASCII */
	struct buf host;	/* the sender's domain, in ASCII */
	struct span verp;
	const struct tag_key *key;
	struct buf mail;	/* MAIL without its parameters; under verp up
				   to the sender */
	struct buf head;	/* fields up to the recipient's */
	struct buf middle;	/* from behind those that vary to the hash of
				   the Message-ID */
	struct buf scratch;
	struct sha256 hash;	/* has taken what all Message-IDs share */
};
void letter_free(struct letter *l);

/*
 * Makes ready to write letters of an order without faults.  What it is given
 * must outlive l.
 */
void letter_open(struct letter *l, const struct order *o, struct fields *f,
    const struct letter_opt *opt);

/*
 * A batch: its beginning, with the number of messages; the message to the
 * recipient that the fields are of or, under copies, to n addresses; its end.
 */
void letter_begin(struct letter *l, size_t messages, struct buf *out);
void letter_add(struct letter *l, const struct span *rcpt, size_t n,
    struct buf *out);
void letter_end(struct buf *out);

/* The message alone; lines end in CRLF. */
void letter_message(struct letter *l, const struct span *rcpt, struct buf *out);

#endif
