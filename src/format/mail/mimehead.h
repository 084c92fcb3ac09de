/*
 * mimehead: text in header fields: encoded words (RFC 2047), quoted strings,
 * and parameters (RFC 2231).
 */
#ifndef FORMAT_MAIL_MIMEHEAD_H
#define FORMAT_MAIL_MIMEHEAD_H

#include "sys/buf.h"

/*
 * Unstructured UTF-8 header text, as it is where it is printable ASCII, else
 * RFC 2047 words in UTF-8 that split no character, folded so that lines keep
 * within their columns (mimehead_fits) where it can be helped.  *col is the
 * column at which the text starts, and where it ended.  CR, LF and other
 * controls become spaces; spaces at both ends are left out.
 */
void mimehead_text(struct buf *b, struct span text, size_t *col);

/*
 * Whether n more octets fit into the line that b ends with, which is col long:
 * 78 do, or 76 where an encoded word is in it (RFC 2047 2).
 */
int mimehead_fits(const struct buf *b, size_t col, size_t n);

/* A quoted string of whatever is in s (RFC 5322 3.2.4). */
void mimehead_quoted(struct buf *b, struct span s);

/*
 * A display name: an atom, a quoted string or encoded words (RFC 5322 3.2.5).
 */
void mimehead_phrase(struct buf *b, struct span name, size_t *col);

/*
 * "; name=value" for Content-Type and Content-Disposition, each on a line of
 * its own: a token, a quoted string, or RFC 2231 with charset and, where the
 * value is long, continuations.  No byte is lost or changed.
 */
void mimehead_param(struct buf *b, const char *name, struct span value);

#endif
