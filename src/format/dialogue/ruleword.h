/*
 * ruleword: the words of a text of rules, the numbers among them, and what is
 * wrong with them.
 */
#ifndef FORMAT_DIALOGUE_RULEWORD_H
#define FORMAT_DIALOGUE_RULEWORD_H

#include "sys/buf.h"

struct ruleword {
	struct span rest;	/* of the line */
	const char *start;	/* of the line */
	unsigned long line;
	struct buf *faults;
};

/* Adds "line:column: reason" and LF to the faults. */
void ruleword_wrong(struct ruleword *t, struct span at, const char *fmt, ...)
    DIE_PRINTF(3, 4);

/* The next word, empty at the end of the line; and takes it. */
struct span ruleword_peek(struct ruleword *t);
struct span ruleword_take(struct ruleword *t);

/* Nothing may stand before the end of the line. */
void ruleword_end(struct ruleword *t);

/*
 * These take a word of a certain kind: what it says, or a harmless value and
 * a fault.  A number is at least 1; a time, such as 200ms, 60s, 5m or 1h, is
 * in ms; of odds, such as 10% or 0.5%, RULEWORD_SURE are a hundred percent.
 */
#define RULEWORD_SURE 1000000

uintmax_t ruleword_number(struct ruleword *t, uintmax_t max);
long ruleword_time(struct ruleword *t);
uintmax_t ruleword_odds(struct ruleword *t);

/* A size that stands at the end of a word: bytes, or with k, M, G of 1024. */
uint64_t ruleword_size(struct ruleword *t, struct span w);

#endif
