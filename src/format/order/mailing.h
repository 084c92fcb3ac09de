/*
 * mailing: all letters of an order as a batch (bsmtp(5)), made piece by
 * piece; or the one among them that goes to somebody.
 */
#ifndef FORMAT_ORDER_MAILING_H
#define FORMAT_ORDER_MAILING_H

#include "letter.h"

/*
 * Bytes of a piece.  A pipe takes it in whole pages, and there is room for it
 * while the reader is busy with the one before: the two seldom wait for each
 * other.
 */
#define MAILING_PIECE (32 * 1024)

struct mailing {
	/* private */
	struct source *source;
	struct letter letter;
	struct order_walk walk;
	struct buf text;	/* of the batch, from the last piece on */
	size_t given;		/* bytes of it that were in pieces */
	enum { MAILING_START, MAILING_MIDDLE, MAILING_OVER } state;
	/* Copies, each for several recipients of a domain. */
	size_t most;		/* recipients of a copy; 0: letters */
	size_t copies;		/* how many there are */
	struct span *rcpt;	/* addresses of the message at hand */
	struct span *sharer;	/* the same with those who are left out */
	struct mailing_rcpt *all;	/* all of them, domain by domain */
	size_t *ends;		/* in all, of each domain */
	size_t domains;
	size_t done, domain;	/* where the next copy begins */
};

/*
 * Letters of a source without faults, which outlives m, and so does opt.  most
 * is how many recipients of a domain share a copy, 0 or 1 for a letter to each;
 * where the order has a placeholder, each gets a letter in any case.
 * mailing_close gives back what m took.
 */
void mailing_open(struct mailing *m, struct source *s,
    const struct letter_opt *opt, size_t most);
void mailing_close(struct mailing *m);

/*
 * The next piece of the batch, of MAILING_PIECE bytes but for the last: 1, or
 * 0 after that.  It is valid until the next call.
 */
int mailing_next(struct mailing *m, struct span *piece);

/*
 * Appends the message to one recipient, or the first where rcpt is NULL, with
 * lines that end in LF: 1, or 0 where there is none.
 */
int mailing_find(struct mailing *m, const struct addr *rcpt, struct buf *b);

/* What keeps s from being the sender of letters, or NULL. */
const char *mailing_refuse_sender(struct span s);

#endif
