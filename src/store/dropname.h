/*
 * dropname: what the name of a letter's file in a Maildir says.  It is
 * UNIQUE[,S=size][,W=size with CRLF][:2,flags]; the part before the colon
 * lasts as long as the letter does.
 */
#ifndef STORE_DROPNAME_H
#define STORE_DROPNAME_H

#include <stdint.h>

#include "sys/buf.h"

/* Octets of the part that lasts. */
size_t dropname_lasting(const char *name);

/* As strcmp, of the parts that last, with earlier moments first. */
int dropname_compare(const char *a, const char *b);

/*
 * Whether the name tells the size with CRLF, which is put in the place of
 * *size, the file's, if S= is right about that.
 */
int dropname_size(const char *name, uint64_t *size);

/*
 * Adds the letter's identifier: 1 to 70 octets that are printable (RFC 1939,
 * UIDL).
 */
void dropname_uid(const char *name, struct buf *b);

#endif
