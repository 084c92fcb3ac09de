/*
 * idn: internationalized domain names as A-labels (RFC 5890 to 5892, with the
 * Punycode of RFC 3492), for the DNS, and for mail where there is no SMTPUTF8.
 */
#ifndef FORMAT_MAIL_IDN_H
#define FORMAT_MAIL_IDN_H

#include "addr.h"
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
 * Whether two domains are one, in UTF-8 or ASCII, whatever their case; and two
 * addresses, whose local parts are the same to the byte.
 */
int idn_same(struct span a, struct span b);
int idn_same_address(const struct addr *a, const struct addr *b);

/*
 * Appends header fields with the domains of their addresses in ASCII, as far as
 * that can be.
 */
void idn_header(struct buf *b, struct span fields);

#endif
