/*
 * leave: somebody asks to be left out, in a message or by a link of one; and
 * the web page for that (RFC 2369 3.2, RFC 8058).  Who asks has a token that
 * was made for the address with our key.
 */
#ifndef FORMAT_WIRE_LEAVE_H
#define FORMAT_WIRE_LEAVE_H

#include "format/crypt/tag.h"
#include "sys/buf.h"

/* Octets of a query, and of a request's body: a form of one button. */
#define LEAVE_QUERY_MAX 4096
#define LEAVE_BODY_MAX 8192

struct leave {
	struct tag_key key;
	struct span list;	/* that tokens are good for */
};

/*
 * These append the address and return 0, or -1 where there is none with its
 * token: the words of a message's Subject, of which text holds the header at
 * least, or, where the Subject is the token alone, that and the From; and the
 * values in the query of a URL, whatever they are called, in which %XX is
 * decoded, and a plus stays one.
 */
int leave_message(struct buf *address, const struct leave *l,
    struct span text);
int leave_query(struct buf *address, const struct leave *l,
    struct span query);

/*
 * Whether the body of a POST, of that Content-Type, asks for it: it has
 * List-Unsubscribe=One-Click, or the name of the page's button.
 */
int leave_is_confirmed(struct span type, struct span body);

/* What is answered: see the table in leave.c. */
enum leave_answer {
	LEAVE_ASK,		/* the page with the button */
	LEAVE_LEFT,
	LEAVE_NOT_CONFIRMED, LEAVE_FORBIDDEN, LEAVE_METHOD, LEAVE_SLOW,
	LEAVE_NO_LENGTH, LEAVE_LARGE, LEAVE_FAILED, LEAVE_BUSY
};

/*
 * Appends the answer as a CGI program gives it (RFC 3875 6), without its body
 * where head.
 */
void leave_page(struct buf *b, enum leave_answer answer, struct span address,
    struct span list, int head);

#endif
