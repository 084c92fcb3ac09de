/*
 * lettermime: what stands below the header of a letter: its text, the other
 * form of that in HTML, the pictures that this names, and other files (RFC 2046
 * 5.1, RFC 2387).
 */
#ifndef FORMAT_ORDER_LETTERMIME_H
#define FORMAT_ORDER_LETTERMIME_H

#include "attach.h"
#include "format/mail/mime.h"
#include "rows.h"

/* A form of the body. */
struct lettermime_text {
	struct template fill;	/* as it stands in the letter */
	struct template plain;	/* without stuffed dots, only when wide */
	int wide;		/* a line may be too long for some */
	struct buf text;	/* of the letter at hand, before it is encoded,
				   only when wide */
	enum mime_form form;	/* of the letter at hand */
	int is_8bit;
	struct rows_text rows;	/* in place of the others */
};

/* lettermime_free gives back what lettermime_open took. */
struct lettermime {
	/* private */
	const struct order *order;
	struct fields *fields;	/* of the recipient at hand */
	const struct rows *rows;	/* where entries are grouped, or NULL */
	int batch;
	int ascii;		/* all that stands among the recipients is */
	struct lettermime_text body;
	struct lettermime_text html;	/* only when the order has it */
	struct attach attach;
	struct buf head;	/* the fields of the content, with what leads
				   to the body, and what stands between it and
				   its other form, with the encodings of the */
	struct buf between;	/* last letter */
	struct buf mixed, alternative, related;	/* delimiters */
	struct buf scratch;
};
void lettermime_free(struct lettermime *p);

/*
 * Makes ready for letters of an order without faults, in a batch (bsmtp(5)) or
 * alone.  hash goes into the boundaries: nobody can have written it into a
 * text.  What it is given but hash must outlive p.
 */
void lettermime_open(struct lettermime *p, const struct order *o,
    struct fields *f, const struct attach_store *files,
    const struct rows *rows, int batch, struct span hash);

/*
 * Once the values are those of the letter, to the entry at a place: whether it
 * needs 8BITMIME.
 */
int lettermime_begin(struct lettermime *p, size_t place);

/* Then: appends the content, from its Content-Type on, in lines with CRLF. */
void lettermime_add(struct lettermime *p, struct buf *out);

#endif
