/*
 * dryrun: what an order would send, as text, lines ending in LF.
 */
#ifndef FORMAT_ORDER_DRYRUN_H
#define FORMAT_ORDER_DRYRUN_H

#include "mailing.h"
#include "source.h"

/*
 * Appends how many recipients there are and of which kinds, the fields, the
 * words in brackets that are plain text, with the places where they first
 * stand, the size of the batch and, behind an empty line, the first letter.
 * how and most are those of mailing_open.
 */
void dryrun_add(struct buf *b, struct source *s, const struct letter_opt *how,
    size_t most);

#endif
