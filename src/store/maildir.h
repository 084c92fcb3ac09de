/*
 * maildir: Maildirs, ROOT/LOGIN/ with tmp, new and cur in each.  They are made
 * when the first message comes.
 *
 * A message goes into all of its boxes or into none, a file of its own in
 * each, with Return-Path and Delivered-To before the trace lines.  Messages
 * that have ended wait for the commit, so that they share the waits for the
 * disk.
 */
#ifndef STORE_MAILDIR_H
#define STORE_MAILDIR_H

#include "format/mail/mailstore.h"

extern const struct mail_store maildir_store;

/*
 * Makes what is missing of a Maildir, all of it or what a crash has left out,
 * and its names safe.  0, or -1 with errno.
 */
int maildir_make(const char *box);

/*
 * The message of that name in new has been read: it moves to cur.  0, or -1
 * with errno, ENOENT where it has gone.
 */
int maildir_seen(const char *box, const char *name);

#endif
