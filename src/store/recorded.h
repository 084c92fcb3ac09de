/*
 * recorded: the dialogues of a file, one after the other.
 */
#ifndef STORE_RECORDED_H
#define STORE_RECORDED_H

#include "format/dialogue/recording.h"
#include "sys/io.h"

/* All zero at first. */
struct recorded_file {
	const char *name;	/* in messages */
	int bad;		/* lines that are none of dialogue(5) */

	/* private */
	int fd;
	struct rd rd;
	struct dialogue d;
	unsigned long line;
	int ahead;		/* d has the first event of the next one */
};

/* Opens it ("-" is standard input), or ends the program. */
void recorded_open(struct recorded_file *f, const char *path);

/*
 * The next dialogue: 1, or 0 at the end.  A line that is not one of dialogue(5)
 * is told on standard error, and passed over; a file that cannot be read ends
 * the program.
 */
int recorded_next(struct recorded_file *f, struct recording *r);

void recorded_close(struct recorded_file *f);

#endif
