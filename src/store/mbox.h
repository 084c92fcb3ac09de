/*
 * mbox: mailboxes of one file each, ROOT/LOGIN.txt, where every message
 * begins with a line "From sender date" and a line of a message that could be
 * taken for one has a > before it (mboxrd).
 *
 * A box is locked with fcntl(2) while messages are appended to it.  A message
 * goes into all of its boxes or into none: what cannot be finished is cut off
 * again.  Its end says EAGAIN while another process has one of the boxes
 * locked, until it gives up with ETIMEDOUT.  The commit makes the boxes safe
 * and unlocks them; where one of them fails, so do all the messages that wait.
 */
#ifndef STORE_MBOX_H
#define STORE_MBOX_H

#include "format/mail/mailstore.h"

extern const struct mail_store mbox_store;

#endif
