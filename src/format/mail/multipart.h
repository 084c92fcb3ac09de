/*
 * multipart: the type of an entity (RFC 2045 5.1) and the pieces of one that
 * has several parts (RFC 2046 5.1.1).  Nothing is decoded.
 */
#ifndef FORMAT_MAIL_MULTIPART_H
#define FORMAT_MAIL_MULTIPART_H

#include "sys/buf.h"

/*
 * Whether a Content-Type is type/subtype, or, where subtype is NULL, any of
 * that type; parameters and comments may follow.
 */
int multipart_is(struct span value, const char *type, const char *subtype);

/* The token at the start of a value, behind blanks and comments. */
struct span multipart_token(struct span value);

/*
 * A parameter of a Content-Type, boundary or another one, takes the place of
 * what b holds: 0, or -1 without one.
 */
int multipart_boundary(struct buf *b, struct span value);
int multipart_parameter(struct buf *b, struct span value, const char *name);

enum multipart_event {
	MULTIPART_PREAMBLE,	/* the first piece, always given */
	MULTIPART_PART,
	MULTIPART_EPILOGUE,	/* what follows the delimiter that closes */
	MULTIPART_END
};

struct multipart {
	struct span piece;	/* without the line ending before delimiter */
	struct span delimiter;	/* what follows it: that line ending, and the
				   whole line; empty at the end of the text */
	/* private */
	struct span rest, boundary;
	enum multipart_event next;
};

/*
 * Takes a body and its boundary, which must live as long as m.  A delimiter is
 * a whole line, but for blanks behind it, so that a boundary may begin with
 * another one.  The pieces and delimiters are the text, one behind the other;
 * a body that is not closed ends with a part.
 */
void multipart_init(struct multipart *m, struct span body,
    struct span boundary);
enum multipart_event multipart_next(struct multipart *m);

#endif
