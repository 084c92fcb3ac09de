/*
 * content: a message (header, empty line, body) made fit for SMTP.
 */
#ifndef FORMAT_MAIL_CONTENT_H
#define FORMAT_MAIL_CONTENT_H

#include "format/mail/mime.h"
#include "sys/buf.h"

/* The longest Message-ID that is taken for one. */
#define CONTENT_ID_MAX 998

struct content {
	struct buf text;	/* lines end in CRLF; dots are not stuffed */
	/* set by content_end */
	size_t body;		/* where the body starts */
	enum mime_form head_form;
	enum mime_form body_form;
	struct span id;		/* what Message-ID says, as it stands in text;
				   or its p is NULL */
	/* private */
	size_t line;		/* where the line starts that has no end yet */
	size_t longest;		/* octets in a line; SIZE_MAX: not known */
	int cr;			/* some CR has been added */
};

void content_start(struct content *c);	/* empties it */
void content_free(struct content *c);

/* Adds text, lines that end in LF or CRLF, in pieces of any size. */
void content_add(struct content *c, struct span text);

/*
 * Adds the whole lines that text begins with, up to one that begins with a
 * dot: returns how many bytes they are, and adds their number to *lines.
 */
size_t content_lines(struct content *c, struct span text, uintmax_t *lines);

/*
 * The message is whole: ends its last line and looks at it.  0, or -1 with
 * *why when it must not be sent: a CR that ends no line (RFC 5321 2.3.8).
 */
int content_end(struct content *c, const char **why);

/* Whether a line begins as those between messages of an mbox, quoted or not. */
int content_is_mbox_line(struct span line);

/*
 * Drops what is not part of a message, but stands before it in files: a UTF-8
 * byte order mark, and "From " lines of an mbox, quoted or not, where fields
 * follow.  Before content_end.
 */
void content_trim(struct content *c);

/*
 * Whether the header breaks off, at a line that is not a field or before it has
 * any, and what follows up to an empty line has a field of that name.
 */
int content_misses(const struct content *c, const char *name);

/* The value of the first field of that name; empty when there is none. */
struct span content_field(const struct content *c, const char *name);

/*
 * Removes every field of that name; puts fields, with their line endings,
 * before the others, with an empty line after them where the message had no
 * header at all, or a text without one before it: whether that was so.  Both
 * come before content_end.
 */
void content_remove(struct content *c, const char *name);
int content_prepend(struct content *c, struct span fields);

/*
 * Folds lines of the header that are longer than RFC 5322 2.1.1 has them, at
 * their blanks (2.2.3).  Before content_end.
 */
void content_fold(struct content *c);

/*
 * Behind content_end: the Message-ID on one line, controls as spaces; nothing
 * is added when there is none, one over CONTENT_ID_MAX, or a dash, which stands
 * for none in results(5).
 */
void content_id(struct buf *id, const struct content *c);

#endif
