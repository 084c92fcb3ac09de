/*
 * mailing: all letters of an order as a batch (bsmtp(5)), made piece by
 * piece; or the one among them that goes to somebody.
 */
#ifndef FORMAT_ORDER_MAILING_H
#define FORMAT_ORDER_MAILING_H

#include "copies.h"
#include "letter.h"

/*
 * Bytes of a piece.  A pipe takes it in whole pages, and there is room for it
 * while the reader is busy with the one before: the two seldom wait for each
 * other.
 */
#define MAILING_PIECE (32 * 1024)

struct mailing {
	/* private */
	struct letter *letter;
	struct order *order;
	struct copies copies;
	struct order_walk walk;
	struct buf text;	/* of the batch, from the last piece on */
	size_t given;		/* bytes of it that were in pieces */
	int grouped;		/* the letters are copies */
	enum { MAILING_START, MAILING_MIDDLE, MAILING_OVER } state;
};

/*
 * l has checked its order (letter_check) and outlives m.  most is how many
 * recipients of a domain share a copy, 0 or 1 for a letter to each; where the
 * order has a placeholder, each gets a letter in any case.  mailing_close
 * gives back what m took, but not l.
 */
void mailing_open(struct mailing *m, struct letter *l,
    const struct letter_opt *opt, size_t most);
void mailing_close(struct mailing *m);

/*
 * The next piece of the batch, of MAILING_PIECE bytes but for the last: 1, or
 * 0 after that.  It is valid until the next call.
 */
int mailing_next(struct mailing *m, struct span *piece);

/* Appends the message to one recipient: 1, or 0 where there is none. */
int mailing_find(struct mailing *m, const struct addr *rcpt, struct buf *b);

/* What keeps s from being the sender of letters, or NULL. */
const char *mailing_refuse_sender(struct span s);

#endif
