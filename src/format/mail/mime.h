/*
 * mime: the encodings of bodies (RFC 2045), encoded words (RFC 2047), and UTF-8
 * (RFC 3629).  All lines that are encoded end in CRLF.
 */
#ifndef FORMAT_MAIL_MIME_H
#define FORMAT_MAIL_MIME_H

#include "sys/buf.h"

#define MIME_LINE_MAX 998	/* octets in a line, RFC 5322 2.1.1 */

/*
 * Each line of text that is not UTF-8, or has a NUL, adds "name:line: reason"
 * with LF to faults.
 */
void mime_check_text(struct span text, const char *name, struct buf *faults);

/*
 * Appends s as a piece of one line: characters that are not printable are
 * spaces, and bytes that are not UTF-8 are question marks.
 */
void mime_line(struct buf *b, struct span s);

/* Appends text of any origin so: each line, and an LF behind it. */
void mime_lines(struct buf *b, struct span text);

/* Base64 in one piece, and in lines of 76. */
void mime_base64(struct buf *b, const void *data, size_t n);
void mime_base64_lines(struct buf *b, const void *data, size_t n);

/* Decodes one piece of base64: 0, or -1 when it is malformed. */
int mime_base64_decode(struct buf *b, struct span s);

/*
 * A text body (lines end in LF or CRLF) as quoted-printable, RFC 2045 6.7:
 * lines of at most 76, and a CRLF at the end of each.
 */
void mime_qp(struct buf *b, struct span text);

/*
 * Text that is encoded already, but with lines that are too long or bytes that
 * do not belong there: the same, as mime_qp and mime_base64_lines write it.
 */
void mime_qp_again(struct buf *b, struct span text);
void mime_base64_again(struct buf *b, struct span text);

/* How a text body may travel. */
enum mime_form {
	MIME_7BIT,
	MIME_8BIT,		/* some byte over 127 */
	MIME_QP			/* a line over MIME_LINE_MAX, a NUL, or a CR
				   that ends no line */
};
enum mime_form mime_scan(struct span text);

/* The same, where lines are known to be short and every CR to end one. */
enum mime_form mime_scan_short(struct span text);

const char *mime_form_name(enum mime_form form);

/*
 * Makes UTF-8 of text in the character set of that name: 0, or -1 where it is
 * not known.
 */
typedef int mime_convert(struct buf *text, const char *name);

/*
 * Appends value with its encoded words decoded; blanks between two of them are
 * left out (RFC 2047 6.2).  How many there were.  *why: what is wrong with one,
 * which may stand there as it was, or NULL.
 */
size_t mime_words_decode(struct buf *b, struct span value,
    mime_convert *convert, const char **why);

/*
 * Appends a line of quoted-printable (RFC 2045 6.7), without its ending: 1
 * where the next line goes on with it, 0, or -1 where it is malformed.
 */
int mime_qp_decode(struct buf *b, struct span line);

#endif
