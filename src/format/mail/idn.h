/*
 * idn: internationalized domain names as A-labels (RFC 5890 to 5892, with the
 * Punycode of RFC 3492), for the DNS, and for mail where there is no SMTPUTF8.
 */
#ifndef FORMAT_MAIL_IDN_H
#define FORMAT_MAIL_IDN_H

#include "sys/buf.h"

/*
 * Appends a domain name in ASCII: capitals become small letters, letters with
 * combining marks whole ones, the full stops of other scripts dots (RFC 5895).
 * What is ASCII stays as it is.  0; or -1 with *why in words, where a label
 * cannot be one, and b as it was.
 */
int idn_domain(struct buf *b, struct span domain, const char **why);

/*
 * Appends local@domain with the domain in ASCII: 0; or -1, and b as it was,
 * where that cannot be, or where the local part is not ASCII.
 */
int idn_address(struct buf *b, struct span addr);

/*
 * Appends header fields with the domains of their addresses in ASCII, as far as
 * that can be.
 */
void idn_header(struct buf *b, struct span fields);

#endif
