/*
 * evidence: what was seen, in words.
 */
#ifndef GRADE_EVIDENCE_H
#define GRADE_EVIDENCE_H

#include "sys/buf.h"

/* Adds s between back quotes, escaped, and cut where it is long. */
void evidence_quote(struct buf *b, struct span s);

/* Adds words, s quoted, and more words; returns 0, a judge's no. */
int evidence_no(struct buf *b, const char *before, struct span s,
    const char *after);

/*
 * Whether two texts have the same lines, however those end; empty ones at their
 * ends do not count.  of may have others before those of want.  Where they
 * differ, evidence is the first pair: before, what of want, and got, what of
 * the other.
 */
int evidence_same(struct buf *b, struct span of, struct span want,
    const char *before, const char *got);

/* The same, but of may have other lines behind them, too. */
int evidence_holds(struct buf *b, struct span of, struct span want,
    const char *before, const char *got);

#endif
