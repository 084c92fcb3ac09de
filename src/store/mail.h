/*
 * mail: a message on its way into a store (mailstore.h), which maildir, mbox
 * and outbox have in common: its text while it comes in, and its place among
 * those that wait for the commit.
 *
 * A short text is kept in memory, so that a slow sender holds no descriptor
 * and most messages are written at once; a long one goes to a file.
 */
#ifndef STORE_MAIL_H
#define STORE_MAIL_H

#include <stdint.h>

#include "format/mail/crlf.h"
#include "format/mail/mailstore.h"
#include "sys/newfile.h"

/* What each store begins with. */
struct mails {
	const char *root;
	const struct mail_hearer *hearer;
	struct mail *first, **last;	/* that wait, as they have ended */
};

struct mail {
	struct mails *of;
	struct mail *next;	/* among those that wait */
	struct span from, trace, boxes;
	enum { MAIL_COMING, MAIL_WAITING, MAIL_DONE } state;
	int err;		/* errno of the first failure, or 0 */

	struct buf text;	/* what the file does not have */
	struct newfile file;	/* path is NULL where there is none */
	uint64_t head;		/* bytes in it before the text */

	/* Of some stores. */
	struct crlf crlf;	/* of the text */
	uint64_t grown;		/* by so much it is longer with CRLF */
	long long since;	/* of the first try to lock, 0 before it */
	char *path;		/* the final name, once it has that */
};

/* A store of so many bytes, zero but for its struct mails; to be freed. */
void *mail_open(size_t size, const char *root,
    const struct mail_hearer *hearer);

/* As struct mail_store has them: a new message, and more of its text. */
void *mail_begin(void *store, struct span from, struct span trace,
    struct span boxes);
void mail_write(void *mail, const char *p, size_t n);

/* Whether n more bytes ask for a file that is not open yet. */
int mail_wants_file(const struct mail *m, size_t n);

/* All of the text goes to the file, where there is one. */
void mail_flush(struct mail *m);

/* It waits for the commit: EINPROGRESS. */
int mail_wait(struct mail *m);

/* The first of those that wait, who then is done; NULL: there is none. */
struct mail *mail_next(struct mails *of);

/*
 * Gives the text to put, piece by piece, as long as it returns 0.  0, or -1
 * with errno.
 */
int mail_read(const struct mail *m,
    int (*put)(void *arg, const char *p, size_t n), void *arg);

/* A file that has it is safe: whoever wants to know is told. */
void mail_stored(const struct mail *m, const char *path);

/* Frees it, in whatever state; a file that is still there is removed. */
void mail_drop(void *mail);

#endif
