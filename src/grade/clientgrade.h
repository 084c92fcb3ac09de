/*
 * clientgrade: a client's program that is judged.
 */
#ifndef GRADE_CLIENTGRADE_H
#define GRADE_CLIENTGRADE_H

#include "clientjudge.h"
#include "point.h"

/* A point of a client, and the attempt that shows it. */
struct client_point {
	struct point point;
	const char *script;
	const char *sample;	/* the message, or the maildrop */
	clientjudge *judge;
	const char *arg;
	const char *to;		/* NULL: the usual one */
};

/* What a protocol has for its clients. */
struct client_kind {
	const struct suite *suite;
	int smtp;		/* it sends a message; else it fetches some */
	const char *from, *to;

	/* Adds what an attempt is about: a message's file, or a maildrop. */
	void (*sample)(struct buf *b, const char *name, const char *from,
	    const char *to);

	/* As scripted_conf has it; arg is that text, a struct buf. */
	void (*usual)(void *arg, struct span place, struct span line,
	    struct buf *reply);
};

/* All zero but for what stands first. */
struct clientgrade {
	const struct client_kind *kind;
	char *const *words;	/* the command */
	const char *dir;	/* for files */
	int timeout;		/* ms for a session */
	void (*talk)(int who, struct span line);	/* or NULL */

	/* private */
	struct played {
		const struct client_point *point;
		struct attempt attempt;
	} *played;
	size_t n;
	int slowest;		/* ms for a line, of the first attempt */
	int stuck;		/* attempts that did not end */
	struct buf hopeless;	/* why no more is tried */
};

/* A suite's try; subject is a struct clientgrade. */
enum verdict clientgrade_try(void *subject, const struct point *point,
    struct buf *evidence);

void clientgrade_free(struct clientgrade *c);

#endif
