/*
 * hash: SHA-256 (FIPS 180-4) and HMAC-SHA256 (RFC 2104).
 */
#ifndef FORMAT_HASH_H
#define FORMAT_HASH_H

#include <stddef.h>
#include <stdint.h>

#define HASH_SIZE 32		/* bytes of a digest */
#define HASH_BLOCK 64		/* bytes the function takes at a time */
#define HASH_HEX (2 * HASH_SIZE + 1)	/* in hex, with a NUL */

struct hash {
	uint32_t state[8];
	uint64_t n;		/* bytes taken so far */
	unsigned char block[HASH_BLOCK];
};

/* A struct hash may be copied to go on twice from a common beginning. */
void hash_init(struct hash *h);
void hash_add(struct hash *h, const void *p, size_t n);
void hash_end(struct hash *h, unsigned char digest[HASH_SIZE]);

/* Lower-case hex of n bytes, NUL-terminated, 2 * n + 1 characters. */
void hash_hex(char *hex, const unsigned char *p, size_t n);

/* HMAC of the n bytes at p, in one piece. */
void hash_hmac(unsigned char digest[HASH_SIZE], const void *key, size_t nkey,
    const void *p, size_t n);

/*
 * The two hashes of RFC 2104 as they stand when they have taken the key: for
 * who needs many codes by one key, and copies them.
 */
void hash_key(struct hash *inner, struct hash *outer, const void *key,
    size_t nkey);

/* Whether a and b are equal, in time that does not depend on where not. */
int hash_equal(const void *a, const void *b, size_t n);

#endif
