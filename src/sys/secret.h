/*
 * secret: files that others must not read, and bytes that nobody can guess.
 */
#ifndef SYS_SECRET_H
#define SYS_SECRET_H

#include <stddef.h>

#include "buf.h"

/*
 * Appends the content of the file at path, at most max bytes of it, without
 * one line ending at its end and a byte order mark at its start.  0, or -1
 * with *why in words (a static string): it cannot be read, is no plain file,
 * is open to others (any permission for them, mode & 07), is empty or too long.
 */
int secret_read(const char *path, struct buf *b, size_t max,
    const char **why);

/*
 * The same of settings, a file that others may read, but not write, and that
 * may be empty; *shown says whether they can read it.  errno says why it could
 * not be opened, and else is 0.
 */
int secret_settings(const char *path, struct buf *b, size_t max, int *shown,
    const char **why);

/*
 * n bytes from the system's generator, which is opened once and kept, by
 * secret_open or the first that is asked for: 0, or -1 with errno.
 */
int secret_open(void);
int secret_random(void *p, size_t n);

/* The same; what cannot be had ends the program. */
void secret_fill(void *p, size_t n);

/* secret_read, whose failure ends the program. */
void secret_need(const char *path, struct buf *b, size_t max);

/* Overwrites what b holds, and gives the memory back. */
void secret_wipe(struct buf *b);

/* Adds a word that nobody can guess, 32 hex digits. */
void secret_word(struct buf *b);

#endif
