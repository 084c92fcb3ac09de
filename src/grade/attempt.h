/*
 * attempt: a client's program is run once, against a scripted session.
 */
#ifndef GRADE_ATTEMPT_H
#define GRADE_ATTEMPT_H

#include "scripted.h"

struct attempt_conf {
	char *const *words;	/* the command, with %h and the others */
	const char *dir;	/* for files that are needed meanwhile */
	const char *from, *to;	/* addresses, or a login and a password */
	struct span message;	/* what it is to send, or to fetch */
	int timeout;		/* ms for all of it, replies that are held back
				   aside */
	const struct scripted_conf *scripted;
};

struct attempt {
	struct scripted said;
	int connected;
	unsigned again;		/* connections after the first one */
	int err;		/* errno: it could not be run */
	int stuck;		/* it did not end in time, and was killed */
	int status;		/* else its exit code */
	int signal;		/* or what has ended it, else 0 */
	const char *from, *to;	/* as it was told */
	struct buf message;
	struct buf output;	/* what it has printed */
	struct buf fetched;	/* what it left in the file of %m */
};

void attempt_run(struct attempt *a, const struct attempt_conf *conf);
void attempt_free(struct attempt *a);

/*
 * Whether it was ended by a signal, or had to be, or wrote without end; adds
 * that in words.
 */
int attempt_crashed(const struct attempt *a, struct buf *words);

/* The same of any program that a signal has ended. */
void attempt_signal(int number, struct buf *words);

#endif
