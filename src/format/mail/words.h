/*
 * words: encoded words (RFC 2047) and quoted-printable, read.
 */
#ifndef FORMAT_MAIL_WORDS_H
#define FORMAT_MAIL_WORDS_H

#include "sys/buf.h"

/*
 * Appends value with its encoded words decoded; blanks between two of them are
 * left out (RFC 2047 6.2).  How many there were.  *why: what is wrong with one,
 * which may stand there as it was, or NULL.  convert makes UTF-8 of text in the
 * character set of that name: 0, or -1 where it is not known.
 */
size_t words_decode(struct buf *b, struct span value,
    int (*convert)(struct buf *text, const char *name), const char **why);

/*
 * Appends a line of quoted-printable (RFC 2045 6.7), without its ending: 1
 * where the next line goes on with it, 0, or -1 where it is malformed.
 */
int words_qp_line(struct buf *b, struct span line);

#endif
