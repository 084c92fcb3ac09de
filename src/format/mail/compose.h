/*
 * compose: the fields and the parts of which a message is made (RFC 5322,
 * 2045, 2046, 2183).  Output lines end in CRLF.
 */
#ifndef FORMAT_MAIL_COMPOSE_H
#define FORMAT_MAIL_COMPOSE_H

#include "sys/buf.h"

/*
 * Adds a field to a header, encoded and folded.  name and value are what a
 * person typed; the addresses in From, To and their like are parsed and
 * written anew.  NULL, or in words why nothing is added: it is not valid UTF-8
 * in one line, it is a second field of a kind that stands once only (RFC 5322
 * 3.6), or one that is made here (Date, MIME-Version and Content-) or on the
 * way (hdr_is_trace).
 */
const char *compose_field(struct buf *header, struct span name,
    struct span value);

/*
 * Where the header has no Message-ID, adds one that is a hash of header,
 * content and salt; to the right of the @ stands the domain of From, or else
 * host.
 */
void compose_id(struct buf *header, const struct buf *content,
    struct span salt, const char *host);

/*
 * A text part, "plain" or "html": its fields, an empty line, and the text,
 * which is valid UTF-8 without NUL and gets a line ending at its end.
 */
void compose_text(struct buf *b, const char *type, struct span text);

/*
 * An attachment: its fields, an empty line, and the content in base64.  Its
 * name is the last part of path, and its media type goes by the extension.
 * Where there is an id, it is shown where the HTML names that (RFC 2392).
 */
void compose_file(struct buf *b, struct span path, struct span content,
    struct span id);

/*
 * The parts as one: a single part is itself, several are what type says,
 * "multipart/mixed" or another one with its parameters.  The boundary is a
 * hash of the parts, so that the same parts give the same bytes, and no part
 * can hold it.
 */
void compose_parts(struct buf *b, const char *type, const struct buf *parts,
    size_t n);

/*
 * Makes the n parts the first of them, a multipart/mixed where there are
 * several; the others are then empty.  How many that leaves, 1 or 0.
 */
size_t compose_join(struct buf *parts, size_t n);

#endif
