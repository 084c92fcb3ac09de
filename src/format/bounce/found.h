/*
 * found: the recipients that a message which came back tells of.
 */
#ifndef FORMAT_BOUNCE_FOUND_H
#define FORMAT_BOUNCE_FOUND_H

#include "format/wire/results.h"
#include "sys/buf.h"

/* Octets of buf hold from at on. */
struct found_piece {
	size_t at, n;
};

struct found_one {
	enum result_status status;
	int code;			/* 0: there is none */
	struct found_piece rcpt;	/* empty: it is not said who */
	struct found_piece text, server;
};

/* Makes UTF-8 of text in the character set of that name: 0, or -1. */
typedef int found_convert(struct buf *text, const char *name);

/* All zero is none. */
struct found {
	found_convert *convert;		/* of encoded words; or NULL */
	struct found_one *one;
	size_t n;
	/* private */
	size_t cap;
	struct buf hold;
};

void found_clear(struct found *f);
void found_free(struct found *f);

/*
 * One more.  rcpt is an address in brackets or without, or it counts as not
 * said; why is what was said of it, from which code and text are made
 * (reason.h); status and the server's name may be empty.  One that is like the
 * one before it is none more.
 */
void found_add(struct found *f, enum result_status what, struct span rcpt,
    struct span why, struct span status, struct span server);

/* Takes code and text from why where nothing was said so far. */
void found_explain(struct found *f, struct found_one *one, struct span why);

struct span found_span(const struct found *f, struct found_piece p);

#endif
