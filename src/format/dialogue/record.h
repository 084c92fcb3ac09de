/*
 * record: makes a dialogue(5) of the bytes that two sides say, as they come.
 * It does no I/O: lines of the dialogue are added to a buf of the caller's.
 */
#ifndef FORMAT_DIALOGUE_RECORD_H
#define FORMAT_DIALOGUE_RECORD_H

#include "follow.h"

/* All zero is one that records nothing. */
struct record {
	struct follow follow;	/* read only: where the session stands */
	int open;		/* it has begun, and not ended */

	/* private */
	struct {
		struct buf line;	/* a line that has not ended */
		int pieces;		/* reads that it came in */
	} side[2];
	int64_t start;		/* the moment of the first event, us */
	int shows;		/* secrets, too */
	int sealed;		/* by TLS */
	struct buf shown;	/* a line without its secret */
	struct buf start_of_text;	/* of a line of a message's text */
};

/*
 * Begins with the head and the note "open".  now is a moment in us, of any
 * clock that does not run backwards; shows: secrets are not masked.
 */
void record_open(struct record *r, const struct dialogue_head *head,
    int shows, int64_t now, struct buf *out);

/*
 * What side has said; out gets what is a line by now.  After STARTTLS has been
 * accepted the rest is not recorded.
 */
void record_bytes(struct record *r, enum dialogue_side side, struct span bytes,
    int64_t now, struct buf *out);

/*
 * Who is at an end of TLS goes on: what was sent before and not answered is
 * lost.
 */
void record_unseal(struct record *r);

/* What became of the connection; lines that have not ended come before it. */
void record_note(struct record *r, const char *note, int64_t now,
    struct buf *out);

/* Frees what r holds; it is all zero then. */
void record_free(struct record *r);

#endif
