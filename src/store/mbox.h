/*
 * mbox: mailboxes of one file each, ROOT/LOGIN.txt, where every message
 * begins with a line "From sender date" and a line of a message that could be
 * taken for one has a > before it (mboxrd).
 *
 * A box is locked with fcntl(2) while messages are appended to it.  A message
 * goes into all of its boxes or into none: what cannot be finished is cut off
 * again.  The functions are what the SMTP server expects of a store, as those
 * in mdir.h are.
 */
#ifndef STORE_MBOX_H
#define STORE_MBOX_H

#include "sys/buf.h"

/* The store; root is an existing directory and kept by reference. */
void *mbox_open(const char *root);
void mbox_close(void *store);

void *mbox_begin(void *store, struct span from, struct span trace,
    struct span boxes);
void mbox_write(void *mail, const char *p, size_t n);

/*
 * As mdir_end, and EAGAIN while another process has one of the boxes locked:
 * to be called again soon, until it gives up with ETIMEDOUT.
 */
int mbox_end(void *mail);
void mbox_drop(void *mail);

/*
 * Makes the boxes safe that messages have been appended to, and unlocks them.
 * Where one of them fails, so do all the messages that wait.
 */
void mbox_commit(void *store);

#endif
