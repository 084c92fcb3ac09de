/*
 * mailroot: the directory that mailboxes lie in, and the form they have there:
 * maildir (maildir.h), mbox (mbox.h) or bsmtp (outbox.h); and what a message
 * for them is stamped with.
 */
#ifndef STORE_MAILROOT_H
#define STORE_MAILROOT_H

#include "format/mail/mailstore.h"

struct mailroot {
	const char *dir;
	const struct mail_store *form;	/* NULL: nothing is kept */
	void *store;		/* form's, after mailroot_open; to be freed */
	struct mail_hearer hearer;
};

/*
 * The form of that name, or "sink", which keeps nothing.  How many processes
 * had best share the work; 0 when there is no such form.
 */
long mailroot_form(struct mailroot *r, const char *name);

/*
 * Makes the directory, mode 0700 less the umask, where it is missing, and
 * looks whether files can be made in it, and it can be shared; before any
 * mailroot_open.  0, or -1 with errno.
 */
int mailroot_prepare(const struct mailroot *r);

/*
 * Opens its store; the directory, which is there, is shared with other servers
 * for as long as this process lives, and what the dead have left half written
 * in it is removed.  0, or -1 with errno.
 */
int mailroot_open(struct mailroot *r);

void mailroot_commit(const struct mailroot *r);

/*
 * Adds an identifier that no other message on this host has; or the date and
 * time, as a header has it (RFC 5322 3.3).
 */
void mailroot_id(struct buf *b);
void mailroot_date(struct buf *b);

#endif
