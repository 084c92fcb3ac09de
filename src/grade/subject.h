/*
 * subject: whom a grade is about, and how it is tried.
 */
#ifndef GRADE_SUBJECT_H
#define GRADE_SUBJECT_H

#include "grade.h"

struct net_addr;

struct subject {
	int server, pop3;		/* what it is */
	const struct net_addr *addr;	/* of a server that runs, or NULL */
	const char *dir;		/* for files that are needed */
	const char *store;		/* where a server stores, or NULL */
	const char *from, *to;		/* NULL: the usual ones */
	int timeout;			/* ms for a client's session, or for a
					   server's reply */
	void (*talk)(int who, struct span line);	/* or NULL */
};

const struct suite *subject_suite(const struct subject *s);

/* Tries all that counts in g; words is the command, where there is one. */
void subject_judge(const struct subject *s, struct grade *g,
    char *const *words);

#endif
