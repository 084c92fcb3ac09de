/*
 * mdir: Maildirs, ROOT/LOGIN/ with tmp, new and cur in each.  They are made
 * when the first message comes.
 *
 * A message goes into all of its boxes or into none, a file of its own in
 * each, with Return-Path and Delivered-To before the trace lines.  Messages
 * that have ended wait for mdir_commit, so that they share the waits for the
 * disk.
 *
 * The functions are what the SMTP server expects of a store.  The spans stay
 * the caller's until the message is over.
 */
#ifndef STORE_MDIR_H
#define STORE_MDIR_H

#include "sys/buf.h"

/* The store; root is an existing directory and kept by reference. */
void *mdir_open(const char *root);
void mdir_close(void *store);

/*
 * Starts a message.  trace is header lines; boxes holds pairs of a login and
 * an address, each with a NUL behind it.
 */
void *mdir_begin(void *store, struct span from, struct span trace,
    struct span boxes);

/* Appends text in lines that end in LF.  A failure shows at the end. */
void mdir_write(void *mail, const char *p, size_t n);

/*
 * The text is whole: EINPROGRESS, and the message waits for mdir_commit.
 * After that 0 when it is safe on disk, else errno; then it is over.
 */
int mdir_end(void *mail);

/* Gives a message up, in whatever state. */
void mdir_drop(void *mail);

/* Makes all messages that wait safe; what fails is said on stderr. */
void mdir_commit(void *store);

#endif
