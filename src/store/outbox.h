/*
 * outbox: a directory of messages to be sent on, each a batch in a file of its
 * own, as bsmtp(5) has it and smtpsend -bS takes it.  The file's name ends in
 * .bsmtp, and tells when the message came.
 *
 * The functions are what the SMTP server expects of a store, as those in
 * mdir.h are; of each pair in boxes the address becomes a recipient.
 */
#ifndef STORE_OUTBOX_H
#define STORE_OUTBOX_H

#include "sys/buf.h"

/* The store; dir is an existing directory and kept by reference. */
void *outbox_open(const char *dir);
void outbox_close(void *store);

void *outbox_begin(void *store, struct span from, struct span trace,
    struct span boxes);
void outbox_write(void *mail, const char *p, size_t n);

/*
 * EINPROGRESS when the text has been written, and until outbox_commit has been
 * called; then 0 when it is safe, else errno.  Any other errno: it could not
 * be written.
 */
int outbox_end(void *mail);

/* Also after a commit: the file goes then. */
void outbox_drop(void *mail);
void outbox_commit(void *store);

/* Commits, and returns what became of one message, 0 or errno; it goes on. */
int outbox_settle(void *mail);

/*
 * Whether a message in it has a recipient in this domain, or with an @ before
 * it, in this domain or one below it: 1, 0, or -1 with errno.
 */
int outbox_has(void *store, struct span domain);

#endif
