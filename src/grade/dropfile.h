/*
 * dropfile: messages that are put into a Maildir, and taken out again.
 */
#ifndef GRADE_DROPFILE_H
#define GRADE_DROPFILE_H

#include "sys/buf.h"

/*
 * Puts the sample of that name into new/ of the Maildir, which is made where it
 * is missing.  names gets a line with its file's name, token the word that its
 * body begins with, text that body.
 */
void dropfile_add(const char *maildir, struct span sample,
    struct buf *names, struct buf *token, struct buf *text);

/* Removes those that are still there, in new/ and in cur/. */
void dropfile_remove(const char *maildir, struct span names);

#endif
