/*
 * maildrop: a Maildir, ROOT/LOGIN/, as a POP3 server looks at it: the messages
 * that new and cur hold at one moment, in the order of their names and with
 * the sizes they have on their way (crlf.h).  A login without a Maildir has no
 * messages.  Only plain files are messages; a dot-file is none.
 *
 * The functions are what the POP3 server expects of a store.  Numbers of
 * messages begin at 0.  What takes long is done bit by bit: EINPROGRESS asks to
 * be called again with the same arguments.
 */
#ifndef STORE_MAILDROP_H
#define STORE_MAILDROP_H

#include <stdint.h>

#include "sys/buf.h"

/* All maildrops under root, an existing directory kept by reference. */
void *maildrop_start(const char *root);
void maildrop_stop(void *store);

/*
 * The maildrop of a login (login.h), locked against other sessions, those of
 * other processes too, until the close.  NULL with errno, EAGAIN where another
 * has it.
 */
void *maildrop_open(void *store, struct span login);
void maildrop_close(void *drop);

/* Looks what there is, before all else: 0, EINPROGRESS or errno. */
int maildrop_list(void *drop);
size_t maildrop_count(const void *drop);

/*
 * The size of a message with its CRLFs: 0, or EINPROGRESS.  size believes what
 * the file's name says; measure reads the message, once, and from then on both
 * know better.  Of one that cannot be read it is what was known before.
 */
int maildrop_size(void *drop, size_t i, uint64_t *size);
int maildrop_measure(void *drop, size_t i, uint64_t *size);

/*
 * Adds what names the message as long as it lives (RFC 1939, UIDL): the part of
 * its file's name that never changes, or a hash of that where it is too long.
 */
void maildrop_uid(const void *drop, size_t i, struct buf *b);

/*
 * Reads a message: begin, and read until the piece is empty or read fails, or
 * finish before that.  Both are 0 or errno, ENOENT where the message has
 * vanished.  A piece stays valid until the next call for any maildrop.
 */
int maildrop_begin(void *drop, size_t i);
int maildrop_read(void *drop, struct span *piece);
void maildrop_finish(void *drop);

/*
 * Removes a message for good, one that has vanished, too: 0 or errno.  Takes a
 * message that has been read from new to cur.  sync makes the removals safe: 0
 * or errno.
 */
int maildrop_remove(void *drop, size_t i);
void maildrop_seen(void *drop, size_t i);
int maildrop_sync(void *drop);

#endif
