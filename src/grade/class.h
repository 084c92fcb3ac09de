/*
 * class: whom a grade is about, and how it is tried; all programs of a list,
 * lines "name command", in its order.
 */
#ifndef GRADE_CLASS_H
#define GRADE_CLASS_H

#include "marks.h"

struct net_addr;
struct wr;

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

/*
 * list has no faults (class_check), and signals are caught (stop).  Several
 * clients are judged side by side, each by a copy of this process; but servers,
 * which may share a store, and where it is told what they say, one after the
 * other.  Whether all of them are whole.
 */
int class_judge(const struct subject *subject, struct grade *g,
    enum marks_form form, struct span list, struct wr *out);

/* Adds a line for each fault of a list; 0, or -1 where there are some. */
int class_check(struct span text, const char *name, struct buf *faults);

/* Takes the next one off a list without faults: 1, or 0 at its end. */
int class_next(struct span *text, struct span *name,
    struct span *command);

#endif
