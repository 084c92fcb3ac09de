/*
 * excerpt: parts of an order as text, lines ending in LF.  Each is appended.
 */
#ifndef FORMAT_ORDER_EXCERPT_H
#define FORMAT_ORDER_EXCERPT_H

#include "mailing.h"

/* The good entries: their addresses alone. */
void excerpt_recipients(struct buf *b, const struct order *o);

/* The subject in one line. */
void excerpt_subject(struct buf *b, const struct order *o);

/* The good entries as they are written, an empty line, subject and body. */
void excerpt_all(struct buf *b, const struct order *o);

/* The number of recipients. */
void excerpt_count(struct buf *b, const struct order *o);

/*
 * The fields that the letter uses and how many recipients have each; then
 * the recipients who lack one, so that the default stands in their letter.
 */
void excerpt_fields(struct buf *b, const struct order *o, struct fields *f);

/* The entries that are not addresses, as results(5). */
void excerpt_bad(struct buf *b, const struct order *o, int64_t now);

/*
 * What an order would send: how many recipients there are and of which kinds,
 * the fields, the words in brackets that are plain text, with the places where
 * they first stand, the size of the batch and, behind an empty line, the first
 * letter.  how and most are those of mailing_open; where there are lists for
 * exclude_apply, it says how many are on them.
 */
void excerpt_dryrun(struct buf *b, struct source *s,
    const struct letter_opt *how, size_t most, int lists);

#endif
