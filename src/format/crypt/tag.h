/*
 * tag: short codes that only the holder of a key can make for an address, in
 * base32 (RFC 4648 6), lower-case.  An address counts in lower case (ASCII
 * letters), and tags are compared without case, for mail servers on the way
 * may change the letters of a local part.
 */
#ifndef FORMAT_CRYPT_TAG_H
#define FORMAT_CRYPT_TAG_H

#include "format/crypt/sha256.h"
#include "sys/buf.h"

/* The longest key, in octets; sys/secret reads one from its file. */
#define TAG_KEY_MAX 4096

/* Characters of each kind of tag: 50 and 130 bits. */
#define TAG_SHORT 10
#define TAG_LONG 26

struct tag_key {
	struct sha256 inner, outer;	/* as sha256_key leaves them */
};

void tag_key(struct tag_key *k, struct span key);

/*
 * Appends the first n (at most TAG_LONG) characters of HMAC-SHA256(key, what),
 * where what is taken as it is.
 */
void tag_add(struct buf *b, const struct tag_key *k, struct span what,
    size_t n);

/* Whether tag is that, in time that does not depend on where it is not. */
int tag_is(const struct tag_key *k, struct span tag, struct span what,
    size_t n);

/*
 * What is hashed: label, LF, the address, which comes last; and for leaving
 * the list's name and LF between them.
 */
void tag_verp(struct buf *b, const struct tag_key *k, struct span address);
int tag_is_verp(const struct tag_key *k, struct span tag,
    struct span address);
void tag_leave(struct buf *b, const struct tag_key *k, struct span list,
    struct span address);
int tag_is_leave(const struct tag_key *k, struct span tag, struct span list,
    struct span address);

/* Whether s is n characters of base32, in any case. */
int tag_is_base32(struct span s, size_t n);

#endif
