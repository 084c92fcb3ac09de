/*
 * grade: a program's points: which ones count, and what came of each.
 */
#ifndef GRADE_GRADE_H
#define GRADE_GRADE_H

#include "point.h"

struct mark {
	enum verdict verdict;
	unsigned weight;	/* 0: it does not count, and is not shown */
	int needed;		/* by one that counts */
	struct buf evidence;
};

struct grade {
	const struct suite *suite;
	struct mark *marks;	/* as many as the suite has points */
};

#define GRADE_WEIGHT_MAX 1000

/* All points that are not extra count 1. */
void grade_init(struct grade *g, const struct suite *suite);
void grade_free(struct grade *g);

/*
 * Only the points that a text names count: lines "name [weight]", "*" for all
 * others that are not extra; "#" begins a comment.  Faults of the text are
 * added to faults, a line each, after name and number; 0, or -1 where there
 * are some.
 */
int grade_choose(struct grade *g, struct span text, const char *name,
    struct buf *faults);

/* Tries all that count, and those that they need, in the table's order. */
void grade_run(struct grade *g, void *subject);

const struct point *grade_point(const struct grade *g, size_t i);

/* Weights: of what is right, and of all that applies. */
unsigned long grade_got(const struct grade *g);
unsigned long grade_most(const struct grade *g);

/* Whether all that applies is right. */
int grade_is_whole(const struct grade *g);

/* Forgets the verdicts, and keeps the choice. */
void grade_again(struct grade *g);

#endif
