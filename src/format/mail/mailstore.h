/*
 * mailstore: where messages are kept, as an SMTP session sees it and as each
 * store (maildir.h, mbox.h, outbox.h) is one.  Types alone.
 */
#ifndef FORMAT_MAIL_MAILSTORE_H
#define FORMAT_MAIL_MAILSTORE_H

#include <stddef.h>

#include "sys/buf.h"

/*
 * Where each message is a file of its own several processes wait for the disk
 * side by side, and gain; more than these gain little.
 */
#define MAIL_STORE_WORKERS 10

/*
 * Who is told where a message is, once it is safe there for good: the path of
 * each file that has it.  stored may be NULL.
 */
struct mail_hearer {
	void (*stored)(void *arg, const char *path);
	void *arg;
};

/*
 * The lines of a message end in LF, and stuffed dots are gone.
 *
 * begin starts a message; NULL and errno where it cannot.  from is the
 * sender's address, trace the Received lines; boxes holds pairs of a
 * mailbox's name and the address it is known by, each with a NUL behind it.
 * All three stay as they are until the message is over.  What fails in write
 * is told by end.
 *
 * end is called when the text is whole, and again as long as it returns
 * EINPROGRESS (it will be safe after the next commit of the store) or EAGAIN
 * (something is busy).  0 says that the message is safe on disk in all its
 * boxes, any other errno that it is in none; either way it is over then, and
 * mail is freed.  drop ends a message before that, in whatever state.
 */
struct mail_store {
	const char *name;	/* of its form */
	long workers;		/* processes that had best share the work */
	int by_address;		/* of a pair it takes the address alone */

	/*
	 * root is an existing directory; both are kept by reference.  What is
	 * returned is to be freed.
	 */
	void *(*open)(const char *root, const struct mail_hearer *hearer);

	void *(*begin)(void *store, struct span from, struct span trace,
	    struct span boxes);
	void (*write)(void *mail, const char *p, size_t n);
	int (*end)(void *mail);
	void (*drop)(void *mail);

	/* Makes all messages that wait safe; what fails is said on stderr. */
	void (*commit)(void *store);

	/*
	 * Commits, and says what became of one message whose end has returned
	 * EINPROGRESS: 0 or errno; it goes on, to end or drop.  NULL in stores
	 * that cannot take a message back after that.
	 */
	int (*settle)(void *mail);
};

#endif
