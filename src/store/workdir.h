/*
 * workdir: whether an order that arrives is whole, and the directory of those
 * that are worked on.  Beside an order NAME lie its journal NAME.results and,
 * in .NAME/, the rest of its state; as long as either an order or its state is
 * there, no other order gets the name.
 */
#ifndef STORE_WORKDIR_H
#define STORE_WORKDIR_H

#include <sys/types.h>
#include <time.h>

#include "sys/buf.h"

struct workdir {
	const char *dir;
	dev_t dev;		/* which directory that is */
	ino_t ino;
	/* private */
	struct buf lock_path;
	int lock;
};

/*
 * Opens dir, which stays the caller's, and makes it, mode 0700, where it is
 * missing; waits until no other process has it open.  EX_OK, or the exit code
 * after the reason on standard error.
 */
enum exit_code workdir_open(struct workdir *w, const char *dir);
void workdir_close(struct workdir *w);

/*
 * Whether name is a journal's; whether there is an order of the name; whether
 * what has the name is the state of one, whose name follows the dot.
 */
int workdir_is_journal(struct span name);
int workdir_has(const struct workdir *w, struct span name);
int workdir_is_state(const struct workdir *w, struct span name);

/* Whether name has nothing that a terminal acts on, and is one line. */
int workdir_is_plain(struct span name);

/*
 * Adds to name what the order at path is called here: its name, but plain, not
 * that of a journal, and short enough for what lies beside it.
 */
void workdir_call(struct buf *name, const char *path);

/*
 * Moves the order at path here by rename(2), under that name or, where it is
 * taken, NAME-2, NAME-3 ... before the extension; content and name are safe on
 * disk then.  EX_OK with *name, or the exit code after the reason.
 */
enum exit_code workdir_take(struct workdir *w, const char *path,
    struct buf *name);

#define WORKDIR_NOT_YET 1	/* no exit code of any other meaning */

/*
 * EX_OK where nobody has written to the file at path in the seconds before
 * now, which is how to tell that it is whole where those who write it do not
 * say so; WORKDIR_NOT_YET, which verbose has said on standard error, also where
 * it is not there; or another exit code after the reason.  A time further
 * ahead than seconds is set to now.
 */
int workdir_settled(const char *path, struct timespec now, long seconds,
    int verbose);

/* The present; the clock that cannot be read ends the program. */
struct timespec workdir_now(void);

#endif
