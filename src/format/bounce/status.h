/*
 * status: the reports that programs can read: of delivery (RFC 3464, RFC 6533)
 * and of complaints (RFC 5965).
 */
#ifndef FORMAT_BOUNCE_STATUS_H
#define FORMAT_BOUNCE_STATUS_H

#include "found.h"

/*
 * Adds who has not got the message, and who has not yet.  Whether the report
 * tells of any recipient, be it that all is well.
 */
int status_delivery(struct found *f, struct span report);

/*
 * Adds the one who complains, or that somebody does; *from is the sender whom
 * the message had.  Whether it is a complaint.
 */
int status_complaint(struct found *f, struct span report, struct span *from);

#endif
