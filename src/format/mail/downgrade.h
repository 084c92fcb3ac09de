/*
 * downgrade: a message for a server that takes 7 bits only, or with lines that
 * no server takes (RFC 6152 3, RFC 2045).
 */
#ifndef FORMAT_MAIL_DOWNGRADE_H
#define FORMAT_MAIL_DOWNGRADE_H

#include "format/mail/mime.h"
#include "sys/buf.h"

/*
 * Appends message, whose lines end in CRLF, with every part that asks for more
 * than most (MIME_7BIT, or MIME_8BIT for a server with 8BITMIME) encoded: text
 * as quoted-printable, other types as base64.  Parts that need nothing stay as
 * they are, but for a Content-Transfer-Encoding that would no longer be true;
 * so do header fields, which cannot be encoded, and what is signed (RFC 1847
 * 2.1).  A preamble or epilogue that asks for more is left out.
 *
 * 0; or -1 with *why, in words, and out as it was.
 */
int downgrade_message(struct buf *out, struct span message,
    enum mime_form most, const char **why);

#endif
