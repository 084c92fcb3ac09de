/*
 * date: moments in words.  Times are seconds since the Epoch; there is no
 * clock here and no time zone but the one given.
 */
#ifndef FORMAT_MAIL_DATE_H
#define FORMAT_MAIL_DATE_H

#include <stdint.h>

#include "sys/buf.h"

/*
 * "Sat, 21 Nov 2026 23:46:12 +0200" (RFC 5322 3.3); offset is the zone's
 * distance from UTC in minutes.
 */
void date_mail(struct buf *b, int64_t t, int offset);

/*
 * What a Date field, or a Received field behind its semicolon, says, obsolete
 * forms too (RFC 5322 4.3): 0, or -1 when it is not a date.
 */
int date_mail_parse(struct span s, int64_t *t);

/* "2026-11-21T23:46:12Z" (RFC 3339), and back: 0, or -1 when it is not one. */
void date_iso(struct buf *b, int64_t t);
int date_iso_parse(struct span s, int64_t *t);

/* "Sat Nov 21 23:46:12 2026": the From line of an mbox, in UTC. */
void date_mbox(struct buf *b, int64_t t);

#endif
