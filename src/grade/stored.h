/*
 * stored: messages in the files of a server that is judged.
 */
#ifndef GRADE_STORED_H
#define GRADE_STORED_H

#include "sys/buf.h"

/*
 * Looks for a text in all files under path, which may be one itself; what
 * stands in directories named tmp is on its way.  found gets the line that
 * token begins and what follows, up to the line of its end, and a dot alone
 * behind that, or the end of the file: 1, or 0 where there is none.
 */
int stored_find(const char *path, struct span token, struct buf *found);

/*
 * Puts the sample of that name into new/ of the Maildir, which is made where it
 * is missing.  names gets a line with its file's name, token the word that its
 * body begins with, text that body.
 */
void stored_add(const char *maildir, struct span sample,
    struct buf *names, struct buf *token, struct buf *text);

/* Removes those that are still there, in new/ and in cur/. */
void stored_remove(const char *maildir, struct span names);

#endif
