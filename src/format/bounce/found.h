/*
 * found: the recipients that a message which came back tells of.
 */
#ifndef FORMAT_BOUNCE_FOUND_H
#define FORMAT_BOUNCE_FOUND_H

#include "format/mail/mime.h"
#include "format/wire/results.h"

struct found_one {
	enum result_status status;
	int code;			/* 0: there is none */
	struct piece rcpt;		/* empty: it is not said who */
	struct piece text, server;
};

/* All zero is none. */
struct found {
	mime_convert *convert;		/* of encoded words; or NULL */
	struct found_one *one;
	size_t n;
	struct buf text;	/* what they point into */
	/* private */
	size_t cap;
};

void found_clear(struct found *f);
void found_free(struct found *f);

/*
 * One more.  rcpt is an address in brackets or without, or it counts as not
 * said; why is what was said of it, from which code and text are made: text
 * on one line, from the SMTP reply on that stands in it, and at its start an
 * enhanced status code where that is known: the reply's own, one in the text,
 * or status.  status and the server's name may be empty.  One that is like the
 * one before it is none more.
 */
void found_add(struct found *f, enum result_status what, struct span rcpt,
    struct span why, struct span status, struct span server);

/* Takes code and text from why where nothing was said so far. */
void found_explain(struct found *f, struct found_one *one, struct span why);

/* Where a reply that refuses begins in s, "550 ", "450-4.2.0"; or s.n. */
size_t found_reply(struct span s);

#endif
