/*
 * maildrop: a Maildir, ROOT/LOGIN/, as a POP3 server looks at it: the messages
 * that new and cur hold at one moment, in the order of their names and with
 * the sizes they have on their way (crlf.h).  A login without a Maildir has no
 * messages.  Only plain files are messages; a dot-file is none.
 *
 * A maildrop that is open is locked against sessions of other processes, too.
 * size believes what the file's name says; measure reads the message, once,
 * and from then on both know better: of one that cannot be read it is what was
 * known before.  uid is the part of its file's name that never changes, or a
 * hash of that where it is too long.  begin and read return ENOENT where the
 * message has vanished; a piece stays valid until the next call for any
 * maildrop.  remove takes one that has vanished for removed; seen moves the
 * message from new to cur.
 */
#ifndef STORE_MAILDROP_H
#define STORE_MAILDROP_H

#include "format/mail/dropstore.h"

/* All maildrops under root, which is kept by reference. */
void *maildrop_start(const char *root);
void maildrop_stop(void *store);

/*
 * What a struct service does, whose app is that: makes root, mode 0700 less the
 * umask, where it is missing.  Where that fails it ends the program.
 */
void maildrop_make(void *store);

/* Its first argument is what maildrop_start returned. */
extern const struct drop_store maildrop_store;

#endif
