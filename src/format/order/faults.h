/*
 * faults: what is wrong with the text of an order, and where.
 */
#ifndef FORMAT_ORDER_FAULTS_H
#define FORMAT_ORDER_FAULTS_H

#include "sys/buf.h"

#define FAULTS_MAX 1000		/* more than anybody reads */

struct faults {
	size_t n;
	/* private */
	struct span text;
	struct fault *all;
	size_t told;		/* by faults_next */
	size_t at, line, column;	/* where faults_next has counted to */
};

struct fault {
	size_t line, column;	/* from 1, columns in characters */
	char *text;		/* valid until faults_free */
	const char *p;		/* private: where, and then in which order */
	size_t number;
};

/* text must outlive f. */
void faults_init(struct faults *f, struct span text);
void faults_free(struct faults *f);

/* Adds a fault at p, a position in the text. */
void faults_add(struct faults *f, const char *p, const char *fmt, ...)
    DIE_PRINTF(3, 4);

/* How many octets of s a fault shows: a key may be as long as the order. */
int faults_brief(struct span s);

/* Whether no more faults will be taken. */
int faults_full(const struct faults *f);

/*
 * Adds those of the bytes, one a line: NUL and what is not UTF-8 anywhere,
 * control characters before body, where that is not NULL.
 */
void faults_check_bytes(struct faults *f, const char *body);

/*
 * The next fault in the order of the text: 1, or 0 after the last.  When
 * there are FAULTS_MAX the last one says that there may be more.
 */
int faults_next(struct faults *f, struct fault *fault);

#endif
