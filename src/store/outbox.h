/*
 * outbox: a directory of messages to be sent on, each a batch in a file of its
 * own, as bsmtp(5) has it and smtpsend -bS takes it.  The file's name ends in
 * .bsmtp, and tells when the message came.  Of each pair in boxes the address
 * becomes a recipient.  A message may be dropped after a commit, too.
 */
#ifndef STORE_OUTBOX_H
#define STORE_OUTBOX_H

#include "format/mail/mailstore.h"

extern const struct mail_store outbox_store;

/*
 * Whether a message in a store has a recipient in this domain, or with an @
 * before it, in this domain or one below it: 1, 0, or -1 with errno.
 */
int outbox_has(void *store, struct span domain);

#endif
