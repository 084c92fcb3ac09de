/*
 * verp: an envelope sender for each recipient, signed, so that a bounce says
 * by where it came to whom the message had gone.
 *
 * In a pattern, an address such as news+[verp]@pth.ua, [verp] stands for
 * TAG-login=domain: tag_verp of the recipient, and the recipient itself, in
 * which octets that a dot-string cannot have, and % ! / | +, are +XX.  Where
 * the local part would be over ADDR_LOCAL_MAX octets it is TAG-HASH: the hash,
 * of VERP_HASH characters, is signed too, and says that the tag is ours.
 */
#ifndef FORMAT_MAIL_VERP_H
#define FORMAT_MAIL_VERP_H

#include "format/crypt/tag.h"
#include "format/mail/addr.h"
#include "sys/buf.h"

#define VERP_HASH 16

/*
 * Whether it is an address with one [verp] in its local part that TAG-HASH
 * fits in: 0, or -1 with *why.
 */
int verp_check(struct span pattern, const char **why);

/* Appends the sender for a recipient; the pattern has passed verp_check. */
void verp_make(struct buf *b, const struct tag_key *k, struct span pattern,
    const struct addr *rcpt);

/* Appends TAG-HASH of a recipient, as it is where the login is too long. */
void verp_hash(struct buf *b, const struct tag_key *k, struct span rcpt);

/*
 * Appends the recipient that an address was made for: 0; or -1 where it was
 * made by another key or pattern, or by nobody.  An empty pattern is any that
 * ends its local part with [verp].  Of TAG-HASH the recipient is that itself.
 */
int verp_read(struct buf *b, const struct tag_key *k, struct span pattern,
    struct span address);

#endif
