/*
 * letter: what an order becomes: a personal message for each recipient, alone
 * or in a batch (bsmtp(5)); or copies, which name no recipient.  Below its
 * header stand the text, the other form of that in HTML, the pictures that this
 * names, and other files (RFC 2046 5.1, RFC 2387).
 */
#ifndef FORMAT_ORDER_LETTER_H
#define FORMAT_ORDER_LETTER_H

#include "format/mail/mime.h"
#include "format/mail/verp.h"
#include "source.h"

struct letter_opt {
	struct span sender;	/* "Name <addr>" or addr, of the envelope and,
				   where the order has none, of From */
	struct span verp;	/* the envelope's sender, as verp_make takes
				   it, or empty: by letter_add only */
	struct span id;		/* of the mailing */
	int64_t time;		/* for Date, with the offset of the zone */
	int offset;
	int batch;		/* messages for letter_add, else for
				   letter_message */
};

/* A header field of the order's whose value varies. */
struct letter_header {
	struct span name;
	struct template value;
};

/* A form of the body. */
struct letter_text {
	struct template fill;
	struct rows_text rows;	/* in its place, where there are some */
	int whole;		/* its lines have to be looked at before it
				   is added: one may be too long for some, or
				   begin with a dot */
	struct buf text;	/* of the letter at hand, only when whole */
	enum mime_form form;	/* of the letter at hand */
	int is_8bit;
};

/* letter_free gives back what letter_open took. */
struct letter {
	uintmax_t repeat;	/* the caller's: of the recipient's entry */
	size_t place;		/* the same, where entries are grouped */
	/* The same, for copies: whose copy it is by its Message-ID, those who
	   are left out among them; NULL for letters. */
	const struct span *sharer;
	size_t sharers;
	/* private */
	struct source *source;	/* its fields are of the recipient at hand */
	const struct letter_opt *opt;
	struct template subject;
	struct letter_header *headers;
	size_t nheaders;
	int utf8;		/* a sender's address is not ASCII */
	int ascii;		/* all that stands among the recipients is */
	struct letter_text body;
	struct letter_text html;	/* only when the order has it */
	struct buf host;	/* the sender's domain, in ASCII */
	struct buf mail;	/* MAIL without its parameters; under verp up
				   to the sender */
	struct buf head;	/* fields up to the recipient's */
	struct buf middle;	/* from behind those that vary to the hash of
				   the Message-ID */
	struct buf content;	/* the fields of the content, with what leads
				   to the body, and what stands between it and
				   its other form, with the encodings of the */
	struct buf between;	/* last letter */
	struct buf mixed, alternative, related;	/* delimiters: nobody can have
				   written the hash in them into a text */
	struct buf scratch;
	struct sha256 hash;	/* has taken what all Message-IDs share */
};
void letter_free(struct letter *l);

/*
 * Makes ready to write letters of an order without faults.  What it is given
 * must outlive l.
 */
void letter_open(struct letter *l, struct source *s,
    const struct letter_opt *opt);

/*
 * A batch: its beginning, with the number of messages; the message to the
 * recipient that the fields are of or, for copies, to n addresses; its end.
 */
void letter_begin(struct letter *l, size_t messages, struct buf *out);
void letter_add(struct letter *l, const struct span *rcpt, size_t n,
    struct buf *out);
void letter_end(struct buf *out);

/* The message alone; lines end in CRLF. */
void letter_message(struct letter *l, const struct span *rcpt, struct buf *out);

#endif
