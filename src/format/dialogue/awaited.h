/*
 * awaited: what a client has sent and a server has not answered yet, in its
 * order.
 */
#ifndef FORMAT_DIALOGUE_AWAITED_H
#define FORMAT_DIALOGUE_AWAITED_H

#include "verb.h"

#define AWAITED_MAX 100000	/* more are not kept */

enum awaited_kind {
	AWAITED_COMMAND,
	AWAITED_DOT,		/* the end of a message's text */
	AWAITED_RESPONSE	/* to a challenge of AUTH */
};

struct awaited_one {
	enum awaited_kind kind;
	const struct verb *verb;	/* of a command; NULL: not known */
	unsigned long turn;		/* its number */
	int lists;			/* lines follow where it succeeds */
	int last;			/* BDAT ... LAST */
};

/* All zero is empty. */
struct awaited {
	size_t n;
	size_t bars;		/* those that, by RFC 2920 3.1, bar all that
				   comes before their reply */

	/* private */
	struct buf b;
	size_t answered;	/* of those that b holds */
};

/* Keeps it: where it is now, until the next call; NULL: too many. */
struct awaited_one *awaited_add(struct awaited *a,
    const struct awaited_one *one);

/* The oldest and the newest one, or NULL. */
const struct awaited_one *awaited_oldest(const struct awaited *a);
const struct awaited_one *awaited_newest(const struct awaited *a);

/* The oldest one has been answered. */
void awaited_answer(struct awaited *a);

/* Its verb in capitals; "." for a dot, "AUTH" for a response, "": unknown. */
const char *awaited_name(const struct awaited_one *one);

/* Whether it is there, and a command with this verb. */
int awaited_is(const struct awaited_one *one, const char *verb);

void awaited_free(struct awaited *a);

#endif
